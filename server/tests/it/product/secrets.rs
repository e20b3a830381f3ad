//! A secret that a tenant types is nowhere but in the cluster's own Secret; and the audit's chain holds.

use crate::support::{LAUNCH, Scene, cluster, text};
use k8s_openapi::api::core::v1::Secret;
use kube::{Api as Kube, api::ListParams};
use sea_orm::{ConnectionTrait, DbBackend, Statement};
use serde_json::json;
use std::path::Path;

const CANARY: &str = "Kanarienvogel-7f3b1c-geheim";

/// Whether any file below a folder holds the bytes.
pub(super) fn holds(folder: &Path, bytes: &[u8]) -> Vec<String> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap().flatten() {
        let path = entry.path();
        if path.is_dir() {
            found.extend(holds(&path, bytes));
        } else if std::fs::read(&path).unwrap_or_default().windows(bytes.len()).any(|window| window == bytes) {
            found.push(path.display().to_string());
        }
    }
    found
}

/// Tables with a row that holds the text. Bytes are compared as PostgreSQL shows them, in hexadecimal digits.
pub(super) async fn tables_that_hold(url: &str, text: &str) -> Vec<String> {
    if !url.starts_with("postgres") {
        // The file and its log of writes are in the data folder.
        return Vec::new();
    }
    let db = server::db::connect(&url.into()).await.unwrap();
    let ask = |sql: String| {
        let db = db.clone();
        async move { db.read().query_all_raw(Statement::from_string(DbBackend::Postgres, sql)).await.unwrap() }
    };
    let tables = ask("SELECT tablename FROM pg_tables WHERE schemaname = 'public'".to_owned()).await;
    assert!(tables.len() > 10, "the product's tables are there");
    let mut found = Vec::new();
    for table in tables {
        let table: String = table.try_get("", "tablename").unwrap();
        for row in ask(format!("SELECT t::text AS shown FROM {table} t")).await {
            let shown: String = row.try_get("", "shown").unwrap();
            if shown.contains(text) || shown.contains(&hex::encode(text)) {
                found.push(table.clone());
            }
        }
    }
    found
}

#[tokio::test]
async fn a_password_is_nowhere_but_in_the_clusters_secret() {
    let scene = Scene::new().await;
    let values = json!([{ "pointer": "/postgresql/password", "value": CANARY }]);
    let (service, operation) = scene.launch("postgresql", "Data", values).await;
    assert_eq!(scene.ada.ended(&operation).await, "SUCCEEDED");

    let secrets = Kube::<Secret>::namespaced(cluster().await.client(), &scene.namespace);
    let stored = secrets.list(&ListParams::default()).await.unwrap().items;
    let given = |secret: &Secret| secret.data.iter().flatten().any(|(_, value)| value.0 == CANARY.as_bytes());
    assert!(stored.iter().any(given), "the app gets it");

    assert_eq!(holds(scene.server.data(), CANARY.as_bytes()), Vec::<String>::new());
    assert_eq!(tables_that_hold(scene.server.database(), CANARY).await, Vec::<String>::new());
    assert!(!scene.server.log().contains(CANARY));
    let all =
        "query($s: ID!, $o: ID!) { service(id: $s) { values { pointer value secret } events { message } pods { name } }
        operation(id: $o) { journal { params { name value } } error { params { value } } } }";
    let answer = scene.ada.ask(all, json!({ "s": service, "o": operation })).await;
    assert!(!answer.to_string().contains(CANARY));
    assert!(answer.to_string().contains("/postgresql/password"), "that there is one is told");

    let wrong = json!({ "input": { "workspaceId": scene.workspace, "app": "postgresql", "name": "Two",
        "values": [{ "pointer": "/postgresql/password", "value": format!("{CANARY}{}", "x".repeat(20_000)) }] } });
    let refused = scene.ada.try_ask(LAUNCH, wrong).await.unwrap_err();
    assert!(!refused.errors.to_string().contains(CANARY), "an error does not repeat it");
}

