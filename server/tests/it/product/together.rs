//! Two servers on one PostgreSQL database: they share the work, hear of each other's changes, and one takes over from the
//! other.

use crate::support::{Api, PASSWORD, Scene, Server, Socket, fresh_postgres, make_workspace, text};
use serde_json::json;

/// A lease this short lets a killed server's work be taken up within the test's patience.
const LEASE: (&str, &str) = ("OPERATIONS__LEASE_SECONDS", "6");

/// A person on the first of two servers, with a workspace.
async fn two(settings: &[(&str, &str)]) -> (Scene, Server) {
    let data = tempfile::tempdir().unwrap();
    let settings: Vec<_> = [LEASE].into_iter().chain(settings.iter().copied()).collect();
    let server = Server::start_on(data, fresh_postgres().await, &settings).await;
    let ada = server.admin().await;
    let (workspace, namespace) = make_workspace(&ada, "Shop").await;
    let other = server.beside().await;
    (Scene { server, ada, workspace, namespace }, other)
}

/// The same person at the other server.
async fn at(server: &Server) -> Api {
    let mut api = server.visitor();
    api.sign_in("ada@example.com", PASSWORD).await.unwrap();
    api
}

/// Which operations a server has begun, by its log.
fn begun(server: &Server) -> usize {
    server.log().lines().filter(|line| line.contains("\"operation begun\"")).count()
}

#[tokio::test]
async fn what_one_does_is_seen_at_the_other_while_it_goes_on() {
    let (scene, other) = two(&[("OPERATIONS__WORKERS", "1")]).await;
    let there = at(&other).await;
    let (_, operation) = scene.launch("n8n", "Flows", json!([])).await;
    assert_eq!(there.ended(&operation).await, "SUCCEEDED");
}

#[tokio::test]
async fn they_share_the_work() {
    let (scene, other) = two(&[("OPERATIONS__WORKERS", "1")]).await;
    let mut operations = Vec::new();
    for name in ["One", "Two", "Three", "Four"] {
        operations.push(scene.launch("uptime-kuma", name, json!([])).await.1);
    }
    for operation in &operations {
        assert_eq!(scene.ada.ended(operation).await, "SUCCEEDED");
    }
    // The workspace, then the launches: each begun once, and not all by the server that was asked.
    let (here, there) = (begun(&scene.server), begun(&other));
    assert_eq!(here + there, 5, "here {here}, there {there}");
    assert!(there > 0, "the other has no part in it");
}

#[tokio::test]
async fn a_cancellation_reaches_the_server_that_works() {
    let (scene, other) = two(&[]).await;
    let there = at(&other).await;
    let (_, operation) = scene.launch("n8n", "Flows", json!([])).await;
    there.operation_until(&operation, |operation| operation["state"] == "RUNNING").await;
    let cancel = "mutation($id: ID!) { cancelOperation(input: { id: $id }) { operation { id } } }";
    let cancelled = there.try_ask(cancel, json!({ "id": operation })).await;
    let state = scene.ada.ended(&operation).await;
    // Where the launch was faster than the wish, the wish is refused.
    assert_eq!(cancelled.is_ok(), state == "CANCELLED", "{cancelled:?} {state}");
}

#[tokio::test]
async fn signed_out_at_one_is_signed_out_at_the_other() {
    let (scene, other) = two(&[]).await;
    let token = scene.ada.token(&["READ"]).await;
    let mut socket = Socket::open(other.address(), &token).await;
    let tokens = scene.ada.ask("{ viewer { accessTokens { id } } }", json!({})).await;
    let id = text(&tokens["viewer"]["accessTokens"][0]["id"]);
    let before = std::time::Instant::now();
    let revoke = "mutation($id: ID!) { revokeAccessToken(input: { id: $id }) { accessToken { id } } }";
    scene.ada.ask(revoke, json!({ "id": id })).await;
    assert_eq!(socket.receive().await, None, "what it has open there is closed");
    // Told by the event, not found by the look at intervals (15 s).
    assert!(before.elapsed().as_secs() < 5);
}

#[tokio::test]
async fn one_killed_hands_over_to_the_other() {
    let (mut scene, other) = two(&[]).await;
    let there = at(&other).await;
    let (id, operation) = scene.launch("n8n", "Flows", json!([])).await;
    there.operation_until(&operation, |operation| operation["state"] == "RUNNING").await;
    scene.server.kill().await;
    assert_eq!(there.ended(&operation).await, "SUCCEEDED");
    let shown =
        there.ask("query($id: ID!) { service(id: $id) { status { state } revision } }", json!({ "id": id })).await;
    assert_eq!(shown["service"]["status"]["state"], "RUNNING");
    assert_eq!(shown["service"]["revision"], 1);
}

#[tokio::test]
async fn one_that_ends_hands_over_at_once() {
    let (mut scene, other) = two(&[("OPERATIONS__LEASE_SECONDS", "60")]).await;
    let there = at(&other).await;
    let (_, operation) = scene.launch("n8n", "Flows", json!([])).await;
    there.operation_until(&operation, |operation| operation["state"] == "RUNNING").await;
    let before = std::time::Instant::now();
    assert!(scene.server.stop().await, "{}", scene.server.log());
    assert_eq!(there.ended(&operation).await, "SUCCEEDED");
    assert!(before.elapsed().as_secs() < 50, "it did not wait for the claim to run out");
}
