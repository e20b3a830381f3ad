//! Members and support grants: what the console follows, asks and does.

use super::{
    ApiError, Code, DateTime,
    read::read,
    schema,
    subscriptions::Stream,
    transport::{mutate, query, subscription},
    types::PageInfo,
};
use cynic::Id;
use shared::{error::ErrorCode, roles::WorkspaceRole};

/// A person in a workspace.
#[derive(cynic::QueryFragment, Debug, Clone, PartialEq)]
pub struct Member {
    pub person_id: Id,
    pub name: String,
    pub email: String,
    pub role: WorkspaceRole,
    pub since: DateTime,
}

/// A page of members.
#[derive(cynic::QueryFragment, Debug, Clone, PartialEq)]
pub struct MemberConnection {
    pub total_count: i32,
    pub nodes: Vec<Member>,
    pub page_info: PageInfo,
}

/// Variables of [`MembersRoot`].
#[derive(cynic::QueryVariables)]
pub struct MembersVariables {
    id: Id,
    search: Option<String>,
    first: i32,
    after: Option<String>,
}

/// A workspace's members.
#[derive(cynic::QueryFragment, Debug, Clone, PartialEq)]
#[cynic(graphql_type = "Workspace", variables = "MembersVariables")]
pub struct MembersView {
    #[arguments(search: $search, first: $first, after: $after)]
    pub members: MemberConnection,
}

#[derive(cynic::QueryFragment)]
#[cynic(graphql_type = "Subscription", variables = "MembersVariables")]
pub struct MembersRoot {
    #[arguments(id: $id)]
    workspace_changed: MembersView,
}

/// A page of a workspace's members by name, as far as they fit a search.
#[derive(Debug, Clone, PartialEq)]
pub struct MembersStream {
    /// Of which workspace.
    pub id: Id,
    /// What is looked for.
    pub search: Option<String>,
    /// How many.
    pub first: i32,
    /// After which cursor.
    pub after: Option<String>,
}

impl Stream for MembersStream {
    type Item = MemberConnection;
    type Wire = MembersRoot;

    fn request(&self) -> String {
        subscription::<MembersRoot, _>(&MembersVariables {
            id: self.id.clone(),
            search: self.search.clone(),
            first: self.first,
            after: self.after.clone(),
        })
    }

    fn item(wire: MembersRoot) -> MemberConnection {
        wire.workspace_changed.members
    }
}

/// Leave of a person of the staff to read in a workspace.
#[derive(cynic::QueryFragment, Debug, Clone, PartialEq)]
pub struct SupportGrant {
    pub id: Id,
    pub person_name: String,
    pub person_email: String,
    pub reason: String,
    pub opened_at: DateTime,
    pub expires_at: DateTime,
    pub ended_at: Option<DateTime>,
    pub ended_by_name: Option<String>,
    pub open: bool,
}

/// A page of support grants.
#[derive(cynic::QueryFragment, Debug, Clone, PartialEq)]
pub struct SupportGrantConnection {
    pub nodes: Vec<SupportGrant>,
    pub page_info: PageInfo,
}

/// Variables of [`GrantsRoot`] and [`support_grants`].
#[derive(cynic::QueryVariables)]
pub struct GrantsVariables {
    id: Id,
    first: i32,
    after: Option<String>,
}

/// A workspace's support grants.
#[derive(cynic::QueryFragment, Debug, Clone, PartialEq)]
#[cynic(graphql_type = "Workspace", variables = "GrantsVariables")]
pub struct GrantsView {
    #[arguments(first: $first, after: $after)]
    pub support_grants: SupportGrantConnection,
}

#[derive(cynic::QueryFragment)]
#[cynic(graphql_type = "Subscription", variables = "GrantsVariables")]
pub struct GrantsRoot {
    #[arguments(id: $id)]
    workspace_changed: GrantsView,
}

/// The newest of a workspace's support grants.
#[derive(Debug, Clone, PartialEq)]
pub struct GrantsStream {
    /// Of which workspace.
    pub id: Id,
    /// How many.
    pub first: i32,
}

impl Stream for GrantsStream {
    type Item = SupportGrantConnection;
    type Wire = GrantsRoot;

    fn request(&self) -> String {
        subscription::<GrantsRoot, _>(&GrantsVariables { id: self.id.clone(), first: self.first, after: None })
    }

    fn item(wire: GrantsRoot) -> SupportGrantConnection {
        wire.workspace_changed.support_grants
    }
}

#[derive(cynic::QueryFragment)]
#[cynic(graphql_type = "Query", variables = "GrantsVariables")]
struct GrantsQuery {
    #[arguments(id: $id)]
    workspace: Option<GrantsView>,
}

