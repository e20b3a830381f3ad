//! People, links for one use, settings and own sessions: what is read.

use super::{ApiError, DateTime, read::read, schema, transport::query, types::PageInfo};
use cynic::Id;
use shared::{
    people::{OneTimeLinkKind, SignUpMode},
    roles::PlatformRole,
};

/// Somebody who has an account.
#[derive(cynic::QueryFragment, Debug, Clone, PartialEq)]
pub struct Person {
    pub id: Id,
    pub email: String,
    pub name: String,
    pub platform_role: PlatformRole,
    pub created_at: DateTime,
    pub version: i32,
}

/// A page of people.
#[derive(cynic::QueryFragment, Debug, Clone, PartialEq)]
pub struct PersonConnection {
    pub nodes: Vec<Person>,
    pub page_info: PageInfo,
    pub total_count: i32,
}

/// An invitation that can still be used.
#[derive(cynic::QueryFragment, Debug, Clone, PartialEq)]
pub struct OpenInvitation {
    pub id: Id,
    pub email: String,
    pub platform_role: PlatformRole,
    pub created_by: String,
    pub created_at: DateTime,
    pub expires_at: DateTime,
}

/// A page of invitations.
#[derive(cynic::QueryFragment, Debug, Clone, PartialEq)]
pub struct OpenInvitationConnection {
    pub nodes: Vec<OpenInvitation>,
    pub page_info: PageInfo,
}

/// What is set for the whole platform.
#[derive(cynic::QueryFragment, Debug, Clone, PartialEq)]
pub struct PlatformSettings {
    pub sign_up_mode: SignUpMode,
    pub version: i32,
}

/// A link that can still be used.
#[derive(cynic::QueryFragment, Debug, Clone, PartialEq)]
pub struct OneTimeLink {
    pub email: String,
}

/// A session of the viewer's.
#[derive(cynic::QueryFragment, Debug, Clone, PartialEq)]
#[cynic(graphql_type = "Session")]
pub struct OwnSession {
    pub id: Id,
    pub current: bool,
    pub created_at: DateTime,
    pub last_used_at: DateTime,
    pub user_agent: Option<String>,
    pub address: Option<String>,
}

#[derive(cynic::QueryFragment)]
#[cynic(graphql_type = "Viewer")]
struct ViewerSessions {
    sessions: Vec<OwnSession>,
}

#[derive(cynic::QueryFragment)]
#[cynic(graphql_type = "Query")]
struct SessionsQuery {
    viewer: Option<ViewerSessions>,
}

/// The viewer's sessions.
pub async fn sessions() -> Result<Vec<OwnSession>, ApiError> {
    query::<SessionsQuery, _>(()).await.map(|answer| answer.viewer.map(|viewer| viewer.sessions).unwrap_or_default())
}

#[derive(cynic::QueryVariables)]
struct PeopleVariables {
    search: Option<String>,
    first: i32,
    after: Option<String>,
}

#[derive(cynic::QueryFragment)]
#[cynic(graphql_type = "Query", variables = "PeopleVariables")]
struct PeopleQuery {
    #[arguments(search: $search, first: $first, after: $after)]
    people: PersonConnection,
}

/// A page of people.
pub async fn people(search: Option<String>, first: i32, after: Option<String>) -> Result<PersonConnection, ApiError> {
    query::<PeopleQuery, _>(PeopleVariables { search, first, after }).await.map(|answer| answer.people)
}

#[derive(cynic::QueryVariables)]
struct InvitationsVariables {
    first: i32,
    after: Option<String>,
}

#[derive(cynic::QueryFragment)]
#[cynic(graphql_type = "Query", variables = "InvitationsVariables")]
struct InvitationsQuery {
    #[arguments(first: $first, after: $after)]
    invitations: OpenInvitationConnection,
}

/// A page of the invitations that can still be used.
pub async fn invitations(first: i32, after: Option<String>) -> Result<OpenInvitationConnection, ApiError> {
    query::<InvitationsQuery, _>(InvitationsVariables { first, after }).await.map(|answer| answer.invitations)
}

#[derive(cynic::QueryFragment)]
#[cynic(graphql_type = "Query")]
struct SettingsQuery {
    settings: PlatformSettings,
}

/// What is set for the whole platform.
pub async fn settings() -> Result<PlatformSettings, ApiError> {
    query::<SettingsQuery, _>(()).await.map(|answer| answer.settings)
}

#[derive(cynic::QueryVariables)]
struct LinkVariables {
    kind: OneTimeLinkKind,
    secret: String,
}

#[derive(cynic::QueryFragment)]
#[cynic(graphql_type = "Query", variables = "LinkVariables")]
struct LinkQuery {
    #[arguments(kind: $kind, secret: $secret)]
    one_time_link: Option<OneTimeLink>,
}

/// What a link is for; none when it cannot be used.
pub async fn one_time_link(kind: OneTimeLinkKind, secret: String) -> Result<Option<OneTimeLink>, ApiError> {
    query::<LinkQuery, _>(LinkVariables { kind, secret }).await.map(|answer| answer.one_time_link)
}

read! {
    Person { id, email, name, platform_role, created_at, version }
    PersonConnection { nodes, page_info, total_count }
    OpenInvitation { id, email, platform_role, created_by, created_at, expires_at }
    OpenInvitationConnection { nodes, page_info }
    PlatformSettings { sign_up_mode, version }
    OneTimeLink { email }
    OwnSession { id, current, created_at, last_used_at, user_agent, address }
    ViewerSessions { sessions }
    SessionsQuery { viewer }
    PeopleQuery { people }
    InvitationsQuery { invitations }
    SettingsQuery { settings }
    LinkQuery { one_time_link }
}
