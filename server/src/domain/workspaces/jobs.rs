//! What is done to the outside world for workspaces: their namespace with its limits and its deployer account.

use crate::{
    adapters::kube::{Cluster, Clusters, Ensured, Limits},
    domain::services::jobs::kube,
    releases::operations::{Job, StepContext, StepError},
};
use shared::operation::{JournalCode, OperationKind, StepName};

/// The steps of making a workspace.
pub const STEPS: &[StepName] = &[StepName::Namespace, StepName::Limits, StepName::Access];

/// Makes a workspace's namespace.
pub struct Create {
    /// The clusters.
    pub clusters: Clusters,
}

#[async_trait::async_trait]
impl Job for Create {
    fn kind(&self) -> OperationKind {
        OperationKind::WorkspaceCreate
    }

    fn steps(&self) -> &'static [StepName] {
        STEPS
    }

    /// A workspace without a namespace would be of no use to anyone.
    fn cancellable(&self, _: Option<StepName>) -> bool {
        false
    }

    async fn run(&self, step: StepName, context: &StepContext) -> Result<(), StepError> {
        let cluster = self.clusters.get(context.operation.cluster_id.into()).map_err(kube)?;
        let payload = context.payload();
        let namespace = payload["namespace"].as_str().unwrap_or_default();
        match step {
            StepName::Namespace => ensure(&cluster, context, namespace).await,
            StepName::Limits => limits(&cluster, context, namespace).await,
            StepName::Access => access(&cluster, context, namespace).await,
            _ => Ok(()),
        }
    }

    async fn undo(&self, _: &StepContext) -> Result<(), StepError> {
        Ok(())
    }
}

/// All of it at once. What others have changed in it is as we want it again; what they have added stays.
pub async fn furnish(cluster: &Cluster, context: &StepContext, namespace: &str) -> Result<(), StepError> {
    ensure(cluster, context, namespace).await?;
    tokio::try_join!(limits(cluster, context, namespace), access(cluster, context, namespace)).map(drop)
}

async fn ensure(cluster: &Cluster, context: &StepContext, namespace: &str) -> Result<(), StepError> {
    let ensured = cluster.ensure_namespace(namespace, context.operation.workspace_id.into()).await.map_err(kube)?;
    let code = match ensured {
        Ensured::Created => JournalCode::NamespaceCreated,
        Ensured::Kept => JournalCode::NamespaceKept,
    };
    context.note_info(code, [("namespace", namespace.to_owned())]);
    Ok(())
}

async fn limits(cluster: &Cluster, context: &StepContext, namespace: &str) -> Result<(), StepError> {
    cluster.apply_limits(namespace, &Limits::default()).await.map_err(kube)?;
    context.note_info(JournalCode::LimitsApplied, []);
    Ok(())
}

async fn access(cluster: &Cluster, context: &StepContext, namespace: &str) -> Result<(), StepError> {
    cluster.apply_deployer(namespace).await.map_err(kube)?;
    context.note_info(JournalCode::AccessApplied, []);
    Ok(())
}
