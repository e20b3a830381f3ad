//! Pods: <https://kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle/>.

use super::{
    Meta, bounded, bounded_end, count, instant,
    workload::{Condition, is_hook},
};
use crate::{adapters::kube::Amount, clock::Instant};
use k8s_openapi::api::core::v1::{
    Container, ContainerState as KubeState, ContainerStateTerminated, ContainerStatus, Pod,
};

/// Kubernetes' one word for a pod. `Running` says only that a container has started, not that it works.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum PodPhase {
    /// Not all containers have been started.
    #[default]
    Pending,
    /// Bound to a node, and a container is, was or will be running.
    Running,
    /// All containers ended well and stay so.
    Succeeded,
    /// All containers ended, one badly, and stay so.
    Failed,
    /// The node does not tell.
    Unknown,
}

impl PodPhase {
    /// As Kubernetes writes it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "Pending",
            Self::Running => "Running",
            Self::Succeeded => "Succeeded",
            Self::Failed => "Failed",
            Self::Unknown => "Unknown",
        }
    }

    /// Whether nothing of it will ever run again.
    pub const fn is_over(self) -> bool {
        matches!(self, Self::Succeeded | Self::Failed)
    }
}

/// What happens when a container ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum RestartPolicy {
    /// It is started again.
    #[default]
    Always,
    /// Only where it failed.
    OnFailure,
    /// It is left.
    Never,
}

/// A container's part in the pod.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ContainerKind {
    /// It does the work.
    #[default]
    Main,
    /// It prepares, and has to end before the others start.
    Init,
    /// It starts with the preparing ones and stays: an init container with `restartPolicy: Always`.
    Sidecar,
}

/// How a container ended.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Termination {
    /// Its exit code.
    pub exit_code: i32,
    /// Kubernetes' word: `Error`, `Completed`, `OOMKilled`, `StartError`, ...
    pub reason: String,
    /// What the container or the runtime said last; the end of it, where it is long.
    pub message: String,
    /// When.
    pub finished: Option<Instant>,
}

/// What a container does now.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum ContainerState {
    /// The kubelet has said nothing yet.
    #[default]
    Unknown,
    /// Not started.
    Waiting {
        /// Kubernetes' word, such as `ImagePullBackOff`.
        reason: String,
        /// More of it.
        message: String,
    },
    /// Running.
    Running {
        /// Since when.
        since: Option<Instant>,
    },
    /// Ended.
    Terminated(Termination),
}

/// One container of a pod.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ContainerView {
    /// Its name.
    pub name: String,
    /// Its image, as the pod asks for it.
    pub image: String,
    /// Its part.
    pub kind: ContainerKind,
    /// What it does now.
    pub state: ContainerState,
    /// How it ended the time before.
    pub last: Option<Termination>,
    /// How often it was started again.
    pub restarts: u32,
    /// Whether its readiness probe (or, without one, its start) went well.
    pub ready: bool,
    /// Whether its startup probe went well; none while it is not known.
    pub started: Option<bool>,
    /// The memory that it may take, such as `512Mi`.
    pub memory_limit: Option<String>,
    /// What is set aside for it.
    pub requested: Amount,
    /// What it may take.
    pub limit: Amount,
}

impl ContainerView {
    /// The latest end, now or the time before.
    pub fn latest_end(&self) -> Option<&Termination> {
        match &self.state {
            ContainerState::Terminated(termination) => Some(termination),
            _ => self.last.as_ref(),
        }
    }
}

/// One pod.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PodView {
    /// Name, id, owner.
    pub meta: Meta,
    /// Kubernetes' one word.
    pub phase: PodPhase,
    /// Why it is in this phase: `Evicted`, `NodeLost`, ...
    pub reason: String,
    /// More of it.
    pub message: String,
    /// Its node, once it has one.
    pub node: Option<String>,
    /// When the kubelet took it up.
    pub started: Option<Instant>,
    /// What happens when a container ends.
    pub restart_policy: RestartPolicy,
    /// The condition `PodScheduled`.
    pub scheduled: Option<Condition>,
    /// The condition `ContainersReady`.
    pub containers_ready: Option<Condition>,
    /// The condition `Ready`.
    pub ready: Option<Condition>,
    /// The condition `DisruptionTarget`: why it is about to be ended.
    pub disruption: Option<Condition>,
    /// The claims that it mounts.
    pub claims: Vec<String>,
    /// Its containers, the preparing ones first.
    pub containers: Vec<ContainerView>,
    /// Whether a job made it: it is meant to end.
    pub of_job: bool,
    /// Whether it is a hook of the chart, which Helm itself waits for.
    pub hook: bool,
}

