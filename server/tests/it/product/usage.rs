//! What a service uses: asked for while somebody looks, told to those who may see it.

use crate::support::{METRICS, Scene, Server, figure, make_workspace, person};
use serde_json::{Value, json};

const USAGE: &str = "subscription($id: ID!) { serviceUsage(id: $id) {
    state measuredAt simulated intervalSeconds
    used { cpuMillis memoryBytes } requested { cpuMillis memoryBytes } limit { cpuMillis memoryBytes }
    history { at cpuMillis memoryBytes } nearLimits { pod container resource percent }
    pods { name measuredAt used { memoryBytes } containers { name used { cpuMillis } limit { memoryBytes } } } } }";

#[tokio::test]
async fn what_a_service_uses_is_asked_for_while_somebody_looks() {
    let server = Server::start_with(&[METRICS]).await;
    let ada = server.admin().await;
    let (workspace, namespace) = make_workspace(&ada, "Shop").await;
    let scene = Scene { server, ada, workspace, namespace };
    let (service, operation) = scene.launch("uptime-kuma", "Watch", json!([])).await;
    assert_eq!(scene.ada.ended(&operation).await, "SUCCEEDED");
    assert_eq!(figure(&scene.server, "woow_usage_requests_total").await, 0, "nobody has looked");

    let mut socket = scene.ada.socket().await;
    let seen = socket
        .until(USAGE, json!({ "id": service }), |data| {
            let usage = &data["serviceUsage"];
            usage["state"] == "CURRENT" && usage["pods"][0]["measuredAt"].is_string()
        })
        .await;
    let usage = &seen["serviceUsage"];
    assert_eq!((&usage["simulated"], &usage["intervalSeconds"]), (&json!(true), &json!(15)), "{usage}");
    let figures = |amount: &Value| (amount["cpuMillis"].as_f64().unwrap(), amount["memoryBytes"].as_f64().unwrap());
    let (used, limit) = (figures(&usage["used"]), figures(&usage["limit"]));
    assert!(used.0 > 0.0 && used.0 < limit.0 && used.1 > 0.0 && used.1 < limit.1, "{usage}");
    assert!(!usage["history"].as_array().unwrap().is_empty(), "{usage}");
    assert_eq!(usage["nearLimits"], json!([]));
    let asked = figure(&scene.server, "woow_usage_requests_total").await;
    assert!(asked >= 1);

    // That look is over; nobody else looks, so the poller sleeps (its own tests see that it then asks for nothing).
    while figure(&scene.server, "woow_usage_followers").await > 0 {}

    let bob = person(&scene.server, "Bob", "member").await.api;
    let mut his = bob.socket().await;
    let id = his.subscribe(USAGE, json!({ "id": service })).await;
    let refused = his.receive().await.unwrap();
    assert_eq!(refused["id"], id.as_str());
    assert!(refused.to_string().contains("NOT_FOUND"), "{refused}");
    let never = his.subscribe(USAGE, json!({ "id": "0".repeat(32) })).await;
    let unknown = loop {
        let message = his.receive().await.unwrap();
        if message["id"] == never.as_str() {
            break message;
        }
    };
    let words = |message: &Value| {
        let mut error = message["payload"]["errors"][0].clone();
        error["extensions"].as_object_mut().unwrap().remove("requestId");
        error
    };
    assert_eq!(words(&unknown), words(&refused), "the same words");

    // With the service the look at it ends.
    let id = socket.subscribe(USAGE, json!({ "id": service })).await;
    let query = "mutation($id: ID!) { deleteService(input: { id: $id, confirmName: \"Watch\", removeVolumes: true }) {
        operation { id } } }";
    scene.ada.ask(query, json!({ "id": service })).await;
    let ended = loop {
        let message = socket.receive().await.expect("the socket stays open");
        if message["id"] == id.as_str() && message.to_string().contains("errors") {
            break message;
        }
    };
    assert!(ended.to_string().contains("NOT_FOUND"), "{ended}");
}
