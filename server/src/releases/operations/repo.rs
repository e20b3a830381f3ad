//! Queries of operations. What a worker writes is bound to its claim: a server that lost the claim changes nothing.

use super::{
    entity::{journal, operation},
    job::{Params, StepError},
    steps::Steps,
};
use crate::{clock::Instant, crypto::random::Random, db::Db, domain::audit};
use sea_orm::{
    ActiveModelTrait,
    ActiveValue::{self, Set},
    ColumnTrait, Condition, ConnectionTrait, DbErr, EntityTrait, ExprTrait, PaginatorTrait, QueryFilter, QueryOrder,
    QuerySelect,
    sea_query::{Alias, Expr, Order, Query},
};
use shared::operation::{JournalCode, JournalLevel, OperationFilter, OperationKind, OperationState, StepName};
use std::{collections::HashMap, sync::Arc};
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

/// Names of the states in which an operation holds its target.
const OPEN: [&str; 3] =
    [OperationState::Queued.as_str(), OperationState::Running.as_str(), OperationState::Cancelling.as_str()];

/// No pause lasts so long, in seconds. What seems to wait longer was noted before somebody set the clock back: it is due.
const LONGEST_PAUSE: i64 = 120;

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
    operation::Entity::find()
        .filter(operation::Column::TargetId.eq(target))
        .filter(operation::Column::State.is_in(OPEN))
        .one(db)
        .await
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
        Some(OperationFilter::Open) => query.filter(operation::Column::State.is_in(OPEN)),
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
        .filter(operation::Column::State.is_in(OPEN));
    let total = query.clone().count(db).await?;
    let rows = query.order_by_desc(operation::Column::Id).limit(limit).all(db).await?;
    Ok((rows, total))
}

