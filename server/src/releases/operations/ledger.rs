//! What a worker writes down of its operation.

use super::{
    claims::{self, Writing, Written},
    engine::Inner,
    entity::operation,
    job::StepError,
    repo::Entry,
};
use sea_orm::{ActiveModelTrait, ActiveValue::Set, Iterable};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Writes under a claim. What is noted is written with what follows at once: each write to the database waits for its disk. Where
/// the server dies in between, a step that was done is begun anew, and finds that it was done.
pub(super) struct Ledger<'a> {
    engine: &'a Inner,
    owner: &'a str,
    noted: Mutex<Noted>,
}

#[derive(Default)]
struct Noted {
    change: operation::ActiveModel,
    entries: Vec<Entry>,
}

impl Noted {
    /// The same, and this after it.
    fn with(&self, change: &operation::ActiveModel, entries: impl IntoIterator<Item = Entry>) -> Self {
        let mut all = self.change.clone();
        for column in operation::Column::iter() {
            if let Set(value) = change.get(column) {
                all.set(column, value);
            }
        }
        Self { change: all, entries: self.entries.iter().cloned().chain(entries).collect() }
    }
}

impl<'a> Ledger<'a> {
    pub(super) fn new(engine: &'a Arc<Inner>, owner: &'a str) -> Self {
        Self { engine, owner, noted: Mutex::default() }
    }

    /// To be written with what follows.
    pub(super) fn note(&self, change: operation::ActiveModel, entries: impl IntoIterator<Item = Entry>) {
        let mut noted = self.noted();
        *noted = noted.with(&change, entries);
    }

    /// Writes what was noted.
    pub(super) async fn save(&self, row: &operation::Model) -> Result<operation::Model, StepError> {
        self.update(row, <operation::ActiveModel as Default>::default(), Vec::new()).await
    }

    /// Writes what was noted and this.
    pub(super) async fn update(
        &self,
        row: &operation::Model,
        change: operation::ActiveModel,
        entries: Vec<Entry>,
    ) -> Result<operation::Model, StepError> {
        let writing = Writing { change, entries, unless_cancelled: false, outcome: None };
        match self.write(row, writing).await? {
            Written::Changed(row) | Written::Cancelled(row) => Ok(row),
        }
    }

    /// The same, and tells whether it was written; whoever watches hears of it.
    pub(super) async fn write(&self, row: &operation::Model, writing: Writing) -> Result<Written, StepError> {
        let engine = self.engine;
        let noted = std::mem::take(&mut *self.noted());
        let all = noted.with(&writing.change, writing.entries);
        let writing = Writing { change: all.change, entries: all.entries, ..writing };
        let now = engine.clock.now();
        let written = claims::write(&engine.db, &engine.random, row.id, self.owner, writing, now).await;
        // Also where the answer was lost: it may have been written, and who watches would wait for ever.
        engine.events.publish(row.changed());
        Ok(match written? {
            Written::Cancelled(fresh) => {
                *self.noted() = noted;
                Written::Cancelled(operation::Model { steps: row.steps.clone(), ..fresh })
            }
            changed @ Written::Changed(_) => changed,
        })
    }

    fn noted(&self) -> MutexGuard<'_, Noted> {
        self.noted.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
