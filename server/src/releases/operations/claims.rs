//! Claims: an operation is one server's for a while. What a worker writes is bound to its claim: a server that lost it changes
//! nothing.

use super::{
    entity::operation,
    job::StepError,
    repo::{Entry, LONGEST_PAUSE, audit_name, find, is_open, write_entries},
};
use crate::{clock::Instant, crypto::random::Random, db::Db, domain::audit};
use sea_orm::{
    ActiveModelTrait,
    ActiveValue::{self, Set},
    ColumnTrait, Condition, ConnectionTrait, DbErr, EntityTrait, ExprTrait, QueryFilter, QueryOrder, QuerySelect,
    Select,
    sea_query::{CaseStatement, Expr, Func, Order},
};
use shared::operation::{OperationKind, OperationState};
use std::{collections::HashMap, sync::Arc};
use uuid::Uuid;

/// An operation that is ours for a while.
pub(super) struct Claim {
    /// The operation.
    pub(super) row: operation::Model,
    /// Whether a server that did not come back had it before.
    pub(super) taken_up: bool,
    /// Names this claim, and no other of the same server: one that was suspended for long finds its own claim lost.
    pub(super) owner: Arc<str>,
}

/// What workspaces have of one server at a moment, so that none of them has it all.
#[derive(Debug, Default)]
pub(super) struct Shares {
    /// These have as much as one may have: nothing more of theirs is claimed.
    pub(super) full: Vec<Uuid>,
    /// So many of theirs are at work: who has less goes first.
    pub(super) at_work: HashMap<Uuid, i64>,
}

/// Claims one operation that is due, if there is one.
pub(super) async fn claim(
    db: &Db,
    owner: Arc<str>,
    now: Instant,
    until: Instant,
    shares: &Shares,
) -> Result<Option<Claim>, DbErr> {
    loop {
        let Some(row) = due(now, shares).one(db.read()).await? else { return Ok(None) };
        // By what it is now: someone may have cancelled it since it was read.
        let state =
            Expr::case(operation::Column::State.eq(OperationState::Queued.as_str()), OperationState::Running.as_str());
        let done = operation::Entity::update_many()
            .col_expr(operation::Column::LeaseOwner, Expr::value(&*owner))
            .col_expr(operation::Column::LeaseUntil, Expr::value(until.0))
            .col_expr(operation::Column::Attempts, Expr::col(operation::Column::Attempts).add(1))
            .col_expr(operation::Column::State, state.finally(Expr::col(operation::Column::State)).into())
            .filter(operation::Column::Id.eq(row.id))
            .filter(is_open())
            .filter(is_free(now))
            .exec(db.write())
            .await?;
        // Another server may have been faster; then look for the next.
        if done.rows_affected == 1 {
            let taken_up = row.lease_until.is_some();
            return Ok(find(db.write(), row.id).await?.map(|row| Claim { row, taken_up, owner }));
        }
    }
}

/// What may be claimed now: of the workspace that has least at work, what has waited longest.
fn due(now: Instant, shares: &Shares) -> Select<operation::Entity> {
    let is_due = Condition::any()
        .add(operation::Column::RunAfter.lte(now.0))
        .add(operation::Column::RunAfter.gt(now.plus_seconds(LONGEST_PAUSE).0));
    let mut query = operation::Entity::find()
        .filter(is_open())
        .filter(is_due)
        .filter(is_free(now))
        .filter(operation::Column::WorkspaceId.is_not_in(shares.full.iter().copied()));
    if !shares.at_work.is_empty() {
        let at_work = shares.at_work.iter().fold(CaseStatement::new(), |cases, (workspace, count)| {
            cases.case(operation::Column::WorkspaceId.eq(*workspace), Expr::value(*count))
        });
        let at_work: Expr = at_work.finally(Expr::value(0_i64)).into();
        query = query.order_by(at_work, Order::Asc);
    }
    query.order_by_asc(operation::Column::RunAfter).order_by_asc(operation::Column::Id)
}

