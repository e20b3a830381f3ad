//! Containers that end.

use super::*;
use crate::live::view::Termination;

fn loops(state: ContainerState, last: Option<Termination>, restarts: u32) -> PodView {
    pod("p", |app| (app.state, app.last, app.restarts) = (state, last, restarts))
}

#[test]
fn containers_that_end() {
    let ended = |code, reason| ContainerState::Terminated(end(code, reason));
    let runs = |seconds| ContainerState::Running { since: Some(ago(seconds)) };
    let mut shows_ready = ready("p");
    shows_ready.containers[0].restarts = 4;
    shows_ready.containers[0].last = Some(end(1, "Error"));
    let mut steady = shows_ready.clone();
    shows_ready.containers[0].state = runs(5);
    steady.containers[0].state = runs(61);
    let said = Termination { message: "1\n2\n3\n4\n5\n6\nno database\n".to_owned(), ..end(1, "Error") };
    let probed = |message: &'static str| {
        changed(vec![loops(ended(137, "Error"), None, 1)], 1, |snapshot| {
            snapshot.events = vec![event("p", "Unhealthy", message, 6)];
        })
    };
    check(&[
        (
            "ended once",
            of_pod(loops(ended(1, "Error"), None, 0)),
            "ERROR CONTAINER_EXITED container=app exitCode=1 restarts=0 [0/1]",
        ),
        (
            "ends again and again, as a kubelet of 1.36 shows it",
            of_pod(loops(ended(1, "Error"), Some(end(1, "Error")), 5)),
            "ERROR CRASH_LOOP container=app exitCode=1 restarts=5 [0/1]",
        ),
        (
            "the same before 1.36, and for an instant since",
            of_pod(loops(state_waiting("CrashLoopBackOff", "back-off 5m0s"), Some(end(3, "Error")), 5)),
            "ERROR CRASH_LOOP container=app exitCode=3 restarts=5 [0/1]",
        ),
        (
            "and what it said last",
            of_pod(loops(ContainerState::Terminated(said), None, 5)),
            "ERROR CRASH_LOOP container=app exitCode=1 restarts=5 output=2\n3\n4\n5\n6\nno database [0/1]",
        ),
        (
            "ends well again and again, which a service must not",
            of_pod(loops(ended(0, "Completed"), Some(end(0, "Completed")), 2)),
            "ERROR KEEPS_ENDING container=app exitCode=0 restarts=2 [0/1]",
        ),
        (
            "between two crashes it counts as ready",
            of_pod(shows_ready),
            "ERROR CRASH_LOOP container=app exitCode=1 restarts=4 [0/1]",
        ),
        ("it has run for a while again", of_pod(steady), "RUNNING ALL_READY [1/1]"),
        (
            "too much memory",
            of_pod(loops(ended(137, "OOMKilled"), None, 1)),
            "ERROR OUT_OF_MEMORY container=app limit=512Mi restarts=1 [0/1]",
        ),
        (
            "too much memory, seen in the state before",
            of_pod(loops(state_waiting("CrashLoopBackOff", ""), Some(end(137, "OOMKilled")), 2)),
            "ERROR OUT_OF_MEMORY container=app limit=512Mi restarts=2 [0/1]",
        ),
        (
            "killed, and not for its memory",
            of_pod(loops(ended(137, "Error"), None, 2)),
            "ERROR CONTAINER_KILLED container=app exitCode=137 restarts=2 [0/1]",
        ),
        (
            "killed by its liveness probe",
            probed("Liveness probe failed: HTTP probe failed with statuscode: 500"),
            "ERROR LIVENESS_FAILING container=app message=Liveness probe failed: HTTP probe failed with statuscode: 500 restarts=1 [0/1]",
        ),
        (
            "killed by its startup probe",
            probed("Startup probe failed: dial tcp: refused"),
            "ERROR STARTUP_FAILING container=app message=Startup probe failed: dial tcp: refused restarts=1 [0/1]",
        ),
        (
            "a readiness probe kills nobody",
            probed("Readiness probe failed: 503"),
            "ERROR CONTAINER_KILLED container=app exitCode=137 restarts=1 [0/1]",
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
    let at = |now| seen_at(&snapshot, now);
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
