//! From pods to the whole: how many there are, and whether new ones take the place of old ones.

use super::*;

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
            "UPGRADING IMAGE_PULL_FAILED container=app image=example.org/app:1 registry=example.org [1/1]",
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
            "ERROR REGISTRY_UNREACHABLE container=app image=example.org/app:1 registry=example.org message=no such host [0/1]",
        ),
        ("no pods yet", seen(&release(1, vec![])), "DEPLOYING WAITING_FOR_PODS workload=web [0/1]"),
        (
            "a StatefulSet makes its second pod when the first is ready",
            changed(vec![pod("web-0", |_| {})], 2, |snapshot| {
                workload(snapshot, |set| (set.kind, set.ordered) = (WorkloadKind::StatefulSet, true));
            }),
            "DEPLOYING ORDINAL_WAITING pod=web-0 workload=web [0/2]",
        ),
        (
            "its first pod cannot become ready: that is the reason",
            changed(vec![waiting("InvalidImageName", "")], 2, |snapshot| {
                workload(snapshot, |set| (set.kind, set.ordered) = (WorkloadKind::StatefulSet, true));
            }),
            "ERROR IMAGE_NAME_INVALID container=app image=example.org/app:1 [0/2]",
        ),
        (
            "a DaemonSet for nodes of which there are none",
            changed(vec![], 0, |snapshot| workload(snapshot, |set| set.kind = WorkloadKind::DaemonSet)),
            "ERROR DAEMON_SET_NOWHERE workload=web [0/0]",
        ),
        (
            "such a DaemonSet beside what runs",
            changed(vec![ready("p")], 1, |snapshot| {
                let set = WorkloadView { kind: WorkloadKind::DaemonSet, observed: true, ..WorkloadView::default() };
                snapshot.workloads.push(Arc::new(WorkloadView { meta: meta("agents", None), ..set }));
            }),
            "RUNNING ALL_READY [1/1]",
        ),
        (
            "a rollout that somebody has paused",
            changed(vec![ready("a")], 1, |snapshot| {
                workload(snapshot, |workload| {
                    workload.updated = 0;
                    workload.progress = holds(false, "DeploymentPaused", "Deployment is paused");
                });
            }),
            "UPGRADING ROLLOUT_PAUSED workload=web [1/1]",
        ),
        (
            "paused, and nothing to roll out",
            changed(vec![ready("a")], 1, |snapshot| {
                workload(snapshot, |workload| {
                    workload.progress = holds(false, "DeploymentPaused", "Deployment is paused");
                });
            }),
            "RUNNING ALL_READY [1/1]",
        ),
        (
            "a pod that nothing looks after has failed",
            changed(vec![PodView { meta: meta("alone", None), ..ended_pod("NodeShutdown", "") }], 0, |snapshot| {
                snapshot.workloads.clear();
            }),
            "ERROR NODE_SHUTDOWN node=n1 [0/1]",
        ),
        (
            "a pod of a hook has failed",
            changed(
                vec![ready("p"), PodView { meta: meta("test", None), hook: true, ..ended_pod("Error", "") }],
                1,
                |snapshot| workload(snapshot, |workload| workload.pods = 1),
            ),
            "RUNNING ALL_READY [1/1]",
        ),
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
            "ERROR EVICTED_MEMORY message=The node was low on resource: memory. node=n1 [0/1]",
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
