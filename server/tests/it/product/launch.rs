//! The main job: launch, watch, restart, cancel, retry, delete.

use super::statements::add_services;
use crate::support::{LAUNCH, Scene, cluster, hold, let_go, text};
use k8s_openapi::api::core::v1::{PersistentVolumeClaim, Secret};
use kube::{Api as Kube, api::ListParams};
use sea_orm::{ConnectionTrait, Database};
use serde_json::{Value, json};
use uuid::Uuid;

const SERVICE: &str = "query($id: ID!) { service(id: $id) { name revision releaseName
    status { state reason readyPods totalPods } pods { name ready } volumes { name phase } address { host simulated }
    events { reason } values { pointer optionLabel value secret } lastOperation { id state } openOperation { id } } }";

/// What is seen by watches of their own, each of which may come later than what has ended the operation.
const SHOWN: &str = "subscription($id: ID!) { serviceChanged(id: $id) {
    releaseName status { state reason } pods { name } volumes { phase } events { reason } } }";

impl Scene {
    async fn service(&self, id: &str) -> Value {
        self.ada.ask(SERVICE, json!({ "id": id })).await["service"].clone()
    }

    /// Waits until a service is shown as wanted.
    async fn shown(&self, id: &str, fits: impl Fn(&Value) -> bool) -> Value {
        let mut socket = self.ada.socket().await;
        let shown = socket.until(SHOWN, json!({ "id": id }), |data| fits(&data["serviceChanged"]));
        shown.await["serviceChanged"].clone()
    }

    /// Statuses of the release's records in the cluster.
    async fn records(&self, release: &str) -> Vec<String> {
        let secrets = Kube::<Secret>::namespaced(cluster().await.client(), &self.namespace);
        let found = secrets.list(&ListParams::default().labels(&format!("owner=helm,name={release}"))).await.unwrap();
        found.items.into_iter().map(|secret| secret.metadata.labels.unwrap()["status"].clone()).collect()
    }

    async fn claims(&self) -> usize {
        let claims = Kube::<PersistentVolumeClaim>::namespaced(cluster().await.client(), &self.namespace);
        claims
            .list(&ListParams::default())
            .await
            .unwrap()
            .items
            .iter()
            .filter(|c| c.metadata.deletion_timestamp.is_none())
            .count()
    }

    async fn delete(&self, id: &str, name: &str, remove_volumes: bool) -> String {
        let query = "mutation($id: ID!, $name: String!, $remove: Boolean!) { deleteService(input: {
            id: $id, confirmName: $name, removeVolumes: $remove }) { operation { id } service { status { state } } } }";
        let made = self.ada.ask(query, json!({ "id": id, "name": name, "remove": remove_volumes })).await;
        text(&made["deleteService"]["operation"]["id"])
    }
}

