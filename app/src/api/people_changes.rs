//! People, links for one use, settings and own sessions: what is done, one function each.

use super::{
    ApiError,
    people::{Person, PlatformSettings},
    read::read,
    schema,
    transport::mutate,
    types::Viewer,
};
use cynic::Id;
use shared::{people::SignUpMode, roles::PlatformRole};

/// Input of [`change_platform_role`].
#[derive(cynic::InputObject, Clone)]
pub struct ChangePlatformRoleInput {
    pub id: Id,
    pub version: i32,
    pub role: PlatformRole,
}

#[derive(cynic::QueryVariables)]
struct ChangePlatformRoleVariables {
    input: ChangePlatformRoleInput,
}

/// Answer of [`change_platform_role`].
#[derive(cynic::QueryFragment, Clone)]
pub struct ChangePlatformRolePayload {
    pub person: Person,
}

#[derive(cynic::QueryFragment)]
#[cynic(graphql_type = "Mutation", variables = "ChangePlatformRoleVariables")]
struct ChangePlatformRoleMutation {
    #[arguments(input: $input)]
    change_platform_role: ChangePlatformRolePayload,
}

/// Changes what someone is to the company.
pub async fn change_platform_role(input: ChangePlatformRoleInput) -> Result<ChangePlatformRolePayload, ApiError> {
    mutate::<ChangePlatformRoleMutation, _>(ChangePlatformRoleVariables { input })
        .await
        .map(|answer| answer.change_platform_role)
}

/// Input of [`remove_person`].
#[derive(cynic::InputObject, Clone)]
pub struct RemovePersonInput {
    pub id: Id,
    pub version: i32,
}

#[derive(cynic::QueryVariables)]
struct RemovePersonVariables {
    input: RemovePersonInput,
}

/// Answer of [`remove_person`].
#[derive(cynic::QueryFragment, Clone)]
pub struct RemovePersonPayload {
    #[allow(dead_code, reason = "GraphQL wants one field asked for")]
    removed_id: Id,
}

#[derive(cynic::QueryFragment)]
#[cynic(graphql_type = "Mutation", variables = "RemovePersonVariables")]
struct RemovePersonMutation {
    #[arguments(input: $input)]
    remove_person: RemovePersonPayload,
}

/// Removes someone.
pub async fn remove_person(input: RemovePersonInput) -> Result<RemovePersonPayload, ApiError> {
    mutate::<RemovePersonMutation, _>(RemovePersonVariables { input }).await.map(|answer| answer.remove_person)
}

/// Input of [`create_invitation`].
#[derive(cynic::InputObject, Clone)]
pub struct CreateInvitationInput {
    pub email: String,
    pub platform_role: PlatformRole,
    pub expires_in_days: i32,
}

#[derive(cynic::QueryVariables)]
struct CreateInvitationVariables {
    input: CreateInvitationInput,
}

/// Answer of [`create_invitation`].
#[derive(cynic::QueryFragment, Clone)]
pub struct CreateInvitationPayload {
    pub link: String,
}

#[derive(cynic::QueryFragment)]
#[cynic(graphql_type = "Mutation", variables = "CreateInvitationVariables")]
struct CreateInvitationMutation {
    #[arguments(input: $input)]
    create_invitation: CreateInvitationPayload,
}

/// Invites someone; the link is told this once.
pub async fn create_invitation(input: CreateInvitationInput) -> Result<CreateInvitationPayload, ApiError> {
    mutate::<CreateInvitationMutation, _>(CreateInvitationVariables { input })
        .await
        .map(|answer| answer.create_invitation)
}

/// Input of [`revoke_invitation`].
#[derive(cynic::InputObject, Clone)]
pub struct RevokeInvitationInput {
    pub id: Id,
}

#[derive(cynic::QueryVariables)]
struct RevokeInvitationVariables {
    input: RevokeInvitationInput,
}

/// Answer of [`revoke_invitation`].
#[derive(cynic::QueryFragment, Clone)]
pub struct RevokeInvitationPayload {
    #[allow(dead_code, reason = "GraphQL wants one field asked for")]
    revoked_id: Id,
}

#[derive(cynic::QueryFragment)]
#[cynic(graphql_type = "Mutation", variables = "RevokeInvitationVariables")]
struct RevokeInvitationMutation {
    #[arguments(input: $input)]
    revoke_invitation: RevokeInvitationPayload,
}

/// Takes an invitation back.
pub async fn revoke_invitation(input: RevokeInvitationInput) -> Result<RevokeInvitationPayload, ApiError> {
    mutate::<RevokeInvitationMutation, _>(RevokeInvitationVariables { input })
        .await
        .map(|answer| answer.revoke_invitation)
}

