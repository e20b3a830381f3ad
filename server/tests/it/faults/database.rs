//! The database is locked by another, full, or away: what is asked for meanwhile is told to come again, and what was begun
//! goes on afterwards.

use super::{
    door::Door,
    play::{Play, Point, What},
    stage::Stage,
    world,
};
use crate::{
    engine::{self, Told},
    support::{Refused, fresh_postgres, text},
};
use sea_orm::{ConnectOptions, ConnectionTrait, Database};
use serde_json::{Value, json};
use server::{
    crypto::random::Random,
    db,
    events::{
        Event, Events, Listener,
        notify::{self, Times},
    },
    graphql::errors::ApiError,
    http::serve::Life,
};
use shared::error::ErrorCode;
use std::time::Duration;
use uuid::Uuid;

const CREATE: &str = "mutation($name: String!) { createWorkspace(input: { name: $name, idempotencyKey: $name }) {
    workspace { name } } }";

/// What was refused may be asked for again.
fn told_to_come_again(refused: &Refused) {
    assert_eq!(refused.code, "UNAVAILABLE", "{refused:?}");
}

#[tokio::test]
async fn locked_by_another() {
    let stage = Stage::on_sqlite(&[]).await;
    let mut play = Play::prepare(&stage, What::Launch, [Point::Pods; 2], "Flows").await;
    play.begin(&stage).await;
    play.arrived(&stage, 0).await;

    let mut options = ConnectOptions::new(stage.server.database());
    options.max_connections(1);
    let other = Database::connect(options).await.unwrap();
    other.execute_unprepared("BEGIN IMMEDIATE").await.unwrap();
    let (refused, seen) = tokio::join!(
        stage.ada.try_ask(CREATE, json!({ "name": "Late" })),
        stage.eye.ask("{ workspaces { totalCount } }", json!({}))
    );
    told_to_come_again(&refused.unwrap_err());
    assert_eq!(seen["workspaces"]["totalCount"], 1, "reading goes on");
    play.let_pods_come().await;
    other.execute_unprepared("ROLLBACK").await.unwrap();

    for _ in 0..2 {
        stage.ada.ask(CREATE, json!({ "name": "Late" })).await;
    }
    assert_eq!(stage.eye.ask("{ workspaces { totalCount } }", json!({})).await["workspaces"]["totalCount"], 2);
    play.ends_well(&stage).await;
}

#[tokio::test]
async fn full() {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite://{}?mode=rwc", folder.path().join("woow.db").display());
    let stage = engine::Stage::on(folder, url).await;
    let mut rows = vec![stage.enqueue(Uuid::now_v7()).await.unwrap()];
    // The limit belongs to the connection, and there is one that writes.
    let write = stage.db.write();
    write.execute_unprepared("CREATE TABLE ballast (bytes BLOB)").await.unwrap();
    write.execute_unprepared("PRAGMA max_page_count = 1").await.unwrap();
    // Until not even the smallest row has room.
    let mut refused = Ok(());
    for size in [4000, 100, 1] {
        let add = format!("INSERT INTO ballast VALUES (zeroblob({size}))");
        refused = loop {
            if let Err(error) = write.execute_unprepared(&add).await {
                break Err(error);
            }
        };
    }
    assert_eq!(ApiError::from(refused.unwrap_err()).code, ErrorCode::Unavailable);
    let engine = stage.engine_with(Told::Succeed, Duration::from_secs(2));
    engine.wake();
    // A few more have room in pages that are there.
    let refused = loop {
        match stage.enqueue(Uuid::now_v7()).await {
            Ok(row) => rows.push(row),
            Err(error) => break error,
        }
    };
    assert_eq!(ApiError::from(refused).code, ErrorCode::Unavailable);

    write.execute_unprepared("PRAGMA max_page_count = 1000000").await.unwrap();
    for row in &rows {
        let ended = stage.until(row.id, |row| row.state == "SUCCEEDED").await;
        assert_eq!(ended.lease_owner, None);
    }
    let ends = "SELECT code FROM journal WHERE code IN ('SUCCEEDED', 'FAILED', 'CANCELLED')";
    assert_eq!(world::rows(&stage.url, ends).await, vec!["SUCCEEDED"; rows.len()], "each ends once");
}

#[tokio::test]
async fn away_and_back() {
    let (door, url) = Door::before(&fresh_postgres().await).await;
    let stage = Stage::on(tempfile::tempdir().unwrap(), url, &[]).await;
    let mut play = Play::prepare(&stage, What::Launch, [Point::Pods; 2], "Flows").await;
    play.begin(&stage).await;
    play.arrived(&stage, 0).await;

    door.go_away().await;
    told_to_come_again(&stage.ada.try_ask("{ workspaces { totalCount } }", json!({})).await.unwrap_err());
    told_to_come_again(&stage.ada.try_ask(CREATE, json!({ "name": "Late" })).await.unwrap_err());
    play.let_pods_come().await;
    door.come_back().await;
    stage.ada.ask(CREATE, json!({ "name": "Late" })).await;
    play.ends_well(&stage).await;

    // Links that die in the middle of the work are no harm either.
    let mut play = Play::prepare(&stage, What::Launch, [Point::Pods; 2], "Again").await;
    play.begin(&stage).await;
    play.arrived(&stage, 0).await;
    door.cut();
    play.ends_well(&stage).await;
}

async fn hears(listener: &mut Listener, wanted: Event) {
    let heard = async { while listener.next().await.expect("the bus is there") != wanted {} };
    let heard = tokio::time::timeout(Duration::from_secs(20), heard).await;
    assert!(heard.is_ok(), "{wanted:?} is not heard");
}

