//! People, sessions and tokens in the API.

use super::{device, entity::access_token, own_sessions, repo, service, tokens};
use crate::{
    domain::actor::Actor,
    graphql::{
        context::{self, actor, info, session, state, visit},
        errors::ApiError,
        scalars::{self, DateTime, int},
    },
};
use async_graphql::{Context, ID, InputObject, Object, SimpleObject};
use http::header::SET_COOKIE;
use secrecy::{ExposeSecret, SecretString};
use shared::{
    error::FieldErrorCode,
    policy::PlatformAction,
    roles::{PlatformRole, TokenScope},
    rules,
};

/// The person or program that asks.
pub struct Viewer(pub Actor);

/// The person or program that asks.
#[Object]
impl Viewer {
    /// Opaque id.
    async fn id(&self) -> ID {
        self.0.id.to_string().into()
    }

    /// E-mail address, with which they sign in.
    async fn email(&self) -> &str {
        &self.0.email
    }

    /// What people see.
    async fn name(&self) -> &str {
        &self.0.name
    }

    /// What they are to the company.
    async fn platform_role(&self) -> PlatformRole {
        self.0.platform_role
    }

    /// The password has to be changed before anything else.
    async fn must_change_password(&self) -> bool {
        self.0.must_change_password
    }

    /// The viewer's personal access tokens that have not been revoked, newest first.
    async fn access_tokens(&self, ctx: &Context<'_>) -> Result<Vec<AccessToken>, ApiError> {
        self.0.may(PlatformAction::ManageOwnAccount)?;
        let rows = repo::tokens(state(ctx)?.db.read(), self.0.id).await?;
        Ok(rows.into_iter().map(AccessToken::from).collect())
    }

    /// Where they are signed in now: their sessions, the one used last first, at most 100. Not for tokens.
    async fn sessions(&self, ctx: &Context<'_>) -> Result<Vec<Session>, ApiError> {
        let current = ctx.data_opt::<tower_sessions::Session>();
        let list = own_sessions::list(state(ctx)?, &self.0, current).await?;
        Ok(list.into_iter().map(Session::from).collect())
    }
}

/// A personal access token, without its text.
#[derive(SimpleObject)]
pub struct AccessToken {
    /// Opaque id.
    id: ID,
    /// What its owner calls it.
    name: String,
    /// The first letters, to tell tokens apart.
    prefix: String,
    /// What it may do.
    scopes: Vec<TokenScope>,
    /// When it was made.
    created_at: DateTime,
    /// When it ends; null for never.
    expires_at: Option<DateTime>,
    /// When it was last used, to the minute.
    last_used_at: Option<DateTime>,
}

impl From<access_token::Model> for AccessToken {
    fn from(row: access_token::Model) -> Self {
        Self {
            id: row.id.simple().to_string().into(),
            name: row.name,
            prefix: row.prefix,
            scopes: row.scopes.split(',').filter_map(TokenScope::parse).collect(),
            created_at: row.created_at.into(),
            expires_at: row.expires_at.map(Into::into),
            last_used_at: row.last_used_at.map(Into::into),
        }
    }
}

/// E-mail and password.
#[derive(InputObject)]
pub struct SignInInput {
    /// E-mail address; capitals do not matter.
    email: String,
    /// Password.
    password: String,
}

/// The answer to a sign-in.
#[derive(SimpleObject)]
pub struct SignInPayload {
    /// Who is signed in now.
    viewer: Viewer,
}

/// The answer to a sign-out.
#[derive(SimpleObject)]
pub struct SignOutPayload {
    /// Always true.
    signed_out: bool,
}

/// The own password, before and after.
#[derive(InputObject)]
pub struct ChangePasswordInput {
    /// The one that holds now.
    current_password: String,
    /// The one that shall hold: at least 12 letters.
    new_password: String,
}

/// The answer to a change of password.
#[derive(SimpleObject)]
pub struct ChangePasswordPayload {
    /// The viewer after the change.
    viewer: Viewer,
}

/// A token to be made.
#[derive(InputObject)]
pub struct CreateAccessTokenInput {
    /// What its owner calls it.
    name: String,
    /// What it may do; one at least.
    scopes: Vec<TokenScope>,
    /// Days until it ends, 1 to 365; null for never.
    expires_in_days: Option<i32>,
}

/// A token that was made.
#[derive(SimpleObject)]
pub struct CreateAccessTokenPayload {
    /// The token, without its text.
    access_token: AccessToken,
    /// The token itself; shown this once.
    secret: String,
}

/// A token to be ended.
#[derive(InputObject)]
pub struct RevokeAccessTokenInput {
    /// Which.
    id: ID,
}

/// A token that was ended.
#[derive(SimpleObject)]
pub struct RevokeAccessTokenPayload {
    /// Which.
    access_token: AccessToken,
}

/// A sign-in that goes on: one browser.
#[derive(SimpleObject)]
pub struct Session {
    /// Opaque id; nobody can sign in with it.
    id: ID,
    /// Whether it is the one that asks.
    current: bool,
    /// When it began.
    created_at: DateTime,
    /// When it was last used, to about five minutes.
    last_used_at: DateTime,
    /// What the browser said about itself when it was last used; it may say anything.
    user_agent: Option<String>,
    /// The address it was last used from.
    address: Option<String>,
}

impl From<own_sessions::OwnSession> for Session {
    fn from(session: own_sessions::OwnSession) -> Self {
        Self {
            id: session.id.into(),
            current: session.current,
            created_at: DateTime(session.created),
            last_used_at: DateTime(session.touched),
            user_agent: session.browser.agent,
            address: session.browser.address.map(|address| address.to_string()),
        }
    }
}

