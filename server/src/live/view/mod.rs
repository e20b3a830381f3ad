//! What is kept of the cluster's objects: only what status, lists and logs read. Everything else (managed fields,
//! specs, most annotations) is dropped the moment an object arrives, so a cache of thousands of pods stays small.

mod claim;
mod event;
mod namespace;
mod pod;
mod workload;

pub use claim::ClaimView;
pub use event::EventView;
pub use namespace::{NamespaceView, NodeView};
pub use pod::{ContainerKind, ContainerState, ContainerView, PodPhase, PodView, RestartPolicy, Termination};
pub use workload::{Condition, WorkloadKind, WorkloadView};

use crate::{
    adapters::kube::owner::{controller_of, release_of},
    clock::Instant,
};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::{MicroTime, ObjectMeta, Time};

/// What every cached object has.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Meta {
    /// Its name.
    pub name: String,
    /// Its id: a later object of the same name has another.
    pub uid: String,
    /// The release that the object itself names.
    pub named_release: Option<String>,
    /// The id of the object that controls it.
    pub controller: Option<String>,
    /// When it was made.
    pub created: Option<Instant>,
    /// Since when it is being deleted.
    pub deleting: Option<Instant>,
    /// Grows with each change. Opaque by the letter; comparable since Kubernetes 1.35 (KEP-5504) and in fact ever since.
    pub version: u64,
}

impl Meta {
    /// Reads an object's metadata.
    pub fn read(meta: &ObjectMeta) -> Self {
        Self {
            name: meta.name.clone().unwrap_or_default(),
            uid: meta.uid.clone().unwrap_or_default(),
            named_release: release_of(meta).map(str::to_owned),
            controller: controller_of(meta).map(|owner| owner.uid.clone()),
            created: instant(meta.creation_timestamp.as_ref()),
            deleting: instant(meta.deletion_timestamp.as_ref()),
            version: meta.resource_version.as_deref().and_then(|version| version.parse().ok()).unwrap_or(0),
        }
    }
}

/// A time of Kubernetes as ours.
pub(super) fn instant(time: Option<&Time>) -> Option<Instant> {
    time.map(|time| time.0.into())
}

/// The same with microseconds.
pub(super) fn micro(time: Option<&MicroTime>) -> Option<Instant> {
    time.map(|time| time.0.into())
}

/// A count of Kubernetes, which is signed and never negative.
pub(super) fn count(number: i32) -> u32 {
    u32::try_from(number).unwrap_or(0)
}

/// Texts of the cluster go to people and into memory: not more than this.
const MAX_TEXT: usize = 1024;

/// The end of a text, cut at a character: what a program said last tells why it ended.
pub(super) fn bounded_end(text: Option<&String>) -> String {
    let Some(text) = text.map(|text| text.trim_end()) else { return String::new() };
    let mut start = text.len().saturating_sub(MAX_TEXT);
    while !text.is_char_boundary(start) {
        start += 1;
    }
    text[start..].trim_start().to_owned()
}

/// A message, cut at a character.
pub(super) fn bounded(text: Option<&String>) -> String {
    let Some(text) = text else { return String::new() };
    let mut end = text.len().min(MAX_TEXT);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text[..end].trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::{MAX_TEXT, bounded, bounded_end};

    #[test]
    fn texts_are_bounded_at_a_character() {
        let long = format!("begin {}é{} end", "é".repeat(600), "x".repeat(500));
        assert!(bounded(Some(&long)).starts_with("begin é") && bounded(Some(&long)).len() <= MAX_TEXT);
        assert!(bounded_end(Some(&long)).ends_with("x end") && bounded_end(Some(&long)).len() <= MAX_TEXT);
        let wide = "é".repeat(MAX_TEXT);
        assert_eq!((bounded(Some(&wide)).len(), bounded_end(Some(&wide)).len()), (MAX_TEXT, MAX_TEXT));
        let odd = format!("{wide}x");
        assert_eq!(bounded_end(Some(&odd)).len(), MAX_TEXT - 1);
        assert_eq!((bounded(None), bounded_end(Some(&" a\n".to_owned()))), (String::new(), "a".to_owned()));
    }
}
