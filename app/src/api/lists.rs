//! Lists page by page: operations, services, and where one can go.

use super::{
    ApiError, Code,
    read::read,
    schema,
    subscriptions::Stream,
    transport::{query, subscription},
    types::{OperationView, PageInfo, ServiceCard},
};
use cynic::Id;
use shared::{
    error::ErrorCode,
    operation::{OperationFilter, OperationKind},
    service::ServiceState,
};

/// A page of operations.
#[derive(cynic::QueryFragment, Debug, Clone, PartialEq)]
pub struct OperationConnection {
    pub nodes: Vec<OperationView>,
    pub page_info: PageInfo,
    pub total_count: i32,
}

/// Which operations a page holds.
#[derive(cynic::QueryVariables, Debug, Clone, PartialEq)]
pub struct OperationsWanted {
    /// The workspace.
    pub id: Id,
    /// How far they are.
    pub progress: Option<OperationFilter>,
    /// What they do.
    pub kind: Option<OperationKind>,
    /// How many.
    pub first: i32,
    /// After which cursor.
    pub after: Option<String>,
}

#[derive(cynic::QueryFragment)]
#[cynic(graphql_type = "Query", variables = "OperationsWanted")]
struct OperationsQuery {
    #[arguments(id: $id)]
    workspace: Option<WorkspaceOperations>,
}

#[derive(cynic::QueryFragment)]
#[cynic(graphql_type = "Workspace", variables = "OperationsWanted")]
struct WorkspaceOperations {
    #[arguments(progress: $progress, kind: $kind, first: $first, after: $after)]
    operations: OperationConnection,
}

/// A page of what was done in a workspace.
pub async fn operations(wanted: OperationsWanted) -> Result<OperationConnection, ApiError> {
    let answer = query::<OperationsQuery, _>(wanted).await?;
    let found = answer.workspace.map(|workspace| workspace.operations);
    found.ok_or_else(|| ApiError::of(Code::Server(ErrorCode::NotFound)))
}

/// What runs now, wherever the viewer may look.
#[derive(cynic::QueryFragment, Debug, Clone, PartialEq)]
pub struct OpenOperations {
    pub total_count: i32,
    pub newest: Vec<OpenOperation>,
}

/// An operation that is open, and where.
#[derive(cynic::QueryFragment, Debug, Clone, PartialEq)]
pub struct OpenOperation {
    pub operation: OperationView,
    pub workspace_name: String,
}

#[derive(cynic::QueryFragment)]
#[cynic(graphql_type = "Subscription")]
pub struct OpenRoot {
    open_operations_changed: OpenOperations,
}

/// What runs now.
#[derive(Debug, Clone, PartialEq)]
pub struct OpenStream;

impl Stream for OpenStream {
    type Item = OpenOperations;
    type Wire = OpenRoot;

    fn request(&self) -> String {
        subscription::<OpenRoot, _>(&())
    }

    fn item(wire: OpenRoot) -> OpenOperations {
        wire.open_operations_changed
    }
}

/// A page of services.
#[derive(Debug, Clone, PartialEq)]
pub struct ServiceConnection {
    pub nodes: Vec<ServiceCard>,
    pub page_info: PageInfo,
    pub total_count: i32,
}

/// What has changed of a page of services.
#[derive(cynic::QueryFragment, Debug, Clone, PartialEq)]
pub struct ServicePageUpdate {
    pub ids: Vec<Id>,
    pub changed: Vec<ServiceCard>,
    pub page_info: PageInfo,
    pub total_count: i32,
}

/// Which services a page holds; also the stream of it.
#[derive(cynic::QueryVariables, Debug, Clone, PartialEq)]
pub struct ServicesWanted {
    /// The workspace.
    pub workspace_id: Id,
    /// Part of a name, an app or an address.
    pub search: Option<String>,
    /// How they are.
    pub state: Option<ServiceState>,
    /// How many.
    pub first: i32,
    /// After which cursor.
    pub after: Option<String>,
}

#[derive(cynic::QueryFragment)]
#[cynic(graphql_type = "Subscription", variables = "ServicesWanted")]
pub struct ServicesRoot {
    #[arguments(workspaceId: $workspace_id, search: $search, state: $state, first: $first, after: $after)]
    service_page_updated: ServicePageUpdate,
}

impl Stream for ServicesWanted {
    type Item = ServiceConnection;
    type Wire = ServicesRoot;

    fn request(&self) -> String {
        subscription::<ServicesRoot, _>(self)
    }

    fn item(wire: ServicesRoot) -> ServiceConnection {
        Self::item_after(wire, None)
    }

    fn item_after(wire: ServicesRoot, known: Option<&ServiceConnection>) -> ServiceConnection {
        let ServicePageUpdate { ids, changed, page_info, total_count } = wire.service_page_updated;
        let known = known.map(|page| page.nodes.as_slice()).unwrap_or_default();
        let of = |id: &Id| changed.iter().chain(known).find(|one| one.id == *id).cloned();
        ServiceConnection { nodes: ids.iter().filter_map(of).collect(), page_info, total_count }
    }
}

/// Where the viewer can go.
#[derive(cynic::QueryFragment, Debug, Clone, PartialEq)]
pub struct Destinations {
    pub workspaces: Vec<WorkspaceDestination>,
    pub services: Vec<ServiceDestination>,
}

/// A workspace by name.
#[derive(cynic::QueryFragment, Debug, Clone, PartialEq)]
pub struct WorkspaceDestination {
    pub id: Id,
    pub name: String,
}

/// A service by name.
#[derive(cynic::QueryFragment, Debug, Clone, PartialEq)]
pub struct ServiceDestination {
    pub id: Id,
    pub name: String,
    pub app_slug: String,
    pub workspace_id: Id,
    pub workspace_name: String,
}

#[derive(cynic::QueryFragment)]
#[cynic(graphql_type = "Query")]
struct DestinationsQuery {
    destinations: Destinations,
}

/// Everything that the viewer can go to, by name.
pub async fn destinations() -> Result<Destinations, ApiError> {
    query::<DestinationsQuery, _>(()).await.map(|answer| answer.destinations)
}

read! {
    OperationConnection { nodes, page_info, total_count }
    OperationsQuery { workspace }
    WorkspaceOperations { operations }
    OpenOperations { total_count, newest }
    OpenOperation { operation, workspace_name }
    OpenRoot { open_operations_changed }
    ServicePageUpdate { ids, changed, page_info, total_count }
    ServicesRoot { service_page_updated }
    Destinations { workspaces, services }
    WorkspaceDestination { id, name }
    ServiceDestination { id, name, app_slug, workspace_id, workspace_name }
    DestinationsQuery { destinations }
}
