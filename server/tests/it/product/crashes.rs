//! The server dies, and the next one takes up what it has left.

use crate::{
    faults::{proxy::Proxy, rules::Seen},
    support::{Scene, Server, Socket, cluster, make_workspace, text},
};
use k8s_openapi::api::core::v1::Secret;
use kube::{Api as Kube, api::ListParams};
use rustix::{
    event::{PollFd, PollFlags, Timespec, poll},
    process::{Pid, PidfdFlags, pidfd_open},
};
use serde_json::{Value, json};
use std::os::fd::OwnedFd;

const JOURNAL: &str = "subscription($id: ID!) { operationChanged(id: $id) { entries { code params { name value } } } }";

/// A scene behind a proxy, where a request of Helm's is held: it is at work then for as long as the test wants, and has not
/// ended before the test has heard of its start.
async fn scene() -> (Scene, Proxy) {
    let proxy = Proxy::start().await;
    let server = Server::start_with(&[("KUBECONFIG", proxy.kubeconfig().to_str().unwrap())]).await;
    let ada = server.admin().await;
    let (workspace, namespace) = make_workspace(&ada, "Shop").await;
    (Scene { server, ada, workspace, namespace }, proxy)
}

/// Whether Helm makes the workload: the release's record is there by then.
fn makes_workload(seen: &Seen) -> bool {
    seen.helm && seen.changes() && seen.method != "DELETE" && seen.path.contains("/deployments")
}

/// Waits until Helm has been started by an operation; a handle on its process.
async fn helm_started(socket: &mut Socket, operation: &str) -> OwnedFd {
    let seen = socket
        .until(JOURNAL, json!({ "id": operation }), |data| {
            let entries = data["operationChanged"]["entries"].as_array().unwrap();
            entries.iter().any(|entry| entry["code"] == "HELM_STARTED")
        })
        .await;
    let entries = seen["operationChanged"]["entries"].as_array().unwrap();
    let started = entries.iter().find(|entry| entry["code"] == "HELM_STARTED").unwrap();
    let params = started["params"].as_array().unwrap();
    let pid = params.iter().find(|param| param["name"] == "pid").and_then(|param| param["value"].as_str()).unwrap();
    let pid = Pid::from_raw(pid.parse().unwrap()).unwrap();
    pidfd_open(pid, PidfdFlags::empty()).expect("Helm is at work")
}

/// Waits for the end of a process; its handle is readable then (`pidfd_open(2)`).
async fn gone(process: OwnedFd) {
    let patience = Timespec { tv_sec: 10, tv_nsec: 0 };
    let ended = tokio::task::spawn_blocking(move || poll(&mut [PollFd::new(&process, PollFlags::IN)], Some(&patience)));
    assert_eq!(ended.await.unwrap(), Ok(1), "Helm dies with its server");
}

/// Starts the server again, and waits until it has brought the operation to its end; the codes of the journal.
async fn next_succeeds(scene: &mut Scene, operation: &str) -> Vec<String> {
    scene.server.run().await;
    scene.ada.moved(scene.server.address());
    assert_eq!(scene.ada.ended(operation).await, "SUCCEEDED");
    scene.ada.journal(operation).await
}

async fn statuses(scene: &Scene, service: &Value) -> Vec<String> {
    let secrets = Kube::<Secret>::namespaced(cluster().await.client(), &scene.namespace);
    let labels = format!("owner=helm,name={}", text(&service["releaseName"]));
    let found = secrets.list(&ListParams::default().labels(&labels)).await.unwrap();
    found.items.into_iter().map(|secret| secret.metadata.labels.unwrap()["status"].clone()).collect()
}

async fn service(scene: &Scene, id: &str) -> Value {
    let query = "query($id: ID!) { service(id: $id) { releaseName status { state reason } } }";
    scene.ada.ask(query, json!({ "id": id })).await["service"].clone()
}

#[tokio::test]
async fn killed_while_helm_installs_it_ends_with_exactly_one_release() {
    let (mut scene, proxy) = scene().await;
    let token = scene.ada.token(&["READ"]).await;
    let mut socket = Socket::open(scene.server.address(), &token).await;
    let at_work = proxy.hold(makes_workload);
    let (id, operation) = scene.launch("n8n", "Flows", json!([])).await;
    let helm = helm_started(&mut socket, &operation).await;
    assert!(at_work.arrived().await, "Helm does not make the workload");
    scene.server.kill().await;
    gone(helm).await;
    at_work.lose();
    let journal = next_succeeds(&mut scene, &operation).await;
    let shown = service(&scene, &id).await;
    assert_eq!(shown["status"], json!({ "state": "RUNNING", "reason": "ALL_READY" }));
    assert_eq!(statuses(&scene, &shown).await, ["deployed"]);
    assert!(journal.contains(&"TAKEN_UP".to_owned()), "{journal:?}");
}

#[tokio::test]
async fn killed_while_helm_removes_it_ends_with_none() {
    let (mut scene, proxy) = scene().await;
    let token = scene.ada.token(&["READ"]).await;
    let (id, operation) = scene.launch("postgresql", "Data", json!([])).await;
    assert_eq!(scene.ada.ended(&operation).await, "SUCCEEDED");
    let before = service(&scene, &id).await;
    let delete = "mutation($id: ID!) { deleteService(input: { id: $id, confirmName: \"Data\", removeVolumes: true }) { operation { id } } }";
    let mut socket = Socket::open(scene.server.address(), &token).await;
    let at_work = proxy.hold(|seen| seen.helm && seen.method == "DELETE" && seen.path.contains("/statefulsets/"));
    let made = scene.ada.ask(delete, json!({ "id": id })).await;
    let operation = text(&made["deleteService"]["operation"]["id"]);
    let helm = helm_started(&mut socket, &operation).await;
    assert!(at_work.arrived().await, "Helm does not remove the workload");
    scene.server.kill().await;
    gone(helm).await;
    at_work.lose();
    let journal = next_succeeds(&mut scene, &operation).await;
    assert!(service(&scene, &id).await.is_null());
    assert!(statuses(&scene, &before).await.is_empty());
    assert!(journal.contains(&"TAKEN_UP".to_owned()), "{journal:?}");
}

#[tokio::test]
async fn told_to_end_it_hands_over() {
    let (mut scene, proxy) = scene().await;
    let token = scene.ada.token(&["READ"]).await;
    let mut socket = Socket::open(scene.server.address(), &token).await;
    let at_work = proxy.hold(makes_workload);
    let (id, operation) = scene.launch("uptime-kuma", "Watch", json!([])).await;
    let helm = helm_started(&mut socket, &operation).await;
    assert!(at_work.arrived().await, "Helm does not make the workload");
    assert!(scene.server.stop().await, "it ends well:\n{}", scene.server.log());
    gone(helm).await;
    at_work.lose();
    let journal = next_succeeds(&mut scene, &operation).await;
    let shown = service(&scene, &id).await;
    assert_eq!(statuses(&scene, &shown).await, ["deployed"]);
    assert!(journal.contains(&"HANDED_OVER".to_owned()), "{journal:?}");
}
