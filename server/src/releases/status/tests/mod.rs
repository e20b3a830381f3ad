//! Situations by name, and what they are called: one table, row by row, so that two that look alike stand beside each other.

mod build;

use super::*;
use crate::live::{
    ClusterHealth,
    view::{ContainerState, NamespaceView, PodPhase, PodView, RestartPolicy, WorkloadKind, WorkloadView},
};
use build::{
    NOW, ago, claim, end, ended_pod, event, holds, job, job_pod, meta, pod, preparing, ready, record, release,
    state_waiting, unscheduled, waiting,
};
use std::sync::Arc;

/// State, reason and figures in one line.
fn line(status: &Status) -> String {
    let params: Vec<_> = status.params.iter().map(|(name, value)| format!(" {name}={value}")).collect();
    let params = params.concat();
    let Status { ready_pods, total_pods, .. } = status;
    format!("{} {}{params} [{ready_pods}/{total_pods}]", status.state.as_str(), status.reason.as_str())
}

fn seen(snapshot: &ReleaseSnapshot) -> String {
    line(&status(&StatusInput { desired: DesiredState::Running, operation: None, snapshot, now: NOW }))
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

#[test]
fn the_whole() {
    let empty = |health| ReleaseSnapshot { health, ..ReleaseSnapshot::default() };
    check(&[
        ("all is well", of_pod(ready("p")), "RUNNING ALL_READY [1/1]"),
        (
            "the cluster is away: the last figures, and no word that could be wrong",
            changed(vec![ready("p")], 1, |snapshot| snapshot.health.reachable = false),
            "UNKNOWN CLUSTER_AWAY [1/1]",
        ),
        ("just started", seen(&empty(ClusterHealth::default())), "UNKNOWN CACHE_WARMING [0/0]"),
        (
            "no namespace",
            seen(&empty(ClusterHealth { warm: true, ..ClusterHealth::default() })),
            "ERROR NAMESPACE_MISSING [0/0]",
        ),
        (
            "the namespace is on its way out",
            changed(vec![ready("p")], 1, |snapshot| {
                snapshot.namespace = Some(NamespaceView { deleting: Some(ago(5)), ..NamespaceView::default() });
            }),
            "ERROR NAMESPACE_TERMINATING [1/1]",
        ),
        (
            "someone uninstalled it",
            changed(vec![], 0, |snapshot| {
                snapshot.records.clear();
                snapshot.workloads.clear();
            }),
            "ERROR RELEASE_MISSING [0/0]",
        ),
        (
            "Helm died at an upgrade",
            changed(vec![ready("p")], 1, |snapshot| snapshot.records.push(record("pending-upgrade"))),
            "ERROR RELEASE_STUCK helmStatus=pending-upgrade [1/1]",
        ),
        (
            "Helm died at removing",
            changed(vec![], 1, |snapshot| snapshot.records = vec![record("uninstalling")]),
            "ERROR RELEASE_STUCK helmStatus=uninstalling [0/1]",
        ),
        (
            "Helm failed",
            changed(vec![], 1, |snapshot| snapshot.records = vec![record("failed")]),
            "ERROR RELEASE_FAILED helmStatus=failed [0/1]",
        ),
        ("nothing that runs", changed(vec![], 0, |snapshot| snapshot.workloads.clear()), "RUNNING NO_WORKLOADS [0/0]"),
        ("scaled to nothing", seen(&release(0, vec![])), "STOPPED STOPPED [0/0]"),
        (
            "scaled to nothing, the last pod still ends",
            changed(vec![ready("p")], 0, |_| {}),
            "UPGRADING POD_TERMINATING [0/0]",
        ),
        (
            "records may not be read: the workloads tell",
            changed(vec![ready("p")], 1, |snapshot| {
                snapshot.records.clear();
                snapshot.health.unreadable.insert("secrets");
            }),
            "RUNNING ALL_READY [1/1]",
        ),
    ]);
}

#[test]
fn rollouts() {
    let deadline = || holds(false, "ProgressDeadlineExceeded", "ReplicaSet \"web-2\" has timed out progressing.");
    check(&[
        (
            "some are ready",
            changed(vec![ready("a"), pod("b", |_| {})], 2, |_| {}),
            "RUNNING PARTLY_READY ready=1 total=2 [1/2]",
        ),
        (
            "half rolled out",
            changed(vec![ready("a"), ready("b"), pod("c", |_| {})], 2, |snapshot| {
                workload(snapshot, |workload| workload.updated = 1);
            }),
            "UPGRADING ROLLING_OUT updated=1 total=2 [2/2]",
        ),
        (
            "the controller has not seen the change",
            changed(vec![ready("a")], 1, |snapshot| workload(snapshot, |workload| workload.observed = false)),
            "UPGRADING ROLLING_OUT updated=1 total=1 [1/1]",
        ),
        (
            "an old pod is still to go",
            changed(vec![ready("a"), ready("old")], 1, |_| {}),
            "UPGRADING ROLLING_OUT updated=1 total=1 [1/1]",
        ),
        (
            "a partition holds pods back on purpose",
            changed(vec![ready("a"), ready("b")], 2, |snapshot| {
                workload(snapshot, |set| (set.kind, set.updated, set.to_update) = (WorkloadKind::StatefulSet, 1, 1));
            }),
            "RUNNING ALL_READY [2/2]",
        ),
        (
            "the new pod does not come up, the old one serves",
            changed(vec![ready("a"), waiting("ImagePullBackOff", "")], 1, |snapshot| {
                workload(snapshot, |workload| workload.updated = 0);
            }),
            "UPGRADING IMAGE_PULL_FAILED container=app image=example.org/app:1 [1/1]",
        ),
        (
            "stuck for no reason that can be seen",
            changed(vec![pod("a", |_| {})], 1, |snapshot| {
                workload(snapshot, |workload| workload.progress = deadline());
            }),
            "ERROR ROLLOUT_STUCK workload=web message=ReplicaSet \"web-2\" has timed out progressing. [0/1]",
        ),
        (
            "stuck for a reason: that one",
            changed(vec![waiting("ErrImagePull", "no such host")], 1, |snapshot| {
                workload(snapshot, |workload| workload.progress = deadline());
            }),
            "ERROR IMAGE_PULL_FAILED container=app image=example.org/app:1 message=no such host [0/1]",
        ),
        ("no pods yet", seen(&release(1, vec![])), "DEPLOYING WAITING_FOR_PODS workload=web [0/1]"),
        (
            "a pod ends before its successor is made",
            changed(
                vec![PodView {
                    meta: crate::live::view::Meta { deleting: Some(ago(3)), ..meta("a", Some("web-1")) },
                    ..ready("a")
                }],
                1,
                |_| {},
            ),
            "DEPLOYING POD_TERMINATING [0/1]",
        ),
        (
            "evicted, and replaced since",
            changed(vec![ended_pod("Evicted", "The node was low on resource: memory."), ready("a")], 1, |snapshot| {
                workload(snapshot, |workload| workload.pods = 1);
            }),
            "RUNNING ALL_READY [1/1]",
        ),
        (
            "evicted, and nothing in its place",
            changed(vec![ended_pod("Evicted", "The node was low on resource: memory.")], 1, |_| {}),
            "ERROR EVICTED message=The node was low on resource: memory. node=n1 [0/1]",
        ),
        (
            "the worst of several",
            changed(
                vec![
                    waiting("ContainerCreating", ""),
                    unscheduled("0/1 nodes are available"),
                    pod("o", |app| {
                        app.state = ContainerState::Terminated(end(137, "OOMKilled"));
                    }),
                ],
                3,
                |_| {},
            ),
            "ERROR OUT_OF_MEMORY container=app limit=512Mi restarts=0 [0/3]",
        ),
    ]);
}

#[test]
fn pods_that_cannot_be_made_or_placed() {
    let quota = "pods \"web-1-x\" is forbidden: exceeded quota: woow-quota, requested: limits.memory=64Gi";
    let security = "pods \"web-1-x\" is forbidden: violates PodSecurity \"baseline:latest\": privileged";
    let with_claim = |message: &str, phase: &str| {
        let mut pod = unscheduled(message);
        pod.claims = vec!["data".to_owned()];
        changed(vec![pod], 1, |snapshot| snapshot.claims = vec![claim("data", phase)])
    };
    check(&[
        (
            "quota, by the Deployment's condition",
            changed(vec![], 1, |snapshot| {
                workload(snapshot, |workload| workload.failure = holds(true, "FailedCreate", quota));
            }),
            &format!("ERROR QUOTA_EXCEEDED message={quota} workload=web [0/1]"),
        ),
        (
            "quota, by an event of a StatefulSet",
            changed(vec![], 1, |snapshot| {
                workload(snapshot, |set| set.kind = WorkloadKind::StatefulSet);
                snapshot.events = vec![event("web", "FailedCreate", quota, 4)];
            }),
            &format!("ERROR QUOTA_EXCEEDED message={quota} workload=web [0/1]"),
        ),
        (
            "pod security, by an event of the ReplicaSet",
            changed(vec![], 1, |snapshot| snapshot.events = vec![event("web-1", "FailedCreate", security, 4)]),
            &format!("ERROR PODS_FORBIDDEN message={security} workload=web [0/1]"),
        ),
        (
            "it was forbidden, and works since",
            changed(vec![], 1, |snapshot| {
                let mut works = event("web-1", "SuccessfulCreate", "Created pod", 1);
                works.at = ago(1);
                snapshot.events = vec![works, event("web-1", "FailedCreate", security, 4)];
            }),
            "DEPLOYING WAITING_FOR_PODS workload=web [0/1]",
        ),
        (
            "too little memory on the nodes",
            of_pod(unscheduled("0/3 nodes are available: 3 Insufficient memory.")),
            "ERROR UNSCHEDULABLE message=0/3 nodes are available: 3 Insufficient memory. resource=memory [0/1]",
        ),
        (
            "no node fits",
            of_pod(unscheduled("0/1 nodes are available: 1 node(s) had untolerated taint(s).")),
            "ERROR UNSCHEDULABLE message=0/1 nodes are available: 1 node(s) had untolerated taint(s). [0/1]",
        ),
        (
            "a claim that binds later is not the reason",
            with_claim("0/1 nodes are available: 1 Insufficient cpu.", "Pending"),
            "ERROR UNSCHEDULABLE message=0/1 nodes are available: 1 Insufficient cpu. resource=cpu [0/1]",
        ),
        (
            "no volume",
            with_claim(
                "0/1 nodes are available: 1 node(s) didn't find available persistent volumes to bind.",
                "Pending",
            ),
            "ERROR VOLUME_PENDING volume=data message=0/1 nodes are available: 1 node(s) didn't find available persistent volumes to bind. [0/1]",
        ),
        (
            "no claim",
            of_pod(unscheduled("persistentvolumeclaim \"files\" not found")),
            "ERROR VOLUME_PENDING volume=files message=persistentvolumeclaim \"files\" not found [0/1]",
        ),
        (
            "the volume is gone",
            changed(vec![ready("p")], 1, |snapshot| snapshot.claims = vec![claim("data", "Lost")]),
            "UPGRADING VOLUME_MOUNT_FAILED message=data: Lost [1/1]",
        ),
        (
            "not looked at by the scheduler",
            of_pod(PodView { scheduled: None, ..unscheduled("") }),
            "DEPLOYING STARTING [0/1]",
        ),
        (
            "the kubelet found no room",
            of_pod(ended_pod("OutOfcpu", "Node didn't have enough resource: cpu")),
            "ERROR UNSCHEDULABLE message=Node didn't have enough resource: cpu node=n1 [0/1]",
        ),
    ]);
}

#[test]
fn containers_that_do_not_start() {
    let mount = |message: &str| {
        changed(vec![waiting("ContainerCreating", "")], 1, |snapshot| {
            snapshot.events = vec![event("p", "FailedMount", message, 3)];
        })
    };
    check(&[
        ("being made", of_pod(waiting("ContainerCreating", "")), "DEPLOYING STARTING container=app [0/1]"),
        (
            "pull",
            of_pod(waiting("ImagePullBackOff", "Back-off pulling image")),
            "ERROR IMAGE_PULL_FAILED container=app image=example.org/app:1 message=Back-off pulling image [0/1]",
        ),
        (
            "no image name",
            of_pod(waiting("InvalidImageName", "")),
            "ERROR IMAGE_NAME_INVALID container=app image=example.org/app:1 [0/1]",
        ),
        (
            "no Secret for the environment",
            of_pod(waiting("CreateContainerConfigError", "secret \"web\" not found")),
            "ERROR CONFIG_MISSING container=app message=secret \"web\" not found [0/1]",
        ),
        (
            "no ConfigMap for a volume",
            mount("MountVolume.SetUp failed for volume \"config\" : configmap \"web\" not found"),
            "ERROR CONFIG_MISSING message=MountVolume.SetUp failed for volume \"config\" : configmap \"web\" not found [0/1]",
        ),
        ("mount", mount("timed out waiting"), "ERROR VOLUME_MOUNT_FAILED message=timed out waiting [0/1]"),
        (
            "the command is not in the image",
            of_pod(waiting("RunContainerError", "exec: \"serve\": not found")),
            "ERROR CRASH_LOOP container=app restarts=0 message=exec: \"serve\": not found [0/1]",
        ),
        (
            "still preparing",
            of_pod(preparing(ContainerState::Running { since: Some(ago(5)) }, 0)),
            "DEPLOYING STARTING container=prepare [0/1]",
        ),
        (
            "prepared",
            of_pod(preparing(ContainerState::Terminated(end(0, "Completed")), 0)),
            "DEPLOYING STARTING container=app [0/1]",
        ),
        (
            "preparing fails",
            of_pod(preparing(ContainerState::Terminated(end(2, "Error")), 3)),
            "ERROR INIT_FAILED container=prepare exitCode=2 restarts=3 [0/1]",
        ),
    ]);
}

#[test]
fn containers_that_end() {
    let loops = |state, last: Option<_>, restarts| {
        pod("p", |app| (app.state, app.last, app.restarts) = (state, last, restarts))
    };
    let runs = |seconds| ContainerState::Running { since: Some(ago(seconds)) };
    let mut shows_ready = ready("p");
    shows_ready.containers[0].restarts = 4;
    shows_ready.containers[0].last = Some(end(1, "Error"));
    let mut steady = shows_ready.clone();
    shows_ready.containers[0].state = runs(5);
    steady.containers[0].state = runs(61);
    let probed = |snapshot: &mut ReleaseSnapshot| {
        snapshot.events =
            vec![event("p", "Unhealthy", "Liveness probe failed: HTTP probe failed with statuscode: 500", 6)];
    };
    check(&[
        (
            "ended once",
            of_pod(loops(ContainerState::Terminated(end(1, "Error")), None, 0)),
            "ERROR CONTAINER_EXITED container=app exitCode=1 restarts=0 [0/1]",
        ),
        (
            "ends again and again, as a kubelet of 1.36 shows it",
            of_pod(loops(ContainerState::Terminated(end(1, "Error")), Some(end(1, "Error")), 5)),
            "ERROR CRASH_LOOP container=app exitCode=1 restarts=5 [0/1]",
        ),
        (
            "the same before 1.36, and for an instant since",
            of_pod(loops(state_waiting("CrashLoopBackOff", "back-off 5m0s"), Some(end(3, "Error")), 5)),
            "ERROR CRASH_LOOP container=app exitCode=3 restarts=5 [0/1]",
        ),
        (
            "ends well again and again, which a service must not",
            of_pod(loops(ContainerState::Terminated(end(0, "Completed")), Some(end(0, "Completed")), 2)),
            "ERROR CRASH_LOOP container=app exitCode=0 restarts=2 [0/1]",
        ),
        (
            "between two crashes it counts as ready",
            of_pod(shows_ready),
            "ERROR CRASH_LOOP container=app exitCode=1 restarts=4 [0/1]",
        ),
        ("it has run for a while again", of_pod(steady), "RUNNING ALL_READY [1/1]"),
        (
            "too much memory",
            of_pod(loops(ContainerState::Terminated(end(137, "OOMKilled")), None, 1)),
            "ERROR OUT_OF_MEMORY container=app limit=512Mi restarts=1 [0/1]",
        ),
        (
            "too much memory, seen in the state before",
            of_pod(loops(state_waiting("CrashLoopBackOff", ""), Some(end(137, "OOMKilled")), 2)),
            "ERROR OUT_OF_MEMORY container=app limit=512Mi restarts=2 [0/1]",
        ),
        (
            "ended by its liveness probe",
            changed(vec![loops(ContainerState::Terminated(end(137, "Error")), None, 1)], 1, probed),
            "ERROR PROBE_FAILING container=app message=Liveness probe failed: HTTP probe failed with statuscode: 500 restarts=1 [0/1]",
        ),
        (
            "a job's container that has done its work",
            changed(vec![ready("p"), job_pod(ContainerState::Terminated(end(0, "Completed")))], 1, |snapshot| {
                snapshot.workloads.push(job(false));
            }),
            "RUNNING ALL_READY [1/1]",
        ),
        (
            "a job that cannot start",
            changed(vec![ready("p"), job_pod(state_waiting("ErrImagePull", ""))], 1, |snapshot| {
                snapshot.workloads.push(job(false));
            }),
            "UPGRADING IMAGE_PULL_FAILED container=app image=example.org/app:1 [1/1]",
        ),
        (
            "a job that failed",
            changed(vec![ready("p")], 1, |snapshot| snapshot.workloads.push(job(true))),
            "UPGRADING JOB_FAILED job=migrate message=Job has reached the specified backoff limit [1/1]",
        ),
    ]);
}

#[test]
fn pods_that_run_and_are_not_ready() {
    let probe = |message: &'static str, count, change: fn(&mut crate::live::view::ContainerView)| {
        changed(vec![pod("p", change)], 1, |snapshot| snapshot.events = vec![event("p", "Unhealthy", message, count)])
    };
    let lost = |snapshot: &mut ReleaseSnapshot| {
        snapshot.lost_nodes.insert("n1".to_owned());
    };
    check(&[
        ("just started", of_pod(pod("p", |_| {})), "DEPLOYING STARTING container=app [0/1]"),
        (
            "its startup probe fails, as it may",
            probe("Startup probe failed: dial tcp: refused", 40, |app| app.started = Some(false)),
            "DEPLOYING STARTING container=app [0/1]",
        ),
        (
            "its startup probe has cost a restart",
            probe("Startup probe failed: dial tcp: refused", 40, |app| (app.started, app.restarts) = (Some(false), 1)),
            "ERROR PROBE_FAILING container=app message=Startup probe failed: dial tcp: refused [0/1]",
        ),
        (
            "its readiness probe failed once",
            probe("Readiness probe failed: 503", 1, |_| {}),
            "DEPLOYING STARTING container=app [0/1]",
        ),
        (
            "its readiness probe fails",
            probe("Readiness probe failed: 503", 3, |_| {}),
            "ERROR PROBE_FAILING container=app message=Readiness probe failed: 503 [0/1]",
        ),
        (
            "it failed before this start",
            probe("Readiness probe failed: 503", 3, |app| app.state = ContainerState::Running { since: Some(ago(10)) }),
            "DEPLOYING STARTING container=app [0/1]",
        ),
        (
            "its node is gone, whatever the pod says",
            changed(vec![ready("p")], 1, lost),
            "ERROR NODE_NOT_READY node=n1 [0/1]",
        ),
        (
            "the node controller's mark, where nodes may not be seen",
            changed(vec![PodView { ready: holds(false, "", ""), ..ready("p") }], 1, |snapshot| {
                snapshot.events = vec![event("p", "NodeNotReady", "Node is not ready", 1)];
            }),
            "ERROR NODE_NOT_READY node=n1 [0/1]",
        ),
        (
            "a readiness gate is open",
            of_pod(PodView { ready: holds(false, "ReadinessGatesNotReady", ""), ..ready("p") }),
            "DEPLOYING STARTING [0/1]",
        ),
    ]);
}

