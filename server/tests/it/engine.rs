//! The operation engine on a real database, with jobs that do as they are told.

use crate::support::fresh_database;
use async_trait::async_trait;
use sea_orm::{ConnectionTrait, Database, Statement};
use server::{
    clock::{Clock, SharedClock, SystemClock},
    crypto::random::Random,
    db::{self, Db},
    events::{Event, Events},
    releases::operations::{
        self, Engine, EngineOptions, Job, NewOperation, OperationRow, Params, StepContext, StepError, Steps,
    },
};
use shared::operation::{OperationErrorCode, OperationKind, StepName, StepState};
use std::{
    sync::{Arc, Mutex},
    time::Duration,
};
use tokio::sync::Notify;
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use uuid::Uuid;

const STEPS: &[StepName] = &[StepName::Restart, StepName::Ready];

/// What a step is told to do.
#[derive(Clone)]
pub(crate) enum Told {
    Succeed,
    FailOnce,
    Fail,
    Panic,
    WaitForCancel,
    /// As a step that does not hear of a cancellation and then fails.
    FailOnceCancelled,
    /// As one that waits for pods.
    OnlyWait,
    /// The same in this workspace; elsewhere it succeeds.
    OnlyWaitIn(Uuid),
    /// Another server takes the operation over while the step writes something of its own.
    TakenOver,
    /// Cancelled by another server while the first step ends: this one has not heard of it.
    CancelledElsewhere,
}

struct Puppet {
    told: Told,
    db: Db,
    stopped: Arc<Notify>,
    done: Arc<Mutex<Vec<&'static str>>>,
}

#[async_trait]
impl Job for Puppet {
    fn kind(&self) -> OperationKind {
        OperationKind::ServiceRestart
    }

    fn steps(&self) -> &'static [StepName] {
        STEPS
    }

    fn cancellable(&self, _: Option<StepName>) -> bool {
        true
    }

    async fn run(&self, step: StepName, context: &StepContext) -> Result<(), StepError> {
        self.done.lock().unwrap().push(step.as_str());
        if step == StepName::Restart {
            if matches!(self.told, Told::CancelledElsewhere) {
                operations::request_cancel(self.db.write(), &context.operation, "Ada", SystemClock.now()).await?;
            }
            return Ok(());
        }
        let times = self.done.lock().unwrap().iter().filter(|done| **done == step.as_str()).count();
        match self.told {
            Told::Succeed | Told::CancelledElsewhere => Ok(()),
            Told::OnlyWaitIn(workspace) if context.operation.workspace_id != workspace => Ok(()),
            Told::FailOnce if times > 1 => Ok(()),
            Told::FailOnce => Err(StepError::Passing(OperationErrorCode::ClusterUnreachable, Params::new())),
            Told::Fail => Err(StepError::Final(OperationErrorCode::HelmFailed, Params::new())),
            Told::Panic => panic!("as told"),
            Told::WaitForCancel => {
                context.cancel.cancelled().await;
                self.stopped.notify_one();
                Err(StepError::Interrupted)
            }
            Told::FailOnceCancelled => {
                context.cancel.cancelled().await;
                Err(StepError::Final(OperationErrorCode::HelmFailed, Params::new()))
            }
            Told::OnlyWait | Told::OnlyWaitIn(_) => {
                context.only_waits();
                context.cancel.cancelled().await;
                Err(StepError::Interrupted)
            }
            Told::TakenOver => {
                let tx = self.db.begin().await?;
                context.hold(&tx).await?;
                tx.commit().await?;
                self.db.write().execute_unprepared("UPDATE operations SET lease_owner = 'another'").await?;
                let tx = self.db.begin().await?;
                let held = context.hold(&tx).await;
                tx.rollback().await?;
                if held == Err(StepError::Interrupted) {
                    self.stopped.notify_one();
                }
                held
            }
        }
    }

    async fn undo(&self, _: &StepContext) -> Result<(), StepError> {
        self.done.lock().unwrap().push("UNDO");
        Ok(())
    }
}

pub(crate) struct Stage {
    pub(crate) db: Db,
    pub(crate) url: String,
    stopped: Arc<Notify>,
    events: Events,
    random: Random,
    done: Arc<Mutex<Vec<&'static str>>>,
    stop: CancellationToken,
    tasks: TaskTracker,
    _folder: tempfile::TempDir,
}

