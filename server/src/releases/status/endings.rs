//! Why a container ended, or cannot begin.

use super::{
    events::unhealthy,
    reason::Reason,
    text::{has, last_lines},
};
use crate::live::{
    ReleaseSnapshot,
    view::{ContainerKind, ContainerView, EventView, PodView, Termination},
};
use shared::service::StatusReason;

/// A failed probe and the end that followed from it are no further apart.
const PROBE_END_SECONDS: i64 = 300;
/// The shell's exit code for SIGKILL.
const KILLED: i32 = 137;

/// It ended: by what?
pub(super) fn ended(
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
    if let Some((word, event)) = killed_by_probe(pod, container, end, snapshot) {
        return named(word).with("message", &event.message).with("restarts", container.restarts.to_string());
    }
    if matches!(end.reason.as_str(), "StartError" | "ContainerCannotRun") && container.kind != ContainerKind::Init {
        // What the runtime says, not the program.
        return not_started(container, &end.message)
            .with("exitCode", end.exit_code.to_string())
            .with("restarts", container.restarts.to_string())
            .since(end.finished);
    }
    let word = match (container.kind, end.exit_code, again) {
        (ContainerKind::Init, ..) => StatusReason::InitFailed,
        (_, KILLED, _) => StatusReason::ContainerKilled,
        (_, 0, true) => StatusReason::KeepsEnding,
        (_, _, true) => StatusReason::CrashLoop,
        (_, _, false) => StatusReason::ContainerExited,
    };
    named(word)
        .with("exitCode", end.exit_code.to_string())
        .with("restarts", container.restarts.to_string())
        .with("output", last_lines(&end.message))
}

/// The runtime could not make or start it: is its command there at all?
pub(super) fn not_started(container: &ContainerView, message: &str) -> Reason {
    let absent = ["executable file not found", "no such file or directory"];
    let word = match container.kind {
        ContainerKind::Init => StatusReason::InitFailed,
        _ if has(message, &absent) => StatusReason::CommandNotFound,
        _ => StatusReason::StartFailed,
    };
    Reason::of(word).with("container", &container.name).with("message", message)
}

/// A failing liveness or startup probe ends the container; its exit code then says nothing.
fn killed_by_probe<'a>(
    pod: &'a PodView,
    container: &'a ContainerView,
    end: &Termination,
    snapshot: &'a ReleaseSnapshot,
) -> Option<(StatusReason, &'a EventView)> {
    let finished = end.finished?;
    unhealthy(snapshot, &pod.meta.uid, &container.name).find_map(|event| {
        let word = match event.message.as_str() {
            message if message.starts_with("Liveness") => StatusReason::LivenessFailing,
            message if message.starts_with("Startup") => StatusReason::StartupFailing,
            _ => return None,
        };
        (finished.millis_since(event.at).abs() <= PROBE_END_SECONDS * 1000).then_some((word, event))
    })
}
