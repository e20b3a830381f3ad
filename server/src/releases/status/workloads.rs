//! From workloads and pods to one health, worst first.

use super::{events::about, pods, reason::Reason};
use crate::{
    clock::Instant,
    live::{
        ReleaseSnapshot,
        view::{PodView, WorkloadKind, WorkloadView},
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
            WorkloadKind::Job => job(workload, own, snapshot, now, &mut reasons),
            _ => {}
        }
    }
    // Pods that stand alone, or that something we do not know looks after.
    for pod in pods.get("").into_iter().flatten().filter(|pod| !pod.of_job) {
        figures.has_workloads = true;
        let is_over = pod.phase.is_over();
        figures.total += u32::from(!is_over);
        let looked = count_pod(pod, snapshot, now, &mut figures);
        figures.serves &= is_over || pod.is_ready();
        reasons.extend(looked);
    }
    for claim in snapshot.claims.iter().filter(|claim| claim.phase == "Lost") {
        reasons.push(Reason::of(StatusReason::VolumeMountFailed).with("message", format!("{}: Lost", claim.meta.name)));
    }
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
        return;
    }
    if own.ready < workload.wanted {
        // Evicted and failed pods stay for show after others have taken their place, and a `StatefulSet` makes a pod
        // only when the one before it is gone.
        found.append(&mut over);
    }
    if alive < workload.wanted {
        found.push(not_made(workload, snapshot));
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
        found.push(
            Reason::of(StatusReason::RollingOut)
                .with("updated", workload.updated.to_string())
                .with("total", workload.wanted.to_string())
                .since(workload.progress.as_ref().and_then(|progress| progress.since)),
        );
    }
    reasons.append(&mut found);
}

/// Pods are missing: does something forbid them?
fn not_made(workload: &WorkloadView, snapshot: &ReleaseSnapshot) -> Reason {
    let condition = workload.failure.as_ref().filter(|failure| failure.holds);
    let refusal = condition.map(|failure| (failure.message.as_str(), failure.since)).or_else(|| {
        // Only Deployments have the condition; the others say it by an event, until they succeed.
        let sets =
            snapshot.workloads.iter().filter(|other| other.meta.controller.as_deref() == Some(&workload.meta.uid));
        let uids = sets.map(|set| set.meta.uid.as_str()).chain([workload.meta.uid.as_str()]);
        let newest = uids
            .filter_map(|uid| about(snapshot, uid, &["FailedCreate", "SuccessfulCreate"]).next())
            .max_by_key(|event| event.at)?;
        (newest.reason == "FailedCreate").then_some((newest.message.as_str(), Some(newest.at)))
    });
    match refusal {
        Some((message, since)) => {
            let word = if message.contains("exceeded quota") || message.contains("failed quota") {
                StatusReason::QuotaExceeded
            } else {
                StatusReason::PodsForbidden
            };
            Reason::of(word).with("message", message).with("workload", &workload.meta.name).since(since)
        }
        None => Reason::of(StatusReason::WaitingForPods).with("workload", &workload.meta.name),
    }
}

fn job(
    job: &WorkloadView,
    pods: &[&Arc<PodView>],
    snapshot: &ReleaseSnapshot,
    now: Instant,
    reasons: &mut Vec<Reason>,
) {
    if let Some(failed) = job.progress.as_ref().filter(|failed| failed.holds) {
        // A schedule tries again by itself: only its latest run counts.
        let newer = |other: &WorkloadView| {
            other.kind == WorkloadKind::Job
                && other.meta.controller == job.meta.controller
                && other.meta.created > job.meta.created
        };
        if job.meta.controller.is_none() || !snapshot.workloads.iter().any(|other| newer(other)) {
            let reason = Reason::of(StatusReason::JobFailed).with("job", &job.meta.name);
            reasons.push(reason.with("message", &failed.message).since(failed.since));
        }
    } else if job.wanted > 0 {
        // A job at work does not keep a service from being ready; one that cannot work is worth knowing.
        let stuck = pods.iter().filter(|pod| !pod.phase.is_over());
        reasons.extend(stuck.filter_map(|pod| pods::look(pod, snapshot, now).reason).filter(Reason::is_broken));
    }
}
