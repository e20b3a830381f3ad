//! People, links for one use and settings in the API.

mod joining;
mod objects;

pub use joining::JoiningMutation;

use self::objects::{
    ChangePlatformRoleInput, ChangePlatformRolePayload, CreateInvitationInput, CreateInvitationPayload,
    CreatePasswordResetInput, CreatePasswordResetPayload, OneTimeLink, OpenInvitation, Person, PlatformSettings,
    RemovePersonInput, RemovePersonPayload, RevokeInvitationInput, RevokeInvitationPayload, UpdateSettingsInput,
    UpdateSettingsPayload,
};
use super::{
    links::{self, NewInvitation},
    service, settings,
};
use crate::graphql::{
    context::{actor, state},
    errors::ApiError,
    page::{Asked, Page},
    scalars::{self, int},
};
use async_graphql::{Context, ID, Object};
use secrecy::ExposeSecret;
use shared::{people::OneTimeLinkKind, policy::PlatformAction};

/// Queries of people.
#[derive(Default)]
pub struct PeopleQuery;

#[Object]
impl PeopleQuery {
    /// Everybody who has an account, newest first; with `search`, those in whose name or address the word stands. For
    /// Admins.
    async fn people(
        &self,
        ctx: &Context<'_>,
        first: Option<i32>,
        after: Option<String>,
        search: Option<String>,
    ) -> Result<Page<Person>, ApiError> {
        let (state, actor) = (state(ctx)?, actor(ctx)?);
        actor.may(PlatformAction::SeePeople)?;
        let asked = Asked::by_id(first, after.as_deref())?;
        let (rows, total) = service::page(state, actor, search.as_deref(), asked.after(), asked.limit()).await?;
        Ok(asked.page(rows.into_iter().map(|row| (row.id.simple().to_string(), Person(row))), total))
    }

    /// One person; null when there is nobody. For Admins.
    async fn person(&self, ctx: &Context<'_>, id: ID) -> Result<Option<Person>, ApiError> {
        let (state, actor) = (state(ctx)?, actor(ctx)?);
        actor.may(PlatformAction::SeePeople)?;
        let found = match scalars::id(&id) {
            Ok(id) => service::find(state, actor, id).await.map(Person),
            Err(error) => Err(error),
        };
        crate::graphql::visible(found)
    }

    /// Invitations that can still be used, newest first. For Admins.
    async fn invitations(
        &self,
        ctx: &Context<'_>,
        first: Option<i32>,
        after: Option<String>,
    ) -> Result<Page<OpenInvitation>, ApiError> {
        let (state, actor) = (state(ctx)?, actor(ctx)?);
        actor.may(PlatformAction::SeePeople)?;
        let asked = Asked::by_id(first, after.as_deref())?;
        let (rows, names, total) = links::open_invitations(state, actor, asked.after(), asked.limit()).await?;
        let nodes = rows.into_iter().map(|row| (row.id.simple().to_string(), OpenInvitation::of(row, &names)));
        Ok(asked.page(nodes, total))
    }

    /// What is set for the whole platform. For Admins.
    async fn settings(&self, ctx: &Context<'_>) -> Result<PlatformSettings, ApiError> {
        actor(ctx)?.may(PlatformAction::SeePeople)?;
        let (sign_up_mode, version) = settings::sign_up_mode(state(ctx)?.db.read()).await?;
        Ok(PlatformSettings { sign_up_mode, version: int(version) })
    }

    /// What a link for one use is for, by its secret; null when it cannot be used (any more), whatever the reason. For
    /// everybody who has the link. Send it by POST: a secret does not belong into an address.
    async fn one_time_link(
        &self,
        ctx: &Context<'_>,
        kind: OneTimeLinkKind,
        secret: String,
    ) -> Result<Option<OneTimeLink>, ApiError> {
        let state = state(ctx)?;
        let found = links::good(state.db.read(), kind, &secret.into(), state.clock.now()).await?;
        Ok(found.map(|good| OneTimeLink { email: good.email, expires_at: good.link.expires_at.into() }))
    }
}

