//! Services: what was launched.

use super::{OperationView, Param};
use crate::api::{DateTime, Json, schema};
use cynic::Id;
use shared::service::{ServiceState, StatusReason};

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
    pub status: ServiceStatus,
    pub revision: Option<i32>,
    pub pods: Vec<Pod>,
    pub events: Vec<ClusterEvent>,
    pub volumes: Vec<Volume>,
    pub values: Vec<FieldValue>,
    pub open_operation: Option<OperationView>,
    pub last_operation: Option<OperationView>,
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
#[derive(cynic::QueryFragment, Debug, Clone, PartialEq, Eq)]
pub struct Volume {
    pub name: String,
    pub size: String,
    pub phase: String,
}
