//! Logs: the run before this one, and downloads.

use crate::support::{Scene, person, text};
use serde_json::{Value, json};
use std::{io::Write as _, path::PathBuf};

const DOWNLOAD: &str =
    "mutation($input: CreateLogDownloadInput!) { createLogDownload(input: $input) { url expiresAt } }";

/// What all containers of the sandbox log; the run before is in the file beside it.
fn log_file(name: &str) -> PathBuf {
    let file = std::env::var_os("WOOW_TEST_LOG_FILE").expect("WOOW_TEST_LOG_FILE is not set: run `make test`");
    PathBuf::from(file).with_file_name(name)
}

/// Writes a line in the form of CRI.
fn write(file: &str, line: &str) {
    let mut file = std::fs::OpenOptions::new().append(true).open(log_file(file)).unwrap();
    let now = server::clock::Clock::now(&server::clock::SystemClock);
    writeln!(file, "{} stdout F {line}", now.to_string().replace('Z', "000Z")).unwrap();
}

/// A service that runs, and the input that names its container.
async fn running(scene: &Scene) -> Value {
    let (service, operation) = scene.launch("uptime-kuma", "Watch", json!([])).await;
    assert_eq!(scene.ada.ended(&operation).await, "SUCCEEDED");
    let query = "query($id: ID!) { service(id: $id) { pods { name containers { name } } } }";
    let shown = scene.ada.ask(query, json!({ "id": service })).await;
    let pod = &shown["service"]["pods"][0];
    json!({ "serviceId": service, "pod": pod["name"], "container": pod["containers"][0]["name"] })
}

fn with(input: &Value, name: &str, value: impl Into<Value>) -> Value {
    let mut input = input.clone();
    input[name] = value.into();
    input
}

#[tokio::test]
async fn a_log_is_downloaded_once_and_by_whoever_asked() {
    let scene = Scene::new().await;
    let input = running(&scene).await;
    let mark = format!("mark-{}", scene.workspace);
    write("current.log", &mark);
    let bob = person(&scene.server, "Bob", "member").await.api;
    let made = scene.ada.ask(DOWNLOAD, json!({ "input": input })).await;
    let url = text(&made["createLogDownload"]["url"]);
    assert!(url.starts_with("/downloads/log?ticket="), "{url}");

    // Nobody and somebody else get nothing, and do not use it up.
    assert_eq!(scene.server.visitor().get(&url).await.status(), 401);
    let refused = bob.get(&url).await;
    assert_eq!(refused.status(), 404);
    let foreign = refused.text().await.unwrap();
    let answer = scene.ada.get(&url).await;
    assert_eq!(answer.status(), 200);
    assert_eq!(answer.headers()["content-type"], "text/plain; charset=utf-8");
    let name = format!("{}_{}.log", text(&input["pod"]), text(&input["container"]));
    assert_eq!(answer.headers()["content-disposition"], format!("attachment; filename=\"{name}\""));
    assert_eq!(answer.headers()["cache-control"], "no-store");
    let log = answer.text().await.unwrap();
    let line = log.lines().find(|line| line.ends_with(&mark)).expect("the line is in it");
    assert!(line.starts_with("20") && line.contains("Z "), "with its time: {line}");

    let again = scene.ada.get(&url).await;
    assert_eq!(again.status(), 404);
    let without_id = |answer: &str| {
        let mut answer: Value = serde_json::from_str(answer).unwrap();
        answer["errors"][0]["extensions"]["requestId"].take();
        answer
    };
    assert_eq!(without_id(&again.text().await.unwrap()), without_id(&foreign), "in the same words");
    assert_eq!(scene.ada.get("/downloads/log").await.status(), 404);
    assert!(!scene.server.log().contains(url.rsplit('=').next().unwrap()), "the ticket is not logged");

    let db = server::db::connect(&scene.server.database().into()).await.unwrap();
    let rows = server::domain::audit::all(db.read()).await.unwrap();
    let rows: Vec<_> = rows.iter().filter(|row| row.action == "service.download_log").collect();
    assert_eq!(rows.iter().map(|row| row.phase.as_str()).collect::<Vec<_>>(), ["intent", "done"]);
    let about: Value = serde_json::from_str(&rows[0].params).unwrap();
    assert_eq!(about["pod"], input["pod"]);
}