/// The newest operation of each of these targets.
///
/// # Errors
/// When the database fails.
pub async fn newest_of<C: ConnectionTrait>(db: &C, targets: &[Uuid]) -> Result<HashMap<Uuid, operation::Model>, DbErr> {
    let other = |column: operation::Column| Expr::col((Alias::new("other"), column));
    let newest = Query::select()
        .expr(other(operation::Column::Id))
        .from_as(operation::Entity, "other")
        .and_where(other(operation::Column::TargetId).equals((operation::Entity, operation::Column::TargetId)))
        .order_by_expr(other(operation::Column::CreatedAt), Order::Desc)
        .order_by_expr(other(operation::Column::Id), Order::Desc)
        .limit(1)
        .to_owned();
    let rows = operation::Entity::find()
        .filter(operation::Column::TargetId.is_in(targets.iter().copied()))
        .filter(Expr::col((operation::Entity, operation::Column::Id)).eq(newest))
        .all(db)
        .await?;
    Ok(rows.into_iter().map(|row| (row.target_id, row)).collect())
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
async fn write_entries<C: ConnectionTrait>(db: &C, id: Uuid, entries: Vec<Entry>, now: Instant) -> Result<(), DbErr> {
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

/// Changes the row under a claim and appends entries, in one transaction.
pub(super) async fn update(
    db: &Db,
    id: Uuid,
    owner: &str,
    change: operation::ActiveModel,
    entries: Vec<Entry>,
    now: Instant,
) -> Result<operation::Model, StepError> {
    let tx = db.begin().await?;
    locked(&tx, id, owner).await?;
    operation::ActiveModel { id: Set(id), ..change }.update(&tx).await?;
    write_entries(&tx, id, entries, now).await?;
    let row = find(&tx, id).await?.ok_or(StepError::Interrupted)?;
    tx.commit().await?;
    Ok(row)
}

/// How an operation ends.
pub(super) struct Closing {
    /// The last of its journal.
    pub(super) entries: Vec<Entry>,
    /// Its outcome in the audit.
    pub(super) phase: audit::Phase,
    /// Whether undoing has been tried.
    pub(super) undone: bool,
}

/// Ends the operation under a claim: its row, its journal's last entry and the outcome in the audit, all or nothing. One
/// that someone has cancelled meanwhile does not end before it is `undone`: then nothing is written, and its row is the
/// answer.
pub(super) async fn finish(
    db: &Db,
    random: &Random,
    row: &operation::Model,
    owner: &str,
    change: operation::ActiveModel,
    closing: Closing,
    now: Instant,
) -> Result<Option<operation::Model>, StepError> {
    let tx = db.begin().await?;
    locked(&tx, row.id, owner).await?;
    let fresh = find(&tx, row.id).await?.ok_or(StepError::Interrupted)?;
    let Closing { entries, phase, undone } = closing;
    if !undone && fresh.cancel_requested {
        return Ok(Some(fresh));
    }
    operation::ActiveModel { id: Set(row.id), ..change }.update(&tx).await?;
    write_entries(&tx, row.id, entries, now).await?;
    let record = audit::Record {
        action_id: row.id,
        actor: Some((row.actor_id, &row.actor_name)),
        action: OperationKind::parse(&row.kind).map_or("operation", audit_name),
        target_kind: &row.target_kind,
        target_id: Some(row.target_id),
        workspace_id: Some(row.workspace_id),
        params: serde_json::json!({ "name": row.target_name }),
        request_id: "",
    };
    audit::append(&tx, random, &record, phase, now).await?;
    tx.commit().await?;
    Ok(None)
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

/// Lets an open operation begin now rather than later.
pub(super) async fn make_due(db: &Db, id: Uuid, now: Instant) -> Result<(), DbErr> {
    operation::Entity::update_many()
        .col_expr(operation::Column::RunAfter, Expr::value(now.0))
        .filter(operation::Column::Id.eq(id))
        .filter(operation::Column::State.is_in(OPEN))
        .exec(db.write())
        .await
        .map(drop)
}

/// Fails unless `owner` holds the claim. On PostgreSQL the row stays locked until the transaction ends.
async fn locked<C: ConnectionTrait>(db: &C, id: Uuid, owner: &str) -> Result<(), StepError> {
    held(db, id, owner, vec![(operation::Column::LeaseOwner, Expr::value(owner))]).await
}

/// The same, with a change of the row.
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

/// An operation that is ours for a while.
pub(super) struct Claim {
    /// The operation.
    pub(super) row: operation::Model,
    /// Whether a server that did not come back had it before.
    pub(super) taken_up: bool,
    /// Names this claim, and no other of the same server: one that was suspended for long finds its own claim lost.
    pub(super) owner: Arc<str>,
}

/// Claims one operation that is due, if there is one.
pub(super) async fn claim(db: &Db, owner: Arc<str>, now: Instant, until: Instant) -> Result<Option<Claim>, DbErr> {
    loop {
        let free =
            Condition::any().add(operation::Column::LeaseUntil.is_null()).add(operation::Column::LeaseUntil.lt(now.0));
        let is_due = Condition::any()
            .add(operation::Column::RunAfter.lte(now.0))
            .add(operation::Column::RunAfter.gt(now.plus_seconds(LONGEST_PAUSE).0));
        let due = operation::Entity::find()
            .filter(operation::Column::State.is_in(OPEN))
            .filter(is_due)
            .filter(free.clone())
            .order_by_asc(operation::Column::RunAfter)
            .order_by_asc(operation::Column::Id)
            .one(db.read())
            .await?;
        let Some(row) = due else { return Ok(None) };
        // By what it is now: someone may have cancelled it since it was read.
        let state =
            Expr::case(operation::Column::State.eq(OperationState::Queued.as_str()), OperationState::Running.as_str());
        let done = operation::Entity::update_many()
            .col_expr(operation::Column::LeaseOwner, Expr::value(&*owner))
            .col_expr(operation::Column::LeaseUntil, Expr::value(until.0))
            .col_expr(operation::Column::Attempts, Expr::col(operation::Column::Attempts).add(1))
            .col_expr(operation::Column::State, state.finally(Expr::col(operation::Column::State)).into())
            .filter(operation::Column::Id.eq(row.id))
            .filter(operation::Column::State.is_in(OPEN))
            .filter(free)
            .exec(db.write())
            .await?;
        // Another server may have been faster; then look for the next.
        if done.rows_affected == 1 {
            let taken_up = row.lease_until.is_some();
            return Ok(find(db.write(), row.id).await?.map(|row| Claim { row, taken_up, owner }));
        }
    }
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

/// When something will be due next: the earliest time at which an open operation may be begun or its claim runs out.
pub(super) async fn next_due(db: &Db, now: Instant) -> Result<Option<Instant>, DbErr> {
    let after = |after: i64| if after > now.plus_seconds(LONGEST_PAUSE).0 { now.0 } else { after };
    let open = operation::Entity::find()
        .select_only()
        .column(operation::Column::RunAfter)
        .column(operation::Column::LeaseUntil)
        .filter(operation::Column::State.is_in(OPEN))
        .into_tuple::<(i64, Option<i64>)>()
        .all(db.read())
        .await?;
    let due = open.into_iter().map(|(run_after, lease)| match lease {
        Some(lease) => std::cmp::max(lease, after(run_after)),
        None => after(run_after),
    });
    Ok(due.min().map(Instant))
}

/// Frees every claim. Only where no other server can hold one: at start, on SQLite.
///
/// # Errors
/// When the database fails.
pub async fn free_all_claims(db: &Db) -> Result<u64, DbErr> {
    let done = operation::Entity::update_many()
        .col_expr(operation::Column::LeaseUntil, Expr::value(0_i64))
        .filter(operation::Column::LeaseUntil.is_not_null())
        .filter(operation::Column::State.is_in(OPEN))
        .exec(db.write())
        .await?;
    Ok(done.rows_affected)
}

/// Removes journal entries of before `end`, of operations that have ended.
///
/// # Errors
/// When the database fails.
pub async fn delete_journal_before<C: ConnectionTrait>(db: &C, end: Instant) -> Result<u64, DbErr> {
    let open = Query::select()
        .column(operation::Column::Id)
        .from(operation::Entity)
        .and_where(Expr::col(operation::Column::State).is_in(OPEN))
        .to_owned();
    let done = journal::Entity::delete_many()
        .filter(journal::Column::At.lt(end.0))
        .filter(journal::Column::OperationId.not_in_subquery(open))
        .exec(db)
        .await?;
    Ok(done.rows_affected)
}
