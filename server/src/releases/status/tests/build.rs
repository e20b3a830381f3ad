//! Short ways to say what a cluster shows.

use crate::{
    adapters::{helm::ID_LABEL, kube::ReleaseRecord},
    clock::Instant,
    live::{
        ClusterHealth, ReleaseSnapshot,
        view::{
            ClaimView, Condition, ContainerKind, ContainerState, ContainerView, EventView, Meta, NamespaceView,
            PodPhase, PodView, RestartPolicy, Termination, WorkloadKind, WorkloadView,
        },
    },
};
use std::{collections::BTreeMap, sync::Arc};

/// An hour after the beginning: room for things that were before.
pub const NOW: Instant = Instant(3600 * 1_000_000);

/// The service's id, which its records carry.
pub const OWNER: &str = "a";

pub fn ago(seconds: i64) -> Instant {
    NOW.plus_seconds(-seconds)
}

/// A release `web` that is deployed and runs one Deployment of `pods`.
pub fn release(wanted: u32, pods: Vec<PodView>) -> ReleaseSnapshot {
    let ready = u32::try_from(pods.iter().filter(|pod| pod.is_ready()).count()).unwrap();
    let count = u32::try_from(pods.iter().filter(|pod| pod.meta.deleting.is_none() && !pod.of_job).count()).unwrap();
    ReleaseSnapshot {
        health: ClusterHealth { warm: true, ..ClusterHealth::default() },
        namespace: Some(NamespaceView { name: "ns".to_owned(), ..NamespaceView::default() }),
        records: vec![record("deployed")],
        workloads: vec![
            Arc::new(WorkloadView {
                meta: meta("web", None),
                observed: true,
                wanted,
                pods: count,
                updated: wanted,
                to_update: wanted,
                ready,
                ..WorkloadView::default()
            }),
            Arc::new(WorkloadView {
                meta: meta("web-1", Some("web")),
                kind: WorkloadKind::ReplicaSet,
                observed: true,
                ..WorkloadView::default()
            }),
        ],
        pods: pods.into_iter().map(Arc::new).collect(),
        ..ReleaseSnapshot::default()
    }
}

pub fn record(status: &str) -> ReleaseRecord {
    ReleaseRecord {
        name: "web".to_owned(),
        revision: 1,
        status: status.to_owned(),
        modified: Some(ago(600)),
        labels: BTreeMap::from([(ID_LABEL.to_owned(), OWNER.to_owned())]),
    }
}

pub fn meta(name: &str, controller: Option<&str>) -> Meta {
    Meta { name: name.to_owned(), uid: name.to_owned(), controller: controller.map(str::to_owned), ..Meta::default() }
}

// As a pod holds it.
#[allow(clippy::unnecessary_wraps)]
pub fn holds(holds: bool, reason: &str, message: &str) -> Option<Condition> {
    Some(Condition { holds, reason: reason.to_owned(), message: message.to_owned(), since: Some(ago(300)) })
}

/// A pod on a node, with one container that runs and is ready.
pub fn ready(name: &str) -> PodView {
    PodView {
        meta: meta(name, Some("web-1")),
        phase: PodPhase::Running,
        node: Some("n1".to_owned()),
        scheduled: holds(true, "", ""),
        containers_ready: holds(true, "", ""),
        ready: holds(true, "", ""),
        containers: vec![ContainerView {
            name: "app".to_owned(),
            image: "example.org/app:1".to_owned(),
            state: ContainerState::Running { since: Some(ago(300)) },
            ready: true,
            started: Some(true),
            memory_limit: Some("512Mi".to_owned()),
            ..ContainerView::default()
        }],
        ..PodView::default()
    }
}

/// The same, with a container that is not ready.
pub fn pod(name: &str, change: impl FnOnce(&mut ContainerView)) -> PodView {
    let mut pod = ready(name);
    pod.ready = holds(false, "ContainersNotReady", "");
    pod.containers_ready = holds(false, "ContainersNotReady", "");
    pod.containers[0].ready = false;
    change(&mut pod.containers[0]);
    pod
}

pub fn waiting(reason: &str, message: &str) -> PodView {
    let mut pod = pod("p", |app| app.state = state_waiting(reason, message));
    pod.phase = PodPhase::Pending;
    pod.started = Some(ago(100));
    pod
}

pub fn state_waiting(reason: &str, message: &str) -> ContainerState {
    ContainerState::Waiting { reason: reason.to_owned(), message: message.to_owned() }
}

pub fn end(exit_code: i32, reason: &str) -> Termination {
    Termination { exit_code, reason: reason.to_owned(), message: String::new(), finished: Some(ago(20)) }
}

pub fn unscheduled(message: &str) -> PodView {
    let mut pod = pod("p", |app| app.state = ContainerState::Unknown);
    pod.phase = PodPhase::Pending;
    pod.node = None;
    pod.scheduled = holds(false, "Unschedulable", message);
    pod
}

/// A pod whose preparing container is in this state.
pub fn preparing(state: ContainerState, restarts: u32) -> PodView {
    let mut pod = waiting("PodInitializing", "");
    let init = ContainerView {
        name: "prepare".to_owned(),
        kind: ContainerKind::Init,
        state,
        restarts,
        ..ContainerView::default()
    };
    pod.containers.insert(0, init);
    pod
}

pub fn ended_pod(reason: &str, message: &str) -> PodView {
    let mut pod = pod("old", |_| {});
    pod.phase = PodPhase::Failed;
    pod.reason = reason.to_owned();
    pod.message = message.to_owned();
    pod
}

/// A ready pod that is to end by then (or should have ended).
pub fn leaving(name: &str, by: Instant, why: &str) -> PodView {
    let mut pod = ready(name);
    pod.meta.deleting = Some(by);
    pod.disruption = if why.is_empty() { None } else { holds(true, why, "") };
    pod
}

pub fn event(object: &str, reason: &str, message: &str, count: u32) -> Arc<EventView> {
    Arc::new(EventView {
        uid: format!("{object}-{reason}"),
        at: ago(30),
        warning: true,
        reason: reason.to_owned(),
        message: message.to_owned(),
        count,
        kind: "Pod".to_owned(),
        name: object.to_owned(),
        object: object.to_owned(),
        container: None,
    })
}

pub fn claim(name: &str, phase: &str) -> Arc<ClaimView> {
    Arc::new(ClaimView { meta: meta(name, None), phase: phase.to_owned(), ..ClaimView::default() })
}

pub fn job(failed: bool) -> Arc<WorkloadView> {
    Arc::new(WorkloadView {
        meta: meta("migrate", None),
        kind: WorkloadKind::Job,
        observed: true,
        wanted: u32::from(!failed),
        progress: if failed {
            holds(true, "BackoffLimitExceeded", "Job has reached the specified backoff limit")
        } else {
            None
        },
        ..WorkloadView::default()
    })
}

pub fn job_pod(state: ContainerState) -> PodView {
    let mut pod = pod("migrate-x", |app| app.state = state);
    pod.meta.controller = Some("migrate".to_owned());
    pod.restart_policy = RestartPolicy::Never;
    pod.of_job = true;
    pod
}
