//! Restart: the pods are replaced, one after another.

use super::{Tools, helm::Release, kube, ready};
use crate::releases::operations::{Job, Params, StepContext, StepError};
use shared::operation::{JournalCode, OperationErrorCode, OperationKind, StepName};
use std::time::Duration;

pub(super) const STEPS: &[StepName] = &[StepName::Restart, StepName::Ready];

/// The watch brings a change within a second; else the link to the cluster is broken.
const HEARD_WITHIN: Duration = Duration::from_secs(30);

pub(super) struct Restart(pub(super) Tools);

#[async_trait::async_trait]
impl Job for Restart {
    fn kind(&self) -> OperationKind {
        OperationKind::ServiceRestart
    }

    fn steps(&self) -> &'static [StepName] {
        STEPS
    }

    /// Cancelling stops the waiting; Kubernetes goes on with the replacement by itself.
    fn cancellable(&self, step: Option<StepName>) -> bool {
        step != Some(StepName::Undo)
    }

    async fn run(&self, step: StepName, context: &StepContext) -> Result<(), StepError> {
        match step {
            StepName::Restart => {
                let release = Release::of(&self.0, context).await?;
                release.must_be_ours().await?;
                let row = release.row();
                // The time stands in the operation, until it is tried again: told twice, Kubernetes sees no difference.
                let asked = release.cluster().restart(&row.namespace, &row.release_name, context.step_started);
                let restarted = asked.await.map_err(kube)?;
                if restarted.is_empty() {
                    // Somebody has removed the release: waiting for its pods would last as long as patience does.
                    return Err(StepError::Final(OperationErrorCode::TargetGone, Params::new()));
                }
                for workload in &restarted {
                    let told = [("kind", workload.kind.to_owned()), ("name", workload.name.clone())];
                    context.info(JournalCode::RestartRequested, told).await?;
                }
                context.only_waits();
                // The caches hear of it a moment later; until then all would still look ready.
                let heard = self.0.live.wait(&row.namespace, &row.release_name, |snapshot| {
                    restarted.iter().all(|asked| {
                        snapshot.workloads.iter().all(|known| {
                            known.kind.as_str() != asked.kind
                                || known.meta.name != asked.name
                                || known.meta.version >= asked.version
                        })
                    })
                });
                tokio::select! {
                    heard = tokio::time::timeout(HEARD_WITHIN, heard) => match heard {
                        Ok(_) => Ok(()),
                        Err(_) => Err(StepError::Passing(OperationErrorCode::ClusterUnreachable, Params::new())),
                    },
                    () = context.cancel.cancelled() => Err(StepError::Interrupted),
                }
            }
            StepName::Ready => ready::wait(&self.0, context).await,
            _ => Ok(()),
        }
    }

    async fn undo(&self, _: &StepContext) -> Result<(), StepError> {
        Ok(())
    }
}
