//! Support grants: staff read for some hours, seen and ended by the workspace's admins.

use crate::support::{LAUNCH, Person, Server, add_member, hold, make_workspace, person, text};
use sea_orm::ConnectionTrait;
use serde_json::{Value, json};
use std::{
    collections::HashSet,
    time::{Duration, Instant},
};

const OPEN: &str = "mutation($input: OpenSupportGrantInput!) { openSupportGrant(input: $input) { supportGrant {
    id reason open expiresAt openedAt personEmail } } }";
const END: &str = "mutation($id: ID!) { endSupportGrant(input: { id: $id }) { supportGrant { open endedByName } } }";
const SERVICES: &str =
    "query($id: ID!) { workspace(id: $id) { viewerRole services { name } viewerSupportGrant { open } } }";
const WATCH: &str = "subscription($id: ID!) { workspaceChanged(id: $id) { name services { name } } }";
const GRANTS: &str = "query($id: ID!) { workspace(id: $id) { supportGrants { totalCount nodes {
    personName reason open endedByName } } } }";

struct Scene {
    server: Server,
    olga: Person,
    workspace: String,
    otto: Person,
}

/// Olga owns a workspace; Otto is an Operator of the platform.
async fn scene() -> Scene {
    let server = Server::start().await;
    let olga = person(&server, "Olga", "member").await;
    let (workspace, _) = make_workspace(&olga.api, "Shop").await;
    let otto = person(&server, "Otto", "operator").await;
    Scene { server, olga, workspace, otto }
}

impl Scene {
    fn grant(&self, reason: &str, hours: i32) -> Value {
        json!({ "input": { "workspaceId": self.workspace, "reason": reason, "hours": hours } })
    }

    async fn opened(&self) -> String {
        let opened = self.otto.api.ask(OPEN, self.grant("Their flows stand still", 2)).await;
        text(&opened["openSupportGrant"]["supportGrant"]["id"])
    }

    fn id(&self) -> Value {
        json!({ "id": self.workspace })
    }
}

/// Waits for the error of a subscription; its code.
async fn error_of(socket: &mut crate::support::Socket, id: &str) -> Value {
    loop {
        let message = socket.next_of(id).await;
        let errors = if message["type"] == "error" { &message["payload"] } else { &message["payload"]["errors"] };
        if !errors.is_null() {
            return errors[0]["extensions"]["code"].clone();
        }
    }
}

#[tokio::test]
async fn a_grant_reads_changes_nothing_and_is_seen() {
    let scene = scene().await;
    let otto = &scene.otto.api;
    assert!(otto.ask(SERVICES, scene.id()).await["workspace"].is_null());
    for (reason, hours, field, code) in [
        ("", 1, "reason", "REQUIRED"),
        ("because", 1, "reason", "TOO_SHORT"),
        ("They asked for help", 0, "hours", "OUT_OF_RANGE"),
        ("They asked for help", 25, "hours", "OUT_OF_RANGE"),
    ] {
        let refused = otto.try_ask(OPEN, scene.grant(reason, hours)).await.unwrap_err();
        assert_eq!(refused.fields(), [(field.to_owned(), code.to_owned())]);
    }
    let mut keyed = scene.grant("Their flows stand still", 2);
    keyed["input"]["idempotencyKey"] = json!("once");
    let opened = otto.ask(OPEN, keyed.clone()).await;
    assert_eq!(otto.ask(OPEN, keyed).await, opened, "sent twice, it is done once");
    let refused = otto.try_ask(OPEN, scene.grant("Their flows stand still", 2)).await.unwrap_err();
    assert_eq!(
        (refused.code.as_str(), &refused.errors[0]["extensions"]["params"]["why"]),
        ("CONFLICT", &json!("open"))
    );

    let seen = otto.ask(SERVICES, scene.id()).await;
    assert_eq!(
        seen["workspace"],
        json!({ "viewerRole": null, "services": [], "viewerSupportGrant": { "open": true } })
    );
    assert_eq!(otto.ask("{ workspaces { totalCount } }", json!({})).await["workspaces"]["totalCount"], 1);
    for query in [
        "mutation($id: ID!) { updateWorkspace(input: { id: $id, version: 1, name: \"Mine\" }) { workspace { id } } }",
        "mutation($id: ID!) { launchService(input: { workspaceId: $id, app: \"n8n\", name: \"x\" }) { service { id } } }",
        "mutation($id: ID!) { addMember(input: { workspaceId: $id, email: \"otto@example.com\", role: USER }) { member { role } } }",
        "query($id: ID!) { workspace(id: $id) { members { totalCount } } }",
        "query($id: ID!) { workspace(id: $id) { supportGrants { totalCount } } }",
    ] {
        assert_eq!(otto.try_ask(query, scene.id()).await.unwrap_err().code, "FORBIDDEN", "{query}");
    }
    let shown = scene.olga.api.ask(GRANTS, scene.id()).await;
    assert_eq!(
        shown["workspace"]["supportGrants"],
        json!({ "totalCount": 1, "nodes": [
            { "personName": "Otto", "reason": "Their flows stand still", "open": true, "endedByName": null }] })
    );
}

