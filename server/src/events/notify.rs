//! Events between the servers that share a PostgreSQL database, by `LISTEN` and `NOTIFY`
//! (<https://www.postgresql.org/docs/current/sql-notify.html>). Only kinds and ids go over it.
//!
//! A notification can be lost with its connection. Whoever comes back is told that everything may have changed. A connection
//! that died without a word looks like one where nothing happens, so each server says something now and then, which it hears
//! itself.

use super::{Event, Events, Listener};
use crate::{crypto::random::Random, db::Db, http::serve::Life};
use sea_orm::sqlx::{
    self, PgPool,
    postgres::{PgListener, PgPoolOptions},
};
use serde::{Deserialize, Serialize};
use std::{collections::HashSet, future::Future, io, sync::Arc, time::Duration};

/// The channel's name; one database belongs to one installation.
const CHANNEL: &str = "woow_events";
/// A payload must be shorter than 8,000 bytes; an event takes 180 at most.
const MOST: usize = 40;
/// After the database was away.
const PAUSE: Duration = Duration::from_secs(1);

/// How it is found out that a connection is dead; tests have shorter times.
#[derive(Debug, Clone, Copy)]
pub struct Times {
    /// How often a server says something.
    pub beat: Duration,
    /// A connection that brings nothing for so long is dead.
    pub silence: Duration,
}

impl Default for Times {
    fn default() -> Self {
        Self { beat: Duration::from_secs(10), silence: Duration::from_secs(25) }
    }
}

/// What goes over the channel.
#[derive(Debug, Serialize, Deserialize)]
struct Message {
    /// The server that tells: it knows already.
    from: String,
    /// None where it says only that the connection lives.
    events: Vec<Event>,
}

/// Carries events to and from the other servers until the server ends; on SQLite there are none, and nothing is done.
/// `heard` is called with what others have told, beside this server's own listeners.
pub fn start(
    db: &Db,
    events: &Events,
    random: &Random,
    life: &Life,
    times: Times,
    heard: impl Fn(Event) + Send + Sync + 'static,
) {
    let Some(pool) = db.postgres() else { return };
    let name = random.key();
    let ours = events.listen_to_ours();
    // What is handed over at the end must still be told, so it ends last.
    life.last.spawn(tell(pool.clone(), name.clone(), ours, life.ended.clone()));
    let (events, stopping) = (events.clone(), life.stopping.clone());
    life.tasks.spawn(async move {
        tokio::select! {
            () = stopping.cancelled() => {}
            () = beat(&pool, &name, times) => {}
            () = hear(&pool, &name, times, events, heard) => {}
        }
    });
}

/// Tells the others what this server has changed.
async fn tell(pool: PgPool, name: String, mut ours: Listener, ended: tokio_util::sync::CancellationToken) {
    let mut failed = false;
    loop {
        let first = tokio::select! {
            biased;
            first = ours.next(), if !failed => first,
            () = tokio::time::sleep(PAUSE), if failed => Some(Event::Missed),
            () = ended.cancelled() => return,
        };
        let Some(first) = first else { return };
        let mut events = vec![first];
        while let Some(event) = ours.waiting() {
            events.push(event);
        }
        failed = match notify(&pool, &name, events).await {
            Ok(()) => false,
            Err(error) => {
                tracing::warn!(%error, "the other servers could not be told of a change; trying again in a second");
                true
            }
        };
    }
}

async fn notify(pool: &PgPool, name: &str, events: Vec<Event>) -> Result<(), sqlx::Error> {
    let message = Message { from: name.to_owned(), events: distinct(events) };
    let payload = serde_json::to_string(&message).map_err(|error| sqlx::Error::Encode(error.into()))?;
    sqlx::query("SELECT pg_notify($1, $2)").bind(CHANNEL).bind(payload).execute(pool).await.map(drop)
}

/// Each event once; where they are too many for one message, that everything may have changed.
fn distinct(mut events: Vec<Event>) -> Vec<Event> {
    let mut seen = HashSet::new();
    events.retain(|event| seen.insert(*event));
    if events.len() > MOST || seen.contains(&Event::Missed) { vec![Event::Missed] } else { events }
}

/// Says something now and then: it comes to this server as well, if its connection lives.
async fn beat(pool: &PgPool, name: &str, times: Times) {
    loop {
        tokio::time::sleep(times.beat).await;
        // What keeps it from being said keeps it from being heard, which is told there.
        let _ = within(times.silence, notify(pool, name, Vec::new())).await;
    }
}

async fn within<T>(time: Duration, work: impl Future<Output = Result<T, sqlx::Error>>) -> Result<T, sqlx::Error> {
    tokio::time::timeout(time, work).await.unwrap_or_else(|_| Err(sqlx::Error::Io(io::ErrorKind::TimedOut.into())))
}

/// Hears what the others have changed.
async fn hear(pool: &PgPool, name: &str, times: Times, events: Events, heard: impl Fn(Event)) {
    let take = |event| {
        events.pass_on(event);
        heard(event);
    };
    loop {
        if let Err(error) = listen(pool, name, times.silence, &take).await {
            tracing::warn!(%error, "the changes of other servers cannot be heard; trying again in a second");
        }
        tokio::time::sleep(PAUSE).await;
    }
}

async fn listen(pool: &PgPool, name: &str, silence: Duration, take: &impl Fn(Event)) -> Result<(), sqlx::Error> {
    let mut listener = within(silence, connect(pool)).await?;
    // What was told before we listened is lost.
    take(Event::Missed);
    // `None` is a lost connection; the caller opens another.
    while let Some(told) = within(silence, listener.try_recv()).await? {
        match serde_json::from_str::<Message>(told.payload()) {
            Ok(message) if message.from == name => {}
            Ok(message) => message.events.into_iter().for_each(take),
            // A server of another version may know more kinds.
            Err(_) => take(Event::Missed),
        }
    }
    Ok(())
}

/// Opens a connection of our own: those that wait in the pool may be as dead as the last, and one that is dead takes a quarter of
/// an hour to be given back.
async fn connect(pool: &PgPool) -> Result<PgListener, sqlx::Error> {
    // As long as in the pool: where connections are refused, that decides how often it is tried again.
    let options = PgPoolOptions::new().max_connections(1).acquire_timeout(Duration::from_secs(10));
    let own =
        options.max_lifetime(None).idle_timeout(None).connect_lazy_with(Arc::unwrap_or_clone(pool.connect_options()));
    let mut listener = PgListener::connect_with(&own).await?;
    listener.eager_reconnect(false);
    listener.listen(CHANNEL).await?;
    Ok(listener)
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    fn service(number: u128) -> Event {
        Event::Service { id: Uuid::from_u128(number).into(), workspace: Uuid::nil().into() }
    }

    #[test]
    fn an_event_is_told_once_and_too_many_become_everything() {
        assert_eq!(distinct(vec![service(1), service(2), service(1)]), [service(1), service(2)]);
        assert_eq!(distinct((0..60).map(service).collect()), [Event::Missed]);
        assert_eq!(distinct(vec![service(1), Event::Missed]), [Event::Missed]);
    }

    #[test]
    fn the_longest_message_fits_a_notification() {
        let longest = Uuid::from_u128(u128::MAX);
        let event = Event::Operation { id: longest.into(), target: longest, workspace: longest.into() };
        let message = Message { from: "abcd1234".to_owned(), events: vec![event; MOST] };
        assert!(serde_json::to_string(&message).unwrap().len() < 8000);
    }
}
