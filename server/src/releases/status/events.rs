//! What only events tell: why probes, mounts and the making of pods fail.

use crate::live::{ReleaseSnapshot, view::EventView};

/// Events of one kind about one object.
pub(super) fn about<'a>(
    snapshot: &'a ReleaseSnapshot,
    object: &'a str,
    reasons: &'a [&str],
) -> impl Iterator<Item = &'a EventView> {
    // Newest first, as the snapshot has them.
    snapshot.events.iter().filter(move |event| event.object == object && reasons.contains(&event.reason.as_str()))
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
