//! While somebody works on a service, and after that came to nothing.

use super::*;

#[test]
fn operations() {
    use OperationKind::{ServiceDelete, ServiceLaunch, ServiceRestart};
    let with = |desired, kind, state, step, error, snapshot: &ReleaseSnapshot| {
        let operation = Some(OperationView { kind, state, step, error, at: Some(ago(60)) });
        line(&status(&StatusInput { desired, operation, owner: OWNER, snapshot, now: NOW }))
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
            "DEPLOYING IMAGE_PULL_FAILED container=app image=example.org/app:1 registry=example.org [0/1]",
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
            "ERROR IMAGE_PULL_FAILED container=app image=example.org/app:1 registry=example.org [0/1]",
        ),
        (
            "a launch took too long, and the app came up",
            with(running, ServiceLaunch, OperationState::Failed, ready, late, &well),
            "RUNNING ALL_READY [1/1]",
        ),
        (
            "a launch that went well says no more",
            with(running, ServiceLaunch, OperationState::Succeeded, ready, None, &pull),
            "ERROR IMAGE_PULL_FAILED container=app image=example.org/app:1 registry=example.org [0/1]",
        ),
        (
            "a restart",
            with(running, ServiceRestart, OperationState::Running, Some(StepName::Restart), None, &well),
            "RESTARTING RESTARTING step=RESTART [1/1]",
        ),
        (
            "a restart waits its turn",
            with(running, ServiceRestart, OperationState::Queued, None, None, &well),
            "RESTARTING QUEUED [1/1]",
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
                owner: OWNER,
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
                owner: OWNER,
                snapshot: &release(0, vec![]),
                now: NOW,
            })),
            "STOPPED STOPPED [0/0]",
        ),
    ]);
}

/// Lists do not read operations that succeeded.
#[test]
fn an_operation_that_succeeded_says_as_much_as_none() {
    use OperationKind::{ServiceDelete, ServiceLaunch, ServiceRestart, WorkspaceCreate};
    let (mut nothing, mut away) = (release(0, vec![]), release(1, vec![ready("p")]));
    (nothing.records, nothing.workloads) = (Vec::new(), Vec::new());
    away.health.reachable = false;
    let mut cold = away.clone();
    (cold.health.reachable, cold.health.warm) = (true, false);
    let well = release(1, vec![ready("p")]);
    let ill = release(1, vec![waiting("ErrImagePull", "")]);
    for snapshot in [&nothing, &away, &cold, &well, &ill] {
        for desired in [DesiredState::Running, DesiredState::Stopped, DesiredState::Deleted] {
            let with = |operation| {
                let status = status(&StatusInput { desired, operation, owner: OWNER, snapshot, now: NOW });
                (line(&status), status.since)
            };
            for kind in [WorkspaceCreate, ServiceLaunch, ServiceRestart, ServiceDelete] {
                let (state, step) = (OperationState::Succeeded, Some(StepName::Ready));
                let succeeded = OperationView { kind, state, step, error: None, at: Some(ago(60)) };
                assert_eq!(with(Some(succeeded)), with(None), "{kind:?} of {desired:?}");
            }
        }
    }
}
