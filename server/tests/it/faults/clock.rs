//! The machine's clock is set, forwards or back, while operations run.

use crate::engine::{Stage, Told};
use server::clock::{Clock, Instant, SystemClock};
use std::{
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
    time::Duration,
};
use uuid::Uuid;

const HOUR: i64 = 3600;

/// The machine's clock, and how far somebody has set it, in seconds.
#[derive(Default)]
struct Set(AtomicI64);

impl Clock for Set {
    fn now(&self) -> Instant {
        SystemClock.now().plus_seconds(self.0.load(Ordering::SeqCst))
    }
}

#[tokio::test]
async fn forwards_an_operation_is_taken_up_and_ends_once() {
    let (stage, clock) = (Stage::new().await, Arc::new(Set::default()));
    let row = stage.enqueue(Uuid::now_v7()).await.unwrap();
    let engine = stage.engine_by(Told::OnlyWait, Duration::from_secs(6), clock.clone());
    engine.wake();
    stage.until(row.id, |row| row.step.as_deref() == Some("READY")).await;
    clock.0.store(HOUR, Ordering::SeqCst);
    engine.wake();
    // The server's own claim seems to have run out. It takes it up itself, and the earlier try gives way.
    let row = stage.until(row.id, |row| row.attempts == 2).await;
    stage.cancel(&engine, &row).await;
    let row = stage.until(row.id, |row| row.state == "CANCELLED").await;
    assert_eq!(row.lease_owner, None);
    assert_eq!(stage.done().iter().filter(|done| **done == "UNDO").count(), 1);
    let ends = "SELECT code FROM journal WHERE code IN ('SUCCEEDED', 'FAILED', 'CANCELLED')";
    assert_eq!(super::world::rows(&stage.url, ends).await, ["CANCELLED"]);
}

#[tokio::test]
async fn backwards_a_pause_lasts_no_longer_than_it_should() {
    let (stage, clock) = (Stage::new().await, Arc::new(Set::default()));
    let row = stage.enqueue(Uuid::now_v7()).await.unwrap();
    let engine = stage.engine_by(Told::FailOnce, Duration::from_secs(6), clock.clone());
    engine.wake();
    stage.until(row.id, |row| row.state == "RUNNING" && row.lease_owner.is_none()).await;
    clock.0.store(-HOUR, Ordering::SeqCst);
    engine.wake();
    let row = stage.until(row.id, |row| row.state == "SUCCEEDED").await;
    assert_eq!(row.attempts, 2);
}

#[tokio::test]
async fn backwards_what_runs_goes_on_and_what_is_asked_for_begins() {
    let (stage, clock) = (Stage::new().await, Arc::new(Set::default()));
    let first = stage.enqueue(Uuid::now_v7()).await.unwrap();
    let engine = stage.engine_by(Told::OnlyWait, Duration::from_secs(6), clock.clone());
    engine.wake();
    stage.until(first.id, |row| row.step.as_deref() == Some("READY")).await;
    clock.0.store(-HOUR, Ordering::SeqCst);
    // Asked for before the clock was set, by the time of then.
    let second = stage.enqueue(Uuid::now_v7()).await.unwrap();
    engine.wake();
    for row in [first, second] {
        let row = stage.until(row.id, |row| row.step.as_deref() == Some("READY")).await;
        stage.cancel(&engine, &row).await;
        let row = stage.until(row.id, |row| row.state == "CANCELLED").await;
        assert_eq!(row.attempts, 1);
    }
}
