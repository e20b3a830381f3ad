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
        let ServicePageUpdate { changed, page_info, total_count, .. } = wire.service_page_updated;
        ServiceConnection { nodes: changed, page_info, total_count }
    }

    fn item_after(wire: ServicesRoot, known: Option<&ServiceConnection>) -> Option<ServiceConnection> {
        let ServicePageUpdate { ids, changed, page_info, total_count } = wire.service_page_updated;
        let known = known.map(|page| page.nodes.as_slice()).unwrap_or_default();
        let of = |id: &Id| changed.iter().chain(known).find(|one| one.id == *id).cloned();
        // Part of a page would be taken for the whole.
        let nodes = ids.iter().map(of).collect::<Option<_>>()?;
        Some(ServiceConnection { nodes, page_info, total_count })
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

#[cfg(test)]
mod tests {
    use super::{ServiceConnection, ServicesRoot, ServicesWanted, Stream};
    use crate::api::read::whole;
    use serde_json::{Value, json};

    fn message(ids: &[&str], changed: &[(&str, &str)]) -> ServicesRoot {
        let service = |(id, name): &(&str, &str)| {
            json!({
                "id": id,
                "name": name,
                "appSlug": "n8n",
                "chartVersion": "1.0.0",
                "status": { "state": "RUNNING", "reason": "ALL_READY", "params": [], "readyPods": 1, "totalPods": 1 },
                "createdAt": "2026-01-01T00:00:00Z",
            })
        };
        let changed: Vec<Value> = changed.iter().map(service).collect();
        let page_info = json!({ "hasNextPage": false, "endCursor": null });
        let update = json!({ "ids": ids, "changed": changed, "pageInfo": page_info, "totalCount": ids.len() });
        whole(json!({ "servicePageUpdated": update })).unwrap()
    }

    fn names(page: &ServiceConnection) -> Vec<&str> {
        page.nodes.iter().map(|one| one.name.as_str()).collect()
    }

    #[test]
    fn a_page_is_what_was_known_with_what_has_changed_in_the_order_of_its_ids() {
        let first = ServicesWanted::item_after(message(&["a", "b"], &[("a", "Ada"), ("b", "Bea")]), None).unwrap();
        assert_eq!(names(&first), ["Ada", "Bea"]);
        let changed = message(&["c", "b", "a"], &[("c", "Cal"), ("a", "Abe")]);
        let second = ServicesWanted::item_after(changed, Some(&first)).unwrap();
        assert_eq!(names(&second), ["Cal", "Bea", "Abe"]);
        let third = ServicesWanted::item_after(message(&["b"], &[]), Some(&second)).unwrap();
        assert_eq!((names(&third), third.total_count), (vec!["Bea"], 1));
        // The first message of another page brings all of it, whatever is shown until then.
        let other = ServicesWanted::item_after(message(&["d"], &[("d", "Dan")]), Some(&third)).unwrap();
        assert_eq!(names(&other), ["Dan"]);
    }

    #[test]
    fn part_of_a_page_is_not_taken_for_the_whole() {
        assert_eq!(ServicesWanted::item_after(message(&["a", "b"], &[("a", "Ada")]), None), None);
    }
}
