//! What people ask of operations: to stop, to be tried again.

use super::{OperationRow, repo};
use crate::{
    domain::{actor::Actor, audit, state::State},
    graphql::errors::ApiError,
};
use sea_orm::ConnectionTrait;
use serde_json::json;
use shared::{
    error::ErrorCode,
    ids::OperationId,
    operation::{OperationKind, OperationState, StepName},
    policy::WorkspaceAction,
};

/// Asks an operation to stop and to undo what it did.
///
/// # Errors
/// `CONFLICT` when it has ended or is past the point where it can be cancelled; else when the policy says no.
pub async fn cancel(state: &State, actor: &Actor, id: OperationId) -> Result<OperationRow, ApiError> {
    let now = state.clock.now();
    let tx = state.db.begin().await?;
    let row = steerable(state, &tx, actor, id).await?;
    if !is_cancellable(state, &row) {
        return Err(ApiError::new(ErrorCode::Conflict).with("state", &row.state));
    }
    if super::request_cancel(&tx, &row, &actor.name, now).await? {
        // Nobody had begun with it, so nobody else writes its outcome.
        let name = OperationKind::parse(&row.kind).map_or("operation", repo::audit_name);
        let record = audit::Record::of(actor, row.id, name, &row.target_kind, row.target_id).within(row.workspace_id);
        audit::append(&tx, &state.random, &record, audit::Phase::Failed, now).await?;
    }
    steered(state, &tx, actor, &row, "operation.cancel", now).await?;
    let row = repo::find(&tx, id.0).await?.ok_or_else(ApiError::not_found)?;
    let committed = state.events.commit(tx, [row.changed()]).await;
    // Also where the answer is lost: whoever works on it looks at its row.
    state.engine.interrupt(id.0);
    committed?;
    Ok(row)
}

/// Tries an ended operation again.
///
/// # Errors
/// `CONFLICT` when it succeeded or is not the newest one; `BUSY` while another is open; else when the policy says no.
pub async fn retry(state: &State, actor: &Actor, id: OperationId) -> Result<OperationRow, ApiError> {
    let now = state.clock.now();
    let tx = state.db.begin().await?;
    let row = steerable(state, &tx, actor, id).await?;
    not_busy(&tx, row.target_id).await?;
    let is_newest =
        repo::newest_of(&tx, &[row.target_id]).await?.remove(&row.target_id).is_some_and(|newest| newest.id == row.id);
    if !is_newest || !is_retryable(&row) {
        return Err(ApiError::new(ErrorCode::Conflict).with("state", &row.state));
    }
    super::request_retry(&tx, &row, &actor.name, now).await?;
    steered(state, &tx, actor, &row, "operation.retry", now).await?;
    let row = repo::find(&tx, id.0).await?.ok_or_else(ApiError::not_found)?;
    let committed = state.events.commit(tx, [row.changed()]).await;
    // Also where the answer is lost: nobody else might ask for it to be begun.
    state.engine.wake();
    committed?;
    Ok(row)
}

/// Whether an operation can be cancelled at its step.
pub fn is_cancellable(state: &State, row: &OperationRow) -> bool {
    let job = OperationKind::parse(&row.kind).and_then(|kind| state.engine.job(kind));
    let open = OperationState::parse(&row.state).is_some_and(OperationState::is_open);
    open && !row.cancel_requested
        && job.is_some_and(|job| job.cancellable(row.step.as_deref().and_then(StepName::parse)))
}

/// Whether an operation can be tried again.
pub fn is_retryable(row: &OperationRow) -> bool {
    matches!(OperationState::parse(&row.state), Some(OperationState::Failed | OperationState::Cancelled))
}

/// The newest operation on a target that must have one.
///
/// # Errors
/// When there is none, or the database fails.
pub async fn newest<C: ConnectionTrait>(db: &C, target: uuid::Uuid) -> Result<OperationRow, ApiError> {
    repo::newest_of(db, &[target])
        .await?
        .remove(&target)
        .ok_or_else(|| ApiError::internal(format!("{target} has no operation")))
}

/// Fails while another operation on the target is open.
///
/// # Errors
/// `BUSY` with its kind; else when the database fails.
pub async fn not_busy<C: ConnectionTrait>(db: &C, target: uuid::Uuid) -> Result<(), ApiError> {
    match repo::open_of(db, target).await? {
        Some(open) => Err(ApiError::new(ErrorCode::Busy).with("operation", &open.kind)),
        None => Ok(()),
    }
}

async fn steerable<C: ConnectionTrait>(
    state: &State,
    tx: &C,
    actor: &Actor,
    id: OperationId,
) -> Result<OperationRow, ApiError> {
    actor.may_anywhere(WorkspaceAction::SteerOperation)?;
    let row = repo::find(tx, id.0).await?;
    actor.permit_thing_in(state, tx, row.map(|row| row.workspace_id), WorkspaceAction::SteerOperation).await?;
    // No worker may begin with it between the look and the change.
    repo::find_for_update(tx, id.0).await?.ok_or_else(ApiError::not_found)
}

async fn steered<C: ConnectionTrait>(
    state: &State,
    db: &C,
    actor: &Actor,
    row: &OperationRow,
    action: &str,
    now: crate::clock::Instant,
) -> Result<(), ApiError> {
    let record = audit::Record::of(actor, state.random.id(now), action, "operation", row.id)
        .within(row.workspace_id)
        .about(json!({ "kind": row.kind, "target": row.target_name }));
    Ok(audit::append_both(db, &state.random, &record, now).await?)
}