#[test]
fn operations() {
    use OperationKind::{ServiceDelete, ServiceLaunch, ServiceRestart};
    let with = |desired, kind, state, step, error, snapshot: &ReleaseSnapshot| {
        let operation = Some(OperationView { kind, state, step, error, at: Some(ago(60)) });
        line(&status(&StatusInput { desired, operation, snapshot, now: NOW }))
    };
    let running = DesiredState::Running;
    let well = release(1, vec![ready("p")]);
    let pull = release(1, vec![waiting("ErrImagePull", "")]);
    let mut nothing = release(0, vec![]);
    nothing.records.clear();
    nothing.workloads.clear();
    let mut away = nothing.clone();
    away.health.reachable = false;
    let late = Some(OperationErrorCode::NotReadyInTime);
    let (install, ready) = (Some(StepName::Install), Some(StepName::Ready));
    check(&[
        (
            "a launch waits its turn",
            with(running, ServiceLaunch, OperationState::Queued, None, None, &nothing),
            "PENDING QUEUED [0/0]",
        ),
        (
            "a launch waits for the cluster",
            with(running, ServiceLaunch, OperationState::Queued, None, None, &away),
            "PENDING CLUSTER_AWAY [0/0]",
        ),
        (
            "a launch",
            with(running, ServiceLaunch, OperationState::Running, install, None, &nothing),
            "DEPLOYING LAUNCHING step=INSTALL [0/0]",
        ),
        (
            "a launch says what it waits for",
            with(running, ServiceLaunch, OperationState::Running, ready, None, &pull),
            "DEPLOYING IMAGE_PULL_FAILED container=app image=example.org/app:1 [0/1]",
        ),
        (
            "a launch is nearly done",
            with(running, ServiceLaunch, OperationState::Running, ready, None, &well),
            "DEPLOYING LAUNCHING step=READY [1/1]",
        ),
        (
            "a launch is undone",
            with(running, ServiceLaunch, OperationState::Cancelling, install, None, &nothing),
            "DEPLOYING CANCELLING step=INSTALL [0/0]",
        ),
        (
            "a launch was cancelled",
            with(running, ServiceLaunch, OperationState::Cancelled, None, None, &nothing),
            "STOPPED LAUNCH_CANCELLED [0/0]",
        ),
        (
            "a launch failed",
            with(
                running,
                ServiceLaunch,
                OperationState::Failed,
                install,
                Some(OperationErrorCode::ValuesRefused),
                &nothing,
            ),
            "ERROR LAUNCH_FAILED error=VALUES_REFUSED step=INSTALL [0/0]",
        ),
        (
            "a launch took too long, for a reason",
            with(running, ServiceLaunch, OperationState::Failed, ready, late, &pull),
            "ERROR IMAGE_PULL_FAILED container=app image=example.org/app:1 [0/1]",
        ),
        (
            "a launch took too long, and the app came up",
            with(running, ServiceLaunch, OperationState::Failed, ready, late, &well),
            "RUNNING ALL_READY [1/1]",
        ),
        (
            "a launch that went well says no more",
            with(running, ServiceLaunch, OperationState::Succeeded, ready, None, &pull),
            "ERROR IMAGE_PULL_FAILED container=app image=example.org/app:1 [0/1]",
        ),
        (
            "a restart",
            with(running, ServiceRestart, OperationState::Running, Some(StepName::Restart), None, &well),
            "UPGRADING RESTARTING step=RESTART [1/1]",
        ),
        (
            "a restart waits its turn",
            with(running, ServiceRestart, OperationState::Queued, None, None, &well),
            "UPGRADING QUEUED [1/1]",
        ),
        (
            "a restart failed: the cluster tells how it is",
            with(running, ServiceRestart, OperationState::Failed, ready, late, &well),
            "RUNNING ALL_READY [1/1]",
        ),
        (
            "a removal",
            with(DesiredState::Deleted, ServiceDelete, OperationState::Running, Some(StepName::Uninstall), None, &well),
            "DELETING DELETING step=UNINSTALL [1/1]",
        ),
        (
            "a removal failed",
            with(
                DesiredState::Deleted,
                ServiceDelete,
                OperationState::Failed,
                Some(StepName::Uninstall),
                Some(OperationErrorCode::HelmFailed),
                &well,
            ),
            "ERROR DELETE_FAILED error=HELM_FAILED step=UNINSTALL [1/1]",
        ),
        (
            "to be removed",
            line(&status(&StatusInput {
                desired: DesiredState::Deleted,
                operation: None,
                snapshot: &nothing,
                now: NOW,
            })),
            "DELETING DELETING [0/0]",
        ),
        (
            "stopped as wanted",
            line(&status(&StatusInput {
                desired: DesiredState::Stopped,
                operation: None,
                snapshot: &release(0, vec![]),
                now: NOW,
            })),
            "STOPPED STOPPED [0/0]",
        ),
    ]);
}

#[test]
fn a_container_that_keeps_ending_asks_for_another_look() {
    let mut pod = ready("p");
    pod.containers[0].restarts = 2;
    pod.containers[0].last = Some(end(1, "Error"));
    pod.containers[0].state = ContainerState::Running { since: Some(ago(10)) };
    let snapshot = release(1, vec![pod]);
    let at = |now| status(&StatusInput { desired: DesiredState::Running, operation: None, snapshot: &snapshot, now });
    let recheck = at(NOW).recheck.unwrap();
    assert_eq!(recheck, NOW.plus_seconds(50));
    assert_eq!((at(recheck).reason, at(recheck).recheck), (StatusReason::AllReady, None));
}

#[test]
fn a_pod_alone() {
    let snapshot = release(1, vec![]);
    assert_eq!(pod_reason(&ready("p"), &snapshot, NOW), None);
    let done = PodView { phase: PodPhase::Succeeded, restart_policy: RestartPolicy::Never, ..pod("p", |_| {}) };
    assert_eq!(pod_reason(&done, &snapshot, NOW), None);
}