#[tokio::test]
async fn an_admin_ends_it_and_what_is_open_by_it_at_once() {
    let scene = scene().await;
    let ann = person(&scene.server, "Ann", "member").await;
    let gus = person(&scene.server, "Gus", "member").await;
    add_member(&scene.olga.api, &scene.workspace, &ann.email, "ADMIN").await;
    add_member(&scene.olga.api, &scene.workspace, &gus.email, "GUEST").await;
    let grant = scene.opened().await;
    let mut socket = scene.otto.api.own_socket().await;
    let watching = socket.subscribe(WATCH, scene.id()).await;
    assert_eq!(socket.next_of(&watching).await["payload"]["data"]["workspaceChanged"]["name"], "Shop");
    // Guests neither see nor end it.
    assert_eq!(gus.api.try_ask(END, json!({ "id": grant })).await.unwrap_err().code, "NOT_FOUND");
    assert_eq!(gus.api.try_ask(GRANTS, scene.id()).await.unwrap_err().code, "FORBIDDEN");

    let before = Instant::now();
    let ended = ann.api.ask(END, json!({ "id": grant })).await;
    assert_eq!(ended["endSupportGrant"]["supportGrant"], json!({ "open": false, "endedByName": "Ann" }));
    assert_eq!(error_of(&mut socket, &watching).await, "NOT_FOUND");
    assert!(before.elapsed() < Duration::from_secs(1), "{:?}", before.elapsed());
    assert_eq!(scene.otto.api.ask(END, json!({ "id": grant })).await, ended, "it has ended, and stays as it is");
    assert!(scene.otto.api.ask(SERVICES, scene.id()).await["workspace"].is_null());

    // The staff end their own.
    let again = scene.opened().await;
    scene.otto.api.ask(END, json!({ "id": again })).await;
    let shown = scene.olga.api.ask(GRANTS, scene.id()).await;
    let enders: Vec<&Value> = shown["workspace"]["supportGrants"]["nodes"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| &one["endedByName"])
        .collect();
    assert_eq!(enders, ["Otto", "Ann"], "newest first");
}

#[tokio::test]
async fn it_runs_out_by_itself_and_so_does_what_is_open_by_it() {
    let scene = scene().await;
    let launch = async |name: &str| {
        let input = json!({ "input": { "workspaceId": scene.workspace, "app": "uptime-kuma", "name": name } });
        scene.olga.api.ask(LAUNCH, input).await["launchService"].clone()
    };
    let launched = launch("Flows").await;
    let service = text(&launched["service"]["id"]);
    assert_eq!(scene.olga.api.ended(&text(&launched["operation"]["id"])).await, "SUCCEEDED");
    // The stream of what has succeeded is complete at once; a launch that waits for its pods stays open.
    hold(&text(&launched["service"]["namespace"])).await;
    let operation = text(&launch("Held").await["operation"]["id"]);
    let grant = scene.opened().await;
    let pods = "query($id: ID!) { service(id: $id) { pods { name containers { name } } } }";
    let pods = scene.otto.api.ask(pods, json!({ "id": service })).await;
    let pod = &pods["service"]["pods"][0];

    let (other, _) = make_workspace(&scene.olga.api, "Other").await;
    let mut socket = scene.otto.api.own_socket().await;
    let log = json!({ "serviceId": service, "pod": pod["name"], "container": pod["containers"][0]["name"] });
    let mut streams = HashSet::new();
    for (query, variables) in [
        (WATCH, scene.id()),
        ("subscription($id: ID!) { serviceChanged(id: $id) { name } }", json!({ "id": service })),
        ("subscription($id: ID!) { operationChanged(id: $id) { operation { id } } }", json!({ "id": operation })),
        ("subscription($input: ServiceLogsInput!) { serviceLogs(input: $input) { state } }", json!({ "input": log })),
    ] {
        streams.insert(socket.subscribe(query, variables).await);
    }
    let mut seen = HashSet::new();
    while seen != streams {
        let message = socket.receive().await.expect("the socket stays open");
        assert!(message["type"] == "next" && message["payload"]["errors"].is_null(), "{message}");
        seen.insert(text(&message["id"]));
    }

    // An hour is the shortest; the row is moved to its last seconds, when each stream has been answered, however long that takes.
    let soon = jiff::Timestamp::now().as_microsecond() + 3_000_000;
    let db = server::db::connect(&scene.server.database().into()).await.unwrap();
    db.write().execute_unprepared(&format!("UPDATE support_grants SET expires_at = {soon}")).await.unwrap();
    // Nobody tells the server of that. Whose rights change has them looked at anew, and with them until when they last.
    add_member(&scene.olga.api, &other, &scene.otto.email, "GUEST").await;
    let mut ended = HashSet::new();
    while ended != streams {
        let message = socket.receive().await.expect("the socket stays open");
        let errors = if message["type"] == "error" { &message["payload"] } else { &message["payload"]["errors"] };
        if !errors.is_null() {
            assert_eq!(errors[0]["extensions"]["code"], "NOT_FOUND", "{message}");
            assert!(jiff::Timestamp::now().as_microsecond() >= soon, "not before its time");
            ended.insert(text(&message["id"]));
        }
    }
    assert!(scene.otto.api.ask(SERVICES, scene.id()).await["workspace"].is_null());

    // There is room for another, and nobody has ended the first.
    let next = scene.opened().await;
    assert_ne!(next, grant);
    let shown = scene.olga.api.ask(GRANTS, scene.id()).await;
    let nodes = &shown["workspace"]["supportGrants"]["nodes"];
    assert_eq!(
        (&nodes[0]["open"], &nodes[1]["open"], &nodes[1]["endedByName"]),
        (&json!(true), &json!(false), &Value::Null)
    );
}

