//! Sign-ins and sign-ups that failed, for the audit. Anybody can cause them, so they are counted here and written together once a
//! minute: strangers must neither fill the audit nor keep the database's one writer busy.

use crate::{clock::Instant, crypto::random::Random, db::Db, domain::audit, graphql::transport::rates::network};
use sea_orm::DbErr;
use std::{
    collections::BTreeMap,
    net::IpAddr,
    sync::{Mutex, MutexGuard, PoisonError},
};
use uuid::Uuid;

/// Kinds that are told apart between two writings; what is beyond is counted together.
const MOST: usize = 200;

/// What is counted together.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Kind {
    /// What failed, as the audit names it.
    action: &'static str,
    /// From where; none for many places.
    network: Option<IpAddr>,
    /// At whose account, and their name; none where there is no such account.
    user: Option<(Uuid, String)>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Tries {
    count: u64,
    since: Instant,
    /// Of the first one; leads to the log.
    request_id: String,
}

type Counted = BTreeMap<Kind, Tries>;

/// Counts failed sign-ins until they are written.
#[derive(Debug, Default)]
pub struct Failures(Mutex<Counted>);

impl Failures {
    /// Counts one: of this action, from this address, at this person's account where there is one.
    pub fn count(
        &self,
        action: &'static str,
        client: IpAddr,
        user: Option<(Uuid, &str)>,
        request_id: &str,
        now: Instant,
    ) {
        let user = user.map(|(id, name)| (id, name.to_owned()));
        let kind = Kind { action, network: Some(network(client)), user };
        add(&mut self.counted(), kind, Tries { count: 1, since: now, request_id: request_id.to_owned() });
    }

    /// Writes what was counted to the audit: one row for each address and account.
    ///
    /// # Errors
    /// When the database fails; then nothing is lost, and the next writing has it.
    pub async fn write(&self, db: &Db, random: &Random, now: Instant) -> Result<(), DbErr> {
        let counted = std::mem::take(&mut *self.counted());
        if counted.is_empty() {
            return Ok(());
        }
        let written = append(db, random, now, &counted).await;
        if written.is_err() {
            let mut open = self.counted();
            for (kind, tries) in counted {
                add(&mut open, kind, tries);
            }
        }
        written
    }

    fn counted(&self) -> MutexGuard<'_, Counted> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn add(counted: &mut Counted, kind: Kind, more: Tries) {
    let kind = if counted.len() < MOST || counted.contains_key(&kind) {
        kind
    } else {
        Kind { action: kind.action, network: None, user: None }
    };
    if let Some(tries) = counted.get_mut(&kind) {
        tries.count += more.count;
        tries.since = tries.since.min(more.since);
    } else {
        counted.insert(kind, more);
    }
}

async fn append(db: &Db, random: &Random, now: Instant, counted: &Counted) -> Result<(), DbErr> {
    let records: Vec<_> = counted
        .iter()
        .map(|(Kind { action, network, user }, tries)| audit::Record {
            action_id: random.id(now),
            actor: user.as_ref().map(|(id, name)| (*id, name.as_str())),
            action,
            target_kind: "user",
            target_id: user.as_ref().map(|(id, _)| *id),
            workspace_id: None,
            params: serde_json::json!({
                "address": network.map_or_else(|| "various".to_owned(), |network| network.to_string()),
                "tries": tries.count,
                "since": tries.since.to_string(),
            }),
            request_id: &tries.request_id,
        })
        .collect();
    let tx = db.begin().await?;
    audit::append_all(&tx, random, records.iter().map(|record| (record, audit::Phase::Failed)), now).await?;
    tx.commit().await
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Instant = Instant(1_800_000_000_000_000);

    #[tokio::test]
    async fn tries_of_a_minute_are_one_row_for_each_address_and_account() {
        let folder = tempfile::tempdir().unwrap();
        let db = Db::fresh(folder.path()).await;
        let (failures, random) = (Failures::default(), Random::seeded(1));
        let (one, other) = (IpAddr::from([192, 0, 2, 1]), IpAddr::from([192, 0, 2, 2]));
        let ada = random.id(NOW);
        for second in 0..5 {
            failures.count("session.sign_in", one, None, &format!("first-{second}"), NOW.plus_seconds(second));
        }
        failures.count("session.sign_in", one, Some((ada, "Ada")), "second", NOW);
        failures.count("session.sign_in", other, None, "third", NOW);
        failures.write(&db, &random, NOW.plus_seconds(60)).await.unwrap();
        failures.write(&db, &random, NOW.plus_seconds(120)).await.unwrap();
        let rows = audit::all(db.read()).await.unwrap();
        let seen: Vec<_> = rows.iter().map(|row| (row.actor_name.as_str(), row.request_id.as_str())).collect();
        assert_eq!(seen, [("", "first-0"), ("Ada", "second"), ("", "third")]);
        assert!(rows.iter().all(|row| row.phase == "failed" && row.action == "session.sign_in"));
        let params: serde_json::Value = serde_json::from_str(&rows[0].params).unwrap();
        let expected = serde_json::json!({ "address": "192.0.2.1", "tries": 5, "since": NOW.to_string() });
        assert_eq!(params, expected);
        assert_eq!(audit::first_broken(&rows), None);
    }

    #[tokio::test]
    async fn many_addresses_share_a_row_and_nothing_is_lost_while_the_database_is_away() {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite://{}?mode=rwc", folder.path().join("empty.db").display());
        let empty = crate::db::connect(&url.into()).await.unwrap();
        let (failures, random) = (Failures::default(), Random::seeded(1));
        for last in 0..=255 {
            for third in 0..2 {
                failures.count("session.sign_in", IpAddr::from([192, 0, third, last]), None, "id", NOW);
            }
        }
        assert!(failures.write(&empty, &random, NOW).await.is_err(), "there is no table yet");
        assert!(failures.counted().len() <= MOST + 1);
        assert_eq!(failures.counted().values().map(|tries| tries.count).sum::<u64>(), 512);
        failures.write(&Db::fresh(folder.path()).await, &random, NOW).await.unwrap();
        assert!(failures.counted().is_empty());
    }
}
