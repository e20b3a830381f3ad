//! Mutations, one function each.

use super::{
    ApiError, Json,
    read::read,
    schema,
    transport::mutate,
    types::{AccessToken, OperationRef, Viewer, WorkspaceRef},
};
use cynic::Id;
use shared::roles::TokenScope;

#[derive(cynic::QueryFragment, Debug, Clone)]
struct SignOutPayload {
    #[allow(dead_code, reason = "GraphQL wants one field asked for")]
    signed_out: bool,
}

#[derive(cynic::QueryFragment)]
#[cynic(graphql_type = "Mutation")]
struct SignOutMutation {
    #[allow(dead_code, reason = "the answer itself says all")]
    sign_out: SignOutPayload,
}

/// Ends the session.
pub async fn sign_out() -> Result<(), ApiError> {
    mutate::<SignOutMutation, _>(()).await.map(drop)
}

/// A value of a launch.
#[derive(cynic::InputObject, Debug, Clone)]
pub struct FieldValueInput {
    pub pointer: String,
    pub value: Json,
}

/// Input of [`sign_in`].
#[derive(cynic::InputObject, Debug, Clone)]
pub struct SignInInput {
    pub email: String,
    pub password: String,
}

#[derive(cynic::QueryVariables)]
struct SignInVariables {
    input: SignInInput,
}

/// Answer of [`sign_in`].
#[derive(cynic::QueryFragment, Debug, Clone)]
pub struct SignInPayload {
    pub viewer: Viewer,
}

#[derive(cynic::QueryFragment)]
#[cynic(graphql_type = "Mutation", variables = "SignInVariables")]
struct SignInMutation {
    #[arguments(input: $input)]
    sign_in: SignInPayload,
}

/// Begins a session.
pub async fn sign_in(input: SignInInput) -> Result<SignInPayload, ApiError> {
    mutate::<SignInMutation, _>(SignInVariables { input }).await.map(|answer| answer.sign_in)
}

/// Input of [`change_password`].
#[derive(cynic::InputObject, Debug, Clone)]
pub struct ChangePasswordInput {
    pub current_password: String,
    pub new_password: String,
}

#[derive(cynic::QueryVariables)]
struct ChangePasswordVariables {
    input: ChangePasswordInput,
}

/// Answer of [`change_password`].
#[derive(cynic::QueryFragment, Debug, Clone)]
pub struct ChangePasswordPayload {
    pub viewer: Viewer,
}

#[derive(cynic::QueryFragment)]
#[cynic(graphql_type = "Mutation", variables = "ChangePasswordVariables")]
struct ChangePasswordMutation {
    #[arguments(input: $input)]
    change_password: ChangePasswordPayload,
}

/// Changes the viewer's password.
pub async fn change_password(input: ChangePasswordInput) -> Result<ChangePasswordPayload, ApiError> {
    mutate::<ChangePasswordMutation, _>(ChangePasswordVariables { input }).await.map(|answer| answer.change_password)
}

/// Input of [`create_access_token`].
#[derive(cynic::InputObject, Debug, Clone)]
pub struct CreateAccessTokenInput {
    pub name: String,
    pub scopes: Vec<TokenScope>,
    #[cynic(skip_serializing_if = "Option::is_none")]
    pub expires_in_days: Option<i32>,
}

#[derive(cynic::QueryVariables)]
struct CreateAccessTokenVariables {
    input: CreateAccessTokenInput,
}

/// Answer of [`create_access_token`].
#[derive(cynic::QueryFragment, Debug, Clone)]
pub struct CreateAccessTokenPayload {
    pub secret: String,
}

#[derive(cynic::QueryFragment)]
#[cynic(graphql_type = "Mutation", variables = "CreateAccessTokenVariables")]
struct CreateAccessTokenMutation {
    #[arguments(input: $input)]
    create_access_token: CreateAccessTokenPayload,
}

/// Makes a token.
pub async fn create_access_token(input: CreateAccessTokenInput) -> Result<CreateAccessTokenPayload, ApiError> {
    mutate::<CreateAccessTokenMutation, _>(CreateAccessTokenVariables { input })
        .await
        .map(|answer| answer.create_access_token)
}

/// Input of [`revoke_access_token`].
#[derive(cynic::InputObject, Debug, Clone)]
pub struct RevokeAccessTokenInput {
    pub id: Id,
}

#[derive(cynic::QueryVariables)]
struct RevokeAccessTokenVariables {
    input: RevokeAccessTokenInput,
}

/// Answer of [`revoke_access_token`].
#[derive(cynic::QueryFragment, Debug, Clone)]
pub struct RevokeAccessTokenPayload {
    #[allow(dead_code, reason = "GraphQL wants one field asked for")]
    access_token: AccessToken,
}

#[derive(cynic::QueryFragment)]
#[cynic(graphql_type = "Mutation", variables = "RevokeAccessTokenVariables")]
struct RevokeAccessTokenMutation {
    #[arguments(input: $input)]
    revoke_access_token: RevokeAccessTokenPayload,
}

