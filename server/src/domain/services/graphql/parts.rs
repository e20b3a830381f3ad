//! The parts of a service: status, pods, events, volumes.

use crate::{
    clock::Instant,
    domain::catalog::{App, graphql::label_of},
    graphql::{
        params::{self, Param},
        scalars::{DateTime, Json, int},
    },
    live::{
        ReleaseSnapshot,
        view::{ClaimView, ContainerKind, EventView, PodView},
    },
    releases::status::{self, Status},
};
use async_graphql::{ID, Object, SimpleObject};
use secrecy::{ExposeSecret, SecretString};
use shared::service::{ServiceState, StatusReason};

/// Where a service is reached.
#[derive(SimpleObject)]
pub struct ServiceAddress {
    /// Host name.
    pub(super) host: String,
    /// The whole address.
    pub(super) url: String,
    /// Nothing answers there: this is a sandbox.
    pub(super) simulated: bool,
}

/// A value that was set.
#[derive(SimpleObject)]
pub struct FieldValue {
    /// JSON Pointer (RFC 6901) into the chart's values.
    pub(super) pointer: String,
    /// The field's label.
    pub(super) label: String,
    /// The label of the option that the value is; null where there are no options.
    pub(super) option_label: Option<String>,
    /// The value; null for a secret.
    pub(super) value: Option<Json>,
    /// Whether it is a secret.
    pub(super) secret: bool,
}

/// A secret that was made because its field was left empty.
#[derive(Debug)]
pub struct GeneratedSecret {
    pointer: String,
    label: String,
    value: SecretString,
}

impl GeneratedSecret {
    /// Secrets by pointer, with the labels of the app's fields.
    pub(super) fn all(by_pointer: Vec<(String, SecretString)>, app: Option<&App>) -> Vec<Self> {
        let one = |(pointer, value): (String, SecretString)| {
            let field = app.and_then(|app| app.field(&pointer));
            Self { label: field.map_or_else(|| pointer.clone(), label_of), pointer, value }
        };
        by_pointer.into_iter().map(one).collect()
    }
}

/// A secret that was made because its field was left empty.
#[Object]
impl GeneratedSecret {
    /// JSON Pointer (RFC 6901) of the field.
    async fn pointer(&self) -> &str {
        &self.pointer
    }

    /// The field's label.
    async fn label(&self) -> &str {
        &self.label
    }

    /// The secret itself.
    async fn value(&self) -> &str {
        self.value.expose_secret()
    }
}

/// How a service is: a word, why, and figures for the sentence.
#[derive(SimpleObject)]
pub struct ServiceStatus {
    /// The word.
    state: ServiceState,
    /// Why.
    reason: StatusReason,
    /// Figures and names for the sentence, by name.
    params: Vec<Param>,
    /// How many of its pods are ready.
    ready_pods: i32,
    /// How many pods it should have.
    total_pods: i32,
    /// Since when it has been so, where known.
    since: Option<DateTime>,
}

impl From<&Status> for ServiceStatus {
    fn from(status: &Status) -> Self {
        Self {
            state: status.state,
            reason: status.reason,
            params: params::from(status.params.clone()),
            ready_pods: int(status.ready_pods.into()),
            total_pods: int(status.total_pods.into()),
            since: status.since.map(DateTime),
        }
    }
}

/// A pod of a service.
#[derive(SimpleObject)]
pub struct Pod {
    /// Its name.
    name: String,
    /// Pending, Running, Succeeded, Failed or Unknown, as Kubernetes says.
    phase: String,
    /// Whether it takes requests.
    ready: bool,
    /// How often its containers were started again.
    restarts: i32,
    /// Its node, once it has one.
    node: Option<String>,
    /// When its node took it up.
    started_at: Option<DateTime>,
    /// Why it is not ready.
    reason: Option<StatusReason>,
    /// Figures and names for the sentence, by name.
    params: Vec<Param>,
    /// Its containers, the preparing ones first.
    containers: Vec<Container>,
}

/// A container of a pod.
#[derive(SimpleObject)]
pub struct Container {
    /// Its name.
    name: String,
    /// Its image.
    image: String,
    /// Whether it is ready.
    ready: bool,
    /// How often it was started again.
    restarts: i32,
    /// Whether it only prepares the others.
    init: bool,
}

impl Pod {
    pub(super) fn of(pod: &PodView, snapshot: &ReleaseSnapshot, now: Instant) -> Self {
        let why = status::pod_reason(pod, snapshot, now);
        Self {
            name: pod.meta.name.clone(),
            phase: pod.phase.as_str().to_owned(),
            ready: pod.ready.as_ref().is_some_and(|condition| condition.holds),
            restarts: int(pod.containers.iter().map(|container| i64::from(container.restarts)).sum()),
            node: pod.node.clone(),
            started_at: pod.started.map(DateTime),
            reason: why.as_ref().map(|why| why.reason),
            params: why.map(|why| params::from(why.params)).unwrap_or_default(),
            containers: pod
                .containers
                .iter()
                .map(|container| Container {
                    name: container.name.clone(),
                    image: container.image.clone(),
                    ready: container.ready,
                    restarts: int(container.restarts.into()),
                    init: container.kind == ContainerKind::Init,
                })
                .collect(),
        }
    }
}

/// An event of the cluster about a service.
#[derive(SimpleObject)]
pub struct ClusterEvent {
    /// Opaque id.
    id: ID,
    /// When it last happened.
    at: DateTime,
    /// Whether it is a warning.
    warning: bool,
    /// Kubernetes' word.
    reason: String,
    /// Kind and name of the object that it is about.
    object: String,
    /// A sentence.
    message: String,
    /// How often it happened.
    count: i32,
}

impl From<&EventView> for ClusterEvent {
    fn from(event: &EventView) -> Self {
        Self {
            id: event.uid.clone().into(),
            at: DateTime(event.at),
            warning: event.warning,
            reason: event.reason.clone(),
            object: format!("{} {}", event.kind, event.name),
            message: event.message.clone(),
            count: int(event.count.into()),
        }
    }
}

/// A volume of a service.
#[derive(SimpleObject)]
pub struct Volume {
    /// The claim's name.
    name: String,
    /// The size it has, or asks for while it has none.
    size: String,
    /// The size asked for. Where volumes come in fixed sizes, it may have got more.
    requested_size: String,
    /// Bound, Pending or Lost.
    phase: String,
}

impl From<&ClaimView> for Volume {
    fn from(claim: &ClaimView) -> Self {
        Self {
            name: claim.meta.name.clone(),
            size: claim.size.clone(),
            requested_size: claim.asked.clone(),
            phase: claim.phase.clone(),
        }
    }
}
