//! What a service uses.

use crate::api::{DateTime, read::read, schema};
use shared::service::{UsageResource, UsageState};

/// What a service uses of CPU and memory.
#[derive(cynic::QueryFragment, Debug, Clone, PartialEq)]
#[cynic(graphql_type = "ServiceUsage")]
pub struct UsageView {
    pub state: UsageState,
    pub measured_at: Option<DateTime>,
    pub used: ResourceAmount,
    pub limit: ResourceAmount,
    pub history: Vec<UsagePoint>,
    pub pods: Vec<PodUsage>,
    pub near_limits: Vec<NearLimit>,
    pub simulated: bool,
}

/// CPU and memory.
#[derive(cynic::QueryFragment, Debug, Clone, Copy, PartialEq)]
pub struct ResourceAmount {
    pub cpu_millis: Option<i32>,
    pub memory_bytes: Option<f64>,
}

/// What a service used at a moment.
#[derive(cynic::QueryFragment, Debug, Clone, PartialEq)]
pub struct UsagePoint {
    pub at: DateTime,
    pub cpu_millis: i32,
    pub memory_bytes: f64,
}

/// What a pod uses.
#[derive(cynic::QueryFragment, Debug, Clone, PartialEq)]
pub struct PodUsage {
    pub name: String,
    pub used: ResourceAmount,
    pub limit: ResourceAmount,
}

/// A container that is near one of its limits.
#[derive(cynic::QueryFragment, Debug, Clone, PartialEq, Eq)]
pub struct NearLimit {
    pub pod: String,
    pub container: String,
    pub resource: UsageResource,
    pub percent: i32,
}

read! {
    UsageView { state, measured_at, used, limit, history, pods, near_limits, simulated }
    ResourceAmount { cpu_millis, memory_bytes }
    UsagePoint { at, cpu_millis, memory_bytes }
    PodUsage { name, used, limit }
    NearLimit { pod, container, resource, percent }
}
