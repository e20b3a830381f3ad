//! Bad input: a clear error that names what and why, and nothing changed.

use crate::support::{LAUNCH, Scene, Server, make_workspace, text};
use serde_json::{Value, json};
use std::path::Path;

async fn untouched(scene: &Scene) {
    let query = "query($id: ID!) { workspace(id: $id) { serviceCount name version } }";
    let found = scene.ada.ask(query, json!({ "id": scene.workspace })).await;
    assert_eq!(found["workspace"], json!({ "serviceCount": 0, "name": "Shop", "version": 1 }));
}

fn bomb() -> String {
    let mut text = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n".to_owned();
    for level in 1..12 {
        let below = format!("*a{}", level - 1);
        let line = vec![below; 10].join(", ");
        text.extend([&format!("a{level}: &a{level} [{line}]\n")].map(String::as_str));
    }
    text
}

#[tokio::test]
async fn each_mistake_of_a_form_is_named_and_nothing_changes() {
    let scene = Scene::new().await;
    let cases: Vec<(Value, &str, &str)> = vec![
        (json!({ "name": "x".repeat(10_000) }), "name", "TOO_LONG"),
        (json!({ "name": "" }), "name", "REQUIRED"),
        (json!({ "app": "no-such-app" }), "app", "NOT_AN_OPTION"),
        (json!({ "subdomain": "a_b" }), "subdomain", "INVALID_FORMAT"),
        (json!({ "values": [{ "pointer": "/image/tag", "value": "evil" }] }), "values/image/tag", "UNDECLARED"),
        (json!({ "values": [{ "pointer": "/n8n/timezone", "value": 7 }] }), "values/n8n/timezone", "WRONG_TYPE"),
        (
            json!({ "values": [{ "pointer": "/n8n/diagnostics", "value": "yes" }] }),
            "values/n8n/diagnostics",
            "WRONG_TYPE",
        ),
        (
            json!({ "values": [{ "pointer": "/n8n/executionHistoryDays", "value": 1e300 }] }),
            "values/n8n/executionHistoryDays",
            "NUMBER_TOO_LARGE",
        ),
        (
            json!({ "values": [{ "pointer": "/n8n/executionHistoryDays", "value": -1 }] }),
            "values/n8n/executionHistoryDays",
            "OUT_OF_RANGE",
        ),
        (
            json!({ "values": [{ "pointer": "/persistence/size", "value": "900Ti" }] }),
            "values/persistence/size",
            "NOT_AN_OPTION",
        ),
        (json!({ "valuesYaml": "n8n:\n  image: evil\n" }), "values/n8n/image", "UNDECLARED"),
        (json!({ "valuesYaml": "n8n: [" }), "valuesYaml", "YAML_INVALID"),
        (json!({ "valuesYaml": bomb() }), "valuesYaml", "YAML_TOO_COMPLEX"),
    ];
    for (change, field, code) in cases {
        let mut input = json!({ "workspaceId": scene.workspace, "app": "n8n", "name": "Flows" });
        for (name, value) in change.as_object().unwrap() {
            input[name] = value.clone();
        }
        let refused = scene.ada.try_ask(LAUNCH, json!({ "input": input })).await.unwrap_err();
        assert_eq!(refused.code, "INVALID_INPUT", "{change}");
        assert!(
            refused.fields().contains(&(field.to_owned(), code.to_owned())),
            "{field} {code}: {:?}",
            refused.fields()
        );
    }
    let long = "mutation($name: String!) { createWorkspace(input: { name: $name }) { workspace { id } } }";
    let refused = scene.ada.try_ask(long, json!({ "name": "x".repeat(10_000) })).await.unwrap_err();
    assert_eq!(refused.fields(), [("name".to_owned(), "TOO_LONG".to_owned())]);
    untouched(&scene).await;
}

#[tokio::test]
async fn a_body_of_ten_megabytes_is_refused_in_words() {
    let scene = Scene::new().await;
    let body = json!({ "query": "{ viewer { id } }", "variables": { "x": "x".repeat(10_000_000) } }).to_string();
    let (status, answer) = scene.ada.send("application/json", body).await;
    assert_eq!(status.as_u16(), 413);
    let answer: Value = serde_json::from_str(&answer).unwrap();
    assert_eq!(answer["errors"][0]["extensions"]["code"], "TOO_COMPLEX");
    untouched(&scene).await;
}

/// Charts that are up to no good, as a marketplace of their own.
async fn hostile() -> Server {
    let charts = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/charts");
    Server::start_with(&[("CATALOG_DIR", charts.to_str().unwrap())]).await
}

#[tokio::test]
async fn a_chart_cannot_leave_its_namespace() {
    let server = hostile().await;
    let ada = server.admin().await;
    let (workspace, _) = make_workspace(&ada, "Shop").await;
    for (app, code, named) in [
        ("cluster-admin", "CHART_CLUSTER_SCOPED", json!({ "name": "kind", "value": "ClusterRoleBinding" })),
        ("foreign-namespace", "CHART_FOREIGN_NAMESPACE", json!({ "name": "namespace", "value": "kube-system" })),
    ] {
        let made = ada.ask(LAUNCH, json!({ "input": { "workspaceId": workspace, "app": app, "name": app } })).await;
        let operation = text(&made["launchService"]["operation"]["id"]);
        let ended = ada.operation_until(&operation, |operation| operation["state"] == "FAILED").await;
        assert_eq!(ended["error"]["code"], code, "{ended}");
        assert!(ended["error"]["params"].as_array().unwrap().contains(&named), "{ended}");
        assert!(!ada.journal(&operation).await.contains(&"HELM_STARTED".to_owned()), "Helm has not installed anything");
    }
}

#[tokio::test]
async fn a_schema_that_refers_elsewhere_keeps_its_app_out_of_the_marketplace() {
    let server = hostile().await;
    let ada = server.admin().await;
    let listed = ada.ask("{ apps { nodes { slug } } }", json!({})).await;
    assert!(!listed.to_string().contains("foreign-ref"), "{listed}");
    let told = server.command(&["doctor"]).output().await.unwrap();
    let told = String::from_utf8_lossy(&told.stdout).into_owned();
    assert!(told.contains("foreign-ref") && told.contains("$ref"), "{told}");
}
