//! Signing in and out, and the own password.

use super::{
    entity::user,
    repo,
    sessions::{self, SignedIn, USER, Visit},
};
use crate::{
    crypto::password,
    domain::{
        actor::{Actor, Credential},
        audit,
        people::{self, repo::Links},
        state::State,
    },
    events::Event,
    graphql::{errors::ApiError, transport::OperationInfo},
};
use secrecy::{ExposeSecret, SecretString};
use shared::{
    error::{ErrorCode, FieldErrorCode},
    ids::UserId,
    policy::PlatformAction,
    roles::PlatformRole,
    rules,
};
use tower_sessions::Session;

/// Signs in. The answer to a wrong password and to an unknown address is the same, and takes as long.
///
/// # Errors
/// `INVALID_INPUT` with `WRONG` on the password; the throttle has been asked before.
pub async fn sign_in(
    state: &State,
    visit: Visit<'_>,
    email: &str,
    password: SecretString,
    info: &OperationInfo,
) -> Result<Actor, ApiError> {
    let found = repo::find_user_by_email(state.db.read(), email).await?;
    let hash = found.as_ref().map(|user| user.password_hash.clone());
    let fits = password::verify(password, hash).await;
    let now = state.clock.now();
    let Some(user) = found.as_ref().filter(|_| fits) else {
        let at = found.as_ref().map(|user| (user.id, user.name.as_str()));
        state.failures.count("session.sign_in", info.client, at, &info.request_id, now);
        return Err(ApiError::field("password", FieldErrorCode::Wrong));
    };
    let record = audit::Record {
        action_id: state.random.id(now),
        actor: Some((user.id, &user.name)),
        action: "session.sign_in",
        target_kind: "user",
        target_id: Some(user.id),
        workspace_id: None,
        params: serde_json::json!({}),
        request_id: &info.request_id,
    };
    let tx = state.db.begin().await?;
    audit::append_both(&tx, &state.random, &record, now).await?;
    tx.commit().await?;
    let credential = begin(state, visit, user).await?;
    Ok(actor_of(user, credential, None, &info.request_id))
}

/// Ends the session.
///
/// # Errors
/// When the database fails.
pub async fn sign_out(state: &State, session: &Session, actor: &Actor) -> Result<(), ApiError> {
    session.flush().await.map_err(ApiError::internal)?;
    let now = state.clock.now();
    let tx = state.db.begin().await?;
    let record = audit::Record::of(actor, state.random.id(now), "session.sign_out", "user", actor.id.0);
    audit::append_both(&tx, &state.random, &record, now).await?;
    state.events.commit(tx, [Event::Rights(actor.id)]).await?;
    Ok(())
}

/// Changes the own password; every other session ends.
///
/// # Errors
/// When the current password is wrong or the new one is too easy to guess; `CONFLICT` when it was changed or reset meanwhile.
pub async fn change_password(
    state: &State,
    visit: Visit<'_>,
    actor: &Actor,
    current: SecretString,
    new: SecretString,
) -> Result<Actor, ApiError> {
    actor.may(PlatformAction::ManageOwnAccount)?;
    rules::new_password(new.expose_secret(), &actor.email)
        .map_err(|problem| ApiError::invalid_field("newPassword", problem))?;
    let user = repo::find_user(state.db.read(), actor.id).await?.ok_or_else(ApiError::unauthenticated)?;
    if !password::verify(current.clone(), Some(user.password_hash.clone())).await {
        return Err(ApiError::field("currentPassword", FieldErrorCode::Wrong));
    }
    if current.expose_secret() == new.expose_secret() {
        return Err(ApiError::field("newPassword", FieldErrorCode::SameAsBefore));
    }
    let hash = password::hash(new).await.map_err(ApiError::internal)?;
    let now = state.clock.now();
    let tx = state.db.begin().await?;
    // The password that was given is the current one no more: whoever was faster, with a reset perhaps, has the last word.
    let held = repo::hold_user(&tx, actor.id).await?.ok_or_else(ApiError::unauthenticated)?;
    if held.epoch != user.epoch {
        return Err(ApiError::new(ErrorCode::Conflict).with("why", "password"));
    }
    actor.still(state, &tx).await?;
    let epoch = repo::set_password(&tx, actor.id, hash, false, now).await?;
    repo::end_sessions(&tx, actor.id, None).await?;
    // A link that resets it was made for the old password.
    people::repo::revoke_links(&tx, Links::ResetsOf(actor.id), now).await?;
    let record = audit::Record::of(actor, state.random.id(now), "user.change_password", "user", actor.id.0);
    audit::append_both(&tx, &state.random, &record, now).await?;
    if let Err(lost) = tx.commit().await {
        // It may have been done, and what other sessions have open must not outlive it.
        state.events.publish(Event::Rights(actor.id));
        return Err(lost.into());
    }
    // Of this change's own epoch: a reset that comes now ends it too.
    let user = user::Model { epoch, must_change_password: false, ..held };
    // Every session was removed, this one too: it is made anew, under a new id.
    visit.session.flush().await.map_err(ApiError::internal)?;
    let credential = hold(state, visit, &user).await?;
    state.events.publish(Event::Rights(actor.id));
    Ok(actor_of(&user, credential, None, &actor.request_id))
}

