//! How a release is on which nobody works: its namespace, its record, then its pods.

use super::{
    StatusInput,
    jobs::failed_hook,
    reason::Reason,
    workloads::{Figures, Health},
};
use crate::adapters::{helm::ID_LABEL, kube::ReleaseRecord};
use shared::service::{DesiredState, ServiceState, StatusReason};

/// Without these nothing can be said of a service. Jobs, volumes, events and nodes only tell more.
const NEEDED: [&str; 5] = ["daemonsets", "deployments", "pods", "replicasets", "statefulsets"];

/// What keeps pods from ending.
const HOLDS_UP: [StatusReason; 3] =
    [StatusReason::PodStuckTerminating, StatusReason::NodeNotReady, StatusReason::NodeGone];

/// Whether a record carries the id of the service that is asked about.
pub(super) fn is_ours(input: &StatusInput<'_>, record: &ReleaseRecord) -> bool {
    record.labels.get(ID_LABEL).is_some_and(|id| id == input.owner)
}

/// What the cluster says.
pub(super) fn look(input: &StatusInput<'_>, figures: &Figures, health: &Health) -> (ServiceState, Reason) {
    let snapshot = input.snapshot;
    let error = |reason: Reason| (ServiceState::Error, reason);
    match &snapshot.namespace {
        None => return error(Reason::of(StatusReason::NamespaceMissing)),
        Some(namespace) if namespace.deleting.is_some() => {
            let stuck = !namespace.remaining.is_empty();
            let word = if stuck { StatusReason::NamespaceStuck } else { StatusReason::NamespaceTerminating };
            return error(Reason::of(word).with("message", &namespace.remaining).since(namespace.deleting));
        }
        Some(_) => {}
    }
    // Without the right to see records, the workloads alone have to tell.
    if !snapshot.health.unreadable.contains("secrets") {
        let Some(record) = snapshot.latest().filter(|record| record.status != "uninstalled") else {
            return error(Reason::of(StatusReason::ReleaseMissing));
        };
        if !is_ours(input, record) {
            return error(Reason::of(StatusReason::ReleaseForeign).since(record.modified));
        }
        let helm = |reason| Reason::of(reason).with("helmStatus", record.status.clone()).since(record.modified);
        if record.is_pending() {
            // Helm wrote that and died: every later action would be refused.
            return error(helm(StatusReason::ReleaseStuck));
        }
        if record.status == "failed" {
            return error(failed_hook(snapshot).unwrap_or_else(|| helm(StatusReason::ReleaseFailed)));
        }
    }
    let unseen: Vec<_> = NEEDED.into_iter().filter(|kind| snapshot.health.unreadable.contains(kind)).collect();
    if !unseen.is_empty() {
        let reason = Reason::of(StatusReason::CacheUnreadable).with("kinds", unseen.join(", "));
        return (ServiceState::Unknown, reason);
    }
    if let Some(name) = figures.nowhere.as_ref().filter(|_| figures.total == 0) {
        return error(Reason::of(StatusReason::DaemonSetNowhere).with("workload", name));
    }
    let stopped = figures.total == 0 && figures.has_workloads;
    if stopped || input.desired == DesiredState::Stopped {
        return match health {
            Health::Well(_) if figures.pods == 0 => (ServiceState::Stopped, Reason::of(StatusReason::Stopped)),
            Health::Broken(reason) if figures.pods > 0 && HOLDS_UP.contains(&reason.reason) => {
                (ServiceState::Upgrading, reason.clone())
            }
            _ if figures.pods > 0 => (ServiceState::Upgrading, Reason::of(StatusReason::PodTerminating)),
            Health::Broken(reason) | Health::Waiting(reason) | Health::Well(reason) => {
                (ServiceState::Stopped, reason.clone().named(StatusReason::Stopped).without_params())
            }
        };
    }
    match health {
        Health::Well(reason) => (ServiceState::Running, reason.clone()),
        // The old pods still serve while the new ones do not come up.
        Health::Broken(reason) if figures.serves && figures.total > 0 => (ServiceState::Upgrading, reason.clone()),
        Health::Broken(reason) => (ServiceState::Error, reason.clone()),
        Health::Waiting(reason) if figures.ready == 0 => (ServiceState::Deploying, reason.clone()),
        Health::Waiting(_) if figures.rolling => (ServiceState::Upgrading, figures.rolling_out()),
        Health::Waiting(reason) => (ServiceState::Running, figures.partly_ready(reason.since)),
    }
}
