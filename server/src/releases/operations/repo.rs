//! Queries of operations and of their journals. What a worker writes is in [`super::claims`].

use super::{
    entity::{journal, operation},
    job::Params,
    steps::Steps,
};
use crate::clock::Instant;
use sea_orm::{
    ActiveModelTrait,
    ActiveValue::Set,
    ColumnTrait, ConnectionTrait, DbErr, EntityTrait, ExprTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect,
    Select,
    sea_query::{Alias, Expr, Order, Query},
};
use shared::operation::{JournalCode, JournalLevel, OperationFilter, OperationKind, OperationState, StepName};
use std::collections::HashMap;
use uuid::Uuid;

/// An operation to be done.
#[derive(Debug, Clone)]
pub struct NewOperation {
    /// Primary key.
    pub id: Uuid,
    /// What to do.
    pub kind: OperationKind,
    /// The steps, in order.
    pub steps: &'static [StepName],
    /// `workspace` or `service`.
    pub target_kind: &'static str,
    /// On what.
    pub target_id: Uuid,
    /// Its name now.
    pub target_name: String,
    /// In which workspace.
    pub workspace_id: Uuid,
    /// In which cluster.
    pub cluster_id: Uuid,
    /// Who asked.
    pub actor_id: Uuid,
    /// Their name now.
    pub actor_name: String,
    /// What it needs to know; never a secret.
    pub payload: serde_json::Value,
}

/// A journal entry to be appended.
#[derive(Debug, Clone)]
pub struct Entry {
    /// In which step.
    pub step: Option<StepName>,
    /// How much it matters.
    pub level: JournalLevel,
    /// What it says.
    pub code: JournalCode,
    /// With which values.
    pub params: Params,
    /// When it happened, where that is before it is written.
    pub at: Option<Instant>,
}

impl Entry {
    /// Information outside any step.
    pub fn info(code: JournalCode) -> Self {
        Self { step: None, level: JournalLevel::Info, code, params: Params::new(), at: None }
    }
}

/// An operation holds its target. In the very words of the partial indices (`operations_open`, `operations_due`): with the
/// states as parameters, SQLite would not know that they fit, and would look at every operation there ever was.
const OPEN: &str = r#""operations"."state" IN ('QUEUED', 'RUNNING', 'CANCELLING')"#;

/// What is open.
pub(super) fn is_open() -> Expr {
    Expr::cust(OPEN)
}

/// No pause lasts so long, in seconds. What seems to wait longer was noted before somebody set the clock back: it is due.
pub(super) const LONGEST_PAUSE: i64 = 120;

/// Enqueues within the transaction of the change that asks for it.
///
/// # Errors
/// A unique violation when the target has an open operation; use [`open_of`] in the same transaction to say so before.
pub async fn enqueue<C: ConnectionTrait>(db: &C, new: NewOperation, now: Instant) -> Result<operation::Model, DbErr> {
    let row = operation::ActiveModel {
        id: Set(new.id),
        kind: Set(new.kind.as_str().to_owned()),
        state: Set(OperationState::Queued.as_str().to_owned()),
        target_kind: Set(new.target_kind.to_owned()),
        target_id: Set(new.target_id),
        target_name: Set(new.target_name),
        workspace_id: Set(new.workspace_id),
        cluster_id: Set(new.cluster_id),
        actor_id: Set(new.actor_id),
        actor_name: Set(new.actor_name),
        step: Set(None),
        steps: Set(Steps::new(new.steps).to_text()),
        payload: Set(new.payload.to_string()),
        attempts: Set(0),
        journal_seq: Set(0),
        error_code: Set(None),
        error_params: Set("{}".to_owned()),
        lease_owner: Set(None),
        lease_until: Set(None),
        run_after: Set(now.0),
        process: Set(None),
        cancel_requested: Set(false),
        created_at: Set(now.0),
        started_at: Set(None),
        finished_at: Set(None),
    };
    let row = row.insert(db).await?;
    write_entry(db, row.id, Entry::info(JournalCode::Queued), now).await?;
    Ok(row)
}

