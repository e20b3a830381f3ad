//! What makes pods: <https://kubernetes.io/docs/concepts/workloads/controllers/>.

use super::{Meta, bounded, count, instant};
use crate::{
    adapters::kube::owner::{HOOK_ANNOTATION, annotation},
    clock::Instant,
};
use k8s_openapi::api::{
    apps::v1::{DaemonSet, Deployment, ReplicaSet, StatefulSet},
    batch::v1::Job,
};

/// A condition of an object, whose types differ by kind and mean the same.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Condition {
    /// Whether its status is `True`.
    pub holds: bool,
    /// Kubernetes' word for why.
    pub reason: String,
    /// More of it.
    pub message: String,
    /// Since when.
    pub since: Option<Instant>,
}

/// The kinds that we follow.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub enum WorkloadKind {
    /// `apps/v1` Deployment.
    #[default]
    Deployment,
    /// `apps/v1` `StatefulSet`.
    StatefulSet,
    /// `apps/v1` `DaemonSet`.
    DaemonSet,
    /// `apps/v1` `ReplicaSet`: a Deployment's, for the way from its pods to it.
    ReplicaSet,
    /// `batch/v1` Job.
    Job,
}

impl WorkloadKind {
    /// As Kubernetes writes it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Deployment => "Deployment",
            Self::StatefulSet => "StatefulSet",
            Self::DaemonSet => "DaemonSet",
            Self::ReplicaSet => "ReplicaSet",
            Self::Job => "Job",
        }
    }

    /// Whether its pods are meant to stay.
    pub const fn is_service(self) -> bool {
        matches!(self, Self::Deployment | Self::StatefulSet | Self::DaemonSet)
    }
}

/// One workload.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct WorkloadView {
    /// Name, id, owner.
    pub meta: Meta,
    /// Its kind.
    pub kind: WorkloadKind,
    /// Whether its controller has seen the latest change; figures are of before while it has not.
    pub observed: bool,
    /// How many pods it should have.
    pub wanted: u32,
    /// How many it has.
    pub pods: u32,
    /// How many of them are of the latest template.
    pub updated: u32,
    /// How many must be of the latest template for the rollout to be over.
    pub to_update: u32,
    /// How many are ready.
    pub ready: u32,
    /// Deployment: whether the rollout gets on (`Progressing`). Job: `Failed`.
    pub progress: Option<Condition>,
    /// Whether making pods fails (`ReplicaFailure`).
    pub failure: Option<Condition>,
    /// `StatefulSet`: the names of its claim templates; its claims are called `<template>-<set>-<n>`.
    pub claim_templates: Vec<String>,
    /// `StatefulSet`: whether each pod waits for the one before it.
    pub ordered: bool,
    /// Whether it belongs to a hook of the chart, which Helm itself waits for.
    pub hook: bool,
}

impl WorkloadView {
    /// Reads a Deployment.
    pub fn deployment(object: &Deployment) -> Self {
        let spec = object.spec.as_ref();
        let status = object.status.clone().unwrap_or_default();
        let wanted = count(spec.and_then(|spec| spec.replicas).unwrap_or(1));
        let mut view = Self {
            meta: Meta::read(&object.metadata),
            kind: WorkloadKind::Deployment,
            observed: status.observed_generation >= object.metadata.generation,
            wanted,
            pods: count(status.replicas.unwrap_or(0)),
            updated: count(status.updated_replicas.unwrap_or(0)),
            to_update: wanted,
            ready: count(status.ready_replicas.unwrap_or(0)),
            hook: is_hook(&object.metadata),
            ..Self::default()
        };
        for condition in status.conditions.iter().flatten() {
            let slot = match condition.type_.as_str() {
                "Progressing" => &mut view.progress,
                "ReplicaFailure" => &mut view.failure,
                _ => continue,
            };
            *slot = Some(Condition {
                holds: condition.status == "True",
                reason: condition.reason.clone().unwrap_or_default(),
                message: bounded(condition.message.as_ref()),
                since: instant(condition.last_transition_time.as_ref()),
            });
        }
        view
    }

