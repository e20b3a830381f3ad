//! Workspaces.

use super::{OperationRef, PageInfo};
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

/// A workspace as its pages show it.
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
    pub viewer_support_grant: Option<GrantRef>,
}

impl WorkspaceView {
    /// Whether the viewer only knows that it is there: staff who are no members and have no leave to read.
    pub fn is_seen_from_outside(&self) -> bool {
        self.viewer_role.is_none() && !self.viewer_support_grant.as_ref().is_some_and(|grant| grant.open)
    }
}

/// Leave to read in a workspace.
#[derive(cynic::QueryFragment, Debug, Clone, PartialEq, Eq)]
#[cynic(graphql_type = "SupportGrant")]
pub struct GrantRef {
    pub open: bool,
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
        last_operation, viewer_support_grant,
    }
    GrantRef { open }
    WorkspaceRef { id, version }
}