#[tokio::test]
async fn an_app_comes_up_is_restarted_and_removed() {
    let scene = Scene::new().await;
    let (service, operation) = scene.launch("n8n", "Flows", json!([])).await;
    assert_eq!(scene.ada.ended(&operation).await, "SUCCEEDED");
    let shown = scene.service(&service).await;
    assert_eq!(shown["status"], json!({ "state": "RUNNING", "reason": "ALL_READY", "readyPods": 1, "totalPods": 1 }));
    assert_eq!(shown["revision"], 1);
    assert_eq!(shown["address"]["simulated"], true);
    let is_whole = |service: &Value| {
        service["volumes"][0]["phase"] == "Bound" && !service["events"].as_array().unwrap().is_empty()
    };
    scene.shown(&service, is_whole).await;
    let values = shown["values"].as_array().unwrap();
    let value = |pointer: &str| values.iter().find(|value| value["pointer"] == pointer).unwrap();
    let level = value("/n8n/logLevel");
    assert_eq!(
        (&level["value"], &level["optionLabel"]),
        (&json!("info"), &json!("Normal")),
        "in the words of the form"
    );
    assert_eq!(value("/n8n/timezone")["optionLabel"], Value::Null, "typed as it is");
    let release = text(&shown["releaseName"]);
    assert_eq!(scene.records(&release).await, ["deployed"]);
    let pod = text(&shown["pods"][0]["name"]);

    let restart = "mutation($id: ID!) { restartService(input: { id: $id }) { operation { id } } }";
    let made = scene.ada.ask(restart, json!({ "id": service })).await;
    let busy = scene.ada.try_ask(restart, json!({ "id": service })).await;
    assert_eq!(busy.unwrap_err().code, "BUSY", "one at a time");
    assert_eq!(scene.ada.ended(&text(&made["restartService"]["operation"]["id"])).await, "SUCCEEDED");
    let is_another = |service: &Value| {
        let pods = service["pods"].as_array().unwrap();
        !pods.is_empty() && pods.iter().all(|shown| shown["name"] != pod.as_str())
    };
    assert_eq!(scene.shown(&service, is_another).await["status"]["state"], "RUNNING");

    let query = "mutation($id: ID!) { deleteService(input: { id: $id, confirmName: \"flows\", removeVolumes: true }) { service { id } } }";
    let refused = scene.ada.try_ask(query, json!({ "id": service })).await.unwrap_err();
    assert_eq!(refused.fields(), [("confirmName".to_owned(), "DOES_NOT_MATCH".to_owned())]);
    let operation = scene.delete(&service, "Flows", true).await;
    assert_eq!(scene.ada.ended(&operation).await, "SUCCEEDED");
    assert!(scene.service(&service).await.is_null());
    assert!(scene.records(&release).await.is_empty());
    assert_eq!(scene.claims().await, 0);
    let journal = scene.ada.journal(&operation).await;
    assert!(journal.contains(&"VOLUME_REMOVED".to_owned()), "{journal:?}");
}

#[tokio::test]
async fn deleting_keeps_the_volumes_where_that_was_chosen() {
    let scene = Scene::new().await;
    let (service, operation) = scene.launch("uptime-kuma", "Watch", json!([])).await;
    assert_eq!(scene.ada.ended(&operation).await, "SUCCEEDED");
    let operation = scene.delete(&service, "Watch", false).await;
    assert_eq!(scene.ada.ended(&operation).await, "SUCCEEDED");
    assert_eq!(scene.claims().await, 1, "the volume is still there");
    // The name is free again, and the address waits.
    let again = scene
        .ada
        .try_ask(LAUNCH, json!({ "input": { "workspaceId": scene.workspace, "app": "uptime-kuma", "name": "Watch" } }));
    assert!(again.await.is_ok());
}

#[tokio::test]
async fn a_cancelled_launch_leaves_nothing_and_can_be_tried_again() {
    let scene = Scene::new().await;
    // Its pods must not be ready before it is cancelled.
    hold(&scene.namespace).await;
    let (service, operation) = scene.launch("postgresql", "Data", json!([])).await;
    scene
        .ada
        .operation_until(&operation, |operation| {
            operation["steps"]
                .as_array()
                .unwrap()
                .iter()
                .any(|step| step["name"] == "INSTALL" && step["state"] == "DONE")
        })
        .await;
    let cancel = "mutation($id: ID!) { cancelOperation(input: { id: $id }) { operation { state cancellable } } }";
    let asked = scene.ada.ask(cancel, json!({ "id": operation })).await;
    assert_eq!(asked["cancelOperation"]["operation"], json!({ "state": "CANCELLING", "cancellable": false }));
    assert_eq!(scene.ada.ended(&operation).await, "CANCELLED");
    let shown = scene.shown(&service, |service| service["status"]["reason"] == "LAUNCH_CANCELLED").await;
    assert!(scene.records(&text(&shown["releaseName"])).await.is_empty());
    assert_eq!(scene.claims().await, 0);

    let_go(&scene.namespace).await;
    let retry = "mutation($id: ID!) { retryOperation(input: { id: $id }) { operation { id state } } }";
    scene.ada.ask(retry, json!({ "id": operation })).await;
    assert_eq!(scene.ada.ended(&operation).await, "SUCCEEDED");
    assert_eq!(scene.service(&service).await["status"]["state"], "RUNNING");
    let refused = scene.ada.try_ask(retry, json!({ "id": operation })).await.unwrap_err();
    assert_eq!(refused.code, "CONFLICT", "what succeeded is not tried again");
}

