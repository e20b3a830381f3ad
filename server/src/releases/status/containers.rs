//! Why one container does not work.
//!
//! Since Kubernetes 1.36 a crashed container is synced again only when its back-off ends: nearly all the time it shows
//! `terminated`, and `waiting: CrashLoopBackOff` for an instant. So both are read, with the count of restarts and the
//! state before. The words are those of the kubelet, `pkg/kubelet/container/sync_result.go` and `pkg/kubelet/images`.

use super::{
    config,
    endings::{ended, not_started},
    events::{about, no_sandbox, unhealthy},
    images,
    reason::Reason,
    volumes,
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
/// A container that is still being made after this time, without a word why, will hardly come by itself.
const MAKING_SECONDS: i64 = 300;

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
        ContainerState::Waiting { reason, message } => waiting(pod, container, (reason, message), snapshot, now),
        ContainerState::Terminated(end) => terminated(pod, container, end, snapshot).into(),
        ContainerState::Running { since } => running(pod, container, *since, snapshot, now),
    }
}

fn waiting(
    pod: &PodView,
    container: &ContainerView,
    (reason, message): (&str, &str),
    snapshot: &ReleaseSnapshot,
    now: Instant,
) -> Finding {
    let named = |word| Reason::of(word).with("container", &container.name).since(pod.started);
    let found = match reason {
        "ErrImagePull"
        | "ImagePullBackOff"
        | "ErrImageNeverPull"
        | "ImageInspectError"
        | "RegistryUnavailable"
        | "SignatureValidationFailed" => images::not_pulled(pod, container, message, snapshot),
        "InvalidImageName" => named(StatusReason::ImageNameInvalid).with("image", &container.image),
        "CreateContainerConfigError" => {
            let missing = config::missing(message).map(|found| found.with("container", &container.name));
            let reason = missing.unwrap_or_else(|| named(StatusReason::ContainerConfigFailed));
            reason.with("message", message).since(pod.started)
        }
        "CrashLoopBackOff" => {
            let ended = container.latest_end().map(|end| ended(pod, container, end, snapshot, true));
            let init = container.kind == ContainerKind::Init;
            let word = if init { StatusReason::InitFailed } else { StatusReason::CrashLoop };
            ended.unwrap_or_else(|| named(word).with("restarts", container.restarts.to_string()))
        }
        // The runtime could not make or start it, for example because the command is not in the image.
        "CreateContainerError" | "RunContainerError" | "PreCreateHookError" | "PreStartHookError" => {
            not_started(container, message).with("restarts", container.restarts.to_string()).since(pod.started)
        }
        "PostStartHookError" => {
            let said = about(snapshot, &pod.meta.uid, &["FailedPostStartHook"]).next();
            named(StatusReason::StartHookFailed)
                .with("message", said.map_or(message, |event| event.message.as_str()))
                .with("restarts", container.restarts.to_string())
        }
        _ => return being_made(pod, container, reason, snapshot, now),
    };
    Some(found).into()
}

/// `ContainerCreating`, and `PodInitializing` while others prepare.
fn being_made(
    pod: &PodView,
    container: &ContainerView,
    reason: &str,
    snapshot: &ReleaseSnapshot,
    now: Instant,
) -> Finding {
    let known = volumes::not_mounted(pod, snapshot)
        .or_else(|| no_sandbox(pod, snapshot))
        .or_else(|| images::pulling(pod, container, snapshot));
    if known.is_some() {
        return known.into();
    }
    let since = pod.started.or_else(|| pod.scheduled.as_ref()?.since);
    let waits_for_others = reason == "PodInitializing" && container.kind == ContainerKind::Main;
    let Some(since) = since.filter(|_| !waits_for_others) else { return Some(starting(pod, container)).into() };
    let late = since.plus_seconds(MAKING_SECONDS);
    if now < late {
        return Finding { reason: Some(starting(pod, container)), recheck: Some(late) };
    }
    let reason = Reason::of(StatusReason::CreatingTooLong).with("container", &container.name);
    Some(reason.since(Some(since))).into()
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
    if container.kind == ContainerKind::Init {
        // A preparing container is at work: so the pod is starting.
        let reason = Reason::of(StatusReason::Preparing).with("container", &container.name);
        return Some(reason.since(since)).into();
    }
    if container.ready {
        return None.into();
    }
    let fresh = |event: &&EventView| since.is_none_or(|since| event.at >= since);
    let of = |probe: &'static str| {
        unhealthy(snapshot, &pod.meta.uid, &container.name)
            .filter(fresh)
            .filter(move |event| event.message.starts_with(probe))
    };
    let failing = |word, event: &EventView| {
        Reason::of(word).with("container", &container.name).with("message", &event.message).since(since)
    };
    if container.started == Some(false) {
        // A startup probe fails until the app is up: that is its work. Once it has cost a restart, it is too much.
        let event = of("Startup").next().filter(|_| container.restarts > 0);
        let reason = event.map(|event| failing(StatusReason::StartupFailing, event));
        return Some(reason.unwrap_or_else(|| starting(pod, container))).into();
    }
    let failures: u32 = of("Readiness").map(|event| event.count).sum();
    match of("Readiness").next() {
        Some(event) if failures >= PROBE_FAILURES => Some(failing(StatusReason::ReadinessFailing, event)).into(),
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
