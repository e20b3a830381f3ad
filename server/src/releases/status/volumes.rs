//! Why a pod has not got its volumes. Only events tell: of the claim (`pkg/controller/volume/events`) while there is no
//! volume, of the pod (`pkg/kubelet/events`) while it is not mounted.

use super::{
    config,
    events::{about, since_progress},
    reason::Reason,
    text::named,
};
use crate::live::{
    ReleaseSnapshot,
    view::{ClaimView, PodView},
};
use shared::service::StatusReason;

/// Why a claim of the pod has no volume, where one has none.
pub(super) fn pending(pod: &PodView, snapshot: &ReleaseSnapshot) -> Option<Reason> {
    let is_pending = |name: &String| {
        snapshot.claims.iter().find(|claim| claim.meta.name == *name && claim.phase == "Pending").map(|claim| &**claim)
    };
    let found = pod.claims.iter().filter_map(is_pending).map(|claim| of_claim(claim, snapshot));
    found.max_by_key(Reason::weight)
}

fn of_claim(claim: &ClaimView, snapshot: &ReleaseSnapshot) -> Reason {
    let named_so = |word| Reason::of(word).with("volume", &claim.meta.name);
    let words = [
        "ProvisioningFailed",
        "FailedBinding",
        "ExternalProvisioning",
        "Provisioning",
        "WaitForFirstConsumer",
        "WaitForPodScheduled",
    ];
    let Some(event) = about(snapshot, &claim.meta.uid, &words).next() else {
        return named_so(StatusReason::VolumePending);
    };
    let reason = match (event.reason.as_str(), event.message.as_str()) {
        ("ProvisioningFailed", message) => match named(message, &["storageclass.storage.k8s.io", "storageclass"]) {
            Some(class) if message.contains("not found") => {
                named_so(StatusReason::VolumeClassMissing).with("class", class)
            }
            _ => named_so(StatusReason::VolumeProvisionFailed).with("message", message),
        },
        ("FailedBinding", message) if message.contains("no storage class") => {
            named_so(StatusReason::VolumeClassMissing)
        }
        ("FailedBinding", message) => named_so(StatusReason::VolumeNoneFree).with("message", message),
        _ => named_so(StatusReason::VolumePending),
    };
    reason.since(Some(event.at))
}

/// A pod that waits for its volumes shows `ContainerCreating`; only events tell what it waits for. "Timed out waiting"
/// comes after whatever it waits for, so the most telling of them is taken, not the newest.
pub(super) fn not_mounted(pod: &PodView, snapshot: &ReleaseSnapshot) -> Option<Reason> {
    let words = ["FailedMount", "FailedAttachVolume", "FailedMapVolume"];
    let found = since_progress(snapshot, &pod.meta.uid).filter(|event| words.contains(&event.reason.as_str()));
    let reasons = found.map(|event| {
        let message = event.message.as_str();
        let reason = match config::missing(message) {
            Some(reason) => reason,
            None if message.contains("Multi-Attach") => Reason::of(StatusReason::VolumeInUse),
            None if event.reason == "FailedAttachVolume" => Reason::of(StatusReason::VolumeAttachFailed),
            None => Reason::of(StatusReason::VolumeMountFailed),
        };
        reason.with("message", message).since(Some(event.at))
    });
    // Among equals the newest, which is the first.
    reasons.reduce(|best, other| if other.weight() > best.weight() { other } else { best })
}

/// Claims whose volume was taken from under them.
pub(super) fn lost(snapshot: &ReleaseSnapshot) -> impl Iterator<Item = Reason> {
    let lost = snapshot.claims.iter().filter(|claim| claim.phase == "Lost");
    lost.map(|claim| Reason::of(StatusReason::VolumeLost).with("volume", &claim.meta.name))
}