/// Ends a token.
pub async fn revoke_access_token(input: RevokeAccessTokenInput) -> Result<RevokeAccessTokenPayload, ApiError> {
    mutate::<RevokeAccessTokenMutation, _>(RevokeAccessTokenVariables { input })
        .await
        .map(|answer| answer.revoke_access_token)
}

/// Input of [`create_workspace`].
#[derive(cynic::InputObject, Debug, Clone)]
pub struct CreateWorkspaceInput {
    pub name: String,
    #[cynic(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    #[cynic(skip_serializing_if = "Option::is_none")]
    pub idempotency_key: Option<String>,
}

#[derive(cynic::QueryVariables)]
struct CreateWorkspaceVariables {
    input: CreateWorkspaceInput,
}

/// Answer of [`create_workspace`].
#[derive(cynic::QueryFragment, Debug, Clone)]
pub struct CreateWorkspacePayload {
    pub workspace: WorkspaceRef,
}

#[derive(cynic::QueryFragment)]
#[cynic(graphql_type = "Mutation", variables = "CreateWorkspaceVariables")]
struct CreateWorkspaceMutation {
    #[arguments(input: $input)]
    create_workspace: CreateWorkspacePayload,
}

/// Makes a workspace.
pub async fn create_workspace(input: CreateWorkspaceInput) -> Result<CreateWorkspacePayload, ApiError> {
    mutate::<CreateWorkspaceMutation, _>(CreateWorkspaceVariables { input }).await.map(|answer| answer.create_workspace)
}

/// Input of [`update_workspace`].
#[derive(cynic::InputObject, Debug, Clone)]
pub struct UpdateWorkspaceInput {
    pub id: Id,
    pub version: i32,
    pub name: String,
    #[cynic(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
}

#[derive(cynic::QueryVariables)]
struct UpdateWorkspaceVariables {
    input: UpdateWorkspaceInput,
}

/// Answer of [`update_workspace`].
#[derive(cynic::QueryFragment, Debug, Clone)]
pub struct UpdateWorkspacePayload {
    pub workspace: WorkspaceRef,
}

#[derive(cynic::QueryFragment)]
#[cynic(graphql_type = "Mutation", variables = "UpdateWorkspaceVariables")]
struct UpdateWorkspaceMutation {
    #[arguments(input: $input)]
    update_workspace: UpdateWorkspacePayload,
}

/// Changes a workspace.
pub async fn update_workspace(input: UpdateWorkspaceInput) -> Result<UpdateWorkspacePayload, ApiError> {
    mutate::<UpdateWorkspaceMutation, _>(UpdateWorkspaceVariables { input }).await.map(|answer| answer.update_workspace)
}

/// Input of [`launch_service`].
#[derive(cynic::InputObject, Debug, Clone)]
pub struct LaunchServiceInput {
    pub workspace_id: Id,
    pub app: String,
    pub name: String,
    #[cynic(skip_serializing_if = "Option::is_none")]
    pub subdomain: Option<String>,
    #[cynic(skip_serializing_if = "Option::is_none")]
    pub values: Option<Vec<FieldValueInput>>,
    #[cynic(skip_serializing_if = "Option::is_none")]
    pub idempotency_key: Option<String>,
}

#[derive(cynic::QueryVariables)]
struct LaunchServiceVariables {
    input: LaunchServiceInput,
}

/// Answer of [`launch_service`].
#[derive(cynic::QueryFragment)]
pub struct LaunchServicePayload {
    pub operation: OperationRef,
    pub generated_secrets: Vec<GeneratedSecret>,
}

/// A secret that a launch has made. No `Debug`: it is for the page only.
#[derive(cynic::QueryFragment, Clone)]
pub struct GeneratedSecret {
    pub label: String,
    pub value: String,
}

#[derive(cynic::QueryFragment)]
#[cynic(graphql_type = "Mutation", variables = "LaunchServiceVariables")]
struct LaunchServiceMutation {
    #[arguments(input: $input)]
    launch_service: LaunchServicePayload,
}

/// Launches an app.
pub async fn launch_service(input: LaunchServiceInput) -> Result<LaunchServicePayload, ApiError> {
    mutate::<LaunchServiceMutation, _>(LaunchServiceVariables { input }).await.map(|answer| answer.launch_service)
}

/// Input of [`restart_service`].
#[derive(cynic::InputObject, Debug, Clone)]
pub struct RestartServiceInput {
    pub id: Id,
}

#[derive(cynic::QueryVariables)]
struct RestartServiceVariables {
    input: RestartServiceInput,
}

/// Answer of [`restart_service`].
#[derive(cynic::QueryFragment, Debug, Clone)]
pub struct ServiceOperationPayload {
    pub operation: OperationRef,
}

#[derive(cynic::QueryFragment)]
#[cynic(graphql_type = "Mutation", variables = "RestartServiceVariables")]
struct RestartServiceMutation {
    #[arguments(input: $input)]
    restart_service: ServiceOperationPayload,
}

/// Restarts a service's pods.
pub async fn restart_service(input: RestartServiceInput) -> Result<ServiceOperationPayload, ApiError> {
    mutate::<RestartServiceMutation, _>(RestartServiceVariables { input }).await.map(|answer| answer.restart_service)
}

