//! The engine: claims what is due, runs it, and sleeps until something is asked for or becomes due.

use super::{
    claims::{self, Claim, Shares},
    entity::operation,
    job::{Job, Place},
    run,
};
use crate::{
    clock::SharedClock,
    crypto::random::Random,
    db::Db,
    events::{Event, Events},
};
use sea_orm::{ColumnTrait, DbErr};
use shared::{ids::ClusterId, operation::OperationKind};
use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError, Weak},
    time::Duration,
};
use tokio::sync::{Notify, Semaphore};
use tokio_util::{
    sync::CancellationToken,
    task::{AbortOnDropHandle, TaskTracker},
};
use uuid::Uuid;

/// So many operations one server has at once, those that only wait among them: each renews its claim now and then.
const MOST_CLAIMED: usize = 256;
/// So many of them are of one workspace: more than its quota lets run, and of all the workspaces of one person
/// (`limits.workspaces_per_person`) less than [`MOST_CLAIMED`]. What never becomes ready waits long, and would leave no room.
const MOST_OF_A_WORKSPACE: usize = 16;
/// Looks at the database so often although nobody has told of anything: a server that was asked may have died between the
/// commit and the word.
const LOOK_EVERY: Duration = Duration::from_secs(30);
/// After the claim could not be renewed.
const RENEW_AGAIN: Duration = Duration::from_secs(1);

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
    wake: Arc<Notify>,
    places: Arc<Semaphore>,
    /// What this server works on now, to be told of a cancellation at once.
    running: Mutex<HashMap<Uuid, Running>>,
}

/// An operation that this server works on.
#[derive(Clone)]
pub(super) struct Running {
    /// Which claim on it: a lost one may end after the next has begun.
    claim: Arc<str>,
    workspace: Uuid,
    /// Weak: it is free for others once the work has ended, whoever still looks at this.
    place: Weak<Place>,
    /// Two reasons to stop a step: we no longer may or can go on, or someone cancels (then it is undone).
    lost: CancellationToken,
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
            wake: Arc::default(),
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

    /// A cluster answers again: what waits there is tried now.
    ///
    /// # Errors
    /// When the database fails. Every pause ends by itself, too.
    pub async fn cluster_is_back(&self, cluster: ClusterId) -> Result<(), DbErr> {
        claims::make_due(&self.0.db, operation::Column::ClusterId.eq(cluster.0), self.0.clock.now()).await?;
        self.wake();
        Ok(())
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

    /// What workspaces have of this server now.
    fn shares(&self) -> Shares {
        let mut shares = Shares::default();
        let mut claimed: HashMap<Uuid, usize> = HashMap::new();
        for running in self.running().values() {
            let of_it = claimed.entry(running.workspace).or_default();
            *of_it += 1;
            if *of_it == MOST_OF_A_WORKSPACE {
                shares.full.push(running.workspace);
            }
            if running.place.upgrade().is_some_and(|place| place.is_held()) {
                *shares.at_work.entry(running.workspace).or_default() += 1;
            }
        }
        shares
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
            tokio::select! {
                () = self.shutdown.cancelled() => {}
                () = self.wake.notified() => {}
                () = tokio::time::sleep(pause.unwrap_or(LOOK_EVERY).min(LOOK_EVERY)) => {}
            }
        }
    }

