//! Why one container does not work.
//!
//! Since Kubernetes 1.36 a crashed container is synced again only when its back-off ends: nearly all the time it shows
//! `terminated`, and `waiting: CrashLoopBackOff` for an instant. So both are read, with the count of restarts and the
//! state before. The words are those of the kubelet, `pkg/kubelet/container/sync_result.go` and `pkg/kubelet/images`.

use super::{
    events::{about, unhealthy},
    reason::Reason,
};
use crate::{
    clock::Instant,
    live::{
        ReleaseSnapshot,
        view::{ContainerKind, ContainerState, ContainerView, EventView, PodView, RestartPolicy, Termination},
    },
};
use shared::service::StatusReason;

/// So long must a container run that has ended twice before it counts as running again.
const STEADY_SECONDS: i64 = 60;
/// A readiness probe that fails this often is not just early (Kubernetes' own `failureThreshold`).
const PROBE_FAILURES: u32 = 3;
/// A failed probe and the end that followed from it are no further apart.
const PROBE_END_SECONDS: i64 = 300;

/// What is wrong with a container, and when that answer may change by itself.
pub(super) struct Finding {
    pub(super) reason: Option<Reason>,
    pub(super) recheck: Option<Instant>,
}

impl From<Option<Reason>> for Finding {
    fn from(reason: Option<Reason>) -> Self {
        Self { reason, recheck: None }
    }
}

pub(super) fn look(pod: &PodView, container: &ContainerView, snapshot: &ReleaseSnapshot, now: Instant) -> Finding {
    match &container.state {
        ContainerState::Unknown => Some(starting(pod, container)).into(),
        ContainerState::Waiting { reason, message } => Some(waiting(pod, container, reason, message, snapshot)).into(),
        ContainerState::Terminated(end) => terminated(pod, container, end, snapshot).into(),
        ContainerState::Running { since } => running(pod, container, *since, snapshot, now),
    }
}

fn waiting(
    pod: &PodView,
    container: &ContainerView,
    reason: &str,
    message: &str,
    snapshot: &ReleaseSnapshot,
) -> Reason {
    let named = |word| Reason::of(word).with("container", &container.name).since(pod.started);
    match reason {
        "ErrImagePull"
        | "ImagePullBackOff"
        | "ErrImageNeverPull"
        | "ImageInspectError"
        | "RegistryUnavailable"
        | "SignatureValidationFailed" => {
            named(StatusReason::ImagePullFailed).with("image", &container.image).with("message", message)
        }
        "InvalidImageName" => named(StatusReason::ImageNameInvalid).with("image", &container.image),
        "CreateContainerConfigError" => named(StatusReason::ConfigMissing).with("message", message),
        "CrashLoopBackOff" => match container.latest_end() {
            Some(end) => ended(pod, container, end, snapshot, true),
            None => named(word_for_loop(container)).with("restarts", container.restarts.to_string()),
        },
        // The runtime could not make or start it, for example because the command is not in the image.
        "CreateContainerError"
        | "RunContainerError"
        | "PostStartHookError"
        | "PreCreateHookError"
        | "PreStartHookError" => named(word_for_loop(container))
            .with("exitCode", container.latest_end().map(|end| end.exit_code.to_string()).unwrap_or_default())
            .with("restarts", container.restarts.to_string())
            .with("message", message),
        _ => mount_failure(pod, snapshot).unwrap_or_else(|| starting(pod, container)),
    }
}

const fn word_for_loop(container: &ContainerView) -> StatusReason {
    match container.kind {
        ContainerKind::Init => StatusReason::InitFailed,
        _ => StatusReason::CrashLoop,
    }
}

/// A pod that waits for its volumes shows `ContainerCreating`; only events tell what it waits for.
fn mount_failure(pod: &PodView, snapshot: &ReleaseSnapshot) -> Option<Reason> {
    let event = about(snapshot, &pod.meta.uid, &["FailedMount", "FailedAttachVolume", "FailedMapVolume"]).next()?;
    let missing = ["configmap", "secret"].iter().any(|kind| event.message.contains(&format!("{kind} \"")))
        && event.message.contains("not found");
    let word = if missing { StatusReason::ConfigMissing } else { StatusReason::VolumeMountFailed };
    Some(Reason::of(word).with("message", &event.message).since(Some(event.at)))
}

