//! The engine: claims what is due, runs it, and sleeps until something is asked for or becomes due.

use super::{entity::operation, job::Job, repo, run};
use crate::{
    clock::SharedClock,
    crypto::random::Random,
    db::Db,
    events::{Event, Events},
};
use shared::operation::OperationKind;
use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};
use tokio::sync::{Notify, Semaphore};
use tokio_util::{
    sync::CancellationToken,
    task::{AbortOnDropHandle, TaskTracker},
};
use uuid::Uuid;

/// How the engine works.
#[derive(Debug, Clone)]
pub struct EngineOptions {
    /// Operations at once.
    pub workers: usize,
    /// How long a claim holds without being renewed; it is renewed three times as often.
    pub lease: Duration,
}

/// Runs operations. Cloning shares the engine.
#[derive(Clone)]
pub struct Engine(Arc<Inner>);

pub(super) struct Inner {
    pub(super) db: Db,
    pub(super) events: Events,
    pub(super) clock: SharedClock,
    pub(super) random: Random,
    /// Names this server in claims; random, so that a restarted one is another.
    owner: Arc<str>,
    pub(super) options: EngineOptions,
    pub(super) shutdown: CancellationToken,
    jobs: HashMap<OperationKind, Arc<dyn Job>>,
    wake: Notify,
    places: Arc<Semaphore>,
    /// What this server works on now, to be told of a cancellation at once.
    running: Mutex<HashMap<Uuid, Running>>,
}

/// An operation that this server works on.
pub(super) struct Running {
    interrupted: CancellationToken,
    /// To look at the row now.
    look: Arc<Notify>,
}

impl Engine {
    /// An engine of these kinds of operation, not yet started.
    pub fn new(
        db: Db,
        events: Events,
        clock: SharedClock,
        random: Random,
        options: EngineOptions,
        jobs: Vec<Arc<dyn Job>>,
        shutdown: CancellationToken,
    ) -> Self {
        let places = Arc::new(Semaphore::new(options.workers));
        let jobs = jobs.into_iter().map(|job| (job.kind(), job)).collect();
        Self(Arc::new(Inner {
            db,
            events,
            clock,
            owner: random.key().into(),
            random,
            options,
            shutdown,
            jobs,
            wake: Notify::new(),
            places,
            running: Mutex::default(),
        }))
    }

    /// Works until the shutdown; `tracker` then waits for what is being handed over.
    pub fn start(&self, tracker: &TaskTracker) {
        let inner = Arc::clone(&self.0);
        let tasks = tracker.clone();
        tracker.spawn(async move { inner.work(&tasks).await });
    }

    /// Something was enqueued or may be begun again.
    pub fn wake(&self) {
        self.0.wake.notify_one();
    }

    /// Tells the worker of an operation, if it is this server's, that the row has changed (a cancellation).
    pub fn interrupt(&self, id: Uuid) {
        if let Some(running) = self.0.running().get(&id) {
            running.interrupted.cancel();
        }
        self.wake();
    }

    /// Another server has changed something: an operation may be due here, or one of ours was cancelled there.
    pub fn heard(&self, event: Event) {
        let of_event = |id: &Uuid| match event {
            Event::Operation { id: changed, .. } => changed.0 == *id,
            Event::Missed => true,
            _ => false,
        };
        for (_, running) in self.0.running().iter().filter(|(id, _)| of_event(id)) {
            running.look.notify_one();
        }
        if matches!(event, Event::Operation { .. } | Event::Missed) {
            self.wake();
        }
    }

    /// What this kind of operation does.
    pub fn job(&self, kind: OperationKind) -> Option<&Arc<dyn Job>> {
        self.0.jobs.get(&kind)
    }
}

impl Inner {
    pub(super) fn job(&self, kind: OperationKind) -> Option<Arc<dyn Job>> {
        self.jobs.get(&kind).cloned()
    }

