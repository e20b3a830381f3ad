//! One operation, from its claim to its end or hand-over.

use super::{
    claims::{self, Claim, Writing, Written},
    engine::{Inner, is_cancelled},
    entity::operation,
    job::{Carried, Job, Params, Place, StepContext, StepError, params},
    ledger::Ledger,
    repo::{self, Entry},
    steps::Steps,
};
use crate::domain::audit::Phase;
use futures::FutureExt;
use sea_orm::{
    ActiveValue::{NotSet, Set},
    ColumnTrait,
};
use shared::operation::{
    JournalCode, JournalLevel, OperationErrorCode, OperationKind, OperationState, StepName, StepState,
};
use std::{
    panic::AssertUnwindSafe,
    sync::{Arc, Mutex},
};
use tokio_util::sync::CancellationToken;

/// What is to be done with the operation next.
enum Next {
    /// The row has changed; look again.
    Go(Box<operation::Model>),
    /// It has ended, waits, or is another server's now.
    Stop,
}

/// What became of the begin of a step.
enum Begun {
    /// It is to be done.
    Step(Box<StepContext>),
    /// Someone has cancelled the operation: nothing was begun.
    Cancelled(Box<operation::Model>),
}

/// Runs until the operation ends, has to wait, or must be left.
pub(super) async fn run(
    engine: &Arc<Inner>,
    claim: Claim,
    place: Arc<Place>,
    lost: &CancellationToken,
    interrupted: &CancellationToken,
) {
    let id = claim.row.id;
    if let Err(error) = drive(engine, claim, place, lost, interrupted).await {
        match error {
            StepError::Interrupted => tracing::info!(operation = %id, "left to whoever holds the claim"),
            // The claim runs out by itself; whoever takes it then looks at the world first.
            other => tracing::error!(operation = %id, error = ?other, "the operation's state could not be written"),
        }
    }
}

async fn drive(
    engine: &Arc<Inner>,
    claim: Claim,
    place: Arc<Place>,
    lost: &CancellationToken,
    interrupted: &CancellationToken,
) -> Result<(), StepError> {
    let Claim { mut row, taken_up, owner } = claim;
    let worker = Worker {
        engine,
        owner: &owner,
        place,
        lost,
        interrupted,
        carried: Carried::default(),
        ledger: Ledger::new(engine, &owner),
    };
    let Some(job) = OperationKind::parse(&row.kind).and_then(|kind| engine.job(kind)) else {
        let error = (OperationErrorCode::Internal, params([("kind", row.kind.clone())]));
        return worker.finish(&row, OperationState::Failed, Some(error)).await.map(|_| ());
    };
    let opening = match (taken_up, row.attempts) {
        (true, _) => Some(JournalCode::TakenUp),
        (false, 1) => Some(JournalCode::Started),
        _ => None,
    };
    tracing::info!(operation = %row.id, kind = row.kind, taken_up, "operation begun");
    let now = engine.clock.now();
    let started =
        operation::ActiveModel { started_at: Set(Some(row.started_at.unwrap_or(now.0))), ..Default::default() };
    worker.ledger.note(started, opening.map(|code| Entry { at: Some(now), ..Entry::info(code) }));
    loop {
        if engine.shutdown.is_cancelled() {
            // Claimed while the server was already told to end.
            return worker.interrupted(row).await.map(drop);
        }
        let next = if is_cancelled(&row) {
            worker.undo(&row, job.as_ref()).await?
        } else if let Some(step) = Steps::parse(&row.steps).next().map(|step| step.name) {
            worker.step(&row, job.as_ref(), step).await?
        } else {
            worker.finish(&row, OperationState::Succeeded, None).await?
        };
        match next {
            Next::Go(changed) => row = *changed,
            Next::Stop => return Ok(()),
        }
    }
}

struct Worker<'a> {
    engine: &'a Arc<Inner>,
    owner: &'a Arc<str>,
    place: Arc<Place>,
    lost: &'a CancellationToken,
    interrupted: &'a CancellationToken,
    carried: Carried,
    ledger: Ledger<'a>,
}

