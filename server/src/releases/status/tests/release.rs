//! The cluster, the namespace and the record, before any pod is looked at.

use super::*;

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
            "the namespace cannot go",
            changed(vec![], 1, |snapshot| {
                let remaining = "Some content in the namespace has finalizers remaining: a.b/c in 1 resource instances";
                snapshot.namespace = Some(NamespaceView {
                    deleting: Some(ago(500)),
                    remaining: remaining.to_owned(),
                    ..NamespaceView::default()
                });
            }),
            "ERROR NAMESPACE_STUCK message=Some content in the namespace has finalizers remaining: a.b/c in 1 resource instances [0/1]",
        ),
        (
            "Helm died at an install",
            changed(vec![], 0, |snapshot| snapshot.records = vec![record("pending-install")]),
            "ERROR RELEASE_STUCK helmStatus=pending-install [0/0]",
        ),
        (
            "Helm died at going back",
            changed(vec![ready("p")], 1, |snapshot| snapshot.records.push(record("pending-rollback"))),
            "ERROR RELEASE_STUCK helmStatus=pending-rollback [1/1]",
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
        (
            "pods may not be read: nobody knows",
            changed(vec![], 1, |snapshot| {
                snapshot.health.unreadable.extend(["pods", "jobs"]);
            }),
            "UNKNOWN CACHE_UNREADABLE kinds=pods [0/1]",
        ),
        (
            "what only tells more may not be read",
            changed(vec![ready("p")], 1, |snapshot| {
                snapshot.health.unreadable.extend(["nodes", "events", "jobs", "persistentvolumeclaims"]);
            }),
            "RUNNING ALL_READY [1/1]",
        ),
        ("nothing that runs", changed(vec![], 0, |snapshot| snapshot.workloads.clear()), "RUNNING NO_WORKLOADS [0/0]"),
        ("scaled to nothing", seen(&release(0, vec![])), "STOPPED STOPPED [0/0]"),
        (
            "scaled to nothing, the last pod still ends",
            changed(vec![ready("p")], 0, |_| {}),
            "UPGRADING POD_TERMINATING [0/0]",
        ),
        (
            "scaled to nothing, and the last pod does not end",
            changed(vec![leaving("p", ago(61), "")], 0, |_| {}),
            "UPGRADING POD_STUCK_TERMINATING [0/0]",
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
fn a_release_of_somebody_else_is_not_taken_for_ours() {
    let ours = release(1, vec![ready("p")]);
    let mut foreign = ours.clone();
    foreign.records[0].labels.clear();
    let of = |snapshot, owner, operation| {
        line(&status(&StatusInput { desired: DesiredState::Running, operation, owner, snapshot, now: NOW }))
    };
    let refused = OperationView {
        kind: OperationKind::ServiceLaunch,
        state: OperationState::Failed,
        step: Some(StepName::Install),
        error: Some(OperationErrorCode::ReleaseForeign),
        at: Some(ago(60)),
    };
    check(&[
        ("of another service", of(&ours, "b", None), "ERROR RELEASE_FOREIGN [1/1]"),
        ("of nobody", of(&foreign, OWNER, None), "ERROR RELEASE_FOREIGN [1/1]"),
        ("ours", of(&ours, OWNER, None), "RUNNING ALL_READY [1/1]"),
        (
            "it was there before our launch, and is well",
            of(&foreign, OWNER, Some(refused)),
            "ERROR LAUNCH_FAILED error=RELEASE_FOREIGN step=INSTALL [1/1]",
        ),
    ]);
}