/// The operation of this id.
///
/// # Errors
/// When the database fails.
pub async fn find<C: ConnectionTrait>(db: &C, id: Uuid) -> Result<Option<operation::Model>, DbErr> {
    operation::Entity::find_by_id(id).one(db).await
}

/// The same, held until the end of the transaction.
///
/// # Errors
/// When the database fails.
pub async fn find_for_update<C: ConnectionTrait>(tx: &C, id: Uuid) -> Result<Option<operation::Model>, DbErr> {
    operation::Entity::find_by_id(id).lock_exclusive().one(tx).await
}

/// The open operation on a target.
///
/// # Errors
/// When the database fails.
pub async fn open_of<C: ConnectionTrait>(db: &C, target: Uuid) -> Result<Option<operation::Model>, DbErr> {
    operation::Entity::find().filter(operation::Column::TargetId.eq(target)).filter(is_open()).one(db).await
}

/// Which operations a list holds.
#[derive(Debug, Clone, Copy, Default)]
pub struct Filter {
    /// How far they are.
    pub progress: Option<OperationFilter>,
    /// What they do.
    pub kind: Option<OperationKind>,
}

/// One page, newest first, of a workspace's operations before `before` (an id), and how many there are in all.
///
/// # Errors
/// When the database fails.
pub async fn page<C: ConnectionTrait>(
    db: &C,
    workspace: Uuid,
    filter: Filter,
    before: Option<Uuid>,
    limit: u64,
) -> Result<(Vec<operation::Model>, u64), DbErr> {
    let mut query = operation::Entity::find().filter(operation::Column::WorkspaceId.eq(workspace));
    query = match filter.progress {
        Some(OperationFilter::Open) => query.filter(is_open()),
        Some(OperationFilter::Failed) => query.filter(operation::Column::State.eq(OperationState::Failed.as_str())),
        None => query,
    };
    if let Some(kind) = filter.kind {
        query = query.filter(operation::Column::Kind.eq(kind.as_str()));
    }
    let total = query.clone().count(db).await?;
    if let Some(before) = before {
        query = query.filter(operation::Column::Id.lt(before));
    }
    // Ids are UUIDs of version 7: newer ones are greater.
    let rows = query.order_by_desc(operation::Column::Id).limit(limit).all(db).await?;
    Ok((rows, total))
}

/// The open operations of these workspaces, newest first, at most `limit`, and how many there are in all.
///
/// # Errors
/// When the database fails.
pub async fn open_in<C: ConnectionTrait>(
    db: &C,
    workspaces: &[Uuid],
    limit: u64,
) -> Result<(Vec<operation::Model>, u64), DbErr> {
    let query = operation::Entity::find()
        .filter(operation::Column::WorkspaceId.is_in(workspaces.iter().copied()))
        .filter(is_open());
    let total = query.clone().count(db).await?;
    let rows = query.order_by_desc(operation::Column::Id).limit(limit).all(db).await?;
    Ok((rows, total))
}

/// The newest operation of each of these targets.
///
/// # Errors
/// When the database fails.
pub async fn newest_of<C: ConnectionTrait>(db: &C, targets: &[Uuid]) -> Result<HashMap<Uuid, operation::Model>, DbErr> {
    let rows = newest(targets).all(db).await?;
    Ok(rows.into_iter().map(|row| (row.target_id, row)).collect())
}

/// The newest operation of each of these targets, unless it succeeded: of most there is none, and nothing is read.
///
/// # Errors
/// When the database fails.
pub async fn unsettled_of<C: ConnectionTrait>(
    db: &C,
    targets: &[Uuid],
) -> Result<HashMap<Uuid, operation::Model>, DbErr> {
    let unsettled = operation::Column::State.ne(OperationState::Succeeded.as_str());
    let rows = newest(targets).filter(unsettled).all(db).await?;
    Ok(rows.into_iter().map(|row| (row.target_id, row)).collect())
}