impl Worker<'_> {
    async fn step(&self, row: &operation::Model, job: &dyn Job, step: StepName) -> Result<Next, StepError> {
        let context = match self.begin(row, step, self.interrupted.clone()).await? {
            Begun::Step(context) => context,
            Begun::Cancelled(row) => return Ok(Next::Go(row)),
        };
        let result = AssertUnwindSafe(job.run(step, &context)).catch_unwind().await;
        self.end(&context, step, result.unwrap_or_else(|_| Err(panicked()))).await
    }

    async fn undo(&self, row: &operation::Model, job: &dyn Job) -> Result<Next, StepError> {
        if is_undone(row) {
            // By an earlier try, which could not write down the end.
            return self.finish(row, OperationState::Cancelled, None).await;
        }
        // Not interrupted by the cancellation that it serves.
        let context = match self.begin(row, StepName::Undo, self.lost.clone()).await? {
            Begun::Step(context) => context,
            Begun::Cancelled(row) => return Ok(Next::Go(row)),
        };
        let result = AssertUnwindSafe(job.undo(&context)).catch_unwind().await;
        match self.end(&context, StepName::Undo, result.unwrap_or_else(|_| Err(panicked()))).await? {
            Next::Go(row) if is_undone(&row) => self.finish(&row, OperationState::Cancelled, None).await,
            next => Ok(next),
        }
    }

    async fn begin(
        &self,
        row: &operation::Model,
        step: StepName,
        cancel: CancellationToken,
    ) -> Result<Begun, StepError> {
        let engine = self.engine;
        let written;
        let row = if self.place.take_free() {
            row
        } else {
            // Others may be long at work: meanwhile all see what the last step has done.
            written = self.ledger.save(row).await?;
            self.place.take().await;
            &written
        };
        let now = engine.clock.now();
        let mut steps = Steps::parse(&row.steps);
        let fresh = steps.entry(step).state != StepState::Running;
        let step_started = steps.begin(step, now).started_at.unwrap_or(now);
        let change = operation::ActiveModel {
            step: Set(Some(step.as_str().to_owned())),
            steps: Set(steps.to_text()),
            ..Default::default()
        };
        let entries = if fresh {
            vec![entry(step, JournalLevel::Info, JournalCode::StepStarted, Params::new())]
        } else {
            Vec::new()
        };
        let unless_cancelled = step != StepName::Undo;
        let operation =
            match self.ledger.write(row, Writing { change, entries, unless_cancelled, outcome: None }).await? {
                Written::Changed(row) => row,
                Written::Cancelled(row) => return Ok(Begun::Cancelled(Box::new(row))),
            };
        Ok(Begun::Step(Box::new(StepContext {
            db: engine.db.clone(),
            events: engine.events.clone(),
            clock: engine.clock.clone(),
            owner: Arc::clone(self.owner),
            place: Arc::clone(&self.place),
            notes: Mutex::default(),
            carried: Arc::clone(&self.carried),
            operation,
            step,
            step_started,
            cancel,
        })))
    }

    async fn end(
        &self,
        context: &StepContext,
        step: StepName,
        result: Result<(), StepError>,
    ) -> Result<Next, StepError> {
        let now = self.engine.clock.now();
        let mut row = context.operation.clone();
        self.ledger.note(operation::ActiveModel::default(), context.take_notes());
        let mut steps = Steps::parse(&row.steps);
        if let Err(StepError::Passing(..) | StepError::Final(..)) = result
            && let Some(cancelled) = self.cancelled_meanwhile(&row, step).await?
        {
            // Whatever the step died of: it is to be undone.
            return Ok(Next::Go(Box::new(cancelled)));
        }
        match result {
            Ok(()) => {
                steps.end(step, StepState::Done, now);
                row.steps = steps.to_text();
                row.process = None;
                let done = entry(step, JournalLevel::Info, JournalCode::StepDone, Params::new());
                let ended =
                    operation::ActiveModel { steps: Set(row.steps.clone()), process: Set(None), ..Default::default() };
                self.ledger.note(ended, [Entry { at: Some(now), ..done }]);
                if self.interrupted.is_cancelled() {
                    // Someone may have cancelled it; then nothing more is begun.
                    row = self.ledger.save(&row).await?;
                }
                Ok(Next::Go(Box::new(row)))
            }
            Err(StepError::Interrupted) => self.interrupted(row).await,
            Err(StepError::Database(error)) => Err(StepError::Database(error)),
            Err(StepError::Passing(code, params)) => {
                let away = code == OperationErrorCode::ClusterUnreachable;
                let (tries, most) = steps.entry(step).failed(away);
                if tries >= most {
                    return self.fail(&row, steps, step, code, params).await;
                }
                self.pause(&row, &steps, step, tries, code, params).await
            }
            Err(StepError::Final(code, params)) => self.fail(&row, steps, step, code, params).await,
        }
    }

    /// Waits without holding a place: the row says when it may go on.
    async fn pause(
        &self,
        row: &operation::Model,
        steps: &Steps,
        step: StepName,
        tries: u32,
        code: OperationErrorCode,
        mut why: Params,
    ) -> Result<Next, StepError> {
        let seconds = i64::from(2_u32.saturating_pow(tries.min(6)).min(60));
        why.insert("error".to_owned(), code.as_str().to_owned());
        why.insert("seconds".to_owned(), seconds.to_string());
        let change = operation::ActiveModel {
            steps: Set(steps.to_text()),
            run_after: Set(self.engine.clock.now().plus_seconds(seconds).0),
            lease_owner: Set(None),
            lease_until: Set(None),
            ..Default::default()
        };
        let row = self
            .ledger
            .update(row, change, vec![entry(step, JournalLevel::Warning, JournalCode::WillRetry, why)])
            .await?;
        if is_cancelled(&row) && step != StepName::Undo {
            // Cancelled between the look and the pause: it is undone now, not after the pause.
            claims::make_due(&self.engine.db, operation::Column::Id.eq(row.id), self.engine.clock.now()).await?;
        }
        Ok(Next::Stop)
    }

    async fn fail(
        &self,
        row: &operation::Model,
        mut steps: Steps,
        step: StepName,
        code: OperationErrorCode,
        why: Params,
    ) -> Result<Next, StepError> {
        steps.end(step, StepState::Failed, self.engine.clock.now());
        let mut told = why.clone();
        told.insert("error".to_owned(), code.as_str().to_owned());
        let change = operation::ActiveModel { steps: Set(steps.to_text()), ..Default::default() };
        let row = self
            .ledger
            .update(row, change, vec![entry(step, JournalLevel::Error, JournalCode::StepFailed, told)])
            .await?;
        self.finish(&row, OperationState::Failed, Some((code, why))).await
    }

    /// The row, where someone has cancelled it while the step ran and it is still ours.
    async fn cancelled_meanwhile(
        &self,
        row: &operation::Model,
        step: StepName,
    ) -> Result<Option<operation::Model>, StepError> {
        if step == StepName::Undo {
            return Ok(None);
        }
        let fresh = repo::find(self.engine.db.write(), row.id).await?.ok_or(StepError::Interrupted)?;
        Ok(Some(fresh).filter(|fresh| is_cancelled(fresh) && fresh.lease_owner.as_deref() == Some(&**self.owner)))
    }

    /// A step stopped early: because it is cancelled, because the server ends, or because the claim is lost.
    async fn interrupted(&self, row: operation::Model) -> Result<Next, StepError> {
        if self.engine.shutdown.is_cancelled() {
            let change =
                operation::ActiveModel { lease_owner: Set(None), lease_until: Set(None), ..Default::default() };
            self.ledger.update(&row, change, vec![Entry::info(JournalCode::HandedOver)]).await?;
            return Ok(Next::Stop);
        }
        if self.lost.is_cancelled() {
            return Err(StepError::Interrupted);
        }
        let cancelled = repo::find(self.engine.db.write(), row.id).await?.ok_or(StepError::Interrupted)?;
        if is_cancelled(&cancelled) && cancelled.lease_owner.as_deref() == Some(&**self.owner) {
            return Ok(Next::Go(Box::new(cancelled)));
        }
        Err(StepError::Interrupted)
    }

    async fn finish(
        &self,
        row: &operation::Model,
        state: OperationState,
        error: Option<(OperationErrorCode, Params)>,
    ) -> Result<Next, StepError> {
        let (code, level) = match state {
            OperationState::Succeeded => (JournalCode::Succeeded, JournalLevel::Info),
            OperationState::Cancelled => (JournalCode::Cancelled, JournalLevel::Info),
            _ => (JournalCode::Failed, JournalLevel::Error),
        };
        let (error_code, error_params) = error.unzip();
        let change = operation::ActiveModel {
            state: Set(state.as_str().to_owned()),
            // Where it failed stays to be seen.
            step: if state == OperationState::Failed { NotSet } else { Set(None) },
            error_code: Set(error_code.map(|code| code.as_str().to_owned())),
            error_params: Set(
                serde_json::to_string(&error_params.unwrap_or_default()).unwrap_or_else(|_| "{}".to_owned())
            ),
            finished_at: Set(Some(self.engine.clock.now().0)),
            lease_owner: Set(None),
            lease_until: Set(None),
            process: Set(None),
            ..Default::default()
        };
        let phase = if state == OperationState::Succeeded { Phase::Done } else { Phase::Failed };
        // Also when undoing itself fails for good: then that is the end.
        let undone = Steps::parse(&row.steps).0.iter().any(|step| step.name == StepName::Undo);
        let entries = vec![Entry { level, ..Entry::info(code) }];
        let writing = Writing { change, entries, unless_cancelled: !undone, outcome: Some(phase) };
        if let Written::Cancelled(row) = self.ledger.write(row, writing).await? {
            return Ok(Next::Go(Box::new(row)));
        }
        tracing::info!(operation = %row.id, kind = row.kind, state = state.as_str(), "operation ended");
        metrics::counter!("woow_operations_total", "kind" => row.kind.clone(), "state" => state.as_str()).increment(1);
        Ok(Next::Stop)
    }
}

fn entry(step: StepName, level: JournalLevel, code: JournalCode, params: Params) -> Entry {
    Entry { step: Some(step), level, code, params, at: None }
}

fn is_undone(row: &operation::Model) -> bool {
    Steps::parse(&row.steps).0.iter().any(|step| step.name == StepName::Undo && step.state == StepState::Done)
}

fn panicked() -> StepError {
    // The panic itself is in the log, by the panic hook.
    StepError::Final(OperationErrorCode::Internal, Params::new())
}
