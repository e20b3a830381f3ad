//! Opening and ending support grants.

use super::{entity::support_grant, repo};
use crate::{
    domain::{
        actor::Actor,
        audit,
        identity::idempotency,
        state::State,
        workspaces::repo::{self as workspaces, Hold},
    },
    events::Event,
    graphql::errors::ApiError,
};
use serde_json::json;
use shared::{
    error::ErrorCode,
    ids::{SupportGrantId, UserId, WorkspaceId},
    policy::{PlatformAction, WorkspaceAction},
    rules,
};

const HOUR_SECONDS: i64 = 3600;

/// A grant to be opened.
#[derive(Debug, Clone, serde::Serialize)]
pub struct NewGrant {
    /// In which workspace.
    pub workspace: WorkspaceId,
    /// What for.
    pub reason: String,
    /// For how many hours.
    pub hours: i32,
}

/// Lets a person of the staff read in a workspace for some hours. Its admins are shown it.
///
/// # Errors
/// `CONFLICT` when they are a member or have an open grant there; else when the input has mistakes, there is no such workspace or
/// the policy says no.
pub async fn open(
    state: &State,
    actor: &Actor,
    new: NewGrant,
    idempotency_key: Option<String>,
) -> Result<support_grant::Model, ApiError> {
    actor.may(PlatformAction::OpenSupportGrant)?;
    let (reason, hours) = checked(&new)?;
    let key = idempotency::Key::new(&state.master_key, idempotency_key, "openSupportGrant", &new)?;
    let now = state.clock.now();
    let tx = state.db.begin().await?;
    // The workspace before the person, as whatever holds both.
    let (workspace, role) = workspaces::find_with_role(&tx, new.workspace, actor.id, Hold::ForUpdate).await?;
    actor.still_held(state, &tx).await?.may(PlatformAction::OpenSupportGrant)?;
    if let Some(id) = idempotency::made_before(&tx, actor.id, key.as_ref()).await? {
        return repo::find(&tx, id.into()).await?.ok_or_else(ApiError::not_found);
    }
    let workspace = workspace.ok_or_else(ApiError::not_found)?;
    if role.is_some() {
        return Err(ApiError::new(ErrorCode::Conflict).with("why", "member"));
    }
    if repo::find_open(&tx, new.workspace, actor.id, now).await?.is_some() {
        return Err(ApiError::new(ErrorCode::Conflict).with("why", "open"));
    }
    repo::note_expired(&tx, new.workspace, actor.id, now).await?;
    let row = support_grant::Model {
        id: state.random.id(now),
        workspace_id: workspace.id,
        user_id: actor.id.0,
        reason,
        created_at: now.0,
        expires_at: now.plus_seconds(i64::from(hours) * HOUR_SECONDS).0,
        ended_at: None,
        ended_by: None,
    };
    let row = repo::insert(&tx, row).await?;
    idempotency::remember(&tx, actor.id, key.as_ref(), row.id, now).await?;
    let record = audit::Record::of(actor, state.random.id(now), "support_grant.open", "support_grant", row.id)
        .within(workspace.id)
        .about(json!({ "reason": row.reason, "hours": hours }));
    audit::append_both(&tx, &state.random, &record, now).await?;
    state.events.commit(tx, told(&row)).await?;
    Ok(row)
}

fn checked(new: &NewGrant) -> Result<(String, i32), ApiError> {
    match (rules::reason(&new.reason), rules::support_hours(new.hours)) {
        (Ok(reason), Ok(hours)) => Ok((reason, hours)),
        (reason, hours) => Err(ApiError::mistakes([("reason", reason.err()), ("hours", hours.err())])),
    }
}

/// Ends a grant at once: an admin of the workspace, or the person of the staff themselves. One that has ended stays as it is.
///
/// # Errors
/// `NOT_FOUND` where there is none or it may not be seen.
pub async fn end(state: &State, actor: &Actor, id: SupportGrantId) -> Result<support_grant::Model, ApiError> {
    actor.may_anywhere(WorkspaceAction::EndSupportGrant)?;
    let now = state.clock.now();
    let tx = state.db.begin().await?;
    let found = repo::find(&tx, id).await?;
    if found.as_ref().is_none_or(|row| row.user_id != actor.id.0) {
        let workspace = found.as_ref().map(|row| row.workspace_id);
        let permit = actor.permit_thing_in(state, &tx, workspace, WorkspaceAction::EndSupportGrant).await;
        permit.map_err(|error| match error.code {
            // Members who may not end it may not see it either.
            ErrorCode::Forbidden => ApiError::not_found(),
            _ => error,
        })?;
    } else {
        actor.still(state, &tx).await?;
    }
    let row = found.ok_or_else(ApiError::not_found)?;
    if !repo::end(&tx, id, actor.id, now).await? {
        return Ok(row);
    }
    let record = audit::Record::of(actor, state.random.id(now), "support_grant.end", "support_grant", id.0)
        .within(row.workspace_id)
        .about(json!({ "of": row.user_id }));
    audit::append_both(&tx, &state.random, &record, now).await?;
    let row = repo::find(&tx, id).await?.ok_or_else(ApiError::not_found)?;
    state.events.commit(tx, told(&row)).await?;
    Ok(row)
}

fn told(row: &support_grant::Model) -> [Event; 2] {
    [Event::Rights(UserId(row.user_id)), Event::Workspace(row.workspace_id.into())]
}
