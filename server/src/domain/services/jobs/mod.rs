//! What is done to the outside world for services: launch, restart, delete.

mod delete;
mod gone;
mod helm;
mod launch;
mod ready;
mod restart;

use crate::{
    adapters::{
        helm::Helm,
        kube::{Cluster, Clusters, KubeError},
    },
    crypto::seal::MasterKey,
    db::Db,
    domain::{catalog::Catalog, services::entity::service, services::repo, state::Settings},
    events::Events,
    live::Live,
    releases::operations::{Job, Params, StepContext, StepError, params},
};
use shared::operation::{OperationErrorCode, OperationKind, StepName};
use std::{sync::Arc, time::Duration};

/// What jobs work with.
#[derive(Clone)]
pub struct Tools {
    /// The database.
    pub db: Db,
    /// Tells of changes.
    pub events: Events,
    /// Opens secrets.
    pub master_key: MasterKey,
    /// The marketplace.
    pub catalog: Catalog,
    /// The clusters.
    pub clusters: Clusters,
    /// What the cluster says.
    pub live: Arc<Live>,
    /// The Helm program.
    pub helm: Helm,
    /// What is promised and limited.
    pub settings: Arc<Settings>,
    /// How long pods may take to become ready.
    pub ready_timeout: Duration,
}

impl Tools {
    /// The service that an operation works on.
    async fn service(&self, context: &StepContext) -> Result<service::Model, StepError> {
        let found = repo::find(self.db.read(), context.operation.target_id.into()).await?;
        found.ok_or_else(|| StepError::Final(OperationErrorCode::TargetGone, Params::new()))
    }

    /// The cluster that an operation works in.
    fn cluster(&self, context: &StepContext) -> Result<Arc<Cluster>, StepError> {
        self.clusters.get(context.operation.cluster_id.into()).map_err(kube)
    }
}

/// The jobs of services.
pub fn all(tools: &Tools) -> Vec<Arc<dyn Job>> {
    vec![
        Arc::new(launch::Launch(tools.clone())),
        Arc::new(restart::Restart(tools.clone())),
        Arc::new(delete::Delete(tools.clone())),
    ]
}

/// The steps of a kind of operation on services.
pub const fn steps(kind: OperationKind) -> &'static [StepName] {
    match kind {
        OperationKind::ServiceLaunch => launch::STEPS,
        OperationKind::ServiceRestart => restart::STEPS,
        OperationKind::ServiceDelete => delete::STEPS,
        OperationKind::WorkspaceCreate => &[],
    }
}

/// The values that the platform sets itself; `host` is the service's web address.
pub fn platform_values(settings: &Settings, host: Option<&str>) -> serde_json::Value {
    serde_json::json!({
        "replicaCount": 1,
        "ingress": {
            "enabled": host.is_some(),
            "host": host.unwrap_or_default(),
            "className": settings.ingress_class,
            "tls": { "enabled": settings.apps_https },
        },
        "networkPolicy": { "enabled": true, "ingressNamespace": settings.ingress_namespace },
    })
}

/// What a failure of the cluster means for a step.
pub(in crate::domain) fn kube(error: KubeError) -> StepError {
    let why = params(error.params());
    if error.is_transient() { StepError::Passing(error.code(), why) } else { StepError::Final(error.code(), why) }
}