    /// Starts what is due, as long as there are places; says how long nothing else will be due.
    async fn start_due(self: &Arc<Self>, tasks: &TaskTracker) -> Result<Option<Duration>, sea_orm::DbErr> {
        let shares = loop {
            if self.shutdown.is_cancelled() || self.running().len() >= MOST_CLAIMED {
                return Ok(None);
            }
            let Ok(permit) = Arc::clone(&self.places).try_acquire_owned() else {
                return Ok(None);
            };
            let asked = tokio::time::Instant::now();
            let now = self.clock.now();
            let owner: Arc<str> = format!("{}.{}", self.owner, self.random.key()).into();
            let shares = self.shares();
            let claimed = claims::claim(&self.db, owner, now, self.lease_end(), &shares).await?;
            let Some(claim) = claimed else { break shares };
            let inner = Arc::clone(self);
            let place = Arc::new(Place::new(Arc::clone(&self.places), permit, Arc::clone(&self.wake)));
            // Counted from now on, for the next look.
            let running = self.enter(&claim, &place);
            tasks.spawn(async move {
                inner.run_claimed(claim, asked, place, running).await;
                inner.wake.notify_one();
            });
        };
        let now = self.clock.now();
        Ok(claims::next_due(&self.db, now, &shares).await?.map(|due| {
            let millis = u64::try_from(due.millis_since(now)).unwrap_or(0);
            Duration::from_millis(millis.max(10))
        }))
    }

    pub(super) fn lease_end(&self) -> crate::clock::Instant {
        self.clock.now().plus_seconds(i64::try_from(self.options.lease.as_secs()).unwrap_or(30))
    }

    /// Notes that this server works on an operation.
    fn enter(&self, claim: &Claim, place: &Arc<Place>) -> Running {
        let lost = self.shutdown.child_token();
        let running = Running {
            claim: Arc::clone(&claim.owner),
            workspace: claim.row.workspace_id,
            place: Arc::downgrade(place),
            interrupted: lost.child_token(),
            lost,
            look: Arc::default(),
        };
        self.running().insert(claim.row.id, running.clone());
        running
    }

    /// `asked` is when the claim was asked for.
    async fn run_claimed(
        self: &Arc<Self>,
        claim: Claim,
        asked: tokio::time::Instant,
        place: Arc<Place>,
        running: Running,
    ) {
        let id = claim.row.id;
        let (owner, lost, interrupted) = (Arc::clone(&claim.owner), running.lost.clone(), running.interrupted.clone());
        let beat = Arc::clone(self).beat(id, asked, running);
        // However this ends, the claim is renewed no longer.
        let _heartbeat = AbortOnDropHandle::new(tokio::spawn(beat));
        run::run(self, claim, place, &lost, &interrupted).await;
        let mut all = self.running();
        if all.get(&id).is_some_and(|entered| entered.claim == owner) {
            all.remove(&id);
        }
    }

    /// Renews the claim until aborted. A claim that is lost stops the work; so does one that could not be renewed, whether
    /// the database refuses or says nothing, early enough that what the step has started can be ended before the claim runs
    /// out and another server begins.
    async fn beat(self: Arc<Self>, id: Uuid, asked: tokio::time::Instant, running: Running) {
        let Running { claim: owner, look, lost, interrupted, .. } = running;
        let lease = self.options.lease;
        let (mut give_up, mut pause) = (asked + lease * 2 / 3, lease / 3);
        loop {
            tokio::select! {
                () = tokio::time::sleep(pause) => {}
                () = look.notified() => {}
            }
            let asked = tokio::time::Instant::now();
            match tokio::time::timeout_at(give_up, claims::renew(&self.db, id, &owner, self.lease_end())).await {
                Ok(Ok(Some(row))) => {
                    (give_up, pause) = (asked + lease * 2 / 3, lease / 3);
                    if is_cancelled(&row) {
                        interrupted.cancel();
                    }
                }
                Ok(Ok(None)) => {
                    tracing::warn!(operation = %id, "another server has taken the operation over");
                    return lost.cancel();
                }
                Ok(Err(error)) if tokio::time::Instant::now() + RENEW_AGAIN < give_up => {
                    tracing::warn!(operation = %id, %error, "the claim could not be renewed yet");
                    pause = RENEW_AGAIN;
                }
                Ok(Err(_)) | Err(_) => {
                    tracing::error!(operation = %id, "the database was away until the claim had almost run out");
                    return lost.cancel();
                }
            }
        }
    }
}

/// Whether someone has asked to cancel it.
pub(super) fn is_cancelled(row: &operation::Model) -> bool {
    row.cancel_requested
}