/// A page of a workspace's support grants, newest first.
pub async fn support_grants(id: Id, first: i32, after: Option<String>) -> Result<SupportGrantConnection, ApiError> {
    let answer = query::<GrantsQuery, _>(GrantsVariables { id, first, after }).await?;
    let found = answer.workspace.map(|workspace| workspace.support_grants);
    found.ok_or_else(|| ApiError::of(Code::Server(ErrorCode::NotFound)))
}

/// What staff see of a workspace in which they have no part, and their grant if they have one.
#[derive(cynic::QueryFragment, Debug, Clone, PartialEq)]
#[cynic(graphql_type = "Workspace")]
pub struct StaffView {
    pub name: String,
    pub namespace: String,
    pub service_count: i32,
    pub viewer_support_grant: Option<SupportGrant>,
}

#[derive(cynic::QueryVariables)]
struct StaffVariables {
    id: Id,
}

#[derive(cynic::QueryFragment)]
#[cynic(graphql_type = "Query", variables = "StaffVariables")]
struct StaffQuery {
    #[arguments(id: $id)]
    workspace: Option<StaffView>,
}

/// What staff see of a workspace; none where they may not even see that it is there.
pub async fn staff_view(id: Id) -> Result<Option<StaffView>, ApiError> {
    query::<StaffQuery, _>(StaffVariables { id }).await.map(|answer| answer.workspace)
}

/// Input of [`add_member`].
#[derive(cynic::InputObject, Debug, Clone)]
pub struct AddMemberInput {
    pub workspace_id: Id,
    pub email: String,
    pub role: WorkspaceRole,
}

#[derive(cynic::QueryVariables)]
struct AddMemberVariables {
    input: AddMemberInput,
}

/// A member after a change.
#[derive(cynic::QueryFragment, Debug, Clone)]
pub struct MemberPayload {
    pub member: Member,
}

#[derive(cynic::QueryFragment)]
#[cynic(graphql_type = "Mutation", variables = "AddMemberVariables")]
struct AddMemberMutation {
    #[arguments(input: $input)]
    add_member: MemberPayload,
}

/// Adds a member.
pub async fn add_member(input: AddMemberInput) -> Result<MemberPayload, ApiError> {
    mutate::<AddMemberMutation, _>(AddMemberVariables { input }).await.map(|answer| answer.add_member)
}

/// Input of [`change_member_role`].
#[derive(cynic::InputObject, Debug, Clone)]
pub struct ChangeMemberRoleInput {
    pub workspace_id: Id,
    pub person_id: Id,
    pub role: WorkspaceRole,
    pub expected_role: WorkspaceRole,
}

#[derive(cynic::QueryVariables)]
struct ChangeMemberRoleVariables {
    input: ChangeMemberRoleInput,
}

#[derive(cynic::QueryFragment)]
#[cynic(graphql_type = "Mutation", variables = "ChangeMemberRoleVariables")]
struct ChangeMemberRoleMutation {
    #[arguments(input: $input)]
    change_member_role: MemberPayload,
}

/// Changes a member's role.
pub async fn change_member_role(input: ChangeMemberRoleInput) -> Result<MemberPayload, ApiError> {
    mutate::<ChangeMemberRoleMutation, _>(ChangeMemberRoleVariables { input })
        .await
        .map(|answer| answer.change_member_role)
}

/// Input of [`remove_member`].
#[derive(cynic::InputObject, Debug, Clone)]
pub struct RemoveMemberInput {
    pub workspace_id: Id,
    pub person_id: Id,
}

#[derive(cynic::QueryVariables)]
struct RemoveMemberVariables {
    input: RemoveMemberInput,
}

#[derive(cynic::QueryFragment, Debug, Clone)]
struct RemoveMemberPayload {
    #[allow(dead_code, reason = "GraphQL wants one field asked for")]
    person_id: Id,
}

#[derive(cynic::QueryFragment)]
#[cynic(graphql_type = "Mutation", variables = "RemoveMemberVariables")]
struct RemoveMemberMutation {
    #[allow(dead_code, reason = "the answer itself says all")]
    #[arguments(input: $input)]
    remove_member: RemoveMemberPayload,
}

/// Removes a member.
pub async fn remove_member(input: RemoveMemberInput) -> Result<(), ApiError> {
    mutate::<RemoveMemberMutation, _>(RemoveMemberVariables { input }).await.map(drop)
}

/// Input of [`leave_workspace`].
#[derive(cynic::InputObject, Debug, Clone)]
pub struct LeaveWorkspaceInput {
    pub workspace_id: Id,
}

#[derive(cynic::QueryVariables)]
struct LeaveWorkspaceVariables {
    input: LeaveWorkspaceInput,
}