fn newest(targets: &[Uuid]) -> Select<operation::Entity> {
    let other = |column: operation::Column| Expr::col((Alias::new("other"), column));
    let newest = Query::select()
        .expr(other(operation::Column::Id))
        .from_as(operation::Entity, "other")
        .and_where(other(operation::Column::TargetId).equals((operation::Entity, operation::Column::TargetId)))
        .order_by_expr(other(operation::Column::CreatedAt), Order::Desc)
        .order_by_expr(other(operation::Column::Id), Order::Desc)
        .limit(1)
        .to_owned();
    operation::Entity::find()
        .filter(operation::Column::TargetId.is_in(targets.iter().copied()))
        .filter(Expr::col((operation::Entity, operation::Column::Id)).eq(newest))
}

/// Journal entries after `after`, oldest first, at most `limit`.
///
/// # Errors
/// When the database fails.
pub async fn journal_after<C: ConnectionTrait>(
    db: &C,
    id: Uuid,
    after: i64,
    limit: u64,
) -> Result<Vec<journal::Model>, DbErr> {
    journal::Entity::find()
        .filter(journal::Column::OperationId.eq(id))
        .filter(journal::Column::Seq.gt(after))
        .order_by_asc(journal::Column::Seq)
        .limit(limit)
        .all(db)
        .await
}

/// Appends an entry outside any claim (within a transaction that has locked the operation's row or just made it).
///
/// # Errors
/// When the database fails.
pub async fn write_entry<C: ConnectionTrait>(db: &C, id: Uuid, entry: Entry, now: Instant) -> Result<(), DbErr> {
    write_entries(db, id, vec![entry], now).await
}

/// The same for some entries, in their order.
pub(super) async fn write_entries<C: ConnectionTrait>(
    db: &C,
    id: Uuid,
    entries: Vec<Entry>,
    now: Instant,
) -> Result<(), DbErr> {
    let Some(count) = i64::try_from(entries.len()).ok().filter(|count| *count > 0) else { return Ok(()) };
    operation::Entity::update_many()
        .col_expr(operation::Column::JournalSeq, Expr::col(operation::Column::JournalSeq).add(count))
        .filter(operation::Column::Id.eq(id))
        .exec(db)
        .await?;
    let last = operation::Entity::find_by_id(id)
        .select_only()
        .column(operation::Column::JournalSeq)
        .into_tuple::<i64>()
        .one(db)
        .await?
        .ok_or_else(|| DbErr::RecordNotFound("operation".to_owned()))?;
    let rows = (last - count + 1..=last).zip(entries).map(|(seq, entry)| journal::ActiveModel {
        operation_id: Set(id),
        seq: Set(seq),
        at: Set(entry.at.unwrap_or(now).0),
        step: Set(entry.step.map(|step| step.as_str().to_owned())),
        level: Set(entry.level.as_str().to_owned()),
        code: Set(entry.code.as_str().to_owned()),
        params: Set(serde_json::to_string(&entry.params).unwrap_or_else(|_| "{}".to_owned())),
    });
    journal::Entity::insert_many(rows).exec_without_returning(db).await?;
    Ok(())
}

/// What a kind of operation is called in the audit.
pub const fn audit_name(kind: OperationKind) -> &'static str {
    match kind {
        OperationKind::WorkspaceCreate => "workspace.create",
        OperationKind::ServiceLaunch => "service.launch",
        OperationKind::ServiceRestart => "service.restart",
        OperationKind::ServiceDelete => "service.delete",
    }
}

/// Removes journal entries of before `end`, of operations that have ended.
///
/// # Errors
/// When the database fails.
pub async fn delete_journal_before<C: ConnectionTrait>(db: &C, end: Instant) -> Result<u64, DbErr> {
    let open = Query::select().column(operation::Column::Id).from(operation::Entity).and_where(is_open()).to_owned();
    let done = journal::Entity::delete_many()
        .filter(journal::Column::At.lt(end.0))
        .filter(journal::Column::OperationId.not_in_subquery(open))
        .exec(db)
        .await?;
    Ok(done.rows_affected)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_open_is_said_in_the_words_of_the_states() {
        for state in OperationState::ALL {
            assert_eq!(OPEN.contains(&format!("'{}'", state.as_str())), state.is_open(), "{state:?}");
        }
    }
}