impl PodView {
    /// Reads a pod.
    pub fn read(pod: &Pod) -> Self {
        let spec = pod.spec.as_ref();
        let status = pod.status.as_ref();
        let mut view = Self {
            meta: Meta::read(&pod.metadata),
            phase: phase(status.and_then(|status| status.phase.as_deref())),
            reason: status.and_then(|status| status.reason.clone()).unwrap_or_default(),
            message: bounded(status.and_then(|status| status.message.as_ref())),
            node: spec.and_then(|spec| spec.node_name.clone()).filter(|node| !node.is_empty()),
            started: status.and_then(|status| instant(status.start_time.as_ref())),
            restart_policy: match spec.and_then(|spec| spec.restart_policy.as_deref()) {
                Some("Never") => RestartPolicy::Never,
                Some("OnFailure") => RestartPolicy::OnFailure,
                _ => RestartPolicy::Always,
            },
            of_job: pod.metadata.owner_references.iter().flatten().any(|owner| owner.kind == "Job"),
            hook: is_hook(&pod.metadata),
            ..Self::default()
        };
        for condition in status.iter().filter_map(|status| status.conditions.as_ref()).flatten() {
            let slot = match condition.type_.as_str() {
                "PodScheduled" => &mut view.scheduled,
                "ContainersReady" => &mut view.containers_ready,
                "Ready" => &mut view.ready,
                "DisruptionTarget" => &mut view.disruption,
                _ => continue,
            };
            *slot = Some(Condition {
                holds: condition.status == "True",
                reason: condition.reason.clone().unwrap_or_default(),
                message: bounded(condition.message.as_ref()),
                since: instant(condition.last_transition_time.as_ref()),
            });
        }
        let Some(spec) = spec else { return view };
        let claims = spec.volumes.iter().flatten().filter_map(|volume| volume.persistent_volume_claim.as_ref());
        view.claims = claims.map(|claim| claim.claim_name.clone()).collect();
        let init_statuses = status.and_then(|status| status.init_container_statuses.as_ref());
        for container in spec.init_containers.iter().flatten() {
            let kind = match container.restart_policy.as_deref() {
                Some("Always") => ContainerKind::Sidecar,
                _ => ContainerKind::Init,
            };
            view.containers.push(read_container(container, kind, init_statuses));
        }
        let statuses = status.and_then(|status| status.container_statuses.as_ref());
        for container in &spec.containers {
            view.containers.push(read_container(container, ContainerKind::Main, statuses));
        }
        view
    }

    /// Whether it does its work.
    pub fn is_ready(&self) -> bool {
        self.meta.deleting.is_none() && self.ready.as_ref().is_some_and(|ready| ready.holds)
    }

    /// How often its containers were started again, together.
    pub fn restarts(&self) -> u32 {
        self.containers.iter().map(|container| container.restarts).sum()
    }

    /// A container by name; the first working one when none is named.
    pub fn container(&self, name: Option<&str>) -> Option<&ContainerView> {
        match name {
            Some(name) => self.containers.iter().find(|container| container.name == name),
            None => self.containers.iter().find(|container| container.kind == ContainerKind::Main),
        }
    }
}

fn phase(word: Option<&str>) -> PodPhase {
    match word {
        Some("Running") => PodPhase::Running,
        Some("Succeeded") => PodPhase::Succeeded,
        Some("Failed") => PodPhase::Failed,
        Some("Unknown") => PodPhase::Unknown,
        _ => PodPhase::Pending,
    }
}

fn read_container(spec: &Container, kind: ContainerKind, statuses: Option<&Vec<ContainerStatus>>) -> ContainerView {
    let status = statuses.into_iter().flatten().find(|status| status.name == spec.name);
    let resources = spec.resources.as_ref();
    let limits = resources.and_then(|resources| resources.limits.as_ref());
    let requests = resources.and_then(|resources| resources.requests.as_ref());
    ContainerView {
        name: spec.name.clone(),
        image: spec.image.clone().unwrap_or_default(),
        kind,
        state: status.and_then(|status| status.state.as_ref()).map(read_state).unwrap_or_default(),
        last: status.and_then(|status| status.last_state.as_ref()?.terminated.as_ref()).map(read_end),
        restarts: status.map_or(0, |status| count(status.restart_count)),
        ready: status.is_some_and(|status| status.ready),
        started: status.and_then(|status| status.started),
        memory_limit: limits.and_then(|limits| limits.get("memory")).map(|limit| limit.0.clone()),
        requested: requests.map(Amount::read).unwrap_or_default(),
        limit: limits.map(Amount::read).unwrap_or_default(),
    }
}

fn read_state(state: &KubeState) -> ContainerState {
    if let Some(running) = &state.running {
        ContainerState::Running { since: instant(running.started_at.as_ref()) }
    } else if let Some(terminated) = &state.terminated {
        ContainerState::Terminated(read_end(terminated))
    } else if let Some(waiting) = &state.waiting {
        ContainerState::Waiting {
            reason: waiting.reason.clone().unwrap_or_default(),
            message: bounded(waiting.message.as_ref()),
        }
    } else {
        ContainerState::Unknown
    }
}

fn read_end(end: &ContainerStateTerminated) -> Termination {
    Termination {
        exit_code: end.exit_code,
        reason: end.reason.clone().unwrap_or_default(),
        message: bounded_end(end.message.as_ref()),
        finished: instant(end.finished_at.as_ref()),
    }
}
