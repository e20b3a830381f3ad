//! Why a job has not done its work.

use super::{endings::ended, pods, reason::Reason};
use crate::{
    clock::Instant,
    live::{
        ReleaseSnapshot,
        view::{PodView, WorkloadKind, WorkloadView},
    },
};
use shared::service::StatusReason;
use std::sync::Arc;

/// What is wrong with a job. One at work does not keep a service from being ready; one that cannot work is worth
/// knowing.
pub(super) fn look(
    job: &WorkloadView,
    pods: &[&Arc<PodView>],
    snapshot: &ReleaseSnapshot,
    now: Instant,
) -> Vec<Reason> {
    if job.progress.as_ref().is_some_and(|failed| failed.holds) {
        // A schedule tries again by itself: only its latest run counts.
        let newer = |other: &WorkloadView| {
            other.kind == WorkloadKind::Job
                && other.meta.controller == job.meta.controller
                && other.meta.created > job.meta.created
        };
        let outdated = job.meta.controller.is_some() && snapshot.workloads.iter().any(|other| newer(other));
        return if outdated { Vec::new() } else { vec![failed(job, pods.iter().map(|pod| &***pod), snapshot)] };
    }
    if job.wanted == 0 {
        return Vec::new();
    }
    let stuck = pods.iter().filter(|pod| !pod.phase.is_over());
    stuck.filter_map(|pod| pods::look(pod, snapshot, now).reason).filter(Reason::is_broken).collect()
}

/// Why a job failed, with the last end of its pods: what the job itself says is only that it gave up
/// (`JobReason...` in `k8s.io/api/batch/v1`).
fn failed<'a>(job: &WorkloadView, pods: impl Iterator<Item = &'a PodView>, snapshot: &ReleaseSnapshot) -> Reason {
    let condition = job.progress.clone().unwrap_or_default();
    let word = match condition.reason.as_str() {
        "BackoffLimitExceeded" => StatusReason::JobGaveUp,
        "DeadlineExceeded" => StatusReason::JobTooLong,
        _ => StatusReason::JobFailed,
    };
    let ends = pods.flat_map(|pod| pod.containers.iter().filter_map(move |one| Some((pod, one, one.latest_end()?))));
    let last = ends.filter(|(_, _, end)| end.exit_code != 0).max_by_key(|(_, _, end)| end.finished);
    let reason = Reason::of(word).with("job", &job.meta.name).with("message", &condition.message);
    let reason = match last.filter(|_| word == StatusReason::JobGaveUp) {
        Some((pod, container, end)) => {
            let shown = ended(pod, container, end, snapshot, false).params;
            reason.with_all(shown.into_iter().filter(|(name, _)| ["container", "exitCode", "output"].contains(name)))
        }
        None => reason,
    };
    reason.since(condition.since)
}

/// A failed job of a hook, for which Helm itself has waited: it is why the release failed.
pub(super) fn failed_hook(snapshot: &ReleaseSnapshot) -> Option<Reason> {
    let is_failed = |job: &&Arc<WorkloadView>| {
        job.hook && job.kind == WorkloadKind::Job && job.progress.as_ref().is_some_and(|failed| failed.holds)
    };
    let job = snapshot.workloads.iter().filter(is_failed).max_by_key(|job| job.meta.created)?;
    let pods = snapshot.pods.iter().filter(|pod| pod.meta.controller.as_ref() == Some(&job.meta.uid));
    Some(failed(job, pods.map(|pod| &**pod), snapshot).named(StatusReason::HookFailed))
}
