//! Workspaces.

use super::{OperationRef, PageInfo, ServiceCard};
use crate::api::{DateTime, read::read, schema};
use cynic::Id;
use shared::{roles::WorkspaceRole, service::WorkspaceState};

/// A workspace in a list.
#[derive(cynic::QueryFragment, Debug, Clone, PartialEq)]
#[cynic(graphql_type = "Workspace")]
pub struct WorkspaceCard {
    pub id: Id,
    pub name: String,
    pub description: String,
    pub state: WorkspaceState,
    pub viewer_role: Option<WorkspaceRole>,
    pub ready: bool,
    pub service_count: i32,
    pub created_at: DateTime,
}

/// A page of workspaces.
#[derive(cynic::QueryFragment, Debug, Clone, PartialEq)]
pub struct WorkspaceConnection {
    pub nodes: Vec<WorkspaceCard>,
    pub page_info: PageInfo,
}

/// A workspace with its services, as its pages show it.
#[derive(cynic::QueryFragment, Debug, Clone, PartialEq)]
#[cynic(graphql_type = "Workspace")]
pub struct WorkspaceView {
    pub id: Id,
    pub name: String,
    pub description: String,
    pub state: WorkspaceState,
    pub viewer_role: Option<WorkspaceRole>,
    pub namespace: String,
    pub version: i32,
    pub ready: bool,
    pub created_at: DateTime,
    pub open_operation: Option<OperationRef>,
    pub last_operation: Option<OperationRef>,
    pub services: Vec<ServiceCard>,
}

/// A workspace as others refer to it.
#[derive(cynic::QueryFragment, Debug, Clone, PartialEq)]
#[cynic(graphql_type = "Workspace")]
pub struct WorkspaceRef {
    pub id: Id,
    pub version: i32,
}

read! {
    WorkspaceCard { id, name, description, state, viewer_role, ready, service_count, created_at }
    WorkspaceConnection { nodes, page_info }
    WorkspaceView {
        id, name, description, state, viewer_role, namespace, version, ready, created_at, open_operation,
        last_operation, services,
    }
    WorkspaceRef { id, version }
}
