//! Delete: the release, then the volumes as chosen, then our own rows.

use super::{
    Tools,
    gone::{self, What},
    helm::Release,
    kube,
};
use crate::{
    domain::services::{addresses, repo},
    events::Event,
    releases::operations::{Job, StepContext, StepError},
};
use shared::operation::{JournalCode, OperationKind, StepName};

pub(super) const STEPS: &[StepName] = &[StepName::Uninstall, StepName::Volumes, StepName::Forget];

pub(super) struct Delete(pub(super) Tools);

#[async_trait::async_trait]
impl Job for Delete {
    fn kind(&self) -> OperationKind {
        OperationKind::ServiceDelete
    }

    fn steps(&self) -> &'static [StepName] {
        STEPS
    }

    /// What was removed cannot be brought back, so it would be a false promise.
    fn cancellable(&self, _: Option<StepName>) -> bool {
        false
    }

    async fn run(&self, step: StepName, context: &StepContext) -> Result<(), StepError> {
        match step {
            StepName::Uninstall => Release::of(&self.0, context).await?.uninstall().await.map(drop),
            StepName::Volumes => self.volumes(context).await,
            StepName::Forget => self.forget(context).await,
            _ => Ok(()),
        }
    }

    async fn undo(&self, _: &StepContext) -> Result<(), StepError> {
        Ok(())
    }
}

impl Delete {
    async fn volumes(&self, context: &StepContext) -> Result<(), StepError> {
        let release = Release::of(&self.0, context).await?;
        if release.is_foreign().await? {
            return Ok(());
        }
        let (row, cluster) = (release.row(), release.cluster());
        let remove = context.payload()["removeVolumes"] == true;
        for claim in cluster.claims(&row.namespace, &row.release_name).await.map_err(kube)? {
            let code = if remove {
                cluster.delete_claim(&row.namespace, &row.release_name, &claim.name).await.map_err(kube)?;
                JournalCode::VolumeRemoved
            } else {
                JournalCode::VolumeKept
            };
            context.info(code, [("name", claim.name), ("size", claim.size)]).await?;
        }
        let what = if remove { What::PodsAndClaims } else { What::Pods };
        gone::wait(&self.0, context, row, what).await
    }

    async fn forget(&self, context: &StepContext) -> Result<(), StepError> {
        let target = context.operation.target_id;
        let tx = self.0.db.begin().await?;
        context.hold(&tx).await?;
        repo::forget(&tx, target.into(), context.now()).await?;
        addresses::free(&tx, target, context.now()).await?;
        let workspace = context.operation.workspace_id.into();
        let changed = [Event::Service { id: target.into(), workspace }, Event::Workspace(workspace)];
        Ok(self.0.events.commit(tx, changed).await?)
    }
}