/// Input of [`create_password_reset`].
#[derive(cynic::InputObject, Clone)]
pub struct CreatePasswordResetInput {
    pub person_id: Id,
}

#[derive(cynic::QueryVariables)]
struct CreatePasswordResetVariables {
    input: CreatePasswordResetInput,
}

/// Answer of [`create_password_reset`].
#[derive(cynic::QueryFragment, Clone)]
pub struct CreatePasswordResetPayload {
    pub link: String,
}

#[derive(cynic::QueryFragment)]
#[cynic(graphql_type = "Mutation", variables = "CreatePasswordResetVariables")]
struct CreatePasswordResetMutation {
    #[arguments(input: $input)]
    create_password_reset: CreatePasswordResetPayload,
}

/// Makes a link with which someone chooses a new password; it is told this once.
pub async fn create_password_reset(input: CreatePasswordResetInput) -> Result<CreatePasswordResetPayload, ApiError> {
    mutate::<CreatePasswordResetMutation, _>(CreatePasswordResetVariables { input })
        .await
        .map(|answer| answer.create_password_reset)
}

/// Input of [`update_settings`].
#[derive(cynic::InputObject, Clone)]
pub struct UpdateSettingsInput {
    pub version: i32,
    pub sign_up_mode: SignUpMode,
}

#[derive(cynic::QueryVariables)]
struct UpdateSettingsVariables {
    input: UpdateSettingsInput,
}

/// Answer of [`update_settings`].
#[derive(cynic::QueryFragment, Clone)]
pub struct UpdateSettingsPayload {
    pub settings: PlatformSettings,
}

#[derive(cynic::QueryFragment)]
#[cynic(graphql_type = "Mutation", variables = "UpdateSettingsVariables")]
struct UpdateSettingsMutation {
    #[arguments(input: $input)]
    update_settings: UpdateSettingsPayload,
}

/// Changes what is set for the whole platform.
pub async fn update_settings(input: UpdateSettingsInput) -> Result<UpdateSettingsPayload, ApiError> {
    mutate::<UpdateSettingsMutation, _>(UpdateSettingsVariables { input }).await.map(|answer| answer.update_settings)
}

/// Input of [`sign_up`].
#[derive(cynic::InputObject, Clone)]
pub struct SignUpInput {
    pub name: String,
    pub email: String,
    pub password: String,
}

#[derive(cynic::QueryVariables)]
struct SignUpVariables {
    input: SignUpInput,
}

/// Answer of [`sign_up`].
#[derive(cynic::QueryFragment, Clone)]
pub struct SignUpPayload {
    #[allow(dead_code, reason = "GraphQL wants one field asked for")]
    accepted: bool,
}

#[derive(cynic::QueryFragment)]
#[cynic(graphql_type = "Mutation", variables = "SignUpVariables")]
struct SignUpMutation {
    #[arguments(input: $input)]
    sign_up: SignUpPayload,
}

/// Makes an account for whoever asks.
pub async fn sign_up(input: SignUpInput) -> Result<SignUpPayload, ApiError> {
    mutate::<SignUpMutation, _>(SignUpVariables { input }).await.map(|answer| answer.sign_up)
}

/// Input of [`accept_invitation`].
#[derive(cynic::InputObject, Clone)]
pub struct AcceptInvitationInput {
    pub secret: String,
    pub name: String,
    pub password: String,
}

#[derive(cynic::QueryVariables)]
struct AcceptInvitationVariables {
    input: AcceptInvitationInput,
}

/// Answer of [`accept_invitation`].
#[derive(cynic::QueryFragment, Clone)]
pub struct AcceptInvitationPayload {
    pub viewer: Viewer,
}

#[derive(cynic::QueryFragment)]
#[cynic(graphql_type = "Mutation", variables = "AcceptInvitationVariables")]
struct AcceptInvitationMutation {
    #[arguments(input: $input)]
    accept_invitation: AcceptInvitationPayload,
}

/// Makes the account that an invitation is for, and begins a session.
pub async fn accept_invitation(input: AcceptInvitationInput) -> Result<AcceptInvitationPayload, ApiError> {
    mutate::<AcceptInvitationMutation, _>(AcceptInvitationVariables { input })
        .await
        .map(|answer| answer.accept_invitation)
}

/// Input of [`reset_password`].
#[derive(cynic::InputObject, Clone)]
pub struct ResetPasswordInput {
    pub secret: String,
    pub new_password: String,
}

#[derive(cynic::QueryVariables)]
struct ResetPasswordVariables {
    input: ResetPasswordInput,
}

