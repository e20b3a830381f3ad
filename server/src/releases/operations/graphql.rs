//! Operations in the API.

use super::{JournalRow, OperationRow, Steps, repo, service};
use crate::{
    clock::Instant,
    graphql::{
        context::{actor, state},
        errors::ApiError,
        params::{self, Param},
        scalars::{self, DateTime, int},
    },
};
use async_graphql::{Context, ID, InputObject, Object, SimpleObject};
use shared::{
    ids::OperationId,
    operation::{JournalCode, JournalLevel, OperationErrorCode, OperationKind, OperationState, StepName, StepState},
    policy::WorkspaceAction,
};

/// Most journal entries in one answer; the rest follows by `afterSeq`.
const MOST_ENTRIES: u64 = 500;

/// Something being done to the outside world, step by step.
pub struct Operation(pub OperationRow);

/// A step of an operation.
#[derive(SimpleObject)]
pub struct OperationStep {
    /// Which.
    name: StepName,
    /// How far.
    state: StepState,
    /// When it was first begun.
    started_at: Option<DateTime>,
    /// When it ended.
    finished_at: Option<DateTime>,
}

/// Why an operation failed.
#[derive(SimpleObject)]
pub struct OperationError {
    /// What kind of failure.
    code: OperationErrorCode,
    /// Named values of the sentence.
    params: Vec<Param>,
}

/// An entry of an operation's journal.
#[derive(SimpleObject)]
pub struct JournalEntry {
    /// Its number in the journal, from 1.
    seq: i32,
    /// When.
    at: DateTime,
    /// In which step; null outside any.
    step: Option<StepName>,
    /// How much it matters.
    level: JournalLevel,
    /// What it says.
    code: JournalCode,
    /// Named values of the sentence.
    params: Vec<Param>,
}

impl From<JournalRow> for JournalEntry {
    fn from(row: JournalRow) -> Self {
        Self {
            seq: int(row.seq),
            at: row.at.into(),
            step: row.step.as_deref().and_then(StepName::parse),
            level: JournalLevel::parse(&row.level).unwrap_or(JournalLevel::Info),
            code: JournalCode::parse(&row.code).unwrap_or(JournalCode::HelmOutput),
            params: params::from_json(&row.params),
        }
    }
}

/// Something being done to the outside world, step by step.
#[Object]
impl Operation {
    /// Opaque id.
    async fn id(&self) -> ID {
        self.0.id.simple().to_string().into()
    }

    /// What it does.
    async fn kind(&self) -> Result<OperationKind, ApiError> {
        OperationKind::parse(&self.0.kind).ok_or_else(|| ApiError::internal("unknown kind of operation"))
    }

    /// How far it is.
    async fn state(&self) -> Result<OperationState, ApiError> {
        OperationState::parse(&self.0.state).ok_or_else(|| ApiError::internal("unknown state of operation"))
    }

    /// Its steps in order, with how far each is.
    async fn steps(&self) -> Vec<OperationStep> {
        Steps::parse(&self.0.steps)
            .0
            .into_iter()
            .map(|step| OperationStep {
                name: step.name,
                state: step.state,
                started_at: step.started_at.map(DateTime),
                finished_at: step.finished_at.map(DateTime),
            })
            .collect()
    }

    /// How often a server has begun with it.
    async fn attempts(&self) -> i32 {
        int(self.0.attempts)
    }

    /// Who asked for it.
    async fn actor_name(&self) -> &str {
        &self.0.actor_name
    }

    /// The service or workspace's name at that time.
    async fn target_name(&self) -> &str {
        &self.0.target_name
    }

    /// The service it works on; null when it works on the workspace itself.
    async fn service_id(&self) -> Option<ID> {
        (self.0.target_kind == "service").then(|| self.0.target_id.simple().to_string().into())
    }

    /// The workspace it works in.
    async fn workspace_id(&self) -> ID {
        self.0.workspace_id.simple().to_string().into()
    }

    /// When it was asked for.
    async fn created_at(&self) -> DateTime {
        self.0.created_at.into()
    }

    /// When a server first began with it.
    async fn started_at(&self) -> Option<DateTime> {
        self.0.started_at.map(Into::into)
    }

    /// When it ended.
    async fn finished_at(&self) -> Option<DateTime> {
        self.0.finished_at.map(Into::into)
    }

    /// Why it failed.
    async fn error(&self) -> Option<OperationError> {
        let code = OperationErrorCode::parse(self.0.error_code.as_deref()?)?;
        Some(OperationError { code, params: params::from_json(&self.0.error_params) })
    }

    /// Whether it can be cancelled now.
    async fn cancellable(&self, ctx: &Context<'_>) -> Result<bool, ApiError> {
        Ok(service::is_cancellable(state(ctx)?, &self.0))
    }

