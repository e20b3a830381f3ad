//! Personal access tokens: `woow_` and 40 random letters and digits (238 bits). Only a hash is stored.

use super::{entity::access_token, repo};
use crate::{
    crypto::sha256_hex,
    domain::{
        actor::{Actor, Credential},
        audit,
        state::State,
    },
    events::Event,
    graphql::errors::ApiError,
};
use secrecy::{ExposeSecret, SecretString};
use shared::{
    error::{ErrorCode, FieldErrorCode},
    ids::TokenId,
    policy::PlatformAction,
    roles::TokenScope,
    rules,
    rules::Problem,
};

/// With what a token begins, so that a leaked one is recognised.
pub const PREFIX: &str = "woow_";
/// Most tokens of a person that can be used.
const MOST: u64 = 50;

/// Makes a token; its text is in the answer and nowhere else.
///
/// # Errors
/// When the input has mistakes, there are too many, or a token asks.
pub async fn create(
    state: &State,
    actor: &Actor,
    name: &str,
    scopes: &[TokenScope],
    expires_in_days: Option<i32>,
) -> Result<(access_token::Model, SecretString), ApiError> {
    actor.may(PlatformAction::ManageOwnAccount)?;
    if actor.must_change_password {
        return Err(ApiError::new(ErrorCode::PasswordChangeRequired));
    }
    let name = rules::name(name).map_err(|problem| ApiError::invalid_field("name", problem))?;
    let mut scopes = scopes.to_vec();
    scopes.sort_unstable();
    scopes.dedup();
    if scopes.is_empty() {
        return Err(ApiError::field("scopes", FieldErrorCode::Required));
    }
    if expires_in_days.is_some_and(|days| !(1..=365).contains(&days)) {
        let problem = Problem::new(FieldErrorCode::OutOfRange).with("min", 1).with("max", 365);
        return Err(ApiError::invalid_field("expiresInDays", problem));
    }
    let now = state.clock.now();
    let secret = format!("{PREFIX}{}", state.random.secret(40));
    let row = access_token::Model {
        id: state.random.id(now),
        user_id: actor.id.0,
        name,
        prefix: secret[..PREFIX.len() + 4].to_owned(),
        token_hash: sha256_hex(secret.as_bytes()),
        scopes: scopes.iter().map(|scope| scope.as_str()).collect::<Vec<_>>().join(","),
        created_at: now.0,
        expires_at: expires_in_days.map(|days| now.plus_seconds(i64::from(days) * 86_400).0),
        last_used_at: None,
        revoked_at: None,
    };
    let tx = state.db.begin().await?;
    actor.still_held(state, &tx).await?.may(PlatformAction::ManageOwnAccount)?;
    if repo::count_living_tokens(&tx, actor.id, now).await? >= MOST {
        return Err(ApiError::new(ErrorCode::LimitReached).with("limit", MOST));
    }
    let row = repo::insert_token(&tx, row).await?;
    let record = audit::Record::of(actor, state.random.id(now), "access_token.create", "access_token", row.id)
        .about(serde_json::json!({ "name": row.name, "scopes": row.scopes }));
    audit::append_both(&tx, &state.random, &record, now).await?;
    tx.commit().await?;
    Ok((row, secret.into()))
}

/// Ends a token at once, and what it has open.
///
/// # Errors
/// `NOT_FOUND` when it is not the actor's own.
pub async fn revoke(state: &State, actor: &Actor, id: TokenId) -> Result<access_token::Model, ApiError> {
    actor.may(PlatformAction::ManageOwnAccount)?;
    let now = state.clock.now();
    let tx = state.db.begin().await?;
    actor.still(state, &tx).await?;
    let token = repo::find_token(&tx, id, actor.id).await?.ok_or_else(ApiError::not_found)?;
    if token.revoked_at.is_none() {
        repo::revoke_token(&tx, id, now).await?;
        let record = audit::Record::of(actor, state.random.id(now), "access_token.revoke", "access_token", id.0)
            .about(serde_json::json!({ "name": token.name }));
        audit::append_both(&tx, &state.random, &record, now).await?;
    }
    state.events.commit(tx, [Event::Rights(actor.id)]).await?;
    Ok(token)
}

/// The person behind a token's text, and its scopes.
///
/// # Errors
/// `UNAUTHENTICATED` when it is none of ours, has ended, or its owner is gone.
pub async fn authenticate(state: &State, token: &SecretString, request_id: &str) -> Result<Actor, ApiError> {
    let now = state.clock.now();
    let hash = sha256_hex(token.expose_secret().as_bytes());
    let token = repo::find_token_by_hash(state.db.read(), &hash, now).await?.ok_or_else(ApiError::unauthenticated)?;
    let user = repo::find_user(state.db.read(), token.user_id.into()).await?.ok_or_else(ApiError::unauthenticated)?;
    // To the minute is enough to find tokens that nobody uses, and spares a write for each request.
    if token.last_used_at.is_none_or(|at| now.0 - at > 60_000_000) {
        repo::touch_token(state.db.write(), token.id, now).await?;
    }
    let scopes = token.scopes.split(',').filter_map(TokenScope::parse).collect();
    Ok(super::service::actor_of(&user, Credential::Token(token.id.into()), Some(scopes), request_id))
}
