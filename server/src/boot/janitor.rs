//! Removes what is kept for a while only: sessions, links and addresses of downloads that have run out, old journals, used idempotency keys.
//! Writes what was counted meanwhile: failed sign-ins and sign-ups.

use crate::{
    config::Retention,
    domain::{identity, people, services, state::State},
    http::serve::Life,
    releases::operations,
};
use std::time::Duration;

/// How often it looks. The records are kept for days, so an hour more does not matter.
const EVERY: Duration = Duration::from_hours(1);
/// How often failed sign-ins are written to the audit.
const WRITE_EVERY: Duration = Duration::from_mins(1);
const DAY_SECONDS: i64 = 86_400;
/// How long a link for one use is kept after its end.
const LINK_DAYS: i64 = 30;

/// Looks now and then until the server ends.
pub(super) fn start(state: State, retention: &Retention, life: &Life) {
    let (days, stopping) = (i64::from(retention.journal_days.get()), life.stopping.clone());
    life.tasks.spawn(async move {
        let mut ticks = tokio::time::interval(EVERY);
        loop {
            tokio::select! {
                () = stopping.cancelled() => return,
                _ = ticks.tick() => {}
            }
            if let Err(error) = tidy(&state, days).await {
                tracing::warn!(%error, "old records could not be removed; trying again in an hour");
            }
        }
    });
}

/// Writes failed sign-ins each minute, and at the server's end.
pub(super) fn write_failures(state: State, life: &Life) {
    let stopping = life.stopping.clone();
    life.tasks.spawn(async move {
        let mut ticks = tokio::time::interval(WRITE_EVERY);
        loop {
            let goes_on = stopping.run_until_cancelled(ticks.tick()).await.is_some();
            if let Err(error) = state.failures.write(&state.db, &state.random, state.clock.now()).await {
                tracing::warn!(%error, "failed sign-ins could not be written to the audit; trying again in a minute");
            }
            if !goes_on {
                return;
            }
        }
    });
}

async fn tidy(state: &State, journal_days: i64) -> Result<(), sea_orm::DbErr> {
    let (db, now) = (state.db.write(), state.clock.now());
    let sessions = identity::repo::delete_expired_sessions(db, now).await?;
    let keys = identity::idempotency::delete_before(db, now.plus_seconds(-7 * DAY_SECONDS)).await?;
    let entries = operations::repo::delete_journal_before(db, now.plus_seconds(-journal_days * DAY_SECONDS)).await?;
    let downloads = services::repo::delete_expired_downloads(db, now).await?;
    let links = people::repo::delete_links_before(db, now.plus_seconds(-LINK_DAYS * DAY_SECONDS)).await?;
    tracing::debug!(sessions, keys, entries, downloads, links, "removed old records");
    Ok(())
}
