//! A pure function from what the cluster says to a status with a reason.
//!
//! The truth is in the cluster, so nothing here is stored: the same snapshot gives the same status, after a restart
//! too. The worst reason wins, and a reason is as near to its cause as can be seen: not "1 of 2 ready" where an image
//! cannot be pulled. What is good enough for a rollout follows `kubectl rollout status`.

mod config;
mod containers;
mod endings;
mod events;
mod images;
mod jobs;
mod pods;
mod reason;
mod refusal;
mod release;
mod scheduling;
#[cfg(test)]
mod tests;
mod text;
mod volumes;
mod workloads;

pub use pods::pod_reason;
pub use reason::{Param, Reason};

use crate::{clock::Instant, live::ReleaseSnapshot};
use shared::{
    operation::{OperationErrorCode, OperationKind, OperationState, StepName},
    service::{DesiredState, ServiceState, StatusReason},
};
use workloads::{Figures, Health};

/// The open operation of a service, or else its last.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OperationView {
    /// What it does.
    pub kind: OperationKind,
    /// How far it is.
    pub state: OperationState,
    /// The step that is being done, or at which it ended.
    pub step: Option<StepName>,
    /// Why it failed.
    pub error: Option<OperationErrorCode>,
    /// When it was asked for, or ended.
    pub at: Option<Instant>,
}

/// All that a status depends on.
#[derive(Debug, Clone, Copy)]
pub struct StatusInput<'a> {
    /// What the tenant wants.
    pub desired: DesiredState,
    /// The open operation, or else the last; one that succeeded says no more than none.
    pub operation: Option<OperationView>,
    /// The id of the service, which the release's record must carry to be ours.
    pub owner: &'a str,
    /// What the cluster says.
    pub snapshot: &'a ReleaseSnapshot,
    /// Now.
    pub now: Instant,
}

/// How a service is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Status {
    /// In a word.
    pub state: ServiceState,
    /// Why.
    pub reason: StatusReason,
    /// Figures and names for the sentence.
    pub params: Vec<Param>,
    /// Pods that do their work; as last known while the cluster is away.
    pub ready_pods: u32,
    /// Pods that there should be.
    pub total_pods: u32,
    /// Since when, where known.
    pub since: Option<Instant>,
    /// When to look again although nothing changes: a container that keeps ending counts as well only after a while.
    pub recheck: Option<Instant>,
}

/// The status of a service.
pub fn status(input: &StatusInput<'_>) -> Status {
    let (figures, health) = workloads::look(input.snapshot, input.now);
    let (state, reason) = decide(input, &figures, &health);
    Status {
        state,
        reason: reason.reason,
        params: reason.params,
        ready_pods: figures.ready,
        total_pods: figures.total,
        since: reason.since,
        recheck: figures.recheck.filter(|at| *at > input.now),
    }
}

fn decide(input: &StatusInput<'_>, figures: &Figures, health: &Health) -> (ServiceState, Reason) {
    let cluster = &input.snapshot.health;
    let open = input.operation.filter(|operation| operation.state.is_open());
    if !cluster.reachable {
        // What was last seen may be over: say that nobody knows, rather than the old word.
        let waits = open.is_some_and(|operation| operation.kind == OperationKind::ServiceLaunch);
        let state = if waits { ServiceState::Pending } else { ServiceState::Unknown };
        return (state, Reason::of(StatusReason::ClusterAway).since(Some(cluster.since)));
    }
    if let Some(operation) = open {
        return of_open_operation(&operation, cluster.warm, health);
    }
    let last = input.operation;
    if input.desired == DesiredState::Deleted {
        return match failed(last, OperationKind::ServiceDelete) {
            Some(reason) => (ServiceState::Error, reason.named(StatusReason::DeleteFailed)),
            None => (ServiceState::Deleting, Reason::of(StatusReason::Deleting)),
        };
    }
    if !cluster.warm {
        return (ServiceState::Unknown, Reason::of(StatusReason::CacheWarming).since(Some(cluster.since)));
    }
    if let Some(answer) = of_last_launch(input, health) {
        return answer;
    }
    release::look(input, figures, health)
}

/// Somebody works on it: that is the state, and the cluster says at most what it waits for.
fn of_open_operation(operation: &OperationView, warm: bool, health: &Health) -> (ServiceState, Reason) {
    use OperationKind::{ServiceDelete, ServiceLaunch, ServiceRestart, WorkspaceCreate};
    let step = operation.step.map(|step| ("step", step.as_str().to_owned()));
    let working = |reason| Reason::of(reason).with_all(step.clone()).since(operation.at);
    let state = match operation.kind {
        ServiceLaunch | WorkspaceCreate => ServiceState::Deploying,
        ServiceRestart => ServiceState::Restarting,
        ServiceDelete => ServiceState::Deleting,
    };
    match (operation.state, operation.kind) {
        (OperationState::Queued, ServiceLaunch) => (ServiceState::Pending, working(StatusReason::Queued)),
        (OperationState::Queued, _) => (state, working(StatusReason::Queued)),
        (OperationState::Cancelling, _) => (state, working(StatusReason::Cancelling)),
        (_, ServiceDelete) => (state, working(StatusReason::Deleting)),
        (_, kind) => {
            let waits = warm && operation.step == Some(StepName::Ready);
            let reason = match health {
                Health::Broken(reason) | Health::Waiting(reason) if waits => reason.clone(),
                _ if kind == ServiceRestart => working(StatusReason::Restarting),
                _ => working(StatusReason::Launching),
            };
            (state, reason)
        }
    }
}

/// A launch that came to nothing, unless the cluster has meanwhile got on without it.
fn of_last_launch(input: &StatusInput<'_>, health: &Health) -> Option<(ServiceState, Reason)> {
    let last = input.operation.filter(|last| last.kind == OperationKind::ServiceLaunch)?;
    // What is deployed under the name may be another's, for which the launch was refused.
    let record = input.snapshot.latest().filter(|record| release::is_ours(input, record));
    let deployed = record.is_some_and(|record| record.status == "deployed");
    match last.state {
        OperationState::Cancelled if !deployed => {
            Some((ServiceState::Stopped, Reason::of(StatusReason::LaunchCancelled).since(last.at)))
        }
        OperationState::Failed => match health {
            // Too slow for the operation, and ready since.
            Health::Well(_) if deployed => None,
            // "The image cannot be pulled" says more than "not ready in time".
            Health::Broken(reason) if deployed => Some((ServiceState::Error, reason.clone())),
            _ => failed(Some(last), OperationKind::ServiceLaunch)
                .map(|reason| (ServiceState::Error, reason.named(StatusReason::LaunchFailed))),
        },
        _ => None,
    }
}

fn failed(last: Option<OperationView>, kind: OperationKind) -> Option<Reason> {
    let last = last
        .filter(|last| last.kind == kind && matches!(last.state, OperationState::Failed | OperationState::Cancelled))?;
    let error = last.error.map(|error| ("error", error.as_str().to_owned()));
    let step = last.step.map(|step| ("step", step.as_str().to_owned()));
    Some(Reason::of(StatusReason::LaunchFailed).with_all(error).with_all(step).since(last.at))
}
