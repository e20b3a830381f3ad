//! From workloads and pods to one health, worst first.

use super::{jobs, pods, reason::Reason, refusal::refused, volumes};
use crate::{
    clock::Instant,
    live::{
        ReleaseSnapshot,
        view::{PodPhase, PodView, WorkloadKind, WorkloadView},
    },
};
use shared::service::StatusReason;
use std::{collections::HashMap, sync::Arc};

/// Numbers over all workloads.
#[derive(Debug, Default)]
pub(super) struct Figures {
    /// Pods that do their work.
    pub(super) ready: u32,
    /// Pods that there should be.
    pub(super) total: u32,
    /// Pods that there are and that have not ended.
    pub(super) pods: u32,
    /// Whether there is anything that runs pods.
    pub(super) has_workloads: bool,
    /// Whether each workload has as many ready pods as it should, old ones counted.
    pub(super) serves: bool,
    /// Whether new pods replace old ones.
    pub(super) rolling: bool,
    /// A `DaemonSet` that is meant for nodes of which there are none.
    pub(super) nowhere: Option<String>,
    /// How many pods are of the latest template.
    updated: u32,
    /// When to look again.
    pub(super) recheck: Option<Instant>,
}

impl Figures {
    pub(super) fn rolling_out(&self) -> Reason {
        Reason::of(StatusReason::RollingOut)
            .with("updated", self.updated.to_string())
            .with("total", self.total.to_string())
    }

    pub(super) fn partly_ready(&self, since: Option<Instant>) -> Reason {
        Reason::of(StatusReason::PartlyReady)
            .with("ready", self.ready.to_string())
            .with("total", self.total.to_string())
            .since(since)
    }
}

/// All workloads together.
#[derive(Debug)]
pub(super) enum Health {
    /// As it should be.
    Well(Reason),
    /// Not yet.
    Waiting(Reason),
    /// Not, and waiting alone will probably not help.
    Broken(Reason),
}

pub(super) fn look(snapshot: &ReleaseSnapshot, now: Instant) -> (Figures, Health) {
    let pods = pods_by_workload(snapshot);
    let mut figures = Figures { serves: true, ..Figures::default() };
    let mut reasons = Vec::new();
    for workload in snapshot.workloads.iter().filter(|workload| !workload.hook && workload.meta.deleting.is_none()) {
        let own = pods.get(workload.meta.uid.as_str()).map(Vec::as_slice).unwrap_or_default();
        match workload.kind {
            kind if kind.is_service() => service(workload, own, snapshot, now, &mut figures, &mut reasons),
            WorkloadKind::Job => reasons.extend(jobs::look(workload, own, snapshot, now)),
            _ => {}
        }
    }
    // Pods that stand alone, or that something we do not know looks after.
    for pod in pods.get("").into_iter().flatten().filter(|pod| !pod.of_job && !pod.hook) {
        figures.has_workloads = true;
        // Nothing takes the place of one that failed.
        let is_done = pod.phase == PodPhase::Succeeded;
        figures.total += u32::from(!is_done);
        let looked = count_pod(pod, snapshot, now, &mut figures);
        figures.serves &= is_done || pod.is_ready();
        reasons.extend(looked);
    }
    reasons.extend(volumes::lost(snapshot));
    let worst = reasons.into_iter().filter(|reason| reason.weight() > 0).max_by_key(Reason::weight);
    let health = match worst {
        Some(reason) if reason.is_broken() => Health::Broken(reason),
        Some(reason) => Health::Waiting(reason),
        None if !figures.has_workloads => Health::Well(Reason::of(StatusReason::NoWorkloads)),
        None => Health::Well(all_ready(snapshot)),
    };
    (figures, health)
}

fn all_ready(snapshot: &ReleaseSnapshot) -> Reason {
    let ready = snapshot.pods.iter().filter(|pod| pod.is_ready()).filter_map(|pod| pod.ready.as_ref());
    Reason::of(StatusReason::AllReady).since(ready.filter_map(|ready| ready.since).max())
}

