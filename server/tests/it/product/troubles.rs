//! Troubles of a launched app, as those who watch it are told: by the nodes, and by somebody who changes the cluster past
//! the platform.

use crate::support::{Scene, cluster, text};
use k8s_openapi::api::{apps::v1::Deployment, core::v1::Secret};
use kube::{
    Api as Kube,
    api::{DeleteParams, ListParams, Patch, PatchParams},
};
use serde_json::{Value, json};

const STATUS: &str = "subscription($id: ID!) { serviceChanged(id: $id) {
    status { state reason params { name value } } } }";

/// A launched app that is watched.
struct Watched {
    scene: Scene,
    service: String,
    release: String,
}

impl Watched {
    async fn new() -> Self {
        let scene = Scene::new().await;
        let (service, operation) = scene.launch("uptime-kuma", "Watch", json!([])).await;
        assert_eq!(scene.ada.ended(&operation).await, "SUCCEEDED");
        let query = "query($id: ID!) { service(id: $id) { releaseName } }";
        let found = scene.ada.ask(query, json!({ "id": service })).await;
        let release = text(&found["service"]["releaseName"]);
        Self { scene, service, release }
    }

    /// Watches until that is the reason; the status.
    async fn until(&self, reason: &str) -> Value {
        let mut socket = self.scene.ada.socket().await;
        let seen = socket
            .until(STATUS, json!({ "id": self.service }), |data| data["serviceChanged"]["status"]["reason"] == reason);
        seen.await["serviceChanged"]["status"].clone()
    }

    /// Lets the app's next pod ask the sandbox for a trouble, or for none.
    async fn ask(&self, trouble: Option<&str>) {
        let deployments = Kube::<Deployment>::namespaced(cluster().await.client(), &self.scene.namespace);
        let annotations = json!({ "sandbox.woow.io/trouble": trouble });
        let patch = json!({ "spec": { "template": { "metadata": { "annotations": annotations } } } });
        deployments.patch(&self.release, &PatchParams::default(), &Patch::Merge(patch)).await.unwrap();
    }
}

fn param(status: &Value, name: &str) -> String {
    let params = status["params"].as_array().unwrap();
    params.iter().find(|param| param["name"] == name).map(|param| text(&param["value"])).unwrap_or_default()
}

#[tokio::test]
async fn those_who_watch_are_told_each_trouble_and_its_end() {
    let watched = Watched::new().await;
    for (trouble, reason, name, words) in [
        ("image-denied", "IMAGE_ACCESS_DENIED", "message", "authorization failed"),
        ("config-key", "CONFIG_KEY_MISSING", "key", "PORT"),
        ("network", "NETWORK_FAILED", "message", "calico"),
        ("crash", "CRASH_LOOP", "output", "no database: giving up"),
    ] {
        watched.ask(Some(trouble)).await;
        let status = watched.until(reason).await;
        assert_eq!(status["state"], "ERROR", "{status}");
        assert!(param(&status, name).contains(words), "{status}");
    }
    watched.ask(None).await;
    assert_eq!(watched.until("ALL_READY").await["state"], "RUNNING");
}

#[tokio::test]
async fn a_release_that_is_changed_behind_our_back_is_told() {
    let watched = Watched::new().await;
    let secrets = Kube::<Secret>::namespaced(cluster().await.client(), &watched.scene.namespace);
    let selector = format!("owner=helm,name={}", watched.release);
    let records = secrets.list(&ListParams::default().labels(&selector)).await.unwrap();
    let record = records.items[0].metadata.name.clone().unwrap();
    let id = records.items[0].metadata.labels.as_ref().unwrap()["woow.io/id"].clone();
    let label = async |name: &str, value: &str| {
        let patch = json!({ "metadata": { "labels": { name: value } } });
        secrets.patch(&record, &PatchParams::default(), &Patch::Merge(patch)).await.unwrap();
    };
    label("woow.io/id", "somebody-else").await;
    watched.until("RELEASE_FOREIGN").await;
    label("woow.io/id", &id).await;
    watched.until("ALL_READY").await;
    for status in ["pending-install", "pending-upgrade", "pending-rollback", "uninstalling"] {
        label("status", status).await;
        let shown = watched.until("RELEASE_STUCK").await;
        assert!(shown["state"] == "ERROR" && !param(&shown, "helmStatus").is_empty(), "{shown}");
    }
    label("status", "failed").await;
    watched.until("RELEASE_FAILED").await;
    secrets.delete(&record, &DeleteParams::default()).await.unwrap();
    watched.until("RELEASE_MISSING").await;
}
