//! Queries, one function each.

use super::{
    ApiError,
    read::read,
    schema,
    transport::query,
    types::{
        AccessToken, AddressPreview, AppConnection, AppDetail, ServerInfo, Viewer, ViewerTokens, WorkspaceConnection,
    },
};
use shared::catalog::AppCategory;

/// What the console asks first: where it is and who looks.
#[derive(cynic::QueryFragment, Debug, Clone)]
#[cynic(graphql_type = "Query")]
pub struct Boot {
    /// The installation.
    pub server: ServerInfo,
    /// The person; none when nobody is signed in.
    pub viewer: Option<Viewer>,
}

/// Asks where the console is and who looks.
pub async fn boot() -> Result<Boot, ApiError> {
    query::<Boot, _>(()).await
}

#[derive(cynic::QueryFragment)]
#[cynic(graphql_type = "Query")]
struct TokensQuery {
    viewer: Option<ViewerTokens>,
}

/// The viewer's tokens.
pub async fn access_tokens() -> Result<Vec<AccessToken>, ApiError> {
    query::<TokensQuery, _>(()).await.map(|answer| answer.viewer.map(|viewer| viewer.access_tokens).unwrap_or_default())
}

#[derive(cynic::QueryVariables)]
struct AppsVariables {
    search: Option<String>,
    category: Option<AppCategory>,
    first: i32,
    after: Option<String>,
}

#[derive(cynic::QueryFragment)]
#[cynic(graphql_type = "Query", variables = "AppsVariables")]
struct AppsQuery {
    #[arguments(search: $search, category: $category, first: $first, after: $after)]
    apps: AppConnection,
}

/// A page of the marketplace.
pub async fn apps(
    search: Option<String>,
    category: Option<AppCategory>,
    first: i32,
    after: Option<String>,
) -> Result<AppConnection, ApiError> {
    query::<AppsQuery, _>(AppsVariables { search, category, first, after }).await.map(|answer| answer.apps)
}

#[derive(cynic::QueryVariables)]
struct AppVariables {
    slug: String,
}

#[derive(cynic::QueryFragment)]
#[cynic(graphql_type = "Query", variables = "AppVariables")]
struct AppQuery {
    #[arguments(slug: $slug)]
    app: Option<AppDetail>,
}

/// One app.
pub async fn app(slug: String) -> Result<Option<AppDetail>, ApiError> {
    query::<AppQuery, _>(AppVariables { slug }).await.map(|answer| answer.app)
}

#[derive(cynic::QueryVariables)]
struct WorkspacesVariables {
    first: i32,
    after: Option<String>,
}

#[derive(cynic::QueryFragment)]
#[cynic(graphql_type = "Query", variables = "WorkspacesVariables")]
struct WorkspacesQuery {
    #[arguments(first: $first, after: $after)]
    workspaces: WorkspaceConnection,
}

/// A page of the viewer's workspaces.
pub async fn workspaces(first: i32, after: Option<String>) -> Result<WorkspaceConnection, ApiError> {
    query::<WorkspacesQuery, _>(WorkspacesVariables { first, after }).await.map(|answer| answer.workspaces)
}

#[derive(cynic::QueryVariables)]
struct AddressPreviewVariables {
    label: String,
}

#[derive(cynic::QueryFragment)]
#[cynic(graphql_type = "Query", variables = "AddressPreviewVariables")]
struct AddressPreviewQuery {
    #[arguments(label: $label)]
    address_preview: AddressPreview,
}

/// What a web address would look like, and whether it is free.
pub async fn address_preview(label: String) -> Result<AddressPreview, ApiError> {
    query::<AddressPreviewQuery, _>(AddressPreviewVariables { label }).await.map(|answer| answer.address_preview)
}

read! {
    Boot { server, viewer }
    TokensQuery { viewer }
    AppsQuery { apps }
    AppQuery { app }
    WorkspacesQuery { workspaces }
    AddressPreviewQuery { address_preview }
}
