//! Services: what was launched.

use super::Param;
use crate::api::{DateTime, Json, read::read, schema};
use cynic::Id;
use shared::{
    operation::OperationKind,
    service::{DesiredState, ServiceState, StatusReason},
};

/// A service in a list.
#[derive(cynic::QueryFragment, Debug, Clone, PartialEq)]
#[cynic(graphql_type = "Service")]
pub struct ServiceCard {
    pub id: Id,
    pub name: String,
    pub app: Option<AppRef>,
    pub app_slug: String,
    pub chart_version: String,
    pub address: Option<ServiceAddress>,
    pub status: ServiceStatus,
    pub revision: Option<i32>,
    pub created_at: DateTime,
    pub open_operation: Option<OperationRef>,
}

/// A service with all that its page shows.
#[derive(cynic::QueryFragment, Debug, Clone, PartialEq)]
#[cynic(graphql_type = "Service")]
pub struct ServiceView {
    pub id: Id,
    pub name: String,
    pub reference: String,
    pub app: Option<AppRef>,
    pub app_slug: String,
    pub chart_version: String,
    pub namespace: String,
    pub release_name: String,
    pub address: Option<ServiceAddress>,
    pub port: Option<i32>,
    pub internal_address: Option<String>,
    pub desired: DesiredState,
    pub status: ServiceStatus,
    pub revision: Option<i32>,
    pub pods: Vec<Pod>,
    pub events: Vec<ClusterEvent>,
    pub volumes: Vec<Volume>,
    pub values: Vec<FieldValue>,
    pub open_operation: Option<OperationRef>,
    pub last_operation: Option<OperationRef>,
    pub created_at: DateTime,
}

/// The app of a service.
#[derive(cynic::QueryFragment, Debug, Clone, PartialEq, Eq)]
#[cynic(graphql_type = "App")]
pub struct AppRef {
    pub slug: String,
    pub name: String,
    pub icon_url: String,
    pub documentation: String,
}

/// An operation as a link.
#[derive(cynic::QueryFragment, Debug, Clone, PartialEq)]
#[cynic(graphql_type = "Operation")]
pub struct OperationRef {
    pub id: Id,
    pub kind: OperationKind,
    pub target_name: String,
}

/// A service's web address.
#[derive(cynic::QueryFragment, Debug, Clone, PartialEq, Eq)]
pub struct ServiceAddress {
    pub host: String,
    pub url: String,
    pub simulated: bool,
}

/// A value that was set.
#[derive(cynic::QueryFragment, Debug, Clone, PartialEq)]
pub struct FieldValue {
    pub pointer: String,
    pub label: String,
    pub option_label: Option<String>,
    pub value: Option<Json>,
    pub secret: bool,
}

/// How a service is.
#[derive(cynic::QueryFragment, Debug, Clone, PartialEq)]
pub struct ServiceStatus {
    pub state: ServiceState,
    pub reason: StatusReason,
    pub params: Vec<Param>,
    pub ready_pods: i32,
    pub total_pods: i32,
    pub since: Option<DateTime>,
}

/// A pod.
#[derive(cynic::QueryFragment, Debug, Clone, PartialEq)]
pub struct Pod {
    pub name: String,
    pub phase: String,
    pub ready: bool,
    pub restarts: i32,
    pub node: Option<String>,
    pub started_at: Option<DateTime>,
    pub reason: Option<StatusReason>,
    pub params: Vec<Param>,
    pub containers: Vec<Container>,
}

/// A container of a pod.
#[derive(cynic::QueryFragment, Debug, Clone, PartialEq, Eq)]
pub struct Container {
    pub name: String,
    pub image: String,
    pub ready: bool,
    pub restarts: i32,
    pub init: bool,
}

/// An event of the cluster.
#[derive(cynic::QueryFragment, Debug, Clone, PartialEq)]
pub struct ClusterEvent {
    pub id: Id,
    pub at: DateTime,
    pub warning: bool,
    pub reason: String,
    pub object: String,
    pub message: String,
    pub count: i32,
}

/// A volume.
#[derive(cynic::QueryFragment, Debug, Clone, PartialEq, Eq, Hash)]
pub struct Volume {
    pub name: String,
    pub size: String,
    pub requested_size: String,
    pub phase: String,
}

read! {
    ServiceCard { id, name, app, app_slug, chart_version, address, status, revision, created_at, open_operation }
    ServiceView {
        id, name, reference, app, app_slug, chart_version, namespace, release_name, address, port, internal_address,
        desired, status, revision, pods, events, volumes, values, open_operation, last_operation, created_at,
    }
    AppRef { slug, name, icon_url, documentation }
    OperationRef { id, kind, target_name }
    ServiceAddress { host, url, simulated }
    FieldValue { pointer, label, option_label, value, secret }
    ServiceStatus { state, reason, params, ready_pods, total_pods, since }
    Pod { name, phase, ready, restarts, node, started_at, reason, params, containers }
    Container { name, image, ready, restarts, init }
    ClusterEvent { id, at, warning, reason, object, message, count }
    Volume { name, size, requested_size, phase }
}