/// It looks like one where nothing happens, and a server that waits at it would hear of no change any more.
#[tokio::test]
async fn a_link_that_died_without_a_word_is_found_out() {
    let direct = fresh_postgres().await;
    let (door, url) = Door::before(&direct).await;
    let (here, there, life) = (Events::default(), Events::default(), Life::default());
    let mut listener = here.listen();
    // Many beats: a link that is only slow must not be given up, as what is told before the next is lost.
    let times = Times { beat: Duration::from_millis(100), silence: Duration::from_secs(4) };
    for (events, url) in [(&here, url), (&there, direct)] {
        let db = db::connect(&url.into()).await.unwrap();
        notify::start(&db, events, &Random::default(), &life, times, |_| {});
    }
    let change = || Event::Rights(Uuid::now_v7().into());
    hears(&mut listener, Event::Missed).await;
    let first = change();
    there.publish(first);
    hears(&mut listener, first).await;
    listener.catch_up();

    door.fall_silent();
    let lost = change();
    there.publish(lost);
    assert_eq!(
        tokio::time::timeout(Duration::from_secs(20), listener.next()).await,
        Ok(Some(Event::Missed)),
        "what was told meanwhile is not heard, and that is known"
    );
    let second = change();
    there.publish(second);
    hears(&mut listener, second).await;
    life.stopping.cancel();
    assert!(life.end().await);
}

/// Whether it was done, nobody can tell; asked for again with its key, it is done once.
#[tokio::test]
async fn a_commit_whose_answer_is_lost() {
    let stage = Stage::on_postgres(&[]).await;
    for (done, name) in [(false, "Undone"), (true, "Done")] {
        stage.tap().cut(1, done, |asked| asked.states("INSERT INTO \"operations\""));
        told_to_come_again(&stage.ada.try_ask(CREATE, json!({ "name": name })).await.unwrap_err());
        stage.ada.ask(CREATE, json!({ "name": name })).await;
    }
    assert_eq!(stage.eye.ask("{ workspaces { totalCount } }", json!({})).await["workspaces"]["totalCount"], 2);
}

/// Nobody has to ask again for what was done to be begun and seen.
#[tokio::test]
async fn what_was_done_is_told_though_the_answer_is_lost() {
    let stage = Stage::on_postgres(&[]).await;
    stage.tap().cut(1, true, |asked| asked.states("INSERT INTO \"operations\""));
    told_to_come_again(&stage.ada.try_ask(CREATE, json!({ "name": "Shop" })).await.unwrap_err());
    let seen = stage.eye.ask("{ workspaces { nodes { id lastOperation { id } } } }", json!({})).await;
    let made = &seen["workspaces"]["nodes"][0];
    assert_eq!(stage.eye.ended(&text(&made["lastOperation"]["id"])).await, "SUCCEEDED");

    let mut socket = stage.eye.socket().await;
    let watch = "subscription($id: ID!) { workspaceChanged(id: $id) { name } }";
    let watching = socket.subscribe(watch, json!({ "id": made["id"] })).await;
    assert_eq!(socket.next_of(&watching).await["payload"]["data"]["workspaceChanged"]["name"], "Shop");
    let rename = "mutation($id: ID!) { updateWorkspace(input: { id: $id, version: 1, name: \"Store\" }) {
        workspace { name } } }";
    stage.tap().cut(1, true, |asked| asked.states("UPDATE \"workspaces\""));
    told_to_come_again(&stage.ada.try_ask(rename, json!({ "id": made["id"] })).await.unwrap_err());
    // That its making has ended may be told once more before, with the name that it had.
    loop {
        let message = socket.next_of(&watching).await;
        let name = &message["payload"]["data"]["workspaceChanged"]["name"];
        if name == "Store" {
            break;
        }
        assert_eq!(name, "Shop", "{message}");
    }
}

/// A server that is suspended in the middle of a transaction has locked what it wrote. PostgreSQL ends it.
#[tokio::test]
async fn one_that_is_suspended_in_a_transaction_keeps_nobody_from_work() {
    let folder = tempfile::tempdir().unwrap();
    let stage = engine::Stage::on(folder, fresh_postgres().await).await;
    let row = stage.enqueue(Uuid::now_v7()).await.unwrap();
    let suspended = stage.db.begin().await.unwrap();
    let lock = format!("UPDATE operations SET attempts = attempts WHERE id = '{}'", row.id);
    suspended.execute_unprepared(&lock).await.unwrap();
    stage.engine(Told::Succeed).wake();
    let others = tokio::time::timeout(Duration::from_secs(40), stage.ends(row.id)).await;
    assert_eq!(others.expect("it is not locked for ever"), "SUCCEEDED");
    let lost = suspended.commit().await.unwrap_err();
    assert_eq!(ApiError::from(lost).code, ErrorCode::Unavailable);
}

/// What a browser sees of a database that is away is no more than that.
#[tokio::test]
async fn nothing_of_the_database_is_told() {
    let (door, url) = Door::before(&fresh_postgres().await).await;
    let stage = Stage::on(tempfile::tempdir().unwrap(), url, &[]).await;
    door.go_away().await;
    let refused = stage.eye.try_ask("{ viewer { email } }", json!({})).await.unwrap_err();
    let keys = |value: &Value| value.as_object().unwrap().keys().cloned().collect::<Vec<_>>();
    assert_eq!(refused.errors[0]["message"], "Not available now; try again later");
    assert!(
        keys(&refused.errors[0]["extensions"]).iter().all(|key| key == "code" || key == "requestId"),
        "{refused:?}"
    );
}
