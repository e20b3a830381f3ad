//! Why a pod has no node, out of the scheduler's one sentence: "0/3 nodes are available: 1 node(s) had untolerated
//! taint(s), 2 Insufficient memory." (`pkg/scheduler/framework/plugins`, each plugin's `ErrReason`).

use super::{
    reason::Reason,
    text::{has, named},
    volumes,
};
use crate::live::{ReleaseSnapshot, view::PodView};
use shared::service::StatusReason;

/// Why the pod is nowhere.
pub(super) fn unscheduled(pod: &PodView, snapshot: &ReleaseSnapshot) -> Reason {
    let since = pod.scheduled.as_ref().and_then(|scheduled| scheduled.since).or(pod.meta.created);
    let Some(scheduled) = pod.scheduled.as_ref().filter(|scheduled| !scheduled.holds) else {
        // The scheduler has chosen a node and waits for the volume to be made, or has not looked yet.
        let pending = volumes::pending(pod, snapshot);
        return pending.unwrap_or_else(|| Reason::of(StatusReason::Starting)).since(since);
    };
    // Whom it could push away is another question.
    let said = scheduled.message.split(" preemption:").next().unwrap_or_default();
    let reason = of_sentence(said, pod, snapshot).since(since);
    // What a provisioner said tells more.
    if reason.params.iter().any(|(name, _)| *name == "message") {
        reason
    } else {
        reason.with("message", said.trim_end())
    }
}

/// Nodes differ in why they do not fit. What the tenant can change goes first, and taints last: nodes that run the
/// cluster itself have them always.
fn of_sentence(said: &str, pod: &PodView, snapshot: &ReleaseSnapshot) -> Reason {
    let lower = said.to_lowercase();
    let lower = lower.as_str();
    let volume = || pod.claims.first().cloned().unwrap_or_default();
    if let Some(claim) = named(said, &["persistentvolumeclaim"]) {
        return Reason::of(StatusReason::ClaimMissing).with("volume", claim);
    }
    let short = short_of(lower);
    if !short.is_empty() {
        return Reason::of(StatusReason::NoRoom).with("resource", short.join(", "));
    }
    if has(lower, &["available persistent volumes to bind", "unbound immediate", "enough free storage"]) {
        return volumes::pending(pod, snapshot)
            .filter(|found| lower.contains("unbound immediate") || found.reason != StatusReason::VolumePending)
            .unwrap_or_else(|| Reason::of(StatusReason::VolumeNoneFree).with("volume", volume()));
    }
    let word = if has(lower, &["node affinity conflict", "persistentvolume's node affinity", "volume zone"]) {
        StatusReason::VolumeNodeConflict
    } else if lower.contains("non-existent pv") {
        StatusReason::VolumeLost
    } else if has(lower, &["readwriteoncepod", "no available disk"]) {
        StatusReason::VolumeInUse
    } else if has(lower, &["anti-affinity", "pod affinity", "topology spread"]) {
        StatusReason::AffinityUnmet
    } else if has(lower, &["node affinity/selector", "requested node name"]) {
        StatusReason::NodeSelectorUnmatched
    } else if has(lower, &["untolerated taint", "didn't tolerate", "were unschedulable"]) {
        StatusReason::NodesTainted
    } else if lower.contains("no nodes available") {
        StatusReason::NoNodes
    } else {
        StatusReason::Unschedulable
    };
    let of_volume =
        matches!(word, StatusReason::VolumeNodeConflict | StatusReason::VolumeLost | StatusReason::VolumeInUse);
    Reason::of(word).with("volume", if of_volume { volume() } else { String::new() })
}

/// What nodes have too little of: "3 Insufficient memory", "1 Too many pods", "2 Insufficient nvidia.com/gpu".
fn short_of(lower: &str) -> Vec<&str> {
    let mut short = Vec::new();
    for rest in lower.split("insufficient ").skip(1) {
        let name = rest.split([',', ' ']).next().unwrap_or_default().trim_end_matches('.');
        if !name.is_empty() && !short.contains(&name) {
            short.push(name);
        }
    }
    for (words, name) in [("too many pods", "pods"), ("free ports", "ports"), ("max volume count", "volumes")] {
        if lower.contains(words) {
            short.push(name);
        }
    }
    short
}

#[cfg(test)]
mod tests {
    use super::short_of;

    #[test]
    fn what_nodes_are_short_of() {
        let said = "0/4 nodes are available: 1 insufficient cpu, 2 insufficient memory, 1 insufficient cpu.";
        assert_eq!(short_of(said), ["cpu", "memory"]);
        assert_eq!(short_of("0/1 nodes are available: 1 insufficient nvidia.com/gpu."), ["nvidia.com/gpu"]);
        assert_eq!(short_of("0/1 nodes are available: 1 too many pods."), ["pods"]);
        assert_eq!(short_of("0/1 nodes are available: 1 node(s) were unschedulable."), Vec::<&str>::new());
    }
}
