//! Streams send what has changed of what is asked for, and nothing else.

use crate::support::{Scene, cluster, hold, let_go, text};
use k8s_openapi::api::core::v1::Pod;
use kube::{Api as Kube, api::DeleteParams};
use serde_json::{Value, json};

const UPDATES: &str = "subscription($id: ID!) { servicePageUpdated(workspaceId: $id) {
    ids totalCount changed { name status { state } openOperation { kind } } pageInfo { hasNextPage } } }";

const RESTART: &str = "mutation($id: ID!) { restartService(input: { id: $id }) { operation { id } } }";

const RENAME: &str = "mutation($id: ID!) { updateWorkspace(input: { id: $id, version: 1, name: \"Store\" }) {
    workspace { name } } }";

/// The ids of services that run.
async fn running(scene: &Scene, names: &[&str]) -> Vec<String> {
    let mut services = Vec::new();
    for name in names {
        let (service, operation) = scene.launch("n8n", name, json!([])).await;
        assert_eq!(scene.ada.ended(&operation).await, "SUCCEEDED");
        services.push(service);
    }
    services
}

fn changed(update: &Value) -> Vec<String> {
    update["changed"].as_array().unwrap().iter().map(|service| text(&service["name"])).collect()
}

#[tokio::test]
async fn of_a_page_of_services_those_are_sent_that_have_changed() {
    let scene = Scene::new().await;
    let services = running(&scene, &["Alpha", "Beta"]).await;
    let mut socket = scene.ada.socket().await;
    let id = socket.subscribe(UPDATES, json!({ "id": scene.workspace })).await;
    let first = socket.next_of(&id).await["payload"]["data"]["servicePageUpdated"].clone();
    assert_eq!((&first["ids"], &first["totalCount"]), (&json!(services), &json!(2)));
    assert_eq!(
        (changed(&first), &first["pageInfo"]["hasNextPage"]),
        (vec!["Alpha".to_owned(), "Beta".to_owned()], &json!(false))
    );

    // A stream rests the longer the longer its views take, so a restart may be over before the next one: its pod waits until
    // it was seen.
    hold(&scene.namespace).await;
    scene.ada.ask(RESTART, json!({ "id": services[0] })).await;
    let mut was_begun = false;
    loop {
        let update = socket.next_of(&id).await["payload"]["data"]["servicePageUpdated"].clone();
        assert_eq!((&update["ids"], changed(&update)), (&json!(services), vec!["Alpha".to_owned()]), "{update}");
        let alpha = &update["changed"][0];
        let is_restarting =
            alpha["openOperation"]["kind"] == "SERVICE_RESTART" && alpha["status"]["state"] == "RESTARTING";
        if is_restarting && !was_begun {
            was_begun = true;
            let_go(&scene.namespace).await;
        }
        if was_begun && alpha["openOperation"].is_null() && alpha["status"]["state"] == "RUNNING" {
            break;
        }
    }
}

/// Nothing tells of them whether they have changed, so none is left out.
#[tokio::test]
async fn whoever_asks_for_the_newest_operations_is_sent_all_of_a_page() {
    let scene = Scene::new().await;
    let services = running(&scene, &["Alpha", "Beta"]).await;
    let mut socket = scene.ada.socket().await;
    let updates = UPDATES.replace("openOperation { kind }", "lastOperation { kind state }");
    let id = socket.subscribe(&updates, json!({ "id": scene.workspace })).await;
    scene.ada.ask(RESTART, json!({ "id": services[0] })).await;
    let restarted = json!({ "kind": "SERVICE_RESTART", "state": "SUCCEEDED" });
    loop {
        let update = socket.next_of(&id).await["payload"]["data"]["servicePageUpdated"].clone();
        assert_eq!(changed(&update), ["Alpha", "Beta"], "{update}");
        if update["changed"][0]["lastOperation"] == restarted {
            break;
        }
    }
}

#[tokio::test]
async fn a_workspace_without_its_services_is_not_sent_for_the_sake_of_a_pod() {
    let scene = Scene::new().await;
    let service = running(&scene, &["Flows"]).await.remove(0);
    let mut socket = scene.ada.socket().await;
    let name = "subscription($id: ID!) { workspaceChanged(id: $id) { name } }";
    let name = socket.subscribe(name, json!({ "id": scene.workspace })).await;
    assert_eq!(socket.next_of(&name).await["payload"]["data"]["workspaceChanged"]["name"], "Shop");
    let with = "subscription($id: ID!) { workspaceChanged(id: $id) { services { pods { name } } } }";
    let with = socket.subscribe(with, json!({ "id": scene.workspace })).await;
    let pods = |message: &Value| message["payload"]["data"]["workspaceChanged"]["services"][0]["pods"].clone();
    assert_eq!(pods(&socket.next_of(&with).await).as_array().unwrap().len(), 1);
    let shown = "subscription($id: ID!) { serviceChanged(id: $id) { pods { name ready } } }";
    let shown = socket.subscribe(shown, json!({ "id": service })).await;
    let first = socket.next_of(&shown).await["payload"]["data"]["serviceChanged"]["pods"][0].clone();
    let (old, mut is_replaced, mut was_told) = (text(&first["name"]), false, false);

    // Its successor is another pod, of which the cluster tells in several steps.
    let of_the_cluster = Kube::<Pod>::namespaced(cluster().await.client(), &scene.namespace);
    of_the_cluster.delete(&old, &DeleteParams::default()).await.unwrap();
    while !(is_replaced && was_told) {
        let message = socket.receive().await.expect("the socket stays open");
        assert_ne!(message["id"], name.as_str(), "{message}");
        was_told |= message["id"] == with.as_str();
        let next = &message["payload"]["data"]["serviceChanged"]["pods"];
        let replaced =
            |pods: &Vec<Value>| pods.len() == 1 && pods[0]["name"] != old.as_str() && pods[0]["ready"] == true;
        is_replaced |= next.as_array().is_some_and(replaced);
    }
    scene.ada.ask(RENAME, json!({ "id": scene.workspace })).await;
    assert_eq!(socket.next_of(&name).await["payload"]["data"]["workspaceChanged"]["name"], "Store");
}
