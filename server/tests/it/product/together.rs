//! Two servers on one PostgreSQL database: they share the work, hear of each other's changes, and one takes over from the
//! other. Which of them works on an operation is certain: the other begins after it, while its pods are held.

use crate::support::{
    Api, PASSWORD, Scene, Server, Socket, add_member, fresh_postgres, hold, let_go, make_workspace, person, text,
};
use serde_json::json;
use std::time::{Duration, Instant};

/// So long that nothing in these tests happens because a claim is renewed or runs out.
const LONG: (&str, &str) = ("OPERATIONS__LEASE_SECONDS", "600");
/// So short that a killed server's work is taken up within the test's patience.
const SHORT: (&str, &str) = ("OPERATIONS__LEASE_SECONDS", "6");

/// A person on a server, with a workspace.
async fn scene(settings: &[(&str, &str)]) -> Scene {
    let server = Server::start_on(tempfile::tempdir().unwrap(), fresh_postgres().await, settings).await;
    let ada = server.admin().await;
    let (workspace, namespace) = make_workspace(&ada, "Shop").await;
    Scene { server, ada, workspace, namespace }
}

/// A launch that waits for its pods at the first server; the operation's and the service's id.
async fn held_launch(scene: &Scene) -> (String, String) {
    hold(&scene.namespace).await;
    let (service, operation) = scene.launch("n8n", "Flows", json!([])).await;
    let waits = |operation: &serde_json::Value| {
        operation["steps"].as_array().unwrap().iter().any(|step| step["name"] == "READY" && step["state"] == "RUNNING")
    };
    scene.ada.operation_until(&operation, waits).await;
    (operation, service)
}

/// The same person at the other server.
async fn at(server: &Server) -> Api {
    let mut api = server.visitor();
    api.sign_in("ada@example.com", PASSWORD).await.unwrap();
    api
}

/// How many operations a server has begun, by its log.
fn begun(server: &Server) -> usize {
    server.log().lines().filter(|line| line.contains("\"operation begun\"")).count()
}

#[tokio::test]
async fn what_one_does_is_seen_at_the_other_while_it_goes_on() {
    let scene = scene(&[LONG]).await;
    let (operation, _) = held_launch(&scene).await;
    let other = scene.server.beside().await;
    let there = at(&other).await;
    let watching = there.operation_until(&operation, |operation| operation["state"] == "SUCCEEDED");
    let (_, ()) = tokio::join!(watching, let_go(&scene.namespace));
    assert_eq!(begun(&other), 0);
}

#[tokio::test]
async fn they_share_the_work() {
    let scene = scene(&[LONG, ("OPERATIONS__WORKERS", "1")]).await;
    let other = scene.server.beside().await;
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
    let scene = scene(&[LONG]).await;
    let (operation, _) = held_launch(&scene).await;
    let other = scene.server.beside().await;
    let there = at(&other).await;
    let cancel = "mutation($id: ID!) { cancelOperation(input: { id: $id }) { operation { state } } }";
    there.ask(cancel, json!({ "id": operation })).await;
    assert_eq!(scene.ada.ended(&operation).await, "CANCELLED");
    assert_eq!(begun(&other), 0, "the first has undone it");
}

#[tokio::test]
async fn signed_out_at_one_is_signed_out_at_the_other() {
    let scene = scene(&[]).await;
    let other = scene.server.beside().await;
    let token = scene.ada.token(&["READ"]).await;
    let mut socket = Socket::open(other.address(), &token).await;
    let tokens = scene.ada.ask("{ viewer { accessTokens { id } } }", json!({})).await;
    let id = text(&tokens["viewer"]["accessTokens"][0]["id"]);
    let before = Instant::now();
    let revoke = "mutation($id: ID!) { revokeAccessToken(input: { id: $id }) { accessToken { id } } }";
    scene.ada.ask(revoke, json!({ "id": id })).await;
    assert_eq!(socket.receive().await, None, "what it has open there is closed");
    assert!(before.elapsed() < Duration::from_secs(5), "told by the event, not found by the look at intervals (15 s)");
}

#[tokio::test]
async fn one_killed_hands_over_to_the_other() {
    let mut scene = scene(&[SHORT]).await;
    let (operation, service) = held_launch(&scene).await;
    let other = scene.server.beside().await;
    let there = at(&other).await;
    scene.server.kill().await;
    let_go(&scene.namespace).await;
    assert_eq!(there.ended(&operation).await, "SUCCEEDED");
    let shown = there.ask("query($id: ID!) { service(id: $id) { revision } }", json!({ "id": service })).await;
    assert_eq!(shown["service"]["revision"], 1);
    let journal = there.journal(&operation).await;
    assert!(journal.contains(&"TAKEN_UP".to_owned()), "{journal:?}");
    assert_eq!(begun(&other), 1);
}

#[tokio::test]
async fn one_that_ends_hands_over_at_once() {
    let mut scene = scene(&[LONG]).await;
    let (operation, _) = held_launch(&scene).await;
    let other = scene.server.beside().await;
    let there = at(&other).await;
    assert!(scene.server.stop().await, "{}", scene.server.log());
    let_go(&scene.namespace).await;
    assert_eq!(there.ended(&operation).await, "SUCCEEDED");
    let journal = there.journal(&operation).await;
    assert!(journal.contains(&"HANDED_OVER".to_owned()), "{journal:?}");
    assert_eq!(begun(&other), 1);
}

#[tokio::test]
async fn removed_at_one_is_removed_at_the_other() {
    let scene = scene(&[]).await;
    let bob = person(&scene.server, "Bob", "member").await;
    add_member(&scene.ada, &scene.workspace, &bob.email, "GUEST").await;
    let other = scene.server.beside().await;
    let mut socket = Socket::open(other.address(), &bob.api.token(&["READ"]).await).await;
    let query = "subscription($id: ID!) { workspaceChanged(id: $id) { name } }";
    let watching = socket.subscribe(query, json!({ "id": scene.workspace })).await;
    assert_eq!(socket.next_of(&watching).await["payload"]["data"]["workspaceChanged"]["name"], "Shop");
    let before = Instant::now();
    let remove = "mutation($w: ID!, $p: ID!) { removeMember(input: { workspaceId: $w, personId: $p }) { personId } }";
    scene.ada.ask(remove, json!({ "w": scene.workspace, "p": bob.id })).await;
    let ended = loop {
        let message = socket.next_of(&watching).await;
        // A server that has just begun to hear of the others looks at everything once more, so the workspace may come again.
        if message["type"] == "error" || !message["payload"]["errors"].is_null() {
            break message;
        }
    };
    assert!(ended.to_string().contains("NOT_FOUND"), "{ended}");
    assert!(before.elapsed() < Duration::from_secs(1), "{:?}", before.elapsed());
}