/// A session to be ended.
#[derive(InputObject)]
pub struct EndSessionInput {
    /// Which, by its opaque id.
    id: ID,
}

/// A session that has ended.
#[derive(SimpleObject)]
pub struct EndSessionPayload {
    /// The opaque id that it had.
    ended_id: ID,
}

/// Sessions that have ended.
#[derive(SimpleObject)]
pub struct EndOtherSessionsPayload {
    /// How many.
    count: i32,
}

/// A change of the own profile.
#[derive(InputObject)]
pub struct UpdateProfileInput {
    /// What people will see.
    name: String,
}

/// The viewer after a change of the profile.
#[derive(SimpleObject)]
pub struct UpdateProfilePayload {
    /// The person.
    viewer: Viewer,
}

/// Queries about oneself.
#[derive(Default)]
pub struct IdentityQuery;

#[Object]
impl IdentityQuery {
    /// The person or program that asks; null when nobody is signed in.
    async fn viewer(&self, ctx: &Context<'_>) -> Option<Viewer> {
        ctx.data_opt::<Actor>().cloned().map(Viewer)
    }
}

/// Counts a try at an account's password, in the share of the browser where that is known to its owner.
fn count_try(ctx: &Context<'_>, email: &str) -> Result<(), ApiError> {
    let state = state(ctx)?;
    let known = context::device(ctx).and_then(|device| device.known_to(&state.master_key, email));
    state.throttle.count(info(ctx)?.client, email, known)
}

/// Changes of one's own account.
#[derive(Default)]
pub struct IdentityMutation;

#[Object]
impl IdentityMutation {
    /// Begins a session with e-mail and password. Guessing is slowed down.
    async fn sign_in(&self, ctx: &Context<'_>, input: SignInInput) -> Result<SignInPayload, ApiError> {
        let (state, visit, info) = (state(ctx)?, visit(ctx)?, info(ctx)?);
        let email = rules::email(&input.email).map_err(|problem| ApiError::invalid_field("email", problem))?;
        rules::bounded(&input.password, 1, rules::PASSWORD_MAX)
            .map_err(|problem| ApiError::invalid_field("password", problem))?;
        count_try(ctx, &email)?;
        let actor = service::sign_in(state, visit, &email, input.password.into(), info).await?;
        ctx.append_http_header(SET_COOKIE, device::cookie(state, &email));
        Ok(SignInPayload { viewer: Viewer(actor) })
    }

    /// Ends the session.
    async fn sign_out(&self, ctx: &Context<'_>) -> Result<SignOutPayload, ApiError> {
        service::sign_out(state(ctx)?, session(ctx)?, actor(ctx)?).await?;
        Ok(SignOutPayload { signed_out: true })
    }

    /// Changes the viewer's own password; every other session of theirs ends.
    async fn change_password(
        &self,
        ctx: &Context<'_>,
        input: ChangePasswordInput,
    ) -> Result<ChangePasswordPayload, ApiError> {
        let (state, actor) = (state(ctx)?, actor(ctx)?);
        let (current, new) = (SecretString::from(input.current_password), SecretString::from(input.new_password));
        if current.expose_secret().len() > 4 * rules::PASSWORD_MAX {
            return Err(ApiError::field("currentPassword", FieldErrorCode::Wrong));
        }
        count_try(ctx, &actor.email)?;
        let actor = service::change_password(state, visit(ctx)?, actor, current, new).await?;
        Ok(ChangePasswordPayload { viewer: Viewer(actor) })
    }

    /// Makes a personal access token. Its text is in this answer and never again.
    async fn create_access_token(
        &self,
        ctx: &Context<'_>,
        input: CreateAccessTokenInput,
    ) -> Result<CreateAccessTokenPayload, ApiError> {
        let (row, secret) =
            tokens::create(state(ctx)?, actor(ctx)?, &input.name, &input.scopes, input.expires_in_days).await?;
        Ok(CreateAccessTokenPayload { access_token: row.into(), secret: secret.expose_secret().to_owned() })
    }

    /// Ends a personal access token at once.
    async fn revoke_access_token(
        &self,
        ctx: &Context<'_>,
        input: RevokeAccessTokenInput,
    ) -> Result<RevokeAccessTokenPayload, ApiError> {
        let row = tokens::revoke(state(ctx)?, actor(ctx)?, scalars::id(&input.id)?).await?;
        Ok(RevokeAccessTokenPayload { access_token: row.into() })
    }

    /// Ends one of the viewer's sessions and what it has open; the current one too, which signs out.
    async fn end_session(&self, ctx: &Context<'_>, input: EndSessionInput) -> Result<EndSessionPayload, ApiError> {
        own_sessions::end(state(ctx)?, actor(ctx)?, &input.id).await?;
        Ok(EndSessionPayload { ended_id: input.id })
    }

    /// Ends all of the viewer's sessions but the one that asks.
    async fn end_other_sessions(&self, ctx: &Context<'_>) -> Result<EndOtherSessionsPayload, ApiError> {
        let ended = own_sessions::end_others(state(ctx)?, actor(ctx)?, session(ctx)?).await?;
        Ok(EndOtherSessionsPayload { count: int(i64::try_from(ended).unwrap_or(i64::MAX)) })
    }

    /// Changes the viewer's name.
    async fn update_profile(
        &self,
        ctx: &Context<'_>,
        input: UpdateProfileInput,
    ) -> Result<UpdateProfilePayload, ApiError> {
        let actor = service::update_profile(state(ctx)?, actor(ctx)?, &input.name).await?;
        Ok(UpdateProfilePayload { viewer: Viewer(actor) })
    }
}
