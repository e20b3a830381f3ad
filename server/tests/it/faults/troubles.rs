//! Helm that hangs, floods, is killed, or says what it must not.

use super::{
    helm::Trouble,
    play::{Play, Point, What},
    stage::{Stage, some_at_once},
    world::{self, says},
};
use crate::support::{LAUNCH, make_workspace, text};
use serde_json::{Value, json};

const CANARY: &str = "Kanarienvogel-92ab-geheim";

async fn prepared(stage: &Stage, what: What) -> Play {
    Play::prepare(stage, what, [Point::Before(|_| false); 2], &format!("{what:?}")).await
}

/// Begins a launch whose Helm hangs, and waits until it does. That Helm was started is told before: one that is ended then
/// has not taken its trouble yet, and leaves it to the next.
async fn begin_with_helm_that_hangs(stage: &Stage, play: &mut Play) {
    stage.helm.trouble(&play.namespace, "install", Trouble::Hangs);
    let hangs = stage.proxy.hold(|seen| seen.helm && seen.path.ends_with("/hangs"));
    play.begin(stage).await;
    assert!(hangs.arrived().await, "Helm does not hang");
    hangs.let_go();
}

#[tokio::test]
async fn one_that_hangs_is_ended_by_a_cancellation() {
    let stage = Stage::new(&[]).await;
    let mut play = prepared(&stage, What::Launch).await;
    begin_with_helm_that_hangs(&stage, &mut play).await;
    let cancel = "mutation($id: ID!) { cancelOperation(input: { id: $id }) { operation { id } } }";
    stage.ada.ask(cancel, json!({ "id": play.operation })).await;
    play.ends_cancelled(&stage).await;
}

#[tokio::test]
async fn one_that_hangs_keeps_no_server_from_its_end() {
    let mut stage = Stage::new(&[]).await;
    let mut play = prepared(&stage, What::Launch).await;
    begin_with_helm_that_hangs(&stage, &mut play).await;
    assert!(stage.server.stop().await, "{}", stage.server.log());
    stage.run_again().await;
    let journal = play.ends_well(&stage).await;
    assert_eq!(says(&journal, "HANDED_OVER"), 1, "{journal:#?}");
}

/// Plays once with Helm in trouble at a subcommand, and comes to a good end; the journal.
async fn troubled(stage: &Stage, what: What, subcommand: &str, trouble: Trouble) -> Vec<Value> {
    let mut play = prepared(stage, what).await;
    stage.helm.trouble(&play.namespace, subcommand, trouble);
    play.begin(stage).await;
    play.ends_well(stage).await
}

#[tokio::test]
async fn one_that_is_killed_or_told_to_end_is_tried_again() {
    let stage = Stage::new(&[]).await;
    let troubles = [Trouble::Exits137, Trouble::KilledBefore, Trouble::KilledAfter, Trouble::AskedToEnd];
    let calls = [(What::Launch, "template"), (What::Launch, "install"), (What::Delete, "uninstall")];
    let all = calls.into_iter().flat_map(|call| troubles.map(|trouble| (call, trouble)));
    let journals = all.map(|((what, subcommand), trouble)| troubled(&stage, what, subcommand, trouble));
    for journal in some_at_once(journals).await {
        assert_eq!((says(&journal, "WILL_RETRY"), says(&journal, "TAKEN_UP")), (1, 0), "{journal:#?}");
    }
}

#[tokio::test]
async fn one_that_hangs_is_ended_when_its_time_is_over_and_tried_again() {
    let stage = Stage::new(&[]).await;
    // Rendering has the shortest time of all: half a minute.
    let journal = troubled(&stage, What::Launch, "template", Trouble::Hangs).await;
    let again: Vec<_> = journal.iter().filter(|entry| entry["code"] == "WILL_RETRY").collect();
    assert_eq!(again.len(), 1, "{journal:#?}");
    assert_eq!(world::param(again[0], "error").unwrap(), "HELM_TIMEOUT", "{journal:#?}");
}

/// The most memory that a process ever had, in kB (`proc(5)`, `VmHWM`).
fn peak_memory(pid: u32) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap();
    let line = status.lines().find(|line| line.starts_with("VmHWM:")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse().unwrap()
}

#[tokio::test]
async fn one_that_floods_fills_neither_memory_nor_journal() {
    let stage = Stage::new(&[]).await;
    let mut play = prepared(&stage, What::Launch).await;
    let before = peak_memory(stage.server.pid());
    stage.helm.trouble(&play.namespace, "install", Trouble::Floods);
    play.begin(&stage).await;
    let journal = play.ends_well(&stage).await;
    let told = says(&journal, "HELM_OUTPUT");
    assert!((1..=200).contains(&told), "{told} lines");
    let longest = journal.iter().filter_map(|entry| world::param(entry, "text")).map(|text| text.len()).max();
    assert!(longest.unwrap() <= 8 * 1024, "{longest:?}");
    // The kernel keeps count in parts, for speed, and so may tell of a lower peak afterwards: it calls the value inaccurate itself.
    let grown = peak_memory(stage.server.pid()).saturating_sub(before);
    assert!(grown < 60 * 1024, "{grown} kB more for 300 MB of output");
}

#[tokio::test]
async fn one_that_tells_a_secret_is_not_repeated() {
    let stage = Stage::new(&[]).await;
    let (workspace, namespace) = make_workspace(&stage.ada, "Shop").await;
    stage.helm.trouble(&namespace, "install", Trouble::Leaks);
    let values = json!([{ "pointer": "/postgresql/password", "value": CANARY }]);
    let input = json!({ "workspaceId": workspace, "app": "postgresql", "name": "Data", "values": values });
    let made = stage.ada.ask(LAUNCH, json!({ "input": input })).await;
    let operation = text(&made["launchService"]["operation"]["id"]);
    assert_eq!(stage.eye.ended(&operation).await, "FAILED");
    let query = "query($id: ID!) { operation(id: $id) { error { code params { name value } }
        journal { code params { name value } } } }";
    let told = stage.eye.ask(query, json!({ "id": operation })).await;
    assert_eq!(told["operation"]["error"]["code"], "HELM_FAILED");
    let said = told.to_string();
    assert!(said.contains("cannot use"), "what Helm said is told: {said}");
    assert!(!said.contains(CANARY), "{said}");
    assert!(!stage.server.log().contains(CANARY));
    let rows = world::rows(stage.server.database(), "SELECT params FROM journal").await;
    assert!(!rows.is_empty() && !rows.concat().contains(CANARY));

    let retry = "mutation($id: ID!) { retryOperation(input: { id: $id }) { operation { id } } }";
    stage.ada.ask(retry, json!({ "id": operation })).await;
    assert_eq!(stage.eye.ended(&operation).await, "SUCCEEDED");
}
