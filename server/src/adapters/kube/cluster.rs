//! A cluster and how it is reached.

use super::error::KubeError;
use http::header::{HeaderValue, USER_AGENT};
use kube::{
    Api, Client, Config, Resource,
    config::{KubeConfigOptions, Kubeconfig},
    core::NamespaceResourceScope,
};
use shared::ids::ClusterId;
use std::{collections::HashMap, future::Future, path::PathBuf, sync::Arc, time::Duration};

/// How long one call may take, with the client's own repeats on 429, 503 and 504.
const CALL_TIMEOUT: Duration = Duration::from_secs(20);

/// Where the credentials come from. Always said, never guessed from the environment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Access {
    /// A kubeconfig file, and a context of it (the current one when left out).
    Kubeconfig {
        /// The file.
        path: PathBuf,
        /// The context's name.
        context: Option<String>,
    },
    /// The service account of the pod that we run in.
    InCluster,
}

/// One cluster that we look after.
#[derive(Clone)]
pub struct Cluster {
    /// Its row's id.
    pub id: ClusterId,
    client: Client,
}

impl std::fmt::Debug for Cluster {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Cluster").field("id", &self.id).finish_non_exhaustive()
    }
}

impl Cluster {
    /// A client for the cluster; nothing is sent yet.
    pub async fn connect(id: ClusterId, access: &Access) -> Result<Self, KubeError> {
        let mut config = match access {
            Access::Kubeconfig { path, context } => {
                let config_error = |error: kube::config::KubeconfigError| KubeError::Config(error.to_string());
                let kubeconfig = Kubeconfig::read_from(path).map_err(config_error)?;
                let options = KubeConfigOptions { context: context.clone(), ..KubeConfigOptions::default() };
                Config::from_custom_kubeconfig(kubeconfig, &options).await.map_err(config_error)?
            }
            Access::InCluster => Config::incluster().map_err(|error| KubeError::Config(error.to_string()))?,
        };
        config.connect_timeout = Some(Duration::from_secs(5));
        config.headers.push((USER_AGENT, HeaderValue::from_static(concat!("woow-paas/", env!("CARGO_PKG_VERSION")))));
        // No read timeout on the connection: watches and logs are silent for long. Calls have their own, see `call`.
        let client = Client::try_from(config).map_err(|error| KubeError::Config(error.to_string()))?;
        Ok(Self::from_client(id, client))
    }

    /// A cluster behind a ready client.
    pub const fn from_client(id: ClusterId, client: Client) -> Self {
        Self { id, client }
    }

    /// The client, for watches and log streams.
    pub fn client(&self) -> Client {
        self.client.clone()
    }

    pub(super) fn api<K>(&self, namespace: &str) -> Api<K>
    where
        K: Resource<Scope = NamespaceResourceScope>,
        K::DynamicType: Default,
    {
        Api::namespaced(self.client.clone(), namespace)
    }

    /// One call within its time, with a typed error.
    pub(super) async fn call<T>(&self, call: impl Future<Output = kube::Result<T>> + Send) -> Result<T, KubeError> {
        match tokio::time::timeout(CALL_TIMEOUT, call).await {
            Ok(result) => result.map_err(KubeError::from),
            Err(_) => Err(KubeError::Unreachable(format!("no answer within {} s", CALL_TIMEOUT.as_secs()))),
        }
    }

    /// The cluster's version, such as `v1.36.3`: also the cheapest proof that it answers.
    pub async fn version(&self) -> Result<String, KubeError> {
        Ok(self.call(self.client.apiserver_version()).await?.git_version)
    }
}

/// The clusters by id: rows that point into a cluster carry it, and nothing else leads to a client.
#[derive(Debug, Clone, Default)]
pub struct Clusters {
    by_id: Arc<HashMap<ClusterId, Arc<Cluster>>>,
}

impl Clusters {
    /// These clusters.
    pub fn new(clusters: impl IntoIterator<Item = Arc<Cluster>>) -> Self {
        Self { by_id: Arc::new(clusters.into_iter().map(|cluster| (cluster.id, cluster)).collect()) }
    }

    /// The cluster of this id.
    pub fn get(&self, id: ClusterId) -> Result<Arc<Cluster>, KubeError> {
        self.by_id
            .get(&id)
            .cloned()
            .ok_or_else(|| KubeError::Config(format!("there is no cluster {id} in the configuration")))
    }

    /// All of them.
    pub fn all(&self) -> impl Iterator<Item = &Arc<Cluster>> {
        self.by_id.values()
    }
}
