//! Appends audit rows. Rows are never updated or removed by the platform's code.

use super::entity::record;
use crate::{clock::Instant, crypto::random::Random, crypto::sha256_hex, domain::actor::Actor};
use sea_orm::{ConnectionTrait, DbBackend, DbErr, EntityTrait, QueryOrder};
use uuid::Uuid;

/// Which of the two rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Phase {
    /// It is going to be done.
    Intent,
    /// It was done.
    Done,
    /// It was not done.
    Failed,
}

/// A change, to be recorded.
#[derive(Debug, Clone)]
pub struct Record<'a> {
    /// The same in intent and outcome.
    pub action_id: Uuid,
    /// Who; none for someone who is not signed in.
    pub actor: Option<(Uuid, &'a str)>,
    /// What, for example `service.launch`.
    pub action: &'a str,
    /// On what, for example `service`.
    pub target_kind: &'a str,
    /// On which.
    pub target_id: Option<Uuid>,
    /// In which workspace.
    pub workspace_id: Option<Uuid>,
    /// What it was about; never a secret.
    pub params: serde_json::Value,
    /// The request that asked.
    pub request_id: &'a str,
}

impl<'a> Record<'a> {
    /// A change by someone who is signed in.
    pub fn of(actor: &'a Actor, action_id: Uuid, action: &'a str, target_kind: &'a str, target_id: Uuid) -> Self {
        Self {
            action_id,
            actor: Some((actor.id.0, &actor.name)),
            action,
            target_kind,
            target_id: Some(target_id),
            workspace_id: None,
            params: serde_json::json!({}),
            request_id: &actor.request_id,
        }
    }

    /// In a workspace.
    #[must_use]
    pub const fn within(mut self, workspace: Uuid) -> Self {
        self.workspace_id = Some(workspace);
        self
    }

    /// About this.
    #[must_use]
    pub fn about(mut self, params: serde_json::Value) -> Self {
        self.params = params;
        self
    }
}

/// Appends one row, in the transaction of the change.
///
/// # Errors
/// When the database fails.
pub async fn append<C: ConnectionTrait>(
    db: &C,
    random: &Random,
    record: &Record<'_>,
    phase: Phase,
    now: Instant,
) -> Result<(), DbErr> {
    append_all(db, random, [(record, phase)], now).await
}

/// Appends rows in this order. Everything else that changes waits meanwhile, so the last row is looked for once.
///
/// # Errors
/// When the database fails.
pub async fn append_all<'a, 'b: 'a, C: ConnectionTrait>(
    db: &C,
    random: &Random,
    records: impl IntoIterator<Item = (&'a Record<'b>, Phase)>,
    now: Instant,
) -> Result<(), DbErr> {
    if db.get_database_backend() == DbBackend::Postgres {
        // Two appends at once would follow the same row. SQLite has one writer anyway.
        db.execute_unprepared("LOCK TABLE audit IN EXCLUSIVE MODE").await?;
    }
    let last = record::Entity::find().order_by_desc(record::Column::Seq).one(db).await?;
    let (mut seq, mut prev_hash) = last.map_or((0, String::new()), |last| (last.seq, last.hash));
    let rows: Vec<_> = records
        .into_iter()
        .map(|(record, phase)| {
            seq += 1;
            let mut row = row_of(random.id(now), seq, record, phase, now);
            row.prev_hash = std::mem::take(&mut prev_hash);
            row.hash = hash_of(&row);
            prev_hash.clone_from(&row.hash);
            record::ActiveModel::from(row)
        })
        .collect();
    if rows.is_empty() {
        return Ok(());
    }
    record::Entity::insert_many(rows).exec_without_returning(db).await?;
    Ok(())
}

fn row_of(id: Uuid, seq: i64, record: &Record<'_>, phase: Phase, now: Instant) -> record::Model {
    record::Model {
        id,
        seq,
        action_id: record.action_id,
        phase: match phase {
            Phase::Intent => "intent",
            Phase::Done => "done",
            Phase::Failed => "failed",
        }
        .to_owned(),
        at: now.0,
        actor_id: record.actor.map(|(id, _)| id),
        actor_name: record.actor.map_or_else(String::new, |(_, name)| name.to_owned()),
        action: record.action.to_owned(),
        target_kind: record.target_kind.to_owned(),
        target_id: record.target_id,
        workspace_id: record.workspace_id,
        params: record.params.to_string(),
        request_id: record.request_id.to_owned(),
        prev_hash: String::new(),
        hash: String::new(),
    }
}

/// Appends intent and outcome of a change that happens within this one transaction.
///
/// # Errors
/// When the database fails.
pub async fn append_both<C: ConnectionTrait>(
    db: &C,
    random: &Random,
    record: &Record<'_>,
    now: Instant,
) -> Result<(), DbErr> {
    append_all(db, random, [(record, Phase::Intent), (record, Phase::Done)], now).await
}

/// Every row, oldest first.
///
/// # Errors
/// When the database fails.
pub async fn all<C: ConnectionTrait>(db: &C) -> Result<Vec<record::Model>, DbErr> {
    record::Entity::find().order_by_asc(record::Column::Seq).all(db).await
}

/// Checks the chain from its beginning; the number of the first row that does not fit, if there is one.
pub fn first_broken(rows: &[record::Model]) -> Option<i64> {
    let mut prev = "";
    for (expected, row) in (1..).zip(rows) {
        if row.seq != expected || row.prev_hash != prev || row.hash != hash_of(row) {
            return Some(expected);
        }
        prev = &row.hash;
    }
    None
}

/// SHA-256 over every column but the hash itself; a JSON list keeps the columns apart.
fn hash_of(row: &record::Model) -> String {
    let columns = serde_json::json!([
        row.id,
        row.seq,
        row.action_id,
        row.phase,
        row.at,
        row.actor_id,
        row.actor_name,
        row.action,
        row.target_kind,
        row.target_id,
        row.workspace_id,
        row.params,
        row.request_id,
        row.prev_hash
    ]);
    sha256_hex(columns.to_string().as_bytes())
}