#[derive(cynic::QueryFragment)]
#[cynic(graphql_type = "Mutation", variables = "LeaveWorkspaceVariables")]
struct LeaveWorkspaceMutation {
    #[allow(dead_code, reason = "the answer itself says all")]
    #[arguments(input: $input)]
    leave_workspace: RemoveMemberPayload,
}

/// Leaves a workspace.
pub async fn leave_workspace(input: LeaveWorkspaceInput) -> Result<(), ApiError> {
    mutate::<LeaveWorkspaceMutation, _>(LeaveWorkspaceVariables { input }).await.map(drop)
}

/// Input of [`transfer_workspace`].
#[derive(cynic::InputObject, Debug, Clone)]
pub struct TransferWorkspaceInput {
    pub workspace_id: Id,
    pub person_id: Id,
    pub confirm_name: String,
}

#[derive(cynic::QueryVariables)]
struct TransferWorkspaceVariables {
    input: TransferWorkspaceInput,
}

#[derive(cynic::QueryFragment)]
#[cynic(graphql_type = "Mutation", variables = "TransferWorkspaceVariables")]
struct TransferWorkspaceMutation {
    #[arguments(input: $input)]
    transfer_workspace: MemberPayload,
}

/// Makes another member the owner.
pub async fn transfer_workspace(input: TransferWorkspaceInput) -> Result<MemberPayload, ApiError> {
    mutate::<TransferWorkspaceMutation, _>(TransferWorkspaceVariables { input })
        .await
        .map(|answer| answer.transfer_workspace)
}

/// Input of [`open_support_grant`].
#[derive(cynic::InputObject, Debug, Clone)]
pub struct OpenSupportGrantInput {
    pub workspace_id: Id,
    pub reason: String,
    pub hours: i32,
    #[cynic(skip_serializing_if = "Option::is_none")]
    pub idempotency_key: Option<String>,
}

#[derive(cynic::QueryVariables)]
struct OpenSupportGrantVariables {
    input: OpenSupportGrantInput,
}

/// A support grant after a change.
#[derive(cynic::QueryFragment, Debug, Clone)]
pub struct SupportGrantPayload {
    #[allow(dead_code, reason = "GraphQL wants one field asked for; the stream brings the rest")]
    support_grant: SupportGrant,
}

#[derive(cynic::QueryFragment)]
#[cynic(graphql_type = "Mutation", variables = "OpenSupportGrantVariables")]
struct OpenSupportGrantMutation {
    #[arguments(input: $input)]
    open_support_grant: SupportGrantPayload,
}

/// Opens a support grant for the viewer.
pub async fn open_support_grant(input: OpenSupportGrantInput) -> Result<SupportGrantPayload, ApiError> {
    mutate::<OpenSupportGrantMutation, _>(OpenSupportGrantVariables { input })
        .await
        .map(|answer| answer.open_support_grant)
}

/// Input of [`end_support_grant`].
#[derive(cynic::InputObject, Debug, Clone)]
pub struct EndSupportGrantInput {
    pub id: Id,
}

#[derive(cynic::QueryVariables)]
struct EndSupportGrantVariables {
    input: EndSupportGrantInput,
}

#[derive(cynic::QueryFragment)]
#[cynic(graphql_type = "Mutation", variables = "EndSupportGrantVariables")]
struct EndSupportGrantMutation {
    #[arguments(input: $input)]
    end_support_grant: SupportGrantPayload,
}

/// Ends a support grant.
pub async fn end_support_grant(input: EndSupportGrantInput) -> Result<SupportGrantPayload, ApiError> {
    mutate::<EndSupportGrantMutation, _>(EndSupportGrantVariables { input })
        .await
        .map(|answer| answer.end_support_grant)
}

read! {
    Member { person_id, name, email, role, since }
    MemberConnection { total_count, nodes, page_info }
    MembersView { members }
    MembersRoot { workspace_changed }
    SupportGrant {
        id, person_name, person_email, reason, opened_at, expires_at, ended_at, ended_by_name, open,
    }
    SupportGrantConnection { nodes, page_info }
    GrantsView { support_grants }
    GrantsRoot { workspace_changed }
    GrantsQuery { workspace }
    StaffView { name, namespace, service_count, viewer_support_grant }
    StaffQuery { workspace }
    MemberPayload { member }
    AddMemberMutation { add_member }
    ChangeMemberRoleMutation { change_member_role }
    RemoveMemberPayload { person_id }
    RemoveMemberMutation { remove_member }
    LeaveWorkspaceMutation { leave_workspace }
    TransferWorkspaceMutation { transfer_workspace }
    SupportGrantPayload { support_grant }
    OpenSupportGrantMutation { open_support_grant }
    EndSupportGrantMutation { end_support_grant }
}
