//! Helm as it is: the real program on a real control plane, started by the real launcher.
//!
//! `make test` names helm and the cluster (`WOOW_HELM`, `WOOW_TEST_KUBECONFIG`, `WOOW_TEST_ADMIN_KUBECONFIG`,
//! `WOOW_CATALOG_DIR`); without them these tests fail and say so.

mod apps;
mod death;
mod hostile;
mod releases;

use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::time::Duration;

use k8s_openapi::api::core::v1::{ConfigMap, PersistentVolumeClaim, Secret};
use kube::{Api, api::DeleteParams};
use secrecy::SecretString;
use serde_json::Value;
use server::adapters::helm::{
    Call, Chart, Ended, Helm, HelmError, Limits, Namespace, Observer, ReleaseName, Settings, Started,
};
use server::adapters::kube::{Access, Cluster};
use shared::ids::{ClusterId, WorkspaceId};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

const LAUNCHER: &str = env!("CARGO_BIN_EXE_woow-paas");
const FIXTURES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures");

/// A namespace of its own with a deployer account, made by the server's own account.
struct Scene {
    helm: Helm,
    cluster: Cluster,
    admin: Cluster,
    namespace: Namespace,
    seen: Seen,
    cancel: CancellationToken,
    secrets: Vec<SecretString>,
    deadline: Duration,
    _home: tempfile::TempDir,
}

/// Remembers what it is told, and hands on what was started.
#[derive(Default)]
struct Seen {
    lines: Mutex<Vec<String>>,
    started: Mutex<Vec<Started>>,
}

#[async_trait::async_trait]
impl Observer for Seen {
    async fn started(&self, process: &Started) -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
        self.started.lock().unwrap().push(process.clone());
        Ok(())
    }

    async fn line(&self, line: &str) {
        self.lines.lock().unwrap().push(line.to_owned());
    }
}

fn variable(name: &str) -> PathBuf {
    std::env::var_os(name).map_or_else(|| panic!("{name} is not set: run `make test`"), PathBuf::from)
}

async fn connect(path: &Path) -> Cluster {
    // Another test may have been first.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let access = Access::Kubeconfig { path: path.to_owned(), context: None };
    Cluster::connect(ClusterId(Uuid::now_v7()), &access).await.unwrap()
}

fn helm(helm: PathBuf, kubeconfig: PathBuf, home: &Path, limits: Limits) -> Helm {
    Helm::new(Settings { helm, launcher: LAUNCHER.into(), kubeconfig, home: home.join("helm"), limits }).unwrap()
}

impl Scene {
    async fn new() -> Self {
        let kubeconfig = variable("WOOW_TEST_KUBECONFIG");
        let cluster = connect(&kubeconfig).await;
        let admin = connect(&variable("WOOW_TEST_ADMIN_KUBECONFIG")).await;
        let home = tempfile::tempdir().unwrap();
        let helm = helm(variable("WOOW_HELM"), kubeconfig, home.path(), Limits::default());
        let workspace = WorkspaceId(Uuid::now_v7());
        let namespace = Namespace::new(format!("helm-{}", &workspace.to_string()[20..])).unwrap();
        cluster.ensure_namespace(namespace.as_str(), workspace).await.unwrap();
        cluster.apply_deployer(namespace.as_str()).await.unwrap();
        Self {
            helm,
            cluster,
            admin,
            namespace,
            seen: Seen::default(),
            cancel: CancellationToken::new(),
            secrets: Vec::new(),
            deadline: Duration::from_mins(1),
            _home: home,
        }
    }

    fn call<'a>(&'a self, release: &'a ReleaseName) -> Call<'a> {
        Call {
            release,
            namespace: &self.namespace,
            secrets: &self.secrets,
            cancel: &self.cancel,
            observer: &self.seen,
            deadline: self.deadline,
        }
    }

    async fn install(&self, release: &ReleaseName, path: &Path, values: &Value) -> Result<Ended, HelmError> {
        self.helm.install(&self.call(release), &chart(path, values), "0190-id").await
    }

    async fn config_map(&self, name: &str) -> ConfigMap {
        Api::namespaced(self.admin.client(), self.namespace.as_str()).get(name).await.unwrap()
    }

    fn secrets_api(&self) -> Api<Secret> {
        Api::namespaced(self.admin.client(), self.namespace.as_str())
    }

    async fn claims(&self) -> Vec<String> {
        let api: Api<PersistentVolumeClaim> = Api::namespaced(self.admin.client(), self.namespace.as_str());
        let claims = api.list(&kube::api::ListParams::default()).await.unwrap();
        claims.into_iter().filter_map(|claim| claim.metadata.name).collect()
    }

    async fn end(self) {
        let api: Api<k8s_openapi::api::core::v1::Namespace> = Api::all(self.admin.client());
        api.delete(self.namespace.as_str(), &DeleteParams::default()).await.unwrap();
    }
}

fn chart<'a>(path: &'a Path, values: &'a Value) -> Chart<'a> {
    Chart { path, values, wait: false, skip_schema: false }
}

fn release(name: &str) -> ReleaseName {
    ReleaseName::new(name).unwrap()
}