#[tokio::test]
async fn a_password_that_was_made_is_told_once() {
    let scene = Scene::new().await;
    let launch = "mutation($input: LaunchServiceInput!) { launchService(input: $input) { service { id releaseName }
        operation { id } generatedSecrets { pointer label value } } }";
    let mut input = json!({ "input": { "workspaceId": scene.workspace, "app": "postgresql", "name": "Data",
        "idempotencyKey": "once" } });
    let made = scene.ada.ask(launch, input.clone()).await["launchService"].clone();
    let secrets = made["generatedSecrets"].as_array().unwrap();
    assert_eq!(secrets.len(), 1, "no more than one field was left empty");
    assert_eq!(secrets[0]["pointer"], "/postgresql/password");
    assert_eq!(secrets[0]["label"], "Password");
    let password = text(&secrets[0]["value"]);
    assert_eq!(password.len(), 32);

    let again = scene.ada.ask(launch, input.clone()).await["launchService"].clone();
    assert_eq!((&again["service"], &again["operation"]), (&made["service"], &made["operation"]));
    assert_eq!(again["generatedSecrets"], json!([]), "a repeat is told none");

    let (service, operation) = (text(&made["service"]["id"]), text(&made["operation"]["id"]));
    assert_eq!(scene.ada.ended(&operation).await, "SUCCEEDED");
    let release = text(&made["service"]["releaseName"]);
    let secrets = Kube::<Secret>::namespaced(cluster().await.client(), &scene.namespace);
    let stored = secrets.get(&release).await.unwrap().data.unwrap();
    assert_eq!(stored["password"].0, password.as_bytes(), "it is the one that the app has");

    let all = "query($s: ID!, $o: ID!) { service(id: $s) { internalAddress values { pointer value secret }
        events { message } lastOperation { journal { params { value } } } }
        operation(id: $o) { journal { params { name value } } error { params { value } } } }";
    let answer = scene.ada.ask(all, json!({ "s": service, "o": operation })).await;
    assert!(!answer.to_string().contains(&password), "no later answer tells it");
    assert_eq!(answer["service"]["internalAddress"], format!("{release}.{}.svc:5432", scene.namespace));
    assert_eq!(holds(scene.server.data(), password.as_bytes()), Vec::<String>::new());
    assert_eq!(tables_that_hold(scene.server.database(), &password).await, Vec::<String>::new());
    assert!(!scene.server.log().contains(&password));

    input["input"]["name"] = json!("Typed");
    input["input"]["idempotencyKey"] = json!("twice");
    input["input"]["values"] = json!([{ "pointer": "/postgresql/password", "value": CANARY }]);
    let typed = scene.ada.ask(launch, input).await;
    assert_eq!(typed["launchService"]["generatedSecrets"], json!([]), "what was typed is not repeated");
}

#[tokio::test]
async fn every_change_has_intent_and_outcome_in_an_unbroken_chain() {
    let scene = Scene::new().await;
    let (_, operation) = scene.launch("n8n", "Flows", json!([])).await;
    assert_eq!(scene.ada.ended(&operation).await, "SUCCEEDED");
    let db = server::db::connect(&scene.server.database().into()).await.unwrap();
    let rows = server::domain::audit::all(db.read()).await.unwrap();
    let of = |action: &str| -> Vec<String> {
        rows.iter().filter(|row| row.action == action).map(|row| row.phase.clone()).collect()
    };
    assert_eq!(of("session.sign_in"), ["intent", "done"]);
    assert_eq!(of("user.change_password"), ["intent", "done"]);
    assert_eq!(of("workspace.create"), ["intent", "done"]);
    assert_eq!(of("service.launch"), ["intent", "done"]);
    assert_eq!(server::domain::audit::first_broken(&rows), None);
    let mut forged = rows.clone();
    forged[1].actor_name = "Mallory".to_owned();
    assert_eq!(server::domain::audit::first_broken(&forged), Some(2));
    let launch = rows.iter().find(|row| row.action == "service.launch").unwrap();
    assert_eq!(text(&json!(launch.actor_name)), "Ada");
}
