//! Launch: namespace, chart, install, address, ready.

use super::{
    Tools,
    gone::{self, What},
    helm::{ChartCheck, Release},
    kube, ready,
};
use crate::{
    domain::{services::addresses, workspaces},
    releases::operations::{Job, StepContext, StepError, params},
};
use shared::operation::{JournalCode, OperationErrorCode, OperationKind, StepName};

pub(super) const STEPS: &[StepName] =
    &[StepName::Namespace, StepName::Chart, StepName::Install, StepName::Address, StepName::Ready];

pub(super) struct Launch(pub(super) Tools);

#[async_trait::async_trait]
impl Job for Launch {
    fn kind(&self) -> OperationKind {
        OperationKind::ServiceLaunch
    }

    fn steps(&self) -> &'static [StepName] {
        STEPS
    }

    fn cancellable(&self, step: Option<StepName>) -> bool {
        step != Some(StepName::Undo)
    }

    async fn run(&self, step: StepName, context: &StepContext) -> Result<(), StepError> {
        let tools = &self.0;
        match step {
            StepName::Namespace => {
                // Someone may have removed it, or parts of it, since the workspace was made.
                let row = tools.service(context).await?;
                let cluster = tools.cluster(context)?;
                // To check the chart takes no namespace, so it goes on meanwhile. What is wrong with it the next step tells.
                if let Ok(check) = self.check(context).await {
                    context.carry(check);
                }
                workspaces::jobs::furnish(&cluster, context, &row.namespace).await
            }
            StepName::Chart => {
                let check = match context.carried_on::<ChartCheck>() {
                    Some(check) => check,
                    None => self.check(context).await?,
                };
                let (app, objects) = check.ended(context).await?;
                context.note_info(JournalCode::ChartChecked, [("chart", app), ("objects", objects.to_string())]);
                Ok(())
            }
            StepName::Install => {
                let release = Release::of(tools, context).await?;
                let install = release.install_of(self.host(context).await?.as_deref())?;
                no_claim_is_going(&release).await?;
                release.install(&install).await
            }
            StepName::Address => match self.host(context).await? {
                Some(host) => {
                    context.note_info(JournalCode::AddressReserved, [("host", host)]);
                    Ok(())
                }
                None => Ok(()),
            },
            StepName::Ready => ready::wait(tools, context).await,
            _ => Ok(()),
        }
    }

    /// A launch that is cancelled leaves nothing in the cluster. Its volumes are new, so nothing of worth is in them.
    async fn undo(&self, context: &StepContext) -> Result<(), StepError> {
        let release = Release::of(&self.0, context).await?;
        if !release.uninstall().await? {
            return Ok(());
        }
        let row = release.row();
        for claim in release.cluster().claims(&row.namespace, &row.release_name).await.map_err(kube)? {
            release.cluster().delete_claim(&row.namespace, &row.release_name, &claim.name).await.map_err(kube)?;
            context.info(JournalCode::VolumeRemoved, [("name", claim.name)]).await?;
        }
        // Tried again at once, it must not find what is on its way out.
        gone::wait(&self.0, context, row, What::PodsAndClaims).await
    }
}

/// Helm would take up a claim that is being removed, and the pod would wait for it for ever.
async fn no_claim_is_going(release: &Release<'_>) -> Result<(), StepError> {
    let row = release.row();
    let claims = release.cluster().claims(&row.namespace, &row.release_name).await.map_err(kube)?;
    let going: Vec<String> = claims.into_iter().filter(|claim| claim.deleting).map(|claim| claim.name).collect();
    if going.is_empty() {
        return Ok(());
    }
    Err(StepError::Passing(OperationErrorCode::StillDeleting, params([("names", going.join(", "))])))
}

impl Launch {
    async fn check(&self, context: &StepContext) -> Result<ChartCheck, StepError> {
        let release = Release::of(&self.0, context).await?;
        let install = release.install_of(self.host(context).await?.as_deref())?;
        Ok(release.check_chart(install))
    }

    async fn host(&self, context: &StepContext) -> Result<Option<String>, StepError> {
        Ok(addresses::of(self.0.db.read(), &[context.operation.target_id]).await?.into_values().next())
    }
}
