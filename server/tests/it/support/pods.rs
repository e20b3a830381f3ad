//! Holds a namespace's pods, so that whatever is launched there waits at a known place.

use super::cluster;
use k8s_openapi::api::core::v1::ResourceQuota;
use kube::Api;
use serde_json::json;

const HOLD: &str = "held-by-a-test";

/// Lets no new pod into a namespace.
pub async fn hold(namespace: &str) {
    let quota = json!({
        "apiVersion": "v1", "kind": "ResourceQuota",
        "metadata": { "name": HOLD }, "spec": { "hard": { "pods": "0" } },
    });
    let quota = serde_json::from_value(quota).unwrap();
    quotas(namespace).await.create(&kube::api::PostParams::default(), &quota).await.expect("the pods are held");
}

/// Lets them in again.
pub async fn let_go(namespace: &str) {
    quotas(namespace).await.delete(HOLD, &kube::api::DeleteParams::default()).await.expect("the pods are let go");
}

async fn quotas(namespace: &str) -> Api<ResourceQuota> {
    Api::namespaced(cluster().await.client(), namespace)
}
