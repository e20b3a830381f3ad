//! Waits on the watch caches until what was removed is gone: Kubernetes takes its time over pods, and keeps a claim as long as
//! a pod uses it (<https://kubernetes.io/docs/concepts/storage/persistent-volumes/#storage-object-in-use-protection>).

use super::Tools;
use crate::{
    domain::services::entity::service,
    live::ReleaseSnapshot,
    releases::operations::{StepContext, StepError, params},
};
use shared::operation::OperationErrorCode;
use std::time::Duration;

/// Longer than any of our charts gives a pod to end (two minutes). Then it is tried again, as what passes is.
const PATIENCE: Duration = Duration::from_mins(3);

/// What has to be gone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum What {
    /// The pods; claims are kept.
    Pods,
    /// Pods and claims.
    PodsAndClaims,
}

/// Waits until it is gone, the operation is to stop, or patience ends.
pub(super) async fn wait(
    tools: &Tools,
    context: &StepContext,
    row: &service::Model,
    what: What,
) -> Result<(), StepError> {
    context.only_waits();
    // A server that was started just now knows of nothing, which does not mean that nothing is there.
    let is_gone = |snapshot: &ReleaseSnapshot| snapshot.health.warm && left(snapshot, what).is_empty();
    let gone = tools.live.wait(&row.namespace, &row.release_name, is_gone);
    tokio::select! {
        ended = tokio::time::timeout(PATIENCE, gone) => ended.map(drop).map_err(|_| {
            let snapshot = tools.live.snapshot(&row.namespace, &row.release_name);
            if !snapshot.health.warm {
                return StepError::Passing(OperationErrorCode::ClusterUnreachable, params([]));
            }
            let names = left(&snapshot, what).join(", ");
            StepError::Passing(OperationErrorCode::StillDeleting, params([("names", names)]))
        }),
        () = context.cancel.cancelled() => Err(StepError::Interrupted),
    }
}

/// Names of what is still there.
fn left(snapshot: &ReleaseSnapshot, what: What) -> Vec<String> {
    let pods = snapshot.pods.iter().map(|pod| pod.meta.name.clone());
    let claims = snapshot.claims.iter().filter(|_| what == What::PodsAndClaims).map(|claim| claim.meta.name.clone());
    pods.chain(claims).collect()
}
