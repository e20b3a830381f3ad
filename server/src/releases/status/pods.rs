//! Why one pod is not ready.

use super::{containers, events::about, reason::Reason};
use crate::{
    clock::Instant,
    live::{
        ReleaseSnapshot,
        view::{PodPhase, PodView},
    },
};
use containers::Finding;
use shared::service::StatusReason;

/// Why a pod is not ready; none for a ready pod and for one that has ended well.
pub fn pod_reason(pod: &PodView, snapshot: &ReleaseSnapshot, now: Instant) -> Option<Reason> {
    look(pod, snapshot, now).reason
}

pub(super) fn look(pod: &PodView, snapshot: &ReleaseSnapshot, now: Instant) -> Finding {
    if let Some(reason) = lost_node(pod, snapshot) {
        return Some(reason).into();
    }
    if pod.meta.deleting.is_some() {
        return Some(Reason::of(StatusReason::PodTerminating).since(pod.meta.deleting)).into();
    }
    match pod.phase {
        PodPhase::Succeeded => return None.into(),
        PodPhase::Failed => return Some(failed(pod, snapshot, now)).into(),
        _ => {}
    }
    if pod.node.is_none() {
        return Some(unscheduled(pod, snapshot)).into();
    }
    // The worst container; among equals the first, which is the one that the others wait for.
    let mut worst = Finding { reason: None, recheck: None };
    for container in &pod.containers {
        let finding = containers::look(pod, container, snapshot, now);
        worst.recheck = [worst.recheck, finding.recheck].into_iter().flatten().min();
        let weight = |reason: &Option<Reason>| reason.as_ref().map_or(0, Reason::weight);
        if weight(&finding.reason) > weight(&worst.reason) {
            worst.reason = finding.reason;
        }
    }
    if worst.reason.is_none() && !pod.is_ready() {
        // All containers are ready, yet the pod is not: a readiness gate, or the kubelet has not summed up yet.
        let since = pod.ready.as_ref().and_then(|ready| ready.since);
        worst.reason = Some(Reason::of(StatusReason::Starting).since(since));
    }
    worst
}

/// A node whose kubelet stopped leaves its pods "Running" for minutes.
fn lost_node(pod: &PodView, snapshot: &ReleaseSnapshot) -> Option<Reason> {
    let node = pod.node.as_deref()?;
    if pod.phase.is_over() {
        return None;
    }
    let ready = pod.ready.as_ref();
    // The node controller takes away only `Ready`; the containers' own condition stays as the kubelet left it.
    // That tells, too, where nodes may not be seen.
    let taken = ready.is_some_and(|ready| !ready.holds && ready.reason != "ReadinessGatesNotReady")
        && pod.containers_ready.as_ref().is_some_and(|ready| ready.holds)
        && about(snapshot, &pod.meta.uid, &["NodeNotReady"]).next().is_some();
    let lost =
        snapshot.lost_nodes.contains(node) || pod.reason == "NodeLost" || pod.phase == PodPhase::Unknown || taken;
    let since = ready.and_then(|ready| ready.since);
    lost.then(|| Reason::of(StatusReason::NodeNotReady).with("node", node).since(since))
}

fn failed(pod: &PodView, snapshot: &ReleaseSnapshot, now: Instant) -> Reason {
    let message =
        |word| Reason::of(word).with("message", &pod.message).with("node", pod.node.clone().unwrap_or_default());
    match pod.reason.as_str() {
        "Evicted" | "Preempting" | "NodeShutdown" | "Terminated" | "Shutdown" => message(StatusReason::Evicted),
        // The kubelet found no room that the scheduler had seen: `OutOfcpu`, `OutOfmemory`, `NodeAffinity`, ...
        reason if reason.starts_with("OutOf") || reason == "NodeAffinity" || reason == "UnexpectedAdmissionError" => {
            message(StatusReason::Unschedulable)
        }
        _ if pod.disruption.as_ref().is_some_and(|disruption| disruption.holds) => {
            let why = pod.disruption.as_ref().map(|disruption| disruption.message.clone()).unwrap_or_default();
            Reason::of(StatusReason::Evicted).with("message", why)
        }
        _ => pod
            .containers
            .iter()
            .filter_map(|container| containers::look(pod, container, snapshot, now).reason)
            .max_by_key(Reason::weight)
            .unwrap_or_else(|| message(StatusReason::ContainerExited)),
    }
}

fn unscheduled(pod: &PodView, snapshot: &ReleaseSnapshot) -> Reason {
    let since = pod.scheduled.as_ref().and_then(|scheduled| scheduled.since).or(pod.meta.created);
    let scheduled = pod.scheduled.as_ref().filter(|scheduled| !scheduled.holds);
    let pending = pod
        .claims
        .iter()
        .find(|name| snapshot.claims.iter().any(|claim| claim.meta.name == **name && claim.phase == "Pending"));
    let Some(scheduled) = scheduled else {
        // The scheduler has chosen a node and waits for the volume to be made, or has not looked yet.
        return match pending {
            Some(volume) => Reason::of(StatusReason::VolumePending).with("volume", volume),
            None => Reason::of(StatusReason::Starting),
        }
        .since(since);
    };
    // A claim that binds only to a scheduled pod is pending whatever keeps the pod: the scheduler's words decide.
    let message = scheduled.message.to_lowercase();
    if message.contains("persistentvolumeclaim") || message.contains("persistent volume") {
        let volume =
            quoted(&scheduled.message).or(pending.map(String::as_str)).or(pod.claims.first().map(String::as_str));
        return Reason::of(StatusReason::VolumePending)
            .with("volume", volume.unwrap_or_default())
            .with("message", &scheduled.message)
            .since(since);
    }
    Reason::of(StatusReason::Unschedulable)
        .with("message", &scheduled.message)
        .with("resource", short_of(&message))
        .since(since)
}

/// The name in `persistentvolumeclaim "data" not found`.
fn quoted(message: &str) -> Option<&str> {
    message.split('"').nth(1)
}

/// What nodes have too little of: "0/3 nodes are available: 3 Insufficient memory."
fn short_of(message: &str) -> String {
    let known = ["cpu", "memory", "ephemeral-storage", "pods"];
    let short: Vec<_> = known.into_iter().filter(|name| message.contains(&format!("insufficient {name}"))).collect();
    if short.is_empty() && message.contains("too many pods") { "pods".to_owned() } else { short.join(", ") }
}