fn terminated(
    pod: &PodView,
    container: &ContainerView,
    end: &Termination,
    snapshot: &ReleaseSnapshot,
) -> Option<Reason> {
    // Preparing ones and jobs are meant to end, the others are not, however well they end.
    let meant = container.kind == ContainerKind::Init || pod.restart_policy != RestartPolicy::Always;
    if end.exit_code == 0 && meant {
        return None;
    }
    let again = container.restarts > 0 && (pod.restart_policy != RestartPolicy::Never);
    Some(ended(pod, container, end, snapshot, again))
}

/// It ended: by what?
fn ended(
    pod: &PodView,
    container: &ContainerView,
    end: &Termination,
    snapshot: &ReleaseSnapshot,
    again: bool,
) -> Reason {
    let named = |word| Reason::of(word).with("container", &container.name).since(end.finished);
    if end.reason == "OOMKilled" {
        let limit = container.memory_limit.clone().unwrap_or_default();
        return named(StatusReason::OutOfMemory).with("limit", limit).with("restarts", container.restarts.to_string());
    }
    if let Some(event) = killed_by_probe(pod, container, end, snapshot) {
        return named(StatusReason::ProbeFailing)
            .with("message", &event.message)
            .with("restarts", container.restarts.to_string());
    }
    let word = match (container.kind, again) {
        (ContainerKind::Init, _) => StatusReason::InitFailed,
        (_, true) => StatusReason::CrashLoop,
        (_, false) => StatusReason::ContainerExited,
    };
    named(word)
        .with("exitCode", end.exit_code.to_string())
        .with("restarts", container.restarts.to_string())
        .with("message", &end.message)
}

/// A failing liveness or startup probe ends the container; its exit code then says nothing.
fn killed_by_probe<'a>(
    pod: &'a PodView,
    container: &'a ContainerView,
    end: &Termination,
    snapshot: &'a ReleaseSnapshot,
) -> Option<&'a EventView> {
    let finished = end.finished?;
    unhealthy(snapshot, &pod.meta.uid, &container.name).find(|event| {
        let deadly = event.message.starts_with("Liveness") || event.message.starts_with("Startup");
        deadly && finished.millis_since(event.at).abs() <= PROBE_END_SECONDS * 1000
    })
}

fn running(
    pod: &PodView,
    container: &ContainerView,
    since: Option<Instant>,
    snapshot: &ReleaseSnapshot,
    now: Instant,
) -> Finding {
    // Between two crashes it runs for a moment, and without a readiness probe even counts as ready.
    if container.restarts >= 2
        && let (Some(since), Some(end)) = (since, &container.last)
    {
        let steady = since.plus_seconds(STEADY_SECONDS);
        if now < steady {
            return Finding { reason: Some(ended(pod, container, end, snapshot, true)), recheck: Some(steady) };
        }
    }
    if container.ready || container.kind == ContainerKind::Init {
        // A preparing container is at work: so the pod is starting.
        let preparing = container.kind == ContainerKind::Init;
        return preparing.then(|| starting(pod, container)).into();
    }
    let fresh = |event: &&EventView| since.is_none_or(|since| event.at >= since);
    let of = |probe: &'static str| {
        unhealthy(snapshot, &pod.meta.uid, &container.name)
            .filter(fresh)
            .filter(move |event| event.message.starts_with(probe))
    };
    let failing = |event: &EventView| {
        Reason::of(StatusReason::ProbeFailing)
            .with("container", &container.name)
            .with("message", &event.message)
            .since(since)
    };
    if container.started == Some(false) {
        // A startup probe fails until the app is up: that is its work. Once it has cost a restart, it is too much.
        let event = of("Startup").next().filter(|_| container.restarts > 0);
        return Some(event.map_or_else(|| starting(pod, container), failing)).into();
    }
    let failures: u32 = of("Readiness").map(|event| event.count).sum();
    match of("Readiness").next() {
        Some(event) if failures >= PROBE_FAILURES => Some(failing(event)).into(),
        _ => Some(starting(pod, container)).into(),
    }
}

fn starting(pod: &PodView, container: &ContainerView) -> Reason {
    let since = match container.state {
        ContainerState::Running { since } => since,
        _ => pod.started.or(pod.meta.created),
    };
    Reason::of(StatusReason::Starting).with("container", &container.name).since(since)
}
