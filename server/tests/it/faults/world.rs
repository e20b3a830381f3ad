//! What is in the cluster and in the journal, and what must be true of it whatever has happened.

use super::stage::Stage;
use crate::support::{cluster, text};
use k8s_openapi::api::{
    apps::v1::{Deployment, StatefulSet},
    core::v1::{ConfigMap, Namespace, PersistentVolumeClaim, Pod, Secret, Service, ServiceAccount},
    networking::v1::{Ingress, NetworkPolicy},
    rbac::v1::RoleBinding,
};
use kube::{
    Api, ResourceExt,
    api::{ApiResource, DynamicObject, ListParams},
};
use sea_orm::{ConnectionTrait, Database, Statement};
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// Made by Kubernetes itself in each namespace, some time after it.
const NOT_OURS: [&str; 2] = ["default", "kube-root-ca.crt"];

/// The objects of a namespace by kind and name, with their uid. Not what controllers make of them.
pub async fn objects(namespace: &str) -> BTreeMap<String, String> {
    let client = cluster().await.client();
    let kinds = [
        ApiResource::erase::<Deployment>(&()),
        ApiResource::erase::<StatefulSet>(&()),
        ApiResource::erase::<Service>(&()),
        ApiResource::erase::<Secret>(&()),
        ApiResource::erase::<ConfigMap>(&()),
        ApiResource::erase::<PersistentVolumeClaim>(&()),
        ApiResource::erase::<ServiceAccount>(&()),
        ApiResource::erase::<Ingress>(&()),
        ApiResource::erase::<NetworkPolicy>(&()),
        ApiResource::erase::<RoleBinding>(&()),
    ];
    let mut found = BTreeMap::new();
    for kind in kinds {
        let api = Api::<DynamicObject>::namespaced_with(client.clone(), namespace, &kind);
        for object in api.list(&ListParams::default()).await.unwrap() {
            let name = object.name_any();
            if !NOT_OURS.contains(&name.as_str()) && object.metadata.deletion_timestamp.is_none() {
                found.insert(format!("{} {name}", kind.kind), object.uid().unwrap());
            }
        }
    }
    found
}

/// The same without uids, and with the release's name left out, so that two releases of an app can be compared.
pub async fn shape(namespace: &str, release: &str) -> Vec<String> {
    objects(namespace).await.into_keys().map(|object| object.replace(release, "RELEASE")).collect()
}

/// Status and revision of each record of a release, and when it was last written.
pub async fn records(namespace: &str, release: &str) -> Vec<(String, String)> {
    let secrets = Api::<Secret>::namespaced(cluster().await.client(), namespace);
    let found = secrets.list(&ListParams::default().labels(&format!("owner=helm,name={release}"))).await.unwrap();
    let label = |secret: &Secret, name: &str| secret.labels().get(name).cloned().unwrap_or_default();
    found.iter().map(|secret| (label(secret, "status"), label(secret, "version"))).collect()
}

/// Names of a namespace's pods.
pub async fn pods(namespace: &str) -> Vec<String> {
    let pods = Api::<Pod>::namespaced(cluster().await.client(), namespace);
    pods.list(&ListParams::default()).await.unwrap().iter().map(ResourceExt::name_any).collect()
}

/// Names of the namespaces of a workspace.
pub async fn namespaces(workspace: &str) -> Vec<String> {
    let api = Api::<Namespace>::all(cluster().await.client());
    let found = api.list(&ListParams::default()).await.unwrap();
    let of = |namespace: &&Namespace| {
        namespace.labels().get("woow.io/workspace").is_some_and(|id| id.replace('-', "") == workspace.replace('-', ""))
    };
    found.iter().filter(of).map(ResourceExt::name_any).collect()
}

/// Rows of a database, each as text.
pub async fn rows(database: &str, sql: &str) -> Vec<String> {
    let db = Database::connect(database).await.expect("the database answers");
    let backend = db.get_database_backend();
    let found = db.query_all_raw(Statement::from_string(backend, sql)).await.unwrap();
    let found = found.iter().map(|row| row.try_get_by_index::<String>(0).unwrap()).collect();
    db.close().await.unwrap();
    found
}

/// Operations that are open, or claimed by somebody, though all has come to an end.
pub async fn unfinished(database: &str) -> Vec<String> {
    let open =
        "SELECT kind FROM operations WHERE state IN ('QUEUED', 'RUNNING', 'CANCELLING') OR lease_owner IS NOT NULL";
    rows(database, open).await
}

/// Web addresses that are kept for services which are gone.
pub async fn orphaned_addresses(database: &str) -> Vec<String> {
    let kept = "SELECT host FROM addresses WHERE freed_at IS NULL
        AND owner_id NOT IN (SELECT id FROM services WHERE deleted_at IS NULL)";
    rows(database, kept).await
}

/// The journal of an operation, whole.
pub async fn journal(stage: &Stage, operation: &str) -> Vec<Value> {
    let query = "query($id: ID!) { operation(id: $id) { journal { seq at code level step params { name value } } } }";
    let found = stage.eye.ask(query, json!({ "id": operation })).await;
    found["operation"]["journal"].as_array().unwrap().clone()
}

/// How often a journal says something.
pub fn says(journal: &[Value], code: &str) -> usize {
    journal.iter().filter(|entry| entry["code"] == code).count()
}

/// A parameter of a journal's entry.
pub fn param(entry: &Value, name: &str) -> Option<String> {
    entry["params"].as_array()?.iter().find(|param| param["name"] == name).map(|param| text(&param["value"]))
}

/// When it was written, in seconds.
pub fn at(entry: &Value) -> i64 {
    text(&entry["at"]).parse::<jiff::Timestamp>().unwrap().as_second()
}

/// What must be true of the journal of an operation that has ended: numbered without a gap, one end and nothing behind it,
/// and each step begun once and done once, however often it was taken up.
pub fn assert_true(journal: &[Value], end: &str) {
    let seqs: Vec<_> = journal.iter().map(|entry| entry["seq"].as_u64().unwrap()).collect();
    assert_eq!(seqs, (1..=journal.len() as u64).collect::<Vec<_>>());
    assert_eq!(journal.last().unwrap()["code"], end, "{journal:#?}");
    let ends = ["SUCCEEDED", "CANCELLED", "FAILED"].map(|code| says(journal, code));
    assert_eq!(ends.iter().sum::<usize>(), 1, "{journal:#?}");
    let of = |code: &str| {
        let mut steps: Vec<_> =
            journal.iter().filter(|entry| entry["code"] == code).map(|entry| text(&entry["step"])).collect();
        let all = steps.len();
        steps.sort();
        steps.dedup();
        assert_eq!(all, steps.len(), "{code} is said twice of a step: {journal:#?}");
        steps
    };
    let (begun, done) = (of("STEP_STARTED"), of("STEP_DONE"));
    if end == "SUCCEEDED" {
        assert_eq!(begun, done, "{journal:#?}");
    }
}
