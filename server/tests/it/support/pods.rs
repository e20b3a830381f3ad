//! Holds a namespace's pods, so that whatever is launched there waits at a known place.

use super::cluster;
use k8s_openapi::api::core::v1::ResourceQuota;
use kube::{Api, runtime::wait::await_condition};
use serde_json::json;
use std::time::Duration;

const HOLD: &str = "held-by-a-test";

/// Lets no new pod into a namespace.
pub async fn hold(namespace: &str) {
    let quota = json!({
        "apiVersion": "v1", "kind": "ResourceQuota",
        "metadata": { "name": HOLD }, "spec": { "hard": { "pods": "0" } },
    });
    let quota = serde_json::from_value(quota).unwrap();
    let quotas = quotas(namespace).await;
    quotas.create(&kube::api::PostParams::default(), &quota).await.expect("the pods are held");
    // Before its controller has written down what it allows, the API server does not keep it.
    let kept = |quota: Option<&ResourceQuota>| {
        let hard = quota.and_then(|quota| quota.status.as_ref()?.hard.as_ref());
        hard.is_some_and(|hard| hard.contains_key("pods"))
    };
    let kept = tokio::time::timeout(Duration::from_mins(1), await_condition(quotas, HOLD, kept)).await;
    assert!(matches!(kept, Ok(Ok(_))), "the quota is not kept: {kept:?}");
}

/// Lets them in again.
pub async fn let_go(namespace: &str) {
    quotas(namespace).await.delete(HOLD, &kube::api::DeleteParams::default()).await.expect("the pods are let go");
}

async fn quotas(namespace: &str) -> Api<ResourceQuota> {
    Api::namespaced(cluster().await.client(), namespace)
}