impl Stage {
    pub(crate) async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let url = fresh_database(folder.path()).await;
        Self::on(folder, url).await
    }

    /// On this empty database; an SQLite file of it is in the folder.
    pub(crate) async fn on(folder: tempfile::TempDir, url: String) -> Self {
        let db = db::connect(&url.clone().into()).await.unwrap();
        db.migrate(None).await.unwrap();
        Self {
            db,
            url,
            stopped: Arc::default(),
            events: Events::default(),
            random: Random::default(),
            done: Arc::default(),
            stop: CancellationToken::new(),
            tasks: TaskTracker::new(),
            _folder: folder,
        }
    }

    pub(crate) fn engine(&self, told: Told) -> Engine {
        self.engine_with(told, Duration::from_secs(30))
    }

    pub(crate) fn engine_with(&self, told: Told, lease: Duration) -> Engine {
        self.engine_by(told, lease, Arc::new(SystemClock))
    }

    /// By this clock.
    pub(crate) fn engine_by(&self, told: Told, lease: Duration, clock: SharedClock) -> Engine {
        let job: Arc<dyn Job> = Arc::new(Puppet {
            told,
            db: self.db.clone(),
            stopped: Arc::clone(&self.stopped),
            done: Arc::clone(&self.done),
        });
        let options = EngineOptions { workers: 2, lease };
        let (db, events) = (self.db.clone(), self.events.clone());
        let engine = Engine::new(db, events, clock, self.random.clone(), options, vec![job], self.stop.clone());
        engine.start(&self.tasks);
        engine
    }

    pub(crate) async fn enqueue(&self, target: Uuid) -> Result<OperationRow, sea_orm::DbErr> {
        let tx = self.db.begin().await?;
        let row = self.insert(&tx, Uuid::nil(), target).await?;
        tx.commit().await?;
        Ok(row)
    }

    /// So many operations in a workspace, each on a target of its own.
    async fn enqueue_in(&self, workspace: Uuid, count: usize) -> Vec<OperationRow> {
        let tx = self.db.begin().await.unwrap();
        let mut rows = Vec::new();
        for _ in 0..count {
            rows.push(self.insert(&tx, workspace, Uuid::now_v7()).await.unwrap());
        }
        tx.commit().await.unwrap();
        rows
    }

    async fn insert<C: ConnectionTrait>(
        &self,
        tx: &C,
        workspace: Uuid,
        target: Uuid,
    ) -> Result<OperationRow, sea_orm::DbErr> {
        let now = SystemClock.now();
        let new = NewOperation {
            id: self.random.id(now),
            kind: OperationKind::ServiceRestart,
            steps: STEPS,
            target_kind: "service",
            target_id: target,
            target_name: "Flows".to_owned(),
            workspace_id: workspace,
            cluster_id: Uuid::nil(),
            actor_id: Uuid::nil(),
            actor_name: "Ada".to_owned(),
            payload: serde_json::json!({}),
        };
        operations::enqueue(tx, new, now).await
    }

    /// Cancels an operation that has begun.
    pub(crate) async fn cancel(&self, engine: &Engine, row: &OperationRow) {
        let tx = self.db.begin().await.unwrap();
        assert!(!operations::request_cancel(&tx, row, "Ada", SystemClock.now()).await.unwrap(), "it has begun");
        tx.commit().await.unwrap();
        engine.interrupt(row.id);
    }

    async fn row(&self, id: Uuid) -> OperationRow {
        operations::find(self.db.write(), id).await.unwrap().unwrap()
    }

    /// Waits, by the events, until the operation is in a state.
    pub(crate) async fn until(&self, id: Uuid, fits: impl Fn(&OperationRow) -> bool) -> OperationRow {
        let mut events = self.events.listen();
        let wait = async {
            loop {
                let row = self.row(id).await;
                if fits(&row) {
                    return row;
                }
                while !matches!(events.next().await, Some(Event::Operation { id: of, .. }) if of.0 == id) {}
            }
        };
        tokio::time::timeout(Duration::from_secs(20), wait).await.expect("it comes to this in time")
    }

    /// Waits for the end of an operation, longer than for anything else; its state.
    pub(crate) async fn ends(&self, id: Uuid) -> String {
        let mut events = self.events.listen();
        loop {
            let row = self.row(id).await;
            if row.finished_at.is_some() {
                return row.state;
            }
            events.next().await;
        }
    }

    pub(crate) fn done(&self) -> Vec<&'static str> {
        self.done.lock().unwrap().clone()
    }
}

