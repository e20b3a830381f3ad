//! Pods that run and are not ready.

use super::*;
use crate::live::view::ContainerView;

fn probe(message: &'static str, count: u32, change: fn(&mut ContainerView)) -> String {
    changed(vec![pod("p", change)], 1, |snapshot| snapshot.events = vec![event("p", "Unhealthy", message, count)])
}

#[test]
fn pods_that_run_and_are_not_ready() {
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
            "ERROR STARTUP_FAILING container=app message=Startup probe failed: dial tcp: refused [0/1]",
        ),
        (
            "its readiness probe failed once",
            probe("Readiness probe failed: 503", 1, |_| {}),
            "DEPLOYING STARTING container=app [0/1]",
        ),
        (
            "its readiness probe fails",
            probe("Readiness probe failed: 503", 3, |_| {}),
            "ERROR READINESS_FAILING container=app message=Readiness probe failed: 503 [0/1]",
        ),
        (
            "its readiness probe cannot be run",
            probe("Readiness probe errored and resulted in unknown state: exec: not found", 3, |_| {}),
            "ERROR READINESS_FAILING container=app message=Readiness probe errored and resulted in unknown state: exec: not found [0/1]",
        ),
        (
            "it failed before this start",
            probe("Readiness probe failed: 503", 3, |app| app.state = ContainerState::Running { since: Some(ago(10)) }),
            "DEPLOYING STARTING container=app [0/1]",
        ),
        (
            "something outside has not said yes",
            of_pod(PodView { ready: holds(false, "ReadinessGatesNotReady", ""), ..ready("p") }),
            "DEPLOYING READINESS_GATE_OPEN [0/1]",
        ),
        (
            "the kubelet has not summed up yet",
            of_pod(PodView { ready: holds(false, "", ""), ..ready("p") }),
            "DEPLOYING STARTING [0/1]",
        ),
    ]);
}

#[test]
fn the_worst_is_told_and_what_passes_is_never_the_worst() {
    use StatusReason as R;
    let worst = |pods: Vec<PodView>| {
        let wanted = u32::try_from(pods.len()).unwrap();
        seen_at(&release(wanted, pods), NOW).reason
    };
    let crash = || pod("a", |app| (app.state, app.restarts) = (ContainerState::Terminated(end(1, "Error")), 3));
    let room = || unscheduled("0/1 nodes are available: 1 Insufficient cpu.");
    assert_eq!(worst(vec![pod("s", |_| {}), crash()]), R::CrashLoop);
    assert_eq!(worst(vec![room(), crash()]), R::CrashLoop, "a pod that has a place says more than one that has none");
    assert_eq!(worst(vec![room(), waiting("ErrImagePull", "manifest unknown")]), R::ImageNotFound);
    let broken = reason::WORST_FIRST.iter().take_while(|reason| !reason.is_passing()).count();
    let passing = &reason::WORST_FIRST[broken..];
    assert!(passing.iter().all(|reason| reason.is_passing()), "{passing:?}");
    let mut once = reason::WORST_FIRST.to_vec();
    once.sort_unstable();
    once.dedup();
    assert_eq!(once.len(), reason::WORST_FIRST.len());
}