#[tokio::test]
async fn what_may_not_be_read_is_not_downloaded_and_mistakes_are_named() {
    let scene = Scene::new().await;
    let input = running(&scene).await;
    let bob = person(&scene.server, "Bob", "member").await.api;
    let ask = |input: Value| scene.ada.try_ask(DOWNLOAD, json!({ "input": input }));
    for (name, value) in [("pod", "another"), ("container", "another"), ("serviceId", "another")] {
        assert_eq!(ask(with(&input, name, value)).await.unwrap_err().code, "NOT_FOUND", "{name}");
    }
    assert_eq!(bob.try_ask(DOWNLOAD, json!({ "input": input })).await.unwrap_err().code, "NOT_FOUND");
    for seconds in [0, -1, i32::MAX] {
        let refused = ask(with(&input, "sinceSeconds", seconds)).await.unwrap_err();
        assert_eq!(refused.fields(), [("sinceSeconds".to_owned(), "OUT_OF_RANGE".to_owned())]);
    }

    // A program that may only read may download, with its token.
    let reader = crate::support::Api::with_token(scene.server.address(), &scene.ada.token(&["READ"]).await);
    let made = reader.ask(DOWNLOAD, json!({ "input": with(&input, "sinceSeconds", 3600) })).await;
    let url = text(&made["createLogDownload"]["url"]);
    assert_eq!(reader.get(&url).await.status(), 200);

    // What is gone when it is fetched is not there.
    let made = scene.ada.ask(DOWNLOAD, json!({ "input": input })).await;
    let delete = "mutation($id: ID!) { deleteService(input: { id: $id, confirmName: \"Watch\", removeVolumes: true }) {
        operation { id } } }";
    let deleted = scene.ada.ask(delete, json!({ "id": input["serviceId"] })).await;
    assert_eq!(scene.ada.ended(&text(&deleted["deleteService"]["operation"]["id"])).await, "SUCCEEDED");
    assert_eq!(scene.ada.get(&text(&made["createLogDownload"]["url"])).await.status(), 404);
}

#[tokio::test]
async fn downloads_are_counted() {
    let server = crate::support::Server::start_with(&[("LIMITS__LOG_DOWNLOADS_PER_MINUTE", "2")]).await;
    let ada = server.admin().await;
    let (workspace, namespace) = crate::support::make_workspace(&ada, "Shop").await;
    let scene = Scene { server, ada, workspace, namespace };
    let input = running(&scene).await;
    for _ in 0..2 {
        scene.ada.ask(DOWNLOAD, json!({ "input": input })).await;
    }
    assert_eq!(scene.ada.try_ask(DOWNLOAD, json!({ "input": input })).await.unwrap_err().code, "RATE_LIMITED");
}

#[tokio::test]
async fn the_run_before_is_read_to_its_end() {
    let scene = Scene::new().await;
    let input = running(&scene).await;
    let mark = format!("before-{}", scene.workspace);
    write("previous.log", &mark);
    let query = "subscription($input: ServiceLogsInput!) { serviceLogs(input: $input) { lines { text } state } }";
    let mut socket = scene.ada.socket().await;
    let input = with(&with(&input, "previous", true), "tail", 5);
    let id = socket.subscribe(query, json!({ "input": input })).await;
    let (mut lines, mut state) = (Vec::new(), Value::Null);
    loop {
        let message = socket.receive().await.expect("the socket stays open");
        if message["type"] == "complete" && message["id"] == id.as_str() {
            break;
        }
        let batch = &message["payload"]["data"]["serviceLogs"];
        lines.extend(batch["lines"].as_array().unwrap().iter().map(|line| text(&line["text"])));
        state = batch["state"].clone();
    }
    assert_eq!(state, "ENDED");
    assert!((1..=5).contains(&lines.len()) && lines.contains(&mark), "{lines:?}");
}