fn is_free(now: Instant) -> Condition {
    Condition::any().add(operation::Column::LeaseUntil.is_null()).add(operation::Column::LeaseUntil.lt(now.0))
}

/// Renews a claim and reads the row; `None` when the claim is lost.
pub(super) async fn renew(db: &Db, id: Uuid, owner: &str, until: Instant) -> Result<Option<operation::Model>, DbErr> {
    let done = operation::Entity::update_many()
        .col_expr(operation::Column::LeaseUntil, Expr::value(until.0))
        .filter(operation::Column::Id.eq(id))
        .filter(operation::Column::LeaseOwner.eq(owner))
        .exec(db.write())
        .await?;
    if done.rows_affected == 1 { find(db.write(), id).await } else { Ok(None) }
}

/// When something will be due next: the earliest time at which an open operation may be begun or its claim runs out. What
/// cannot be claimed now by these shares is left out; the end of another of its workspace tells of it.
pub(super) async fn next_due(db: &Db, now: Instant, shares: &Shares) -> Result<Option<Instant>, DbErr> {
    let next = next(now, shares).into_tuple::<Option<i64>>().one(db.read()).await?;
    Ok(next.flatten().map(Instant))
}

/// The later of claim and pause, of all the earliest. A pause that is longer than any can be is over.
fn next(now: Instant, shares: &Shares) -> Select<operation::Entity> {
    let lease = || Expr::col(operation::Column::LeaseUntil);
    let after = || Expr::col(operation::Column::RunAfter);
    let too_long = || after().gt(now.plus_seconds(LONGEST_PAUSE).0);
    // Without a claim, no comparison with its end holds.
    let due: Expr = Expr::case(Condition::all().add(too_long()).add(lease().gt(now.0)), lease())
        .case(too_long(), Expr::value(now.0))
        .case(lease().gt(after()), lease())
        .finally(after())
        .into();
    operation::Entity::find()
        .select_only()
        .expr_as(Func::min(due), "due")
        .filter(is_open())
        .filter(operation::Column::WorkspaceId.is_not_in(shares.full.iter().copied()))
}

/// Frees every claim. Only where no other server can hold one: at start, on SQLite.
///
/// # Errors
/// When the database fails.
pub async fn free_all_claims(db: &Db) -> Result<u64, DbErr> {
    let done = operation::Entity::update_many()
        .col_expr(operation::Column::LeaseUntil, Expr::value(0_i64))
        .filter(operation::Column::LeaseUntil.is_not_null())
        .filter(is_open())
        .exec(db.write())
        .await?;
    Ok(done.rows_affected)
}

/// Appends entries under a claim; with `process` set, also remembers a process, or that there is none any more.
pub(super) async fn append(
    db: &Db,
    row: &operation::Model,
    owner: &str,
    process: ActiveValue<Option<String>>,
    entries: Vec<Entry>,
    now: Instant,
) -> Result<(), StepError> {
    let tx = db.begin().await?;
    let mut change = vec![(operation::Column::LeaseOwner, Expr::value(owner))];
    if let Set(process) = process {
        change.push((operation::Column::Process, Expr::value(process)));
    }
    held(&tx, row.id, owner, change).await?;
    write_entries(&tx, row.id, entries, now).await?;
    tx.commit().await?;
    Ok(())
}

/// A change of an operation under its claim, written all or nothing.
pub(super) struct Writing {
    /// What changes in its row.
    pub(super) change: operation::ActiveModel,
    /// What the journal tells of it.
    pub(super) entries: Vec<Entry>,
    /// Where someone has cancelled the operation meanwhile, nothing is written.
    pub(super) unless_cancelled: bool,
    /// The outcome for the audit, where this is the end.
    pub(super) outcome: Option<audit::Phase>,
}

/// The row after it was asked for a change.
pub(super) enum Written {
    /// It was changed.
    Changed(operation::Model),
    /// It is as it was: someone has cancelled the operation.
    Cancelled(operation::Model),
}

