//! The own sessions: seen, one ended, all others ended.

use super::{
    entity::session,
    repo,
    service::session_hash,
    sessions::{Browser, MOST, SignedIn, USER, public_id},
};
use crate::{
    clock::Instant,
    domain::{actor::Actor, audit, state::State},
    events::Event,
    graphql::errors::ApiError,
};
use shared::policy::PlatformAction;
use tower_sessions::Session;

/// A session, as its owner sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwnSession {
    /// Names it; nobody can sign in with it.
    pub id: String,
    /// Whether it is the one that asks.
    pub current: bool,
    /// When it began.
    pub created: Instant,
    /// When it was last noted as used.
    pub touched: Instant,
    /// Where it was last used.
    pub browser: Browser,
}

/// The actor's sessions, the one used last first.
///
/// # Errors
/// When a token asks.
pub async fn list(state: &State, actor: &Actor, current: Option<&Session>) -> Result<Vec<OwnSession>, ApiError> {
    actor.may(PlatformAction::ManageOwnAccount)?;
    let current = current.and_then(session_hash);
    let rows = repo::sessions_of(state.db.read(), actor.id, state.clock.now(), MOST).await?;
    Ok(rows.into_iter().map(|row| seen(row, current.as_deref())).collect())
}

fn seen(row: session::Model, current: Option<&str>) -> OwnSession {
    let data: serde_json::Value = serde_json::from_str(&row.data).unwrap_or_default();
    let held: Option<SignedIn> = data.get(USER).and_then(|held| serde_json::from_value(held.clone()).ok());
    OwnSession {
        id: public_id(&row.id_hash),
        current: current == Some(&row.id_hash),
        created: Instant(row.created_at),
        touched: Instant(row.touched_at),
        browser: held.map(|held| held.browser).unwrap_or_default(),
    }
}

/// Ends one of the actor's sessions, and what it has open.
///
/// # Errors
/// `NOT_FOUND` when it is not the actor's own or has ended; when a token asks.
pub async fn end(state: &State, actor: &Actor, id: &str) -> Result<(), ApiError> {
    actor.may(PlatformAction::ManageOwnAccount)?;
    let now = state.clock.now();
    let tx = state.db.begin().await?;
    actor.still(state, &tx).await?;
    let rows = repo::sessions_of(&tx, actor.id, now, MOST).await?;
    let row = rows.into_iter().find(|row| public_id(&row.id_hash) == id).ok_or_else(ApiError::not_found)?;
    repo::delete_session(&tx, &row.id_hash).await?;
    let record = audit::Record::of(actor, state.random.id(now), "session.end", "user", actor.id.0)
        .about(serde_json::json!({ "session": id }));
    audit::append_both(&tx, &state.random, &record, now).await?;
    state.events.commit(tx, [Event::Rights(actor.id)]).await?;
    Ok(())
}

/// Ends all of the actor's sessions but this one; how many.
///
/// # Errors
/// When a token asks.
pub async fn end_others(state: &State, actor: &Actor, current: &Session) -> Result<u64, ApiError> {
    actor.may(PlatformAction::ManageOwnAccount)?;
    let keep = session_hash(current).ok_or_else(ApiError::unauthenticated)?;
    let now = state.clock.now();
    let tx = state.db.begin().await?;
    actor.still(state, &tx).await?;
    let ended = repo::end_sessions(&tx, actor.id, Some(&keep)).await?;
    let record = audit::Record::of(actor, state.random.id(now), "session.end_others", "user", actor.id.0)
        .about(serde_json::json!({ "sessions": ended }));
    audit::append_both(&tx, &state.random, &record, now).await?;
    state.events.commit(tx, [Event::Rights(actor.id)]).await?;
    Ok(ended)
}
