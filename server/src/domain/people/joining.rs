//! How people get in by themselves: sign-up, an invitation, a new password by a link. Nobody is signed in here.

use super::{
    links,
    repo::{self, Links},
    settings,
};
use crate::{
    clock::Instant,
    crypto::password,
    db::is_taken,
    domain::{
        actor::Actor,
        audit,
        identity::{
            self,
            entity::user,
            service::{actor_of, begin, role_of},
            sessions::Visit,
        },
        state::State,
    },
    events::Event,
    graphql::{errors::ApiError, transport::OperationInfo},
};
use secrecy::{ExposeSecret, SecretString};
use shared::{
    error::ErrorCode,
    people::{OneTimeLinkKind, SignUpMode},
    roles::PlatformRole,
    rules,
};
use uuid::Uuid;

/// Makes an account for whoever asks, where that is switched on. An address that somebody has, or at which somebody is
/// invited, gets the same answer, and nothing happens.
///
/// # Errors
/// `SIGN_UP_CLOSED` where it is not switched on; when the input has mistakes, or after too many tries.
pub async fn sign_up(
    state: &State,
    info: &OperationInfo,
    name: &str,
    email: &str,
    secret: SecretString,
) -> Result<(), ApiError> {
    open(settings::sign_up_mode(state.db.read()).await?.0)?;
    let email = rules::email(email);
    let weak = rules::new_password(secret.expose_secret(), email.as_deref().unwrap_or_default());
    let (name, email) = match (rules::name(name), email, weak) {
        (Ok(name), Ok(email), Ok(())) => (name, email),
        (name, email, weak) => {
            return Err(ApiError::mistakes([("name", name.err()), ("email", email.err()), ("password", weak.err())]));
        }
    };
    state.throttle.count(info.client, &email, None)?;
    // Before it is known whether the address is free: both take as long.
    let hash = password::hash(secret).await.map_err(ApiError::internal)?;
    let now = state.clock.now();
    let tx = state.db.begin().await?;
    open(settings::sign_up_mode(&tx).await?.0)?;
    let found = identity::repo::find_user_by_email(&tx, &email).await?;
    if found.is_some() || repo::is_invited(&tx, &email, now).await? {
        let at = found.as_ref().map(|user| (user.id, user.name.as_str()));
        state.failures.count("user.sign_up", info.client, at, &info.request_id, now);
        return Ok(());
    }
    let row = new_user(state, name, email, hash, PlatformRole::Member, now);
    match identity::repo::insert_user(&tx, row.clone()).await {
        Ok(_) => {}
        // Two at once: the other was faster.
        Err(error) if is_taken(&error) => return Ok(()),
        Err(error) => return Err(error.into()),
    }
    note(state, &tx, "user.sign_up", &row, serde_json::json!({ "email": row.email }), info, now).await?;
    tx.commit().await?;
    Ok(())
}

fn open(mode: SignUpMode) -> Result<(), ApiError> {
    if mode == SignUpMode::Open { Ok(()) } else { Err(ApiError::new(ErrorCode::SignUpClosed)) }
}

