//! Why one pod is not ready.

use super::{containers, events::about, reason::Reason, scheduling::unscheduled, text::has};
use crate::{
    clock::Instant,
    live::{
        ReleaseSnapshot,
        view::{PodPhase, PodView},
    },
};
use containers::Finding;
use shared::service::StatusReason;

/// A pod that is there so long after it should have ended is held by something.
const ENDING_SECONDS: i64 = 60;

/// Why a pod is not ready; none for a ready pod and for one that has ended well.
pub fn pod_reason(pod: &PodView, snapshot: &ReleaseSnapshot, now: Instant) -> Option<Reason> {
    look(pod, snapshot, now).reason
}

pub(super) fn look(pod: &PodView, snapshot: &ReleaseSnapshot, now: Instant) -> Finding {
    if let Some(reason) = lost_node(pod, snapshot) {
        return Some(reason).into();
    }
    if let Some(by) = pod.meta.deleting {
        return leaving(pod, by, now);
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
        let ready = pod.ready.as_ref();
        let gate = ready.is_some_and(|ready| ready.reason == "ReadinessGatesNotReady");
        let word = if gate { StatusReason::ReadinessGateOpen } else { StatusReason::Starting };
        worst.reason = Some(Reason::of(word).since(ready.and_then(|ready| ready.since)));
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
    let found = |word| Some(Reason::of(word).with("node", node).since(ready.and_then(|ready| ready.since)));
    if snapshot.gone_nodes.contains(node) {
        return found(StatusReason::NodeGone);
    }
    // The node controller takes away only `Ready`; the containers' own condition stays as the kubelet left it.
    // That tells, too, where nodes may not be seen.
    let taken = ready.is_some_and(|ready| !ready.holds && ready.reason != "ReadinessGatesNotReady")
        && pod.containers_ready.as_ref().is_some_and(|ready| ready.holds)
        && about(snapshot, &pod.meta.uid, &["NodeNotReady"]).next().is_some();
    let lost =
        snapshot.lost_nodes.contains(node) || pod.reason == "NodeLost" || pod.phase == PodPhase::Unknown || taken;
    if lost { found(StatusReason::NodeNotReady) } else { None }
}

/// It is to end by `by`, which Kubernetes writes when it is asked to delete it: then, and its time to end.
fn leaving(pod: &PodView, by: Instant, now: Instant) -> Finding {
    let late = by.plus_seconds(ENDING_SECONDS);
    if now >= late {
        return Some(Reason::of(StatusReason::PodStuckTerminating).since(Some(by))).into();
    }
    let word = match disruption(pod) {
        Some("PreemptionByScheduler") => StatusReason::Preempted,
        Some("EvictionByEvictionAPI" | "DeletionByTaintManager") => StatusReason::Drained,
        _ => StatusReason::PodTerminating,
    };
    Finding { reason: Some(Reason::of(word).since(Some(by).filter(|by| *by <= now))), recheck: Some(late) }
}

/// Who took the pod away, where it was not its workload.
fn disruption(pod: &PodView) -> Option<&str> {
    pod.disruption.as_ref().filter(|disruption| disruption.holds).map(|disruption| disruption.reason.as_str())
}

/// It failed as a whole: `pkg/kubelet/eviction`, `preemption`, `nodeshutdown` and `lifecycle/predicate.go`.
fn failed(pod: &PodView, snapshot: &ReleaseSnapshot, now: Instant) -> Reason {
    let message =
        |word| Reason::of(word).with("message", &pod.message).with("node", pod.node.clone().unwrap_or_default());
    match pod.reason.as_str() {
        "Evicted" => message(evicted(&pod.message)),
        "Preempting" => message(StatusReason::Preempted),
        "NodeShutdown" | "Terminated" | "Shutdown" => message(StatusReason::NodeShutdown),
        // The kubelet found no room that the scheduler had seen: `OutOfcpu`, `OutOfmemory`, ...
        reason if reason.starts_with("OutOf") => {
            message(StatusReason::NoRoom).with("resource", reason.trim_start_matches("OutOf"))
        }
        "NodeAffinity"
        | "UnexpectedAdmissionError"
        | "AppArmor"
        | "PodOSSelectorNodeLabelDoesNotMatch"
        | "PodOSNotSupported"
        | "PodFeatureUnsupported" => message(StatusReason::NodeRefused),
        _ if disruption(pod).is_some() => {
            let why = pod.disruption.as_ref().map(|disruption| disruption.message.clone()).unwrap_or_default();
            Reason::of(evicted(&why)).with("message", why)
        }
        _ => pod
            .containers
            .iter()
            .filter_map(|container| containers::look(pod, container, snapshot, now).reason)
            .max_by_key(Reason::weight)
            .unwrap_or_else(|| message(StatusReason::ContainerExited)),
    }
}

/// "The node was low on resource: memory. ..." and its like (`pkg/kubelet/eviction/helpers.go`).
fn evicted(message: &str) -> StatusReason {
    let lower = message.to_lowercase();
    if has(&lower, &["resource: memory", "condition: [memorypressure", "condition: memorypressure"]) {
        StatusReason::EvictedMemory
    } else if has(&lower, &["ephemeral", "emptydir", "inodes", "diskpressure"]) {
        StatusReason::EvictedDisk
    } else {
        StatusReason::Evicted
    }
}
