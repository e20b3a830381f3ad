//! What people ask of an operation that is there: cancel it, or try again.

use super::{
    entity::operation,
    repo::{self, Entry},
    steps::Steps,
};
use crate::clock::Instant;
use sea_orm::{ActiveModelTrait, ActiveValue::Set, ConnectionTrait, DbErr};
use shared::operation::{JournalCode, OperationState};

/// Asks an open operation to stop. One that nobody has begun is cancelled at once (then the answer is `true`); else its
/// worker undoes what was done.
///
/// # Errors
/// When the database fails.
pub async fn request_cancel<C: ConnectionTrait>(
    db: &C,
    row: &operation::Model,
    by: &str,
    now: Instant,
) -> Result<bool, DbErr> {
    let untouched = row.state == OperationState::Queued.as_str() && row.attempts == 0;
    let state = if untouched { OperationState::Cancelled } else { OperationState::Cancelling };
    operation::ActiveModel {
        id: Set(row.id),
        state: Set(state.as_str().to_owned()),
        cancel_requested: Set(true),
        run_after: Set(now.0),
        finished_at: Set(untouched.then_some(now.0)),
        ..Default::default()
    }
    .update(db)
    .await?;
    let mut asked = Entry::info(JournalCode::CancelRequested);
    asked.params.insert("by".to_owned(), by.to_owned());
    repo::write_entry(db, row.id, asked, now).await?;
    if untouched {
        repo::write_entry(db, row.id, Entry::info(JournalCode::Cancelled), now).await?;
    }
    Ok(untouched)
}

/// Queues an ended operation once more, from the step that failed; from the first where it was undone.
///
/// # Errors
/// A unique violation when the target has another open operation by now, or any other failure of the database.
pub async fn request_retry<C: ConnectionTrait>(
    db: &C,
    row: &operation::Model,
    by: &str,
    now: Instant,
) -> Result<(), DbErr> {
    let mut steps = Steps::parse(&row.steps);
    steps.reset();
    operation::ActiveModel {
        id: Set(row.id),
        state: Set(OperationState::Queued.as_str().to_owned()),
        steps: Set(steps.to_text()),
        step: Set(None),
        error_code: Set(None),
        error_params: Set("{}".to_owned()),
        run_after: Set(now.0),
        cancel_requested: Set(false),
        // What it takes is told of this try: the pause before it was nobody's work.
        started_at: Set(None),
        finished_at: Set(None),
        ..Default::default()
    }
    .update(db)
    .await?;
    let mut asked = Entry::info(JournalCode::RetryRequested);
    asked.params.insert("by".to_owned(), by.to_owned());
    repo::write_entry(db, row.id, asked, now).await
}