    /// Reads a `StatefulSet`.
    pub fn stateful_set(object: &StatefulSet) -> Self {
        let spec = object.spec.as_ref();
        let status = object.status.clone().unwrap_or_default();
        let wanted = count(spec.and_then(|spec| spec.replicas).unwrap_or(1));
        let strategy = spec.and_then(|spec| spec.update_strategy.as_ref());
        let partition = strategy.and_then(|strategy| strategy.rolling_update.as_ref()?.partition).map_or(0, count);
        let by_hand = strategy.and_then(|strategy| strategy.type_.as_deref()) == Some("OnDelete");
        // Without a rollout under way the two revisions are the same, and `updatedReplicas` may be left at an old figure.
        let settled = status.update_revision.is_some() && status.update_revision == status.current_revision;
        Self {
            meta: Meta::read(&object.metadata),
            kind: WorkloadKind::StatefulSet,
            observed: status.observed_generation >= object.metadata.generation,
            wanted,
            pods: count(status.replicas),
            updated: if settled { wanted } else { count(status.updated_replicas.unwrap_or(0)) },
            to_update: if by_hand { 0 } else { wanted.saturating_sub(partition) },
            ordered: spec.and_then(|spec| spec.pod_management_policy.as_deref()) != Some("Parallel"),
            ready: count(status.ready_replicas.unwrap_or(0)),
            claim_templates: spec
                .and_then(|spec| spec.volume_claim_templates.as_ref())
                .into_iter()
                .flatten()
                .filter_map(|template| template.metadata.name.clone())
                .collect(),
            hook: is_hook(&object.metadata),
            ..Self::default()
        }
    }

    /// Reads a `DaemonSet`.
    pub fn daemon_set(object: &DaemonSet) -> Self {
        let strategy = object.spec.as_ref().and_then(|spec| spec.update_strategy.as_ref());
        let by_hand = strategy.and_then(|strategy| strategy.type_.as_deref()) == Some("OnDelete");
        let status = object.status.clone().unwrap_or_default();
        let wanted = count(status.desired_number_scheduled);
        Self {
            meta: Meta::read(&object.metadata),
            kind: WorkloadKind::DaemonSet,
            observed: status.observed_generation >= object.metadata.generation,
            wanted,
            pods: count(status.current_number_scheduled),
            updated: count(status.updated_number_scheduled.unwrap_or(0)),
            to_update: if by_hand { 0 } else { wanted },
            ready: count(status.number_ready),
            hook: is_hook(&object.metadata),
            ..Self::default()
        }
    }

    /// Reads a `ReplicaSet`.
    pub fn replica_set(object: &ReplicaSet) -> Self {
        let status = object.status.clone().unwrap_or_default();
        Self {
            meta: Meta::read(&object.metadata),
            kind: WorkloadKind::ReplicaSet,
            observed: status.observed_generation >= object.metadata.generation,
            wanted: count(object.spec.as_ref().and_then(|spec| spec.replicas).unwrap_or(1)),
            pods: count(status.replicas),
            ready: count(status.ready_replicas.unwrap_or(0)),
            ..Self::default()
        }
    }

    /// Reads a Job.
    pub fn job(object: &Job) -> Self {
        let status = object.status.clone().unwrap_or_default();
        let spec = object.spec.as_ref();
        let failed = status.conditions.iter().flatten().find(|condition| condition.type_ == "Failed");
        let complete = status.completion_time.is_some();
        let suspended = spec.and_then(|spec| spec.suspend).unwrap_or(false);
        Self {
            meta: Meta::read(&object.metadata),
            kind: WorkloadKind::Job,
            observed: true,
            wanted: u32::from(!complete && !suspended && failed.is_none()),
            pods: count(status.active.unwrap_or(0)),
            ready: count(status.ready.unwrap_or(0)),
            progress: failed.map(|condition| Condition {
                holds: condition.status == "True",
                reason: condition.reason.clone().unwrap_or_default(),
                message: bounded(condition.message.as_ref()),
                since: instant(condition.last_transition_time.as_ref()),
            }),
            hook: is_hook(&object.metadata),
            ..Self::default()
        }
    }

    /// Whether the latest template and number are reached, as `kubectl rollout status` decides.
    pub const fn is_rolled_out(&self) -> bool {
        self.observed && self.updated >= self.to_update && self.ready >= self.wanted && self.pods <= self.wanted
    }
}

/// Whether Helm runs it at a moment of the release, in place of keeping it.
pub(super) fn is_hook(meta: &k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta) -> bool {
    annotation(meta, HOOK_ANNOTATION).is_some()
}
