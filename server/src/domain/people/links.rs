//! Links for one use: invitations and password resets. An Admin copies them; nothing is sent.
//!
//! The secret stands in the fragment of the address, which browsers send to nobody (RFC 9110, section 4.2.5), and only its
//! hash is stored.

use super::{
    entity::link,
    repo::{self, Links},
    service::permit_in,
    settings,
};
use crate::{
    clock::Instant,
    crypto::sha256_hex,
    db::is_taken,
    domain::{actor::Actor, audit, identity, state::State},
    graphql::errors::ApiError,
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use sea_orm::{ConnectionTrait, DbErr};
use secrecy::{ExposeSecret, SecretString};
use shared::{
    error::{ErrorCode, FieldErrorCode},
    ids::{LinkId, UserId},
    people::{OneTimeLinkKind, SignUpMode},
    policy::PlatformAction,
    roles::PlatformRole,
    rules::{self, Problem},
};
use std::collections::HashMap;
use uuid::Uuid;
use zeroize::Zeroizing;

/// How long a password reset can be used.
const RESET_SECONDS: i64 = 86_400;
const DAY_SECONDS: i64 = 86_400;
/// Longer texts are none of our secrets, which have 43 letters.
const SECRET_MAX: usize = 128;

/// Someone to be invited.
#[derive(Debug, Clone)]
pub struct NewInvitation {
    /// Their address.
    pub email: String,
    /// What they will be to the platform.
    pub role: PlatformRole,
    /// How long the link can be used; none for the usual time.
    pub days: Option<i32>,
}

/// Makes an invitation; its link is in the answer and nowhere else. An older one to the same address is taken back.
///
/// # Errors
/// `SIGN_UP_CLOSED` when nobody is to be let in; when the input has mistakes, someone has the address, or the policy says no.
pub async fn invite(state: &State, actor: &Actor, new: NewInvitation) -> Result<(link::Model, SecretString), ApiError> {
    actor.may(PlatformAction::ManagePeople)?;
    let days = new.days.unwrap_or(rules::INVITATION_DAYS);
    let in_range = (1..=rules::INVITATION_DAYS_MAX).contains(&days);
    let range = Problem::new(FieldErrorCode::OutOfRange).with("min", 1).with("max", rules::INVITATION_DAYS_MAX);
    let email = match rules::email(&new.email) {
        Ok(email) if in_range => email,
        checked => {
            let problems = [("email", checked.err()), ("expiresInDays", (!in_range).then_some(range))];
            return Err(ApiError::mistakes(problems));
        }
    };
    let now = state.clock.now();
    let tx = state.db.begin().await?;
    permit_in(state, &tx, actor, PlatformAction::ManagePeople).await?;
    if settings::sign_up_mode(&tx).await?.0 == SignUpMode::Closed {
        return Err(ApiError::new(ErrorCode::SignUpClosed));
    }
    if identity::repo::find_user_by_email(&tx, &email).await?.is_some() {
        return Err(ApiError::field("email", FieldErrorCode::Taken));
    }
    repo::revoke_links(&tx, Links::To(&email), now).await?;
    let (secret, hash) = secret(state);
    let row = link::Model {
        email: Some(email.clone()),
        platform_role: Some(new.role.as_str().to_owned()),
        expires_at: now.plus_seconds(i64::from(days) * DAY_SECONDS).0,
        ..blank(state, actor, OneTimeLinkKind::Invitation, hash, now)
    };
    let row = inserted(repo::insert_link(&tx, row).await)?;
    let record = audit::Record::of(actor, state.random.id(now), "invitation.create", "invitation", row.id)
        .about(serde_json::json!({ "email": email, "role": new.role, "days": days }));
    audit::append_both(&tx, &state.random, &record, now).await?;
    tx.commit().await?;
    Ok((row, address(state, "invitation", &secret)))
}

/// Makes a link with which someone chooses a new password; it is in the answer and nowhere else. An older one for the same
/// person is taken back. Until it is used nothing changes for them.
///
/// # Errors
/// `NOT_FOUND` when there is nobody; else when the policy says no.
pub async fn reset(state: &State, actor: &Actor, id: UserId) -> Result<(link::Model, SecretString), ApiError> {
    actor.may(PlatformAction::ManagePeople)?;
    let now = state.clock.now();
    let tx = state.db.begin().await?;
    permit_in(state, &tx, actor, PlatformAction::ManagePeople).await?;
    let person = identity::repo::hold_user(&tx, id).await?.ok_or_else(ApiError::not_found)?;
    repo::revoke_links(&tx, Links::ResetsOf(id), now).await?;
    let (secret, hash) = secret(state);
    let row = link::Model {
        user_id: Some(id.0),
        expires_at: now.plus_seconds(RESET_SECONDS).0,
        ..blank(state, actor, OneTimeLinkKind::PasswordReset, hash, now)
    };
    let row = inserted(repo::insert_link(&tx, row).await)?;
    let record = audit::Record::of(actor, state.random.id(now), "password_reset.create", "user", id.0)
        .about(serde_json::json!({ "name": person.name, "link": row.id }));
    audit::append_both(&tx, &state.random, &record, now).await?;
    tx.commit().await?;
    Ok((row, address(state, "reset", &secret)))
}

/// Takes an invitation back; one that cannot be used any more stays as it is.
///
/// # Errors
/// `NOT_FOUND` when there is none; else when the policy says no.
pub async fn revoke(state: &State, actor: &Actor, id: LinkId) -> Result<(), ApiError> {
    actor.may(PlatformAction::ManagePeople)?;
    let now = state.clock.now();
    let tx = state.db.begin().await?;
    permit_in(state, &tx, actor, PlatformAction::ManagePeople).await?;
    let row = repo::find_invitation(&tx, id).await?.ok_or_else(ApiError::not_found)?;
    if repo::revoke_links(&tx, Links::Invitation(id), now).await? > 0 {
        let record = audit::Record::of(actor, state.random.id(now), "invitation.revoke", "invitation", id.0)
            .about(serde_json::json!({ "email": row.email }));
        audit::append_both(&tx, &state.random, &record, now).await?;
    }
    tx.commit().await?;
    Ok(())
}

/// One page of the invitations that can still be used, newest first, with the names of who made them, and how many there
/// are.
///
/// # Errors
/// When the policy says no.
pub async fn open_invitations(
    state: &State,
    actor: &Actor,
    before: Option<Uuid>,
    limit: u64,
) -> Result<(Vec<link::Model>, HashMap<Uuid, String>, u64), ApiError> {
    actor.may(PlatformAction::SeePeople)?;
    let (rows, total) = repo::open_invitations(state.db.read(), before, limit, state.clock.now()).await?;
    let makers = identity::repo::names(state.db.read(), rows.iter().map(|row| row.created_by)).await?;
    Ok((rows, makers.into_iter().map(|(id, (name, _))| (id, name)).collect(), total))
}

/// What a link that can still be used is for.
#[derive(Debug, Clone)]
pub struct Good {
    /// Its row.
    pub link: link::Model,
    /// The address of the account that is made, or whose password is chosen.
    pub email: String,
}

/// A link that can still be used, by its secret. One that is unknown, used, taken back or run out is none, all alike.
///
/// # Errors
/// When the database fails.
pub async fn good<C: ConnectionTrait>(
    db: &C,
    kind: OneTimeLinkKind,
    secret: &SecretString,
    now: Instant,
) -> Result<Option<Good>, DbErr> {
    let secret = secret.expose_secret();
    if rules::bounded(secret, 1, SECRET_MAX).is_err() {
        return Ok(None);
    }
    let found = repo::find_link(db, kind, &sha256_hex(secret.as_bytes()), now).await?;
    let Some(link) = found else { return Ok(None) };
    let email = match (kind, &link.email, link.user_id) {
        (OneTimeLinkKind::Invitation, Some(email), _) => {
            let closed = settings::sign_up_mode(db).await?.0 == SignUpMode::Closed;
            let taken = identity::repo::find_user_by_email(db, email).await?.is_some();
            (!closed && !taken).then(|| email.clone())
        }
        (OneTimeLinkKind::PasswordReset, _, Some(user)) => {
            identity::repo::find_user(db, user.into()).await?.map(|user| user.email)
        }
        _ => None,
    };
    Ok(email.map(|email| Good { link, email }))
}

fn blank(state: &State, actor: &Actor, kind: OneTimeLinkKind, secret_hash: String, now: Instant) -> link::Model {
    link::Model {
        id: state.random.id(now),
        kind: kind.as_str().to_owned(),
        secret_hash,
        email: None,
        platform_role: None,
        user_id: None,
        created_by: actor.id.0,
        created_at: now.0,
        expires_at: now.0,
        used_at: None,
        revoked_at: None,
    }
}

/// Two who make a link for the same at once: one is told to look again.
fn inserted(row: Result<link::Model, DbErr>) -> Result<link::Model, ApiError> {
    row.map_err(|error| if is_taken(&error) { ApiError::new(ErrorCode::Conflict) } else { error.into() })
}

/// A new secret of 256 bits, and the hash that is stored.
fn secret(state: &State) -> (Zeroizing<String>, String) {
    let mut bytes = Zeroizing::new([0; 32]);
    state.random.fill(&mut *bytes);
    let text = Zeroizing::new(URL_SAFE_NO_PAD.encode(bytes.as_slice()));
    let hash = sha256_hex(text.as_bytes());
    (text, hash)
}

fn address(state: &State, page: &str, secret: &str) -> SecretString {
    format!("{}/{page}#{secret}", state.settings.public_url).into()
}