/// Changes of people by Admins.
#[derive(Default)]
pub struct PeopleMutation;

#[Object]
impl PeopleMutation {
    /// Changes what someone is to the platform. For Admins, not for tokens; `LAST_ADMIN` when nobody else is one.
    async fn change_platform_role(
        &self,
        ctx: &Context<'_>,
        input: ChangePlatformRoleInput,
    ) -> Result<ChangePlatformRolePayload, ApiError> {
        let (state, actor) = (state(ctx)?, actor(ctx)?);
        actor.may(PlatformAction::ManagePeople)?;
        let id = scalars::id(&input.id)?;
        let row = service::change_role(state, actor, id, input.version.into(), input.role).await?;
        Ok(ChangePlatformRolePayload { person: Person(row) })
    }

    /// Removes someone: they cannot sign in any more, and are a member of no workspace. For Admins, not for tokens;
    /// `LAST_ADMIN` when nobody else is one, `SOLE_OWNER` when workspaces would have no owner.
    async fn remove_person(
        &self,
        ctx: &Context<'_>,
        input: RemovePersonInput,
    ) -> Result<RemovePersonPayload, ApiError> {
        let (state, actor) = (state(ctx)?, actor(ctx)?);
        actor.may(PlatformAction::ManagePeople)?;
        service::remove(state, actor, scalars::id(&input.id)?, input.version.into()).await?;
        Ok(RemovePersonPayload { removed_id: input.id })
    }

    /// Invites someone: makes a link that is told in this answer only. An older one to the same address is taken back. For
    /// Admins, not for tokens.
    async fn create_invitation(
        &self,
        ctx: &Context<'_>,
        input: CreateInvitationInput,
    ) -> Result<CreateInvitationPayload, ApiError> {
        let (state, actor) = (state(ctx)?, actor(ctx)?);
        let new = NewInvitation { email: input.email, role: input.platform_role, days: input.expires_in_days };
        let (row, link) = links::invite(state, actor, new).await?;
        let names = std::iter::once((row.created_by, actor.name.clone())).collect();
        let invitation = OpenInvitation::of(row, &names);
        Ok(CreateInvitationPayload { invitation, link: link.expose_secret().to_owned() })
    }

    /// Takes an invitation back. For Admins, not for tokens.
    async fn revoke_invitation(
        &self,
        ctx: &Context<'_>,
        input: RevokeInvitationInput,
    ) -> Result<RevokeInvitationPayload, ApiError> {
        let (state, actor) = (state(ctx)?, actor(ctx)?);
        actor.may(PlatformAction::ManagePeople)?;
        links::revoke(state, actor, scalars::id(&input.id)?).await?;
        Ok(RevokeInvitationPayload { revoked_id: input.id })
    }

    /// Makes a link with which someone chooses a new password, told in this answer only. Nothing changes until it is used;
    /// then all their sessions and tokens end. For Admins, not for tokens.
    async fn create_password_reset(
        &self,
        ctx: &Context<'_>,
        input: CreatePasswordResetInput,
    ) -> Result<CreatePasswordResetPayload, ApiError> {
        let (state, actor) = (state(ctx)?, actor(ctx)?);
        actor.may(PlatformAction::ManagePeople)?;
        let (row, link) = links::reset(state, actor, scalars::id(&input.person_id)?).await?;
        Ok(CreatePasswordResetPayload { link: link.expose_secret().to_owned(), expires_at: row.expires_at.into() })
    }

    /// Changes what is set for the whole platform. For Admins, not for tokens.
    async fn update_settings(
        &self,
        ctx: &Context<'_>,
        input: UpdateSettingsInput,
    ) -> Result<UpdateSettingsPayload, ApiError> {
        let (state, actor) = (state(ctx)?, actor(ctx)?);
        let version = settings::update(state, actor, input.sign_up_mode, input.version.into()).await?;
        let settings = PlatformSettings { sign_up_mode: input.sign_up_mode, version: int(version) };
        Ok(UpdateSettingsPayload { settings })
    }
}