#[tokio::test]
async fn steps_run_in_order_and_one_at_a_time_for_each_target() {
    let stage = Stage::new().await;
    let target = Uuid::now_v7();
    let row = stage.enqueue(target).await.unwrap();
    assert!(stage.enqueue(target).await.is_err(), "a second one for the same target breaks the unique index");
    let engine = stage.engine(Told::Succeed);
    engine.wake();
    let row = stage.until(row.id, |row| row.state == "SUCCEEDED").await;
    assert_eq!(stage.done(), ["RESTART", "READY"]);
    assert_eq!((row.lease_owner, row.attempts), (None, 1));
    assert!(stage.enqueue(target).await.is_ok(), "then the target is free again");
}

#[tokio::test]
async fn what_may_pass_is_tried_again_and_what_is_done_is_not_done_twice() {
    let stage = Stage::new().await;
    let row = stage.enqueue(Uuid::now_v7()).await.unwrap();
    stage.engine(Told::FailOnce).wake();
    let row = stage.until(row.id, |row| row.state == "SUCCEEDED").await;
    assert_eq!(stage.done(), ["RESTART", "READY", "READY"]);
    assert_eq!(row.attempts, 2);
}

#[tokio::test]
async fn a_failure_and_a_panic_end_it_and_it_can_be_tried_again() {
    for told in [Told::Fail, Told::Panic] {
        let stage = Stage::new().await;
        let row = stage.enqueue(Uuid::now_v7()).await.unwrap();
        let engine = stage.engine(told);
        engine.wake();
        let row = stage.until(row.id, |row| row.state == "FAILED").await;
        assert!(row.error_code.is_some());
        assert_eq!(row.step.as_deref(), Some("READY"), "where it failed is to be seen");
        let tx = stage.db.begin().await.unwrap();
        operations::request_retry(&tx, &row, "Ada", SystemClock.now()).await.unwrap();
        tx.commit().await.unwrap();
        engine.wake();
        stage.until(row.id, |row| row.state == "FAILED" && row.attempts == 2).await;
        assert_eq!(stage.done(), ["RESTART", "READY", "READY"]);
    }
}

#[tokio::test]
async fn cancelling_stops_the_step_and_undoes() {
    // Also where the step dies of it.
    for told in [Told::WaitForCancel, Told::FailOnceCancelled] {
        let stage = Stage::new().await;
        let row = stage.enqueue(Uuid::now_v7()).await.unwrap();
        let engine = stage.engine(told);
        engine.wake();
        let row = stage.until(row.id, |row| row.step.as_deref() == Some("READY")).await;
        stage.cancel(&engine, &row).await;
        stage.until(row.id, |row| row.state == "CANCELLED").await;
        assert_eq!(stage.done(), ["RESTART", "READY", "UNDO"]);
    }
}

#[tokio::test]
async fn what_was_cancelled_before_a_step_never_says_that_it_began() {
    let stage = Stage::new().await;
    let row = stage.enqueue(Uuid::now_v7()).await.unwrap();
    stage.engine(Told::CancelledElsewhere).wake();
    let row = stage.until(row.id, |row| row.state == "CANCELLED").await;
    assert_eq!(stage.done(), ["RESTART", "UNDO"]);
    let steps: Vec<_> = Steps::parse(&row.steps).0.into_iter().map(|step| (step.name, step.state)).collect();
    let expected = [
        (StepName::Restart, StepState::Done),
        (StepName::Ready, StepState::Pending),
        (StepName::Undo, StepState::Done),
    ];
    assert_eq!(steps, expected);
    let db = Database::connect(&stage.url).await.unwrap();
    let told = "SELECT count(*) FROM journal WHERE step = 'READY'";
    let told = Statement::from_string(db.get_database_backend(), told);
    let told: i64 = db.query_one_raw(told).await.unwrap().unwrap().try_get_by_index(0).unwrap();
    assert_eq!(told, 0);
}