#[tokio::test]
async fn a_launch_sent_twice_is_one_and_names_are_unique() {
    let scene = Scene::new().await;
    let input = |name: &str, key: &str, subdomain: &str| json!({ "input": { "workspaceId": scene.workspace, "app": "n8n", "name": name, "subdomain": subdomain, "idempotencyKey": key } });
    let label = format!("shop-{}", &scene.workspace[20..]);
    let (first, again) = tokio::join!(
        scene.ada.ask(LAUNCH, input("Flows", "k", &label)),
        scene.ada.ask(LAUNCH, input("Flows", "k", &label))
    );
    assert_eq!(first, again);
    let taken = scene.ada.try_ask(LAUNCH, input("Flows", "k2", "another-name")).await.unwrap_err();
    assert_eq!(taken.fields(), [("name".to_owned(), "TAKEN".to_owned())]);
    let taken = scene.ada.try_ask(LAUNCH, input("Other", "k3", &label)).await.unwrap_err();
    assert_eq!(taken.fields(), [("subdomain".to_owned(), "TAKEN".to_owned())]);
    let preview = "query($label: String!) { addressPreview(label: $label) { host available problem } }";
    let seen = scene.ada.ask(preview, json!({ "label": label })).await;
    assert_eq!(
        seen["addressPreview"],
        json!({ "host": format!("{label}.apps.localhost"), "available": false, "problem": "TAKEN" })
    );
}

#[tokio::test]
async fn a_workspace_has_a_hundred_services_and_no_more() {
    let scene = Scene::new().await;
    let (service, operation) = scene.launch("valkey", "Cache", json!([])).await;
    assert_eq!(scene.ada.ended(&operation).await, "SUCCEEDED");
    add_services(&scene, Uuid::parse_str(&service).unwrap(), 1..100).await;
    let input = json!({ "input": { "workspaceId": scene.workspace, "app": "valkey", "name": "One more" } });
    let refused = scene.ada.try_ask(LAUNCH, input).await.unwrap_err();
    assert_eq!(refused.code, "LIMIT_REACHED");
    assert_eq!(refused.errors[0]["extensions"]["params"]["limit"], "100");
}

#[tokio::test]
async fn a_launch_that_was_asked_for_before_an_upgrade_is_of_the_chart_that_is_there() {
    let scene = Scene::new().await;
    // Its pods must not be ready before it is cancelled.
    hold(&scene.namespace).await;
    let (service, operation) = scene.launch("postgresql", "Data", json!([])).await;
    let version = "query($id: ID!) { service(id: $id) { chartVersion } }";
    let today = scene.ada.ask(version, json!({ "id": service })).await;
    let cancel = "mutation($id: ID!) { cancelOperation(input: { id: $id }) { operation { id } } }";
    scene.ada.ask(cancel, json!({ "id": operation })).await;
    assert_eq!(scene.ada.ended(&operation).await, "CANCELLED");
    let_go(&scene.namespace).await;

    let db = Database::connect(scene.server.database()).await.unwrap();
    let retry = "mutation($id: ID!) { retryOperation(input: { id: $id }) { operation { id } } }";
    // Its chart had a field that today's has not.
    let changed = "chart_version = '0.0.1', values_public = replace(values_public, '{', '{\"/gone\":1,')";
    db.execute_unprepared(&format!("UPDATE services SET {changed}")).await.unwrap();
    scene.ada.ask(retry, json!({ "id": operation })).await;
    let failed = scene.ada.operation_until(&operation, |operation| operation["state"] == "FAILED").await;
    assert_eq!(failed["error"]["code"], "VALUES_REFUSED");
    assert!(failed["error"]["params"].to_string().contains("values/gone: UNDECLARED"), "{failed}");

    db.execute_unprepared("UPDATE services SET values_public = replace(values_public, '\"/gone\":1,', '')")
        .await
        .unwrap();
    db.close().await.unwrap();
    scene.ada.ask(retry, json!({ "id": operation })).await;
    assert_eq!(scene.ada.ended(&operation).await, "SUCCEEDED");
    assert_eq!(scene.ada.ask(version, json!({ "id": service })).await, today, "what was installed is shown");
}
