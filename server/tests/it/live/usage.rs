//! What pods use, by the real metrics API.

use super::Scene;
use kube::{
    Client, Config,
    api::ListParams,
    config::{KubeConfigOptions, Kubeconfig},
    core::Request,
};
use server::{
    adapters::kube::{Amount, Cluster, KubeError},
    clock::SystemClock,
    live::usage::{Follower, Usage, UsageView},
};
use shared::{ids::ClusterId, service::UsageState};
use std::{sync::Arc, time::Duration};
use uuid::Uuid;

/// A new pod is measured within about a minute.
const PATIENCE: Duration = Duration::from_mins(3);

async fn until(follower: &mut Follower, wanted: impl Fn(&UsageView) -> bool) -> UsageView {
    tokio::time::timeout(PATIENCE, follower.until(wanted)).await.expect("it is measured in time")
}

#[tokio::test]
async fn pods_are_measured_with_their_limits_and_a_history_grows() {
    let scene = Scene::new().await;
    scene.release("web", 2, "64Mi").await;
    let live = Arc::clone(&scene.live);
    let usage = Usage::start(Arc::clone(&scene.cluster), live, Arc::new(SystemClock), scene.cancel.clone());
    let mut follower = usage.follow(&scene.namespace, "web");
    let all = |view: &UsageView| {
        view.history.len() >= 2 && view.reading.pods.len() == 2 && view.reading.pods.iter().all(|pod| pod.at.is_some())
    };
    let seen = until(&mut follower, all).await;
    assert_eq!(seen.state, UsageState::Current);
    // The chart of the sandbox names memory only; the namespace's defaults add the rest.
    let mebibytes = |number: u64| number << 20;
    let limit = Amount { cpu: Some(1_000_000_000), memory: Some(mebibytes(128)) };
    assert_eq!((seen.reading.limit(), seen.reading.near_limits()), (limit, Vec::new()));
    let used = seen.reading.used();
    assert!((mebibytes(30)..mebibytes(90)).contains(&used.memory.unwrap()), "{used:?}");
    assert!((10_000_000..500_000_000).contains(&used.cpu.unwrap()), "{used:?}");
    assert!(seen.history.windows(2).all(|pair| pair[0].at < pair[1].at), "{:?}", seen.history);

    // Somebody else who comes to look has all of it at once.
    let other = usage.follow(&scene.namespace, "web").view();
    assert_eq!((other.state, other.history.len()), (UsageState::Current, seen.history.len()));
    drop(follower);
    scene.end().await;
}

/// A client that acts as somebody without any rights.
async fn nobody() -> Arc<Cluster> {
    let path = std::env::var_os("WOOW_TEST_ADMIN_KUBECONFIG").expect("run `make test`");
    let kubeconfig = Kubeconfig::read_from(path).unwrap();
    let mut config = Config::from_custom_kubeconfig(kubeconfig, &KubeConfigOptions::default()).await.unwrap();
    config.auth_info.impersonate = Some("nobody".to_owned());
    Arc::new(Cluster::from_client(ClusterId(Uuid::nil()), Client::try_from(config).unwrap()))
}

#[tokio::test]
async fn what_the_cluster_does_not_give_is_told() {
    let scene = Scene::new().await;
    let live = Arc::clone(&scene.live);
    let usage = Usage::start(nobody().await, live, Arc::new(SystemClock), scene.cancel.clone());
    let mut follower = usage.follow(&scene.namespace, "web");
    let seen = until(&mut follower, |view| view.state != UsageState::NothingRuns).await;
    assert_eq!(seen.state, UsageState::Forbidden);

    // How the API server answers where a group is not installed, and where a namespace has nothing.
    let missing = Request::new("/apis/metrics.example.org/v1/namespaces/default/pods").list(&ListParams::default());
    let answer = scene.admin.client().request::<serde_json::Value>(missing.unwrap()).await;
    assert!(matches!(answer.map_err(KubeError::from), Err(KubeError::NotFound { .. })));
    assert_eq!(scene.cluster.pod_usage(&scene.namespace).await, Ok(Vec::new()));
    scene.end().await;
}
