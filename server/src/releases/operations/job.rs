//! What a kind of operation does: its steps, and how they are undone.

use super::{claims, entity::operation, repo};
use crate::{clock::Instant, db::Db, events::Events};
use sea_orm::{
    ActiveValue::{self, NotSet, Set},
    ConnectionTrait, DbErr,
};
use serde_json::Value;
use shared::operation::{JournalCode, JournalLevel, OperationErrorCode, OperationKind, StepName};
use std::{
    any::Any,
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};
use tokio::sync::{Notify, OwnedSemaphorePermit, Semaphore};
use tokio_util::sync::CancellationToken;

/// Named values of a sentence.
pub type Params = BTreeMap<String, String>;

/// Makes parameters from pairs.
pub fn params<'n>(pairs: impl IntoIterator<Item = (&'n str, String)>) -> Params {
    pairs.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}

/// Why a step did not get done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StepError {
    /// It may pass: tried again after a while, a bounded number of times.
    Passing(OperationErrorCode, Params),
    /// Trying again without a change would not help.
    Final(OperationErrorCode, Params),
    /// It stopped because the operation is cancelled or the server ends.
    Interrupted,
    /// Our own database failed; nothing can be noted, so whoever holds the row next goes on.
    Database(String),
}

impl From<DbErr> for StepError {
    fn from(error: DbErr) -> Self {
        Self::Database(error.to_string())
    }
}

/// What a kind of operation does. Each step looks at the world before it acts: it may have been done already, in part or
/// whole, by a server that died.
#[async_trait::async_trait]
pub trait Job: Send + Sync {
    /// The kind.
    fn kind(&self) -> OperationKind;

    /// The steps, in order.
    fn steps(&self) -> &'static [StepName];

    /// Whether it can still be cancelled at this step (`None`: before the first).
    fn cancellable(&self, step: Option<StepName>) -> bool;

    /// Does one step.
    async fn run(&self, step: StepName, context: &StepContext) -> Result<(), StepError>;

    /// Undoes, in reverse, what the steps did.
    async fn undo(&self, context: &StepContext) -> Result<(), StepError>;
}

/// What one step hands on to a later one.
pub(super) type Carried = Arc<Mutex<Option<Box<dyn Any + Send>>>>;

/// A place among the operations that work at once; one that only waits leaves it to others.
pub(super) struct Place {
    places: Arc<Semaphore>,
    held: Mutex<Option<OwnedSemaphorePermit>>,
    /// Told when a place becomes free.
    freed: Arc<Notify>,
}

impl Place {
    pub(super) fn new(places: Arc<Semaphore>, held: OwnedSemaphorePermit, freed: Arc<Notify>) -> Self {
        Self { places, held: Mutex::new(Some(held)), freed }
    }

    fn held(&self) -> std::sync::MutexGuard<'_, Option<OwnedSemaphorePermit>> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn leave(&self) {
        drop(self.held().take());
        self.freed.notify_one();
    }

    pub(super) fn is_held(&self) -> bool {
        self.held().is_some()
    }

    /// Takes a place again if it was left and one is free; whether there is one now.
    pub(super) fn take_free(&self) -> bool {
        let mut held = self.held();
        if held.is_none() {
            *held = Arc::clone(&self.places).try_acquire_owned().ok();
        }
        held.is_some()
    }

    /// Takes a place again, if it was left.
    pub(super) async fn take(&self) {
        if self.held().is_none() {
            // Never closed.
            let permit = Arc::clone(&self.places).acquire_owned().await.ok();
            *self.held() = permit;
        }
    }
}

/// What a step is given.
pub struct StepContext {
    pub(super) db: Db,
    pub(super) events: Events,
    pub(super) clock: crate::clock::SharedClock,
    pub(super) owner: Arc<str>,
    pub(super) place: Arc<Place>,
    /// What was noted and is written with the next entry, or with the step's end.
    pub(super) notes: Mutex<Vec<repo::Entry>>,
    /// What an earlier step has handed on.
    pub(super) carried: Carried,
    /// The operation as it was when the step began.
    pub operation: operation::Model,
    /// The step.
    pub step: StepName,
    /// When the step was first begun, by whichever server.
    pub step_started: Instant,
    /// Fires when the operation is cancelled, its claim is lost or the server ends.
    pub cancel: CancellationToken,
}

