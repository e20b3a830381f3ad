//! What an Admin sets for the whole platform while the server runs.

use super::{entity::setting, repo, service::permit_in};
use crate::{
    domain::{actor::Actor, audit, state::State},
    graphql::errors::ApiError,
};
use sea_orm::{ConnectionTrait, DbErr};
use shared::{error::ErrorCode, people::SignUpMode, policy::PlatformAction};
use uuid::Uuid;

const SIGN_UP_MODE: &str = "sign_up_mode";
/// When nobody has said anything: strangers get no account, and Admins can still bring people in.
const DEFAULT: SignUpMode = SignUpMode::Invitation;

/// How people get an account, and the setting's version (0 when it was never changed).
///
/// # Errors
/// When the database fails.
pub async fn sign_up_mode<C: ConnectionTrait>(db: &C) -> Result<(SignUpMode, i64), DbErr> {
    let Some(row) = repo::find_setting(db, SIGN_UP_MODE).await? else { return Ok((DEFAULT, 0)) };
    // A mode that this program does not know lets nobody in.
    Ok((serde_json::from_str(&row.value).unwrap_or(SignUpMode::Closed), row.version))
}

/// Changes how people get an account; the new version.
///
/// # Errors
/// `CONFLICT` when someone else was faster; else when the policy says no.
pub async fn update(state: &State, actor: &Actor, mode: SignUpMode, version: i64) -> Result<i64, ApiError> {
    actor.may(PlatformAction::ManageSettings)?;
    let now = state.clock.now();
    let tx = state.db.begin().await?;
    permit_in(state, &tx, actor, PlatformAction::ManageSettings).await?;
    let (before, current) = sign_up_mode(&tx).await?;
    if version != current {
        return Err(ApiError::new(ErrorCode::Conflict));
    }
    let row = setting::Model {
        name: SIGN_UP_MODE.to_owned(),
        value: serde_json::json!(mode).to_string(),
        version: version + 1,
        updated_at: now.0,
        updated_by: actor.id.0,
    };
    if !repo::write_setting(&tx, row).await? {
        return Err(ApiError::new(ErrorCode::Conflict));
    }
    // A setting has a name and no id.
    let record = audit::Record::of(actor, state.random.id(now), "settings.update", "settings", Uuid::nil())
        .about(serde_json::json!({ "signUpMode": { "before": before, "after": mode } }));
    audit::append_both(&tx, &state.random, &record, now).await?;
    tx.commit().await?;
    Ok(version + 1)
}