    /// Whether it can be tried again.
    async fn retryable(&self) -> bool {
        service::is_retryable(&self.0)
    }

    /// What was done, oldest first: at most 500 entries after `afterSeq`.
    async fn journal(&self, ctx: &Context<'_>, after_seq: Option<i32>) -> Result<Vec<JournalEntry>, ApiError> {
        let after = i64::from(after_seq.unwrap_or(0));
        let rows = repo::journal_after(state(ctx)?.db.read(), self.0.id, after, MOST_ENTRIES).await?;
        Ok(rows.into_iter().map(Into::into).collect())
    }
}

/// An operation after a change, with what is new in its journal.
#[derive(SimpleObject)]
pub struct OperationUpdate {
    /// The operation.
    operation: Operation,
    /// Journal entries that the stream has not sent yet, oldest first.
    entries: Vec<JournalEntry>,
}

/// Which operation to try again.
#[derive(InputObject)]
pub struct RetryOperationInput {
    /// Which.
    id: ID,
}

/// Which operation to cancel.
#[derive(InputObject)]
pub struct CancelOperationInput {
    /// Which.
    id: ID,
}

/// An operation after a change.
#[derive(SimpleObject)]
pub struct OperationPayload {
    /// The operation.
    operation: Operation,
}

/// Queries of operations.
#[derive(Default)]
pub struct OperationQuery;

#[Object]
impl OperationQuery {
    /// One operation; null when it does not exist or may not be seen.
    async fn operation(&self, ctx: &Context<'_>, id: ID) -> Result<Option<Operation>, ApiError> {
        let found = match scalars::id(&id) {
            Ok(id) => visible(ctx, id).await,
            Err(error) => Err(error),
        };
        crate::graphql::visible(found.map(Operation))
    }
}

/// Changes of operations.
#[derive(Default)]
pub struct OperationMutation;

#[Object]
impl OperationMutation {
    /// Tries a failed or cancelled operation once more, from the step where it ended.
    async fn retry_operation(
        &self,
        ctx: &Context<'_>,
        input: RetryOperationInput,
    ) -> Result<OperationPayload, ApiError> {
        let row = service::retry(state(ctx)?, actor(ctx)?, scalars::id(&input.id)?).await?;
        Ok(OperationPayload { operation: Operation(row) })
    }

    /// Asks an operation to stop and to undo what it did.
    async fn cancel_operation(
        &self,
        ctx: &Context<'_>,
        input: CancelOperationInput,
    ) -> Result<OperationPayload, ApiError> {
        let row = service::cancel(state(ctx)?, actor(ctx)?, scalars::id(&input.id)?).await?;
        Ok(OperationPayload { operation: Operation(row) })
    }
}

/// What a stream of an operation sends next.
pub struct NextUpdate {
    /// To be sent.
    pub update: OperationUpdate,
    /// Number of the newest journal entry that was sent.
    pub newest: i64,
    /// More entries are there already.
    pub more: bool,
    /// Nothing can follow: it succeeded, and what succeeded is not tried again.
    pub is_last: bool,
    /// When the leave to see it runs out by itself.
    pub until: Option<Instant>,
}

/// An operation and its new journal entries, for whoever may see it.
///
/// # Errors
/// `NOT_FOUND` where there is none or it may not be seen.
pub async fn update_after(ctx: &Context<'_>, id: OperationId, after: i64) -> Result<NextUpdate, ApiError> {
    let (row, until) = visible_until(ctx, id).await?;
    let entries = repo::journal_after(state(ctx)?.db.read(), id.0, after, MOST_ENTRIES).await?;
    let newest = entries.last().map_or(after, |entry| entry.seq);
    let all_sent = entries.len() < usize::try_from(MOST_ENTRIES).unwrap_or(usize::MAX);
    let is_last = all_sent && row.state == OperationState::Succeeded.as_str();
    let update = OperationUpdate { operation: Operation(row), entries: entries.into_iter().map(Into::into).collect() };
    Ok(NextUpdate { update, newest, more: !all_sent, is_last, until })
}

async fn visible(ctx: &Context<'_>, id: OperationId) -> Result<OperationRow, ApiError> {
    visible_until(ctx, id).await.map(|(row, _)| row)
}

async fn visible_until(ctx: &Context<'_>, id: OperationId) -> Result<(OperationRow, Option<Instant>), ApiError> {
    let (state, actor) = (state(ctx)?, actor(ctx)?);
    actor.may_anywhere(WorkspaceAction::SeeServices)?;
    let row = repo::find(state.db.read(), id.0).await?;
    let workspace = row.as_ref().map(|row| row.workspace_id);
    let permit = actor.permit_thing(state, workspace, WorkspaceAction::SeeServices).await?;
    Ok((row.ok_or_else(ApiError::not_found)?, permit.until()))
}