impl StepContext {
    /// Appends to the journal.
    ///
    /// # Errors
    /// When the claim on the operation was lost, or the database fails.
    pub async fn journal(&self, level: JournalLevel, code: JournalCode, params: Params) -> Result<(), StepError> {
        self.note(level, code, params);
        self.write_notes().await
    }

    /// The same, once more is to be written or the step ends: for what is not waited for and is no news by itself.
    pub fn note(&self, level: JournalLevel, code: JournalCode, params: Params) {
        let entry = repo::Entry { step: Some(self.step), level, code, params, at: Some(self.clock.now()) };
        self.notes().push(entry);
    }

    /// Notes information.
    pub fn note_info<const N: usize>(&self, code: JournalCode, pairs: [(&str, String); N]) {
        self.note(JournalLevel::Info, code, params(pairs));
    }

    /// Writes what was noted, if anything was.
    ///
    /// # Errors
    /// As [`Self::journal`].
    pub async fn write_notes(&self) -> Result<(), StepError> {
        if self.notes().is_empty() { Ok(()) } else { self.write(NotSet).await }
    }

    async fn write(&self, process: ActiveValue<Option<String>>) -> Result<(), StepError> {
        let notes = self.take_notes();
        let written =
            claims::append(&self.db, &self.operation, &self.owner, process, notes.clone(), self.clock.now()).await;
        if written.is_err() {
            // Whoever goes on in spite of it writes them with the next.
            self.notes().splice(0..0, notes);
        }
        // Also where the answer was lost: it may have been written.
        self.publish();
        written
    }

    pub(super) fn take_notes(&self) -> Vec<repo::Entry> {
        std::mem::take(&mut *self.notes())
    }

    fn notes(&self) -> MutexGuard<'_, Vec<repo::Entry>> {
        self.notes.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Hands something on to the steps after this one, as long as this server goes on with the operation. They do without
    /// it where it is missing.
    pub fn carry<T: Send + 'static>(&self, what: T) {
        *self.carried() = Some(Box::new(what));
    }

    /// What an earlier step has handed on.
    pub fn carried_on<T: Send + 'static>(&self) -> Option<T> {
        let what = self.carried().take()?;
        what.downcast().ok().map(|what| *what)
    }

    fn carried(&self) -> MutexGuard<'_, Option<Box<dyn Any + Send>>> {
        self.carried.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Appends information to the journal.
    ///
    /// # Errors
    /// As [`Self::journal`].
    pub async fn info<const N: usize>(&self, code: JournalCode, pairs: [(&str, String); N]) -> Result<(), StepError> {
        self.journal(JournalLevel::Info, code, params(pairs)).await
    }

    /// Binds what this transaction of the step's own writes to the claim on the operation, until it ends.
    ///
    /// # Errors
    /// As [`Self::journal`].
    pub async fn hold<C: ConnectionTrait>(&self, tx: &C) -> Result<(), StepError> {
        claims::hold(tx, self.operation.id, &self.owner).await
    }

    /// Remembers the process that the step has started, or that it has ended, so that whoever takes the step up can end it;
    /// with what was noted. The end of a step forgets it.
    ///
    /// # Errors
    /// As [`Self::journal`].
    pub async fn set_process(&self, process: Option<Value>) -> Result<(), StepError> {
        self.write(Set(process.map(|value| value.to_string()))).await
    }

    /// The process that an earlier try of the operation has left, as it was remembered.
    pub fn left_process(&self) -> Option<Value> {
        self.operation.process.as_deref().and_then(|text| serde_json::from_str(text).ok())
    }

    /// What is left of the step is waiting (for pods, mostly): others may work meanwhile.
    pub fn only_waits(&self) {
        self.place.leave();
    }

    /// What the operation needs to know beyond its target.
    pub fn payload(&self) -> Value {
        serde_json::from_str(&self.operation.payload).unwrap_or_default()
    }

    /// Now.
    pub fn now(&self) -> Instant {
        self.clock.now()
    }

    fn publish(&self) {
        self.events.publish(self.operation.changed());
    }
}