/// Makes the account that an invitation is for, and signs in.
///
/// # Errors
/// `NOT_FOUND` when the link cannot be used (any more); when the input has mistakes, or after too many tries.
pub async fn accept_invitation(
    state: &State,
    visit: Visit<'_>,
    info: &OperationInfo,
    link: &SecretString,
    name: &str,
    secret: SecretString,
) -> Result<Actor, ApiError> {
    state.throttle.address(info.client)?;
    let found = links::good(state.db.read(), OneTimeLinkKind::Invitation, link, state.clock.now()).await?;
    let found = found.ok_or_else(ApiError::not_found)?;
    let weak = rules::new_password(secret.expose_secret(), &found.email);
    let name = match (rules::name(name), weak) {
        (Ok(name), Ok(())) => name,
        (name, weak) => return Err(ApiError::mistakes([("name", name.err()), ("password", weak.err())])),
    };
    let hash = password::hash(secret).await.map_err(ApiError::internal)?;
    let now = state.clock.now();
    let tx = state.db.begin().await?;
    if !repo::use_link(&tx, found.link.id.into(), now).await? {
        return Err(ApiError::not_found());
    }
    if settings::sign_up_mode(&tx).await?.0 == SignUpMode::Closed {
        return Err(ApiError::not_found());
    }
    let role = found.link.platform_role.as_deref().map_or(PlatformRole::Member, role_of);
    let row = new_user(state, name, found.email, hash, role, now);
    match identity::repo::insert_user(&tx, row.clone()).await {
        Ok(_) => {}
        Err(error) if is_taken(&error) => return Err(ApiError::not_found()),
        Err(error) => return Err(error.into()),
    }
    let about = serde_json::json!({ "invitation": found.link.id, "email": row.email, "role": role });
    note(state, &tx, "invitation.accept", &row, about, info, now).await?;
    tx.commit().await?;
    let credential = begin(state, visit, &row).await?;
    Ok(actor_of(&row, credential, None, &info.request_id))
}

/// Chooses a new password by a link. All sessions and tokens of the person end, and links that they have made.
///
/// # Errors
/// `NOT_FOUND` when the link cannot be used (any more); when the password is too easy to guess, or after too many tries.
pub async fn reset_password(
    state: &State,
    info: &OperationInfo,
    link: &SecretString,
    secret: SecretString,
) -> Result<(), ApiError> {
    state.throttle.address(info.client)?;
    let found = links::good(state.db.read(), OneTimeLinkKind::PasswordReset, link, state.clock.now()).await?;
    let found = found.ok_or_else(ApiError::not_found)?;
    let id = found.link.user_id.ok_or_else(ApiError::not_found)?.into();
    rules::new_password(secret.expose_secret(), &found.email)
        .map_err(|problem| ApiError::invalid_field("newPassword", problem))?;
    let hash = password::hash(secret).await.map_err(ApiError::internal)?;
    let now = state.clock.now();
    let tx = state.db.begin().await?;
    // The person before the link, as an Admin does who makes another.
    let row = identity::repo::hold_user(&tx, id).await?.ok_or_else(ApiError::not_found)?;
    if !repo::use_link(&tx, found.link.id.into(), now).await? {
        return Err(ApiError::not_found());
    }
    identity::repo::set_password(&tx, id, hash, false, now).await?;
    identity::repo::end_sessions(&tx, id, None).await?;
    // A lost password may mean a lost account: nothing that was made with it may live on.
    identity::repo::revoke_tokens(&tx, id, now).await?;
    let links = repo::revoke_links(&tx, Links::MadeBy(id), now).await?;
    let about = serde_json::json!({ "by": "link", "link": found.link.id, "revokedLinks": links });
    note(state, &tx, "user.reset_password", &row, about, info, now).await?;
    state.events.commit(tx, [Event::Rights(id)]).await?;
    Ok(())
}

fn new_user(state: &State, name: String, email: String, hash: String, role: PlatformRole, now: Instant) -> user::Model {
    user::Model {
        id: state.random.id(now),
        email,
        name,
        password_hash: hash,
        platform_role: role.as_str().to_owned(),
        must_change_password: false,
        epoch: 1,
        version: 1,
        created_at: now.0,
        updated_at: now.0,
        deleted_at: None,
    }
}

async fn note<C: sea_orm::ConnectionTrait>(
    state: &State,
    tx: &C,
    action: &str,
    row: &user::Model,
    params: serde_json::Value,
    info: &OperationInfo,
    now: Instant,
) -> Result<(), ApiError> {
    let by: (Uuid, &str) = (row.id, &row.name);
    let record = audit::Record {
        action_id: state.random.id(now),
        actor: Some(by),
        action,
        target_kind: "user",
        target_id: Some(row.id),
        workspace_id: None,
        params,
        request_id: &info.request_id,
    };
    Ok(audit::append_both(tx, &state.random, &record, now).await?)
}