/// Input of [`delete_service`].
#[derive(cynic::InputObject, Debug, Clone)]
pub struct DeleteServiceInput {
    pub id: Id,
    pub confirm_name: String,
    pub remove_volumes: bool,
}

#[derive(cynic::QueryVariables)]
struct DeleteServiceVariables {
    input: DeleteServiceInput,
}

#[derive(cynic::QueryFragment)]
#[cynic(graphql_type = "Mutation", variables = "DeleteServiceVariables")]
struct DeleteServiceMutation {
    #[arguments(input: $input)]
    delete_service: ServiceOperationPayload,
}

/// Removes a service.
pub async fn delete_service(input: DeleteServiceInput) -> Result<ServiceOperationPayload, ApiError> {
    mutate::<DeleteServiceMutation, _>(DeleteServiceVariables { input }).await.map(|answer| answer.delete_service)
}

/// Input of [`retry_operation`].
#[derive(cynic::InputObject, Debug, Clone)]
pub struct RetryOperationInput {
    pub id: Id,
}

#[derive(cynic::QueryVariables)]
struct RetryOperationVariables {
    input: RetryOperationInput,
}

/// Answer of [`retry_operation`].
#[derive(cynic::QueryFragment, Debug, Clone)]
pub struct OperationPayload {
    #[allow(dead_code, reason = "GraphQL wants one field asked for; the stream brings the rest")]
    operation: OperationRef,
}

#[derive(cynic::QueryFragment)]
#[cynic(graphql_type = "Mutation", variables = "RetryOperationVariables")]
struct RetryOperationMutation {
    #[arguments(input: $input)]
    retry_operation: OperationPayload,
}

/// Tries a failed operation again.
pub async fn retry_operation(input: RetryOperationInput) -> Result<OperationPayload, ApiError> {
    mutate::<RetryOperationMutation, _>(RetryOperationVariables { input }).await.map(|answer| answer.retry_operation)
}

/// Input of [`cancel_operation`].
#[derive(cynic::InputObject, Debug, Clone)]
pub struct CancelOperationInput {
    pub id: Id,
}

#[derive(cynic::QueryVariables)]
struct CancelOperationVariables {
    input: CancelOperationInput,
}

#[derive(cynic::QueryFragment)]
#[cynic(graphql_type = "Mutation", variables = "CancelOperationVariables")]
struct CancelOperationMutation {
    #[arguments(input: $input)]
    cancel_operation: OperationPayload,
}

/// Asks an operation to stop.
pub async fn cancel_operation(input: CancelOperationInput) -> Result<OperationPayload, ApiError> {
    mutate::<CancelOperationMutation, _>(CancelOperationVariables { input }).await.map(|answer| answer.cancel_operation)
}

/// Input of [`create_log_download`].
#[derive(cynic::InputObject, Debug, Clone)]
pub struct CreateLogDownloadInput {
    pub service_id: Id,
    pub pod: String,
    pub container: String,
    pub previous: bool,
}

#[derive(cynic::QueryVariables)]
struct CreateLogDownloadVariables {
    input: CreateLogDownloadInput,
}

/// Answer of [`create_log_download`].
#[derive(cynic::QueryFragment, Debug, Clone)]
pub struct CreateLogDownloadPayload {
    pub url: String,
}

#[derive(cynic::QueryFragment)]
#[cynic(graphql_type = "Mutation", variables = "CreateLogDownloadVariables")]
struct CreateLogDownloadMutation {
    #[arguments(input: $input)]
    create_log_download: CreateLogDownloadPayload,
}

/// Makes an address from which a log can be downloaded once.
pub async fn create_log_download(input: CreateLogDownloadInput) -> Result<CreateLogDownloadPayload, ApiError> {
    let answer = mutate::<CreateLogDownloadMutation, _>(CreateLogDownloadVariables { input }).await?;
    Ok(answer.create_log_download)
}

read! {
    SignOutPayload { signed_out }
    SignOutMutation { sign_out }
    SignInPayload { viewer }
    SignInMutation { sign_in }
    ChangePasswordPayload { viewer }
    ChangePasswordMutation { change_password }
    CreateAccessTokenPayload { secret }
    CreateAccessTokenMutation { create_access_token }
    RevokeAccessTokenPayload { access_token }
    RevokeAccessTokenMutation { revoke_access_token }
    CreateWorkspacePayload { workspace }
    CreateWorkspaceMutation { create_workspace }
    UpdateWorkspacePayload { workspace }
    UpdateWorkspaceMutation { update_workspace }
    LaunchServicePayload { operation, generated_secrets }
    GeneratedSecret { label, value }
    LaunchServiceMutation { launch_service }
    ServiceOperationPayload { operation }
    RestartServiceMutation { restart_service }
    DeleteServiceMutation { delete_service }
    OperationPayload { operation }
    RetryOperationMutation { retry_operation }
    CancelOperationMutation { cancel_operation }
    CreateLogDownloadPayload { url }
    CreateLogDownloadMutation { create_log_download }
}