/// Begins someone's session, under a new id, so that one that was planted before is worth nothing.
pub(in crate::domain) async fn begin(
    state: &State,
    visit: Visit<'_>,
    user: &user::Model,
) -> Result<Credential, ApiError> {
    visit.session.cycle_id().await.map_err(ApiError::internal)?;
    hold(state, visit, user).await
}

async fn hold(state: &State, visit: Visit<'_>, user: &user::Model) -> Result<Credential, ApiError> {
    let signed_in =
        SignedIn { id: user.id.into(), epoch: user.epoch, touched: state.clock.now(), browser: visit.browser.clone() };
    visit.session.insert(USER, signed_in).await.map_err(ApiError::internal)?;
    visit.session.save().await.map_err(ApiError::internal)?;
    credential_of(visit.session, user.epoch).ok_or_else(|| ApiError::internal("a session without an id"))
}

/// The hash under which this request's session is stored.
pub(super) fn session_hash(session: &Session) -> Option<String> {
    session.id().map(sessions::hash_of)
}

/// By what a person is known with this session, which began in this epoch.
pub(super) fn credential_of(session: &Session, epoch: i64) -> Option<Credential> {
    session_hash(session).map(|hash| Credential::Session(hash, epoch))
}

/// A stored role; one that this program does not know gives the least.
pub(in crate::domain) fn role_of(text: &str) -> PlatformRole {
    PlatformRole::parse(text).unwrap_or(PlatformRole::Member)
}

/// Changes the own name.
///
/// # Errors
/// When the name has a mistake, or a token asks.
pub async fn update_profile(state: &State, actor: &Actor, name: &str) -> Result<Actor, ApiError> {
    actor.may(PlatformAction::ManageOwnAccount)?;
    if actor.must_change_password {
        return Err(ApiError::new(ErrorCode::PasswordChangeRequired));
    }
    let name = rules::name(name).map_err(|problem| ApiError::invalid_field("name", problem))?;
    let now = state.clock.now();
    let tx = state.db.begin().await?;
    actor.still(state, &tx).await?;
    if !repo::set_name(&tx, actor.id, &name, now).await? {
        return Err(ApiError::unauthenticated());
    }
    let record = audit::Record::of(actor, state.random.id(now), "user.update_profile", "user", actor.id.0)
        .about(serde_json::json!({ "before": actor.name, "after": name }));
    audit::append_both(&tx, &state.random, &record, now).await?;
    tx.commit().await?;
    Ok(Actor { name, ..actor.clone() })
}

/// A person as an actor.
pub(in crate::domain) fn actor_of(
    user: &user::Model,
    credential: Credential,
    scopes: Option<Vec<shared::roles::TokenScope>>,
    request_id: &str,
) -> Actor {
    Actor {
        id: UserId(user.id),
        email: user.email.clone(),
        name: user.name.clone(),
        platform_role: role_of(&user.platform_role),
        must_change_password: user.must_change_password,
        credential,
        scopes,
        request_id: request_id.to_owned(),
    }
}
