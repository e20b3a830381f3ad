//! What only events tell: why probes, mounts and the making of pods fail.

use super::{reason::Reason, text::has};
use crate::live::{
    ReleaseSnapshot,
    view::{EventView, PodView},
};
use shared::service::StatusReason;

fn all(snapshot: &ReleaseSnapshot) -> impl Iterator<Item = &EventView> {
    snapshot.events.iter().map(|event| &**event)
}

/// Events of one kind about one object.
pub(super) fn about<'a>(
    snapshot: &'a ReleaseSnapshot,
    object: &'a str,
    reasons: &'a [&str],
) -> impl Iterator<Item = &'a EventView> {
    // Newest first, as the snapshot has them.
    all(snapshot).filter(move |event| event.object == object && reasons.contains(&event.reason.as_str()))
}

/// Failing probes of a container; which probe stands in the message ("Readiness probe failed: ...").
pub(super) fn unhealthy<'a>(
    snapshot: &'a ReleaseSnapshot,
    pod: &'a str,
    container: &'a str,
) -> impl Iterator<Item = &'a EventView> {
    about(snapshot, pod, &["Unhealthy"])
        .filter(move |event| event.container.as_deref().is_none_or(|name| name == container))
}

/// What the kubelet says once volumes and surroundings are there: what it complained of before is over then.
const PROGRESS: [&str; 4] = ["Pulling", "Pulled", "Created", "Started"];

/// Events about a pod since the kubelet last got on with it.
pub(super) fn since_progress<'a>(snapshot: &'a ReleaseSnapshot, pod: &'a str) -> impl Iterator<Item = &'a EventView> {
    let of_pod = all(snapshot).filter(move |event| event.object == pod);
    of_pod.take_while(|event| !PROGRESS.contains(&event.reason.as_str()))
}

/// Why a pod's surroundings (its network namespace, its cgroups) are not there.
pub(super) fn no_sandbox(pod: &PodView, snapshot: &ReleaseSnapshot) -> Option<Reason> {
    let words = ["FailedCreatePodSandBox", "NetworkNotReady"];
    let event = since_progress(snapshot, &pod.meta.uid).find(|event| words.contains(&event.reason.as_str()))?;
    let of_network = event.reason == "NetworkNotReady" || has(&event.message.to_lowercase(), &["network", "cni"]);
    let word = if of_network { StatusReason::NetworkFailed } else { StatusReason::SandboxFailed };
    Some(Reason::of(word).with("message", &event.message).since(Some(event.at)))
}