    pub(super) fn running(&self) -> std::sync::MutexGuard<'_, HashMap<Uuid, Running>> {
        self.running.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn work(self: Arc<Self>, tasks: &TaskTracker) {
        while !self.shutdown.is_cancelled() {
            let pause = match self.start_due(tasks).await {
                Ok(pause) => pause,
                Err(error) => {
                    tracing::error!(%error, "operations cannot be read from the database; trying again in a second");
                    Some(Duration::from_secs(1))
                }
            };
            let due = async {
                match pause {
                    Some(pause) => tokio::time::sleep(pause).await,
                    None => std::future::pending().await,
                }
            };
            tokio::select! {
                () = self.shutdown.cancelled() => {}
                () = self.wake.notified() => {}
                () = due => {}
            }
        }
    }

    /// Starts what is due, as long as there are places; says how long nothing else will be due.
    async fn start_due(self: &Arc<Self>, tasks: &TaskTracker) -> Result<Option<Duration>, sea_orm::DbErr> {
        loop {
            let Ok(place) = Arc::clone(&self.places).try_acquire_owned() else {
                return Ok(None);
            };
            let now = self.clock.now();
            let owner: Arc<str> = format!("{}.{}", self.owner, self.random.key()).into();
            let Some(claim) = repo::claim(&self.db, owner, now, self.lease_end()).await? else { break };
            let inner = Arc::clone(self);
            tasks.spawn(async move {
                inner.run_claimed(claim).await;
                drop(place);
                inner.wake.notify_one();
            });
        }
        let now = self.clock.now();
        Ok(repo::next_due(&self.db).await?.map(|due| {
            let millis = u64::try_from(due.millis_since(now)).unwrap_or(0);
            Duration::from_millis(millis.max(10))
        }))
    }

    pub(super) fn lease_end(&self) -> crate::clock::Instant {
        self.clock.now().plus_seconds(i64::try_from(self.options.lease.as_secs()).unwrap_or(30))
    }

    async fn run_claimed(self: &Arc<Self>, claim: repo::Claim) {
        let id = claim.row.id;
        // Two reasons to stop a step: someone cancels (then it is undone), or we no longer may or can go on.
        let lost = self.shutdown.child_token();
        let interrupted = lost.child_token();
        let look = Arc::new(Notify::new());
        self.running().insert(id, Running { interrupted: interrupted.clone(), look: Arc::clone(&look) });
        let beat = Arc::clone(self).beat(id, Arc::clone(&claim.owner), look, lost.clone(), interrupted.clone());
        // However this ends, the claim is renewed no longer.
        let _heartbeat = AbortOnDropHandle::new(tokio::spawn(beat));
        run::run(self, claim, &lost, &interrupted).await;
        self.running().remove(&id);
    }

    /// Renews the claim until aborted. A claim that is lost, or could not be renewed in time, stops the work.
    async fn beat(
        self: Arc<Self>,
        id: Uuid,
        owner: Arc<str>,
        look: Arc<Notify>,
        lost: CancellationToken,
        interrupted: CancellationToken,
    ) {
        let mut until = self.lease_end();
        loop {
            tokio::select! {
                () = tokio::time::sleep(self.options.lease / 3) => {}
                () = look.notified() => {}
            }
            let next = self.lease_end();
            match repo::renew(&self.db, id, &owner, next).await {
                Ok(Some(row)) => {
                    until = next;
                    if is_cancelled(&row) {
                        interrupted.cancel();
                    }
                }
                Ok(None) => {
                    tracing::warn!(operation = %id, "another server has taken the operation over");
                    return lost.cancel();
                }
                Err(error) if self.clock.now() >= until => {
                    tracing::error!(operation = %id, %error, "the claim ran out while the database was away");
                    return lost.cancel();
                }
                Err(error) => tracing::warn!(operation = %id, %error, "the claim could not be renewed yet"),
            }
        }
    }
}

/// Whether someone has asked to cancel it.
pub(super) fn is_cancelled(row: &operation::Model) -> bool {
    row.cancel_requested
}