/// Answer of [`reset_password`].
#[derive(cynic::QueryFragment, Clone)]
pub struct ResetPasswordPayload {
    #[allow(dead_code, reason = "GraphQL wants one field asked for")]
    reset: bool,
}

#[derive(cynic::QueryFragment)]
#[cynic(graphql_type = "Mutation", variables = "ResetPasswordVariables")]
struct ResetPasswordMutation {
    #[arguments(input: $input)]
    reset_password: ResetPasswordPayload,
}

/// Chooses a new password by a link.
pub async fn reset_password(input: ResetPasswordInput) -> Result<ResetPasswordPayload, ApiError> {
    mutate::<ResetPasswordMutation, _>(ResetPasswordVariables { input }).await.map(|answer| answer.reset_password)
}

/// Input of [`end_session`].
#[derive(cynic::InputObject, Clone)]
pub struct EndSessionInput {
    pub id: Id,
}

#[derive(cynic::QueryVariables)]
struct EndSessionVariables {
    input: EndSessionInput,
}

/// Answer of [`end_session`].
#[derive(cynic::QueryFragment, Clone)]
pub struct EndSessionPayload {
    #[allow(dead_code, reason = "GraphQL wants one field asked for")]
    ended_id: Id,
}

#[derive(cynic::QueryFragment)]
#[cynic(graphql_type = "Mutation", variables = "EndSessionVariables")]
struct EndSessionMutation {
    #[arguments(input: $input)]
    end_session: EndSessionPayload,
}

/// Ends one of the viewer's sessions.
pub async fn end_session(input: EndSessionInput) -> Result<EndSessionPayload, ApiError> {
    mutate::<EndSessionMutation, _>(EndSessionVariables { input }).await.map(|answer| answer.end_session)
}

/// Input of [`update_profile`].
#[derive(cynic::InputObject, Clone)]
pub struct UpdateProfileInput {
    pub name: String,
}

#[derive(cynic::QueryVariables)]
struct UpdateProfileVariables {
    input: UpdateProfileInput,
}

/// Answer of [`update_profile`].
#[derive(cynic::QueryFragment, Clone)]
pub struct UpdateProfilePayload {
    #[allow(dead_code, reason = "GraphQL wants one field asked for; who looks is asked anew")]
    viewer: Viewer,
}

#[derive(cynic::QueryFragment)]
#[cynic(graphql_type = "Mutation", variables = "UpdateProfileVariables")]
struct UpdateProfileMutation {
    #[arguments(input: $input)]
    update_profile: UpdateProfilePayload,
}

/// Changes the viewer's name.
pub async fn update_profile(input: UpdateProfileInput) -> Result<UpdateProfilePayload, ApiError> {
    mutate::<UpdateProfileMutation, _>(UpdateProfileVariables { input }).await.map(|answer| answer.update_profile)
}

/// Answer of [`end_other_sessions`].
#[derive(cynic::QueryFragment, Clone)]
pub struct EndOtherSessionsPayload {
    pub count: i32,
}

#[derive(cynic::QueryFragment)]
#[cynic(graphql_type = "Mutation")]
struct EndOtherSessionsMutation {
    end_other_sessions: EndOtherSessionsPayload,
}

/// Ends all of the viewer's sessions but this one.
pub async fn end_other_sessions() -> Result<EndOtherSessionsPayload, ApiError> {
    mutate::<EndOtherSessionsMutation, _>(()).await.map(|answer| answer.end_other_sessions)
}

read! {
    ChangePlatformRolePayload { person }
    ChangePlatformRoleMutation { change_platform_role }
    RemovePersonPayload { removed_id }
    RemovePersonMutation { remove_person }
    CreateInvitationPayload { link }
    CreateInvitationMutation { create_invitation }
    RevokeInvitationPayload { revoked_id }
    RevokeInvitationMutation { revoke_invitation }
    CreatePasswordResetPayload { link }
    CreatePasswordResetMutation { create_password_reset }
    UpdateSettingsPayload { settings }
    UpdateSettingsMutation { update_settings }
    SignUpPayload { accepted }
    SignUpMutation { sign_up }
    AcceptInvitationPayload { viewer }
    AcceptInvitationMutation { accept_invitation }
    ResetPasswordPayload { reset }
    ResetPasswordMutation { reset_password }
    EndSessionPayload { ended_id }
    EndSessionMutation { end_session }
    UpdateProfilePayload { viewer }
    UpdateProfileMutation { update_profile }
    EndOtherSessionsPayload { count }
    EndOtherSessionsMutation { end_other_sessions }
}
