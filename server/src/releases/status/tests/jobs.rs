//! Jobs, and hooks of the release.

use super::*;
use crate::live::view::Termination;

fn failed_job(reason: &str, message: &str) -> Arc<WorkloadView> {
    let mut job = job(true);
    Arc::make_mut(&mut job).progress = holds(true, reason, message);
    job
}

fn failed_pod() -> PodView {
    let end = Termination { message: "no such table".to_owned(), ..end(3, "Error") };
    let mut pod = job_pod(ContainerState::Terminated(end));
    pod.phase = PodPhase::Failed;
    pod
}

#[test]
fn jobs() {
    let gave_up = "Job has reached the specified backoff limit";
    let late = "Job was active longer than specified deadline";
    check(&[
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
            "UPGRADING IMAGE_PULL_FAILED container=app image=example.org/app:1 registry=example.org [1/1]",
        ),
        (
            "a job that gave up, whose pods are gone",
            changed(vec![ready("p")], 1, |snapshot| snapshot.workloads.push(job(true))),
            &format!("UPGRADING JOB_GAVE_UP job=migrate message={gave_up} [1/1]"),
        ),
        (
            "a job that gave up, and nothing else that would serve",
            changed(vec![], 0, |snapshot| {
                snapshot.workloads.clear();
                snapshot.workloads.push(job(true));
            }),
            &format!("ERROR JOB_GAVE_UP job=migrate message={gave_up} [0/0]"),
        ),
        (
            "a job that gave up, and how its last pod ended",
            changed(vec![ready("p"), failed_pod()], 1, |snapshot| snapshot.workloads.push(job(true))),
            &format!(
                "UPGRADING JOB_GAVE_UP job=migrate message={gave_up} container=app exitCode=3 output=no such table [1/1]"
            ),
        ),
        (
            "a job that took too long",
            changed(vec![ready("p")], 1, |snapshot| snapshot.workloads.push(failed_job("DeadlineExceeded", late))),
            &format!("UPGRADING JOB_TOO_LONG job=migrate message={late} [1/1]"),
        ),
        (
            "a job that failed by a rule of its own",
            changed(vec![ready("p")], 1, |snapshot| {
                snapshot.workloads.push(failed_job("PodFailurePolicy", "exit code 42"));
            }),
            "UPGRADING JOB_FAILED job=migrate message=exit code 42 [1/1]",
        ),
        (
            "a schedule tries again: only its latest run counts",
            changed(vec![ready("p")], 1, |snapshot| {
                for (name, created, mut run) in [("a", ago(600), job(true)), ("b", ago(60), job(false))] {
                    let view = Arc::make_mut(&mut run);
                    view.meta = meta(name, Some("nightly"));
                    view.meta.created = Some(created);
                    snapshot.workloads.push(run);
                }
            }),
            "RUNNING ALL_READY [1/1]",
        ),
    ]);
}

#[test]
fn hooks() {
    let hooked = |status: &str, pods: Vec<PodView>| {
        changed(pods, 0, |snapshot| {
            snapshot.workloads.clear();
            snapshot.records = vec![record(status)];
            let mut job = job(true);
            Arc::make_mut(&mut job).hook = true;
            snapshot.workloads.push(job);
        })
    };
    check(&[
        (
            "a hook failed, and with it the release",
            hooked("failed", vec![failed_pod()]),
            "ERROR HOOK_FAILED job=migrate message=Job has reached the specified backoff limit container=app exitCode=3 output=no such table [0/0]",
        ),
        ("a hook failed once, and the release is well since", hooked("deployed", vec![]), "RUNNING NO_WORKLOADS [0/0]"),
    ]);
}
