//! Events: hints, kept by the cluster for an hour. See "Events" in
//! <https://kubernetes.io/docs/reference/kubernetes-api/cluster-resources/event-v1/>.

use super::{bounded, count, instant, micro};
use crate::clock::Instant;
use k8s_openapi::api::core::v1::Event;

/// One event; the same thing happening again raises its count.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EventView {
    /// The event's own id.
    pub uid: String,
    /// When it last happened.
    pub at: Instant,
    /// Whether it is a warning.
    pub warning: bool,
    /// Kubernetes' word, such as `FailedScheduling`.
    pub reason: String,
    /// A sentence.
    pub message: String,
    /// How often it happened.
    pub count: u32,
    /// The kind of the object it is about.
    pub kind: String,
    /// That object's name.
    pub name: String,
    /// That object's id.
    pub object: String,
    /// The container it is about.
    pub container: Option<String>,
}

impl EventView {
    /// Reads an event.
    pub fn read(event: &Event) -> Self {
        let about = &event.involved_object;
        let series = event.series.as_ref();
        let at = series
            .and_then(|series| micro(series.last_observed_time.as_ref()))
            .or_else(|| instant(event.last_timestamp.as_ref()))
            .or_else(|| micro(event.event_time.as_ref()))
            .or_else(|| instant(event.metadata.creation_timestamp.as_ref()))
            .unwrap_or(Instant(0));
        // Such as `spec.containers{app}`.
        let container = about.field_path.as_deref().and_then(|path| path.split_once('{')?.1.strip_suffix('}'));
        Self {
            uid: event.metadata.uid.clone().unwrap_or_default(),
            at,
            warning: event.type_.as_deref() == Some("Warning"),
            reason: event.reason.clone().unwrap_or_default(),
            message: bounded(event.message.as_ref()),
            count: series.and_then(|series| series.count).or(event.count).map_or(1, count).max(1),
            kind: about.kind.clone().unwrap_or_default(),
            name: about.name.clone().unwrap_or_default(),
            object: about.uid.clone().unwrap_or_default(),
            container: container.map(str::to_owned),
        }
    }

    /// What of its message may be stored. The kubelet writes into it what a probe's program or a hook's has said, which may be
    /// anything, a secret too.
    pub fn kept(&self) -> &str {
        let repeats = matches!(self.reason.as_str(), "Unhealthy" | "FailedPostStartHook" | "FailedPreStopHook");
        match self.message.split_once(": ") {
            Some((first, _)) if repeats => first,
            _ => &self.message,
        }
    }
}