/// Pods by the id of the workload at the end of their owners; under "" those without one.
fn pods_by_workload(snapshot: &ReleaseSnapshot) -> HashMap<&str, Vec<&Arc<PodView>>> {
    let workloads: HashMap<&str, &WorkloadView> =
        snapshot.workloads.iter().map(|workload| (workload.meta.uid.as_str(), &**workload)).collect();
    let mut pods: HashMap<&str, Vec<&Arc<PodView>>> = HashMap::new();
    for pod in &snapshot.pods {
        let owner = pod.meta.controller.as_deref().and_then(|uid| workloads.get(uid));
        let top = owner.map(|owner| {
            let above = owner.meta.controller.as_deref().and_then(|uid| workloads.get(uid));
            above.unwrap_or(owner).meta.uid.as_str()
        });
        // A pod whose workload we may not see (or that is just gone) must not count as one that stands alone
        // when it is on its way out.
        if top.is_some() || pod.meta.deleting.is_none() {
            pods.entry(top.unwrap_or_default()).or_default().push(pod);
        }
    }
    pods
}

fn count_pod(pod: &PodView, snapshot: &ReleaseSnapshot, now: Instant, figures: &mut Figures) -> Option<Reason> {
    let finding = pods::look(pod, snapshot, now);
    figures.recheck = [figures.recheck, finding.recheck].into_iter().flatten().min();
    figures.pods += u32::from(!pod.phase.is_over());
    // Ready by its own word on a node that is gone, or between two crashes, is not ready.
    figures.ready += u32::from(pod.is_ready() && finding.reason.is_none());
    finding.reason
}

fn service(
    workload: &WorkloadView,
    pods: &[&Arc<PodView>],
    snapshot: &ReleaseSnapshot,
    now: Instant,
    figures: &mut Figures,
    reasons: &mut Vec<Reason>,
) {
    figures.has_workloads = true;
    figures.total += workload.wanted;
    figures.updated += workload.updated.min(workload.wanted);
    let mut own = Figures::default();
    let mut found: Vec<Reason> = Vec::new();
    let mut over: Vec<Reason> = Vec::new();
    let mut alive = 0;
    for pod in pods {
        let reason = count_pod(pod, snapshot, now, &mut own);
        let leaving = pod.phase.is_over() || pod.meta.deleting.is_some();
        alive += u32::from(!leaving);
        let list = if leaving { &mut over } else { &mut found };
        list.extend(reason);
    }
    figures.recheck = [figures.recheck, own.recheck].into_iter().flatten().min();
    figures.pods += own.pods;
    figures.ready += own.ready.min(workload.wanted);
    figures.serves &= own.ready >= workload.wanted;
    if workload.wanted == 0 {
        if workload.kind == WorkloadKind::DaemonSet && workload.observed {
            figures.nowhere = Some(workload.meta.name.clone());
        }
        // None should be left; one that does not go is worth knowing.
        reasons.extend(over.into_iter().filter(Reason::is_broken));
        return;
    }
    if own.ready < workload.wanted {
        // Evicted and failed pods stay for show after others have taken their place, and a `StatefulSet` makes a pod
        // only when the one before it is gone.
        found.append(&mut over);
    }
    if alive < workload.wanted {
        found.push(refused(workload, snapshot).unwrap_or_else(|| not_made(workload, pods)));
    }
    let stuck = workload.progress.as_ref().filter(|progress| {
        workload.kind == WorkloadKind::Deployment && !progress.holds && progress.reason == "ProgressDeadlineExceeded"
    });
    if let Some(progress) = stuck {
        let reason = Reason::of(StatusReason::RolloutStuck).with("workload", &workload.meta.name);
        found.push(reason.with("message", &progress.message).since(progress.since));
    }
    if !workload.is_rolled_out()
        && (workload.updated < workload.to_update || workload.pods > workload.wanted || !workload.observed)
    {
        figures.rolling = true;
        let progress = workload.progress.as_ref();
        let paused = progress.is_some_and(|progress| progress.reason == "DeploymentPaused");
        let reason = if paused {
            Reason::of(StatusReason::RolloutPaused).with("workload", &workload.meta.name)
        } else {
            Reason::of(StatusReason::RollingOut)
                .with("updated", workload.updated.to_string())
                .with("total", workload.wanted.to_string())
        };
        found.push(reason.since(progress.and_then(|progress| progress.since)));
    }
    reasons.append(&mut found);
}

/// Nothing forbids the missing pods. A `StatefulSet` makes one after the other, each when the one before it is ready.
fn not_made(workload: &WorkloadView, pods: &[&Arc<PodView>]) -> Reason {
    let before = pods.iter().find(|pod| workload.ordered && !pod.is_ready() && pod.meta.deleting.is_none());
    let reason = match before {
        Some(pod) => Reason::of(StatusReason::OrdinalWaiting).with("pod", &pod.meta.name).since(pod.meta.created),
        None => Reason::of(StatusReason::WaitingForPods),
    };
    reason.with("workload", &workload.meta.name)
}