/// Changes an operation under a claim.
pub(super) async fn write(
    db: &Db,
    random: &Random,
    id: Uuid,
    owner: &str,
    writing: Writing,
    now: Instant,
) -> Result<Written, StepError> {
    let tx = db.begin().await?;
    hold(&tx, id, owner).await?;
    if writing.unless_cancelled {
        let fresh = find(&tx, id).await?.ok_or(StepError::Interrupted)?;
        if fresh.cancel_requested {
            return Ok(Written::Cancelled(fresh));
        }
    }
    write_entries(&tx, id, writing.entries, now).await?;
    let row = operation::ActiveModel { id: Set(id), ..writing.change }.update(&tx).await?;
    if let Some(phase) = writing.outcome {
        let record = audit::Record {
            action_id: id,
            actor: Some((row.actor_id, &row.actor_name)),
            action: OperationKind::parse(&row.kind).map_or("operation", audit_name),
            target_kind: &row.target_kind,
            target_id: Some(row.target_id),
            workspace_id: Some(row.workspace_id),
            params: serde_json::json!({ "name": row.target_name }),
            request_id: "",
        };
        audit::append(&tx, random, &record, phase, now).await?;
    }
    tx.commit().await?;
    Ok(Written::Changed(row))
}

/// Lets these open operations begin now rather than later.
pub(super) async fn make_due(db: &Db, which: Expr, now: Instant) -> Result<(), DbErr> {
    operation::Entity::update_many()
        .col_expr(operation::Column::RunAfter, Expr::value(now.0))
        .filter(which)
        .filter(operation::Column::RunAfter.gt(now.0))
        .filter(is_open())
        .exec(db.write())
        .await
        .map(drop)
}

/// Binds what a transaction writes to the claim: fails unless `owner` holds it.
pub(super) async fn hold<C: ConnectionTrait>(db: &C, id: Uuid, owner: &str) -> Result<(), StepError> {
    held(db, id, owner, vec![(operation::Column::LeaseOwner, Expr::value(owner))]).await
}

/// Changes the row, and fails unless `owner` holds the claim. On PostgreSQL the row stays locked until the transaction ends.
async fn held<C: ConnectionTrait>(
    db: &C,
    id: Uuid,
    owner: &str,
    change: Vec<(operation::Column, Expr)>,
) -> Result<(), StepError> {
    let mut update = operation::Entity::update_many();
    for (column, value) in change {
        update = update.col_expr(column, value);
    }
    let done =
        update.filter(operation::Column::Id.eq(id)).filter(operation::Column::LeaseOwner.eq(owner)).exec(db).await?;
    if done.rows_affected == 1 { Ok(()) } else { Err(StepError::Interrupted) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use sea_orm::{DbBackend, QueryTrait, Statement};

    /// How SQLite would answer it.
    async fn plan(db: &Db, query: Select<operation::Entity>) -> String {
        let query = query.build(DbBackend::Sqlite);
        let explain = Statement { sql: format!("EXPLAIN QUERY PLAN {}", query.sql), ..query };
        let rows = db.write().query_all_raw(explain).await.unwrap();
        rows.iter().map(|row| row.try_get::<String>("", "detail").unwrap()).collect::<Vec<_>>().join("; ")
    }

    #[tokio::test]
    async fn what_has_ended_is_not_looked_at_again() {
        let folder = tempfile::tempdir().unwrap();
        let db = Db::fresh(folder.path()).await;
        let (one, other) = (Uuid::now_v7(), Uuid::now_v7());
        let crowded = Shares { full: vec![one], at_work: HashMap::from([(one, 3), (other, 1)]) };
        for shares in [Shares::default(), crowded] {
            for query in [due(Instant(1), &shares).limit(1), next(Instant(1), &shares)] {
                let told = plan(&db, query).await;
                assert!(told.contains("USING INDEX operations_due"), "{told}");
            }
        }
        db.close().await;
    }
}