#[tokio::test]
async fn it_is_for_staff_who_are_no_members() {
    let scene = scene().await;
    let (vera, bob) = (person(&scene.server, "Vera", "viewer").await, person(&scene.server, "Bob", "member").await);
    let nowhere =
        json!({ "input": { "workspaceId": "0".repeat(32), "reason": "Their flows stand still", "hours": 1 } });
    for person in [&vera, &bob, &scene.olga] {
        for variables in [scene.grant("Their flows stand still", 1), nowhere.clone()] {
            assert_eq!(person.api.try_ask(OPEN, variables).await.unwrap_err().code, "FORBIDDEN", "{}", person.email);
        }
    }
    assert_eq!(scene.otto.api.try_ask(OPEN, nowhere).await.unwrap_err().code, "NOT_FOUND");
    add_member(&scene.olga.api, &scene.workspace, &scene.otto.email, "GUEST").await;
    let refused = scene.otto.api.try_ask(OPEN, scene.grant("Their flows stand still", 1)).await.unwrap_err();
    assert_eq!(
        (refused.code.as_str(), &refused.errors[0]["extensions"]["params"]["why"]),
        ("CONFLICT", &json!("member"))
    );
}

#[tokio::test]
async fn whose_role_is_taken_or_who_is_removed_has_none_open() {
    let scene = scene().await;
    let ada = scene.server.admin().await;
    let change = async |role: &str| {
        let query = "query($id: ID!) { person(id: $id) { version } }";
        let version = ada.ask(query, json!({ "id": scene.otto.id })).await["person"]["version"].clone();
        let query =
            "mutation($input: ChangePlatformRoleInput!) { changePlatformRole(input: $input) { person { version } } }";
        let input = json!({ "id": scene.otto.id, "version": version, "role": role });
        ada.ask(query, json!({ "input": input })).await["changePlatformRole"]["person"]["version"].clone()
    };
    let newest = async || {
        let shown = scene.olga.api.ask(GRANTS, scene.id()).await;
        let newest = &shown["workspace"]["supportGrants"]["nodes"][0];
        (newest["open"].clone(), newest["endedByName"].clone())
    };
    scene.opened().await;
    change("ADMIN").await;
    assert_eq!(newest().await.0, json!(true), "an Admin may hold one, too");
    change("MEMBER").await;
    let ended = newest().await;
    assert_eq!(ended.0, json!(false));
    assert!(ended.1.is_string(), "{ended:?}");
    change("OPERATOR").await;
    assert!(scene.otto.api.ask(SERVICES, scene.id()).await["workspace"].is_null(), "it does not come back");

    scene.opened().await;
    let version = change("ADMIN").await;
    let remove =
        "mutation($id: ID!, $version: Int!) { removePerson(input: { id: $id, version: $version }) { removedId } }";
    ada.ask(remove, json!({ "id": scene.otto.id, "version": version })).await;
    assert_eq!(newest().await.0, json!(false));
}
