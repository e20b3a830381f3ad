//! Situations by name, and what they are called: tables, row by row, so that two that look alike stand beside each other.

mod build;
mod document;
mod ending;
mod images;
mod jobs;
mod making;
mod operations;
mod placing;
mod release;
mod rollouts;
mod running;
mod starting;
mod volumes;

use super::*;
use crate::{
    clock::Instant,
    live::{
        ClusterHealth,
        view::{ContainerState, NamespaceView, PodPhase, PodView, RestartPolicy, WorkloadKind, WorkloadView},
    },
};
use build::{
    NOW, OWNER, ago, claim, end, ended_pod, event, holds, job, job_pod, leaving, meta, pod, preparing, ready, record,
    release, state_waiting, unscheduled, waiting,
};
use std::sync::Arc;

/// State, reason and figures in one line.
fn line(status: &Status) -> String {
    for (name, _) in &status.params {
        assert!(status.reason.params().contains(name), "{} has no parameter {name}", status.reason.as_str());
    }
    let params: Vec<_> = status.params.iter().map(|(name, value)| format!(" {name}={value}")).collect();
    let params = params.concat();
    let Status { ready_pods, total_pods, .. } = status;
    format!("{} {}{params} [{ready_pods}/{total_pods}]", status.state.as_str(), status.reason.as_str())
}

fn seen_at(snapshot: &ReleaseSnapshot, now: Instant) -> Status {
    status(&StatusInput { desired: DesiredState::Running, operation: None, owner: OWNER, snapshot, now })
}

fn seen(snapshot: &ReleaseSnapshot) -> String {
    line(&seen_at(snapshot, NOW))
}

/// A release of one wanted pod, which is this one.
fn of_pod(pod: PodView) -> String {
    seen(&release(1, vec![pod]))
}

fn changed(pods: Vec<PodView>, wanted: u32, change: impl FnOnce(&mut ReleaseSnapshot)) -> String {
    let mut snapshot = release(wanted, pods);
    change(&mut snapshot);
    seen(&snapshot)
}

fn workload(snapshot: &mut ReleaseSnapshot, change: impl FnOnce(&mut WorkloadView)) {
    change(Arc::make_mut(&mut snapshot.workloads[0]));
}

/// Checks a table; all that differ are shown at once.
#[track_caller]
fn check(table: &[(&str, String, &str)]) {
    let wrong: Vec<_> = table.iter().filter(|(_, is, should)| is != should).collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
}