#[tokio::test]
async fn a_server_that_ends_hands_over_to_the_next() {
    let stage = Stage::new().await;
    let row = stage.enqueue(Uuid::now_v7()).await.unwrap();
    stage.engine(Told::WaitForCancel).wake();
    stage.until(row.id, |row| row.step.as_deref() == Some("READY")).await;
    stage.stop.cancel();
    stage.tasks.close();
    stage.tasks.wait().await;
    let left = stage.row(row.id).await;
    assert_eq!((left.state.as_str(), left.lease_owner), ("RUNNING", None), "nobody holds it");

    // Another server begins.
    let next = Stage { stop: CancellationToken::new(), tasks: TaskTracker::new(), ..stage };
    next.engine(Told::Succeed).wake();
    next.until(row.id, |row| row.state == "SUCCEEDED").await;
    assert_eq!(next.done(), ["RESTART", "READY", "READY"]);
}

#[tokio::test]
async fn what_only_waits_keeps_nobody_else_from_work() {
    let stage = Stage::new().await;
    let engine = stage.engine(Told::OnlyWait);
    let mut waiting = Vec::new();
    // Two work at once.
    for _ in 0..5 {
        waiting.push(stage.enqueue(Uuid::now_v7()).await.unwrap().id);
    }
    engine.wake();
    for id in waiting {
        stage.until(id, |row| row.step.as_deref() == Some("READY")).await;
    }
}

#[tokio::test]
async fn a_workspace_whose_operations_only_wait_does_not_stop_the_others() {
    let stage = Stage::new().await;
    let (crowd, other) = (Uuid::now_v7(), Uuid::now_v7());
    // As many as one server has at once.
    stage.enqueue_in(crowd, 256).await;
    let one = stage.enqueue_in(other, 1).await.remove(0);
    stage.engine(Told::OnlyWaitIn(crowd)).wake();
    stage.until(one.id, |row| row.state == "SUCCEEDED").await;
    let db = Database::connect(&stage.url).await.unwrap();
    let claimed = "SELECT count(*) FROM operations WHERE lease_owner IS NOT NULL";
    let claimed = Statement::from_string(db.get_database_backend(), claimed);
    let claimed: i64 = db.query_one_raw(claimed).await.unwrap().unwrap().try_get_by_index(0).unwrap();
    assert!((1..=16).contains(&claimed), "{claimed} of the crowd's");
}

#[tokio::test]
async fn the_workspace_that_has_least_at_work_goes_first() {
    let stage = Stage::new().await;
    let (crowd, other) = (Uuid::now_v7(), Uuid::now_v7());
    let crowd = stage.enqueue_in(crowd, 2).await;
    let one = stage.enqueue_in(other, 1).await.remove(0);
    // Two work at once.
    stage.engine(Told::WaitForCancel).wake();
    for id in [crowd[0].id, one.id] {
        stage.until(id, |row| row.step.as_deref() == Some("READY")).await;
    }
    assert_eq!(stage.row(crowd[1].id).await.attempts, 0, "it was asked for before, and waits");
}

#[tokio::test]
async fn what_a_step_writes_itself_is_bound_to_the_claim() {
    let stage = Stage::new().await;
    let row = stage.enqueue(Uuid::now_v7()).await.unwrap();
    stage.engine(Told::TakenOver).wake();
    tokio::time::timeout(Duration::from_secs(10), stage.stopped.notified()).await.expect("it is refused");
    assert_eq!(stage.row(row.id).await.lease_owner.as_deref(), Some("another"));
}

#[tokio::test]
async fn a_claim_that_cannot_be_renewed_stops_the_work_before_it_runs_out() {
    let stage = Stage::new().await;
    let row = stage.enqueue(Uuid::now_v7()).await.unwrap();
    stage.engine_with(Told::WaitForCancel, Duration::from_secs(6)).wake();
    let row = stage.until(row.id, |row| row.step.as_deref() == Some("READY")).await;
    // The renewal hangs: someone holds the row (on SQLite, the database) and does not come to an end.
    let held = stage.db.begin().await.unwrap();
    operations::request_cancel(&held, &row, "Ada", SystemClock.now()).await.unwrap();
    // As it is from now on: it may have been renewed before.
    let lease_ends = operations::find(&held, row.id).await.unwrap().unwrap().lease_until.unwrap();
    tokio::time::timeout(Duration::from_secs(10), stage.stopped.notified()).await.expect("the work stops");
    assert!(SystemClock.now().0 < lease_ends, "before anyone else may begin");
    held.rollback().await.unwrap();
}
