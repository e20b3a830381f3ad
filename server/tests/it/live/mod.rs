//! The caches, the status and the logs on a real control plane (its nodes are simulated), as the server's own account.
//!
//! `make test` names the cluster (`WOOW_TEST_KUBECONFIG`, `WOOW_TEST_ADMIN_KUBECONFIG`); without it these tests fail and
//! say so.

mod troubles;
mod usage;

use futures::StreamExt as _;
use k8s_openapi::api::{
    apps::v1::Deployment,
    core::v1::{Namespace, Secret},
};
use kube::{
    Api,
    api::{DeleteParams, PostParams},
};
use serde_json::{Value, json};
use server::{
    adapters::kube::{Access, Cluster, Clusters, Ensured, KubeError, Limits},
    clock::{Clock as _, SystemClock},
    live::{
        Live, ReleaseSnapshot,
        logs::{LogRequest, Logs},
    },
    releases::status::{Status, StatusInput, status},
};
use shared::{
    ids::{ClusterId, WorkspaceId},
    service::{DesiredState, LogState, ServiceState, StatusReason},
};
use std::{path::PathBuf, sync::Arc, time::Duration};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

/// The id of the service that releases carry.
const OWNER: &str = "a";

async fn connect(name: &str) -> Arc<Cluster> {
    let path = std::env::var_os(name).map_or_else(|| panic!("{name} is not set: run `make test`"), PathBuf::from);
    let _ = rustls::crypto::ring::default_provider().install_default();
    let access = Access::Kubeconfig { path, context: None };
    Arc::new(Cluster::connect(ClusterId(Uuid::nil()), &access).await.unwrap())
}

/// Caches that are warm, and a namespace that came after that.
struct Scene {
    cluster: Arc<Cluster>,
    admin: Arc<Cluster>,
    live: Arc<Live>,
    namespace: String,
    workspace: WorkspaceId,
    cancel: CancellationToken,
}

impl Scene {
    async fn new() -> Self {
        let cluster = connect("WOOW_TEST_KUBECONFIG").await;
        let admin = connect("WOOW_TEST_ADMIN_KUBECONFIG").await;
        let cancel = CancellationToken::new();
        let live = Live::start(&cluster, Arc::new(SystemClock), cancel.clone());
        let mut health = live.health();
        // One list alone may take 20 s before it is asked for again.
        tokio::time::timeout(Duration::from_mins(2), health.wait_for(|health| health.warm)).await.unwrap().unwrap();
        let workspace = WorkspaceId(Uuid::now_v7());
        let namespace = format!("live-{}", &workspace.to_string()[20..]);
        assert_eq!(cluster.ensure_namespace(&namespace, workspace).await, Ok(Ensured::Created));
        cluster.apply_limits(&namespace, &Limits::default()).await.unwrap();
        Self { cluster, admin, live, namespace, workspace, cancel }
    }

    /// What Helm would leave behind: a record and a Deployment.
    async fn release(&self, name: &str, replicas: u32, memory: &str) {
        self.record(name, "deployed").await;
        let app = json!({"app": name});
        let resources = json!({"limits": {"memory": memory}});
        self.create::<Deployment>(json!({
            "metadata": {"name": name, "annotations": {"meta.helm.sh/release-name": name}},
            "spec": {"replicas": replicas, "selector": {"matchLabels": app}, "template": {
                "metadata": {"labels": app},
                "spec": {"terminationGracePeriodSeconds": 1, "containers": [{"name": "app", "image": "example.org/app:1", "resources": resources}]},
            }},
        }))
        .await;
    }

    async fn record(&self, name: &str, status: &str) {
        let labels = json!({"owner": "helm", "name": name, "status": status, "version": "1", "woow.io/id": OWNER});
        let secret = json!({"metadata": {"name": format!("sh.helm.release.v1.{name}.v1"), "labels": labels}});
        self.create::<Secret>(secret).await;
    }

    async fn create<K>(&self, object: Value)
    where
        K: kube::Resource<Scope = k8s_openapi::NamespaceResourceScope, DynamicType = ()>
            + Clone
            + std::fmt::Debug
            + serde::Serialize
            + serde::de::DeserializeOwned,
    {
        let api: Api<K> = Api::namespaced(self.admin.client(), &self.namespace);
        api.create(&PostParams::default(), &serde_json::from_value(object).unwrap()).await.unwrap();
    }

    async fn wait(&self, release: &str, wanted: impl FnMut(&ReleaseSnapshot) -> bool + Send) -> ReleaseSnapshot {
        let seen = self.live.wait(&self.namespace, release, wanted);
        // The slowest is a namespace that goes: its controller has those of all other tests in the same queue.
        let seen = tokio::time::timeout(Duration::from_mins(3), seen).await;
        seen.unwrap_or_else(|_| panic!("{:?}", self.live.snapshot(&self.namespace, release)))
    }

    async fn end(self) {
        let api: Api<Namespace> = Api::all(self.admin.client());
        api.delete(&self.namespace, &DeleteParams::default()).await.unwrap();
        self.wait("web", |snapshot| snapshot.namespace.as_ref().is_none_or(|namespace| namespace.deleting.is_some()))
            .await;
        self.cancel.cancel();
    }
}

fn state(snapshot: &ReleaseSnapshot) -> Status {
    let now = SystemClock.now();
    status(&StatusInput { desired: DesiredState::Running, operation: None, owner: OWNER, snapshot, now })
}

#[tokio::test]
async fn a_release_comes_up_restarts_and_goes() {
    let scene = Scene::new().await;
    scene.release("web", 2, "64Mi").await;
    let seen = scene.wait("web", |snapshot| state(snapshot).reason == StatusReason::AllReady).await;
    let shown = state(&seen);
    assert_eq!((shown.state, shown.ready_pods, shown.total_pods), (ServiceState::Running, 2, 2));
    assert_eq!(seen.latest().map(|record| record.revision), Some(1));
    scene.wait("web", |snapshot| snapshot.events.iter().any(|event| event.reason == "Scheduled")).await;

    let api: Api<Deployment> = Api::namespaced(scene.admin.client(), &scene.namespace);
    // It grows with each change of what is asked for.
    let generation = async || api.get("web").await.unwrap().metadata.generation.unwrap();
    let (before, at) = (generation().await, SystemClock.now());
    for _ in 0..2 {
        let restarted = scene.cluster.restart(&scene.namespace, "web", at).await.unwrap();
        assert_eq!((restarted.len(), restarted[0].name.as_str()), (1, "web"));
        assert_eq!(generation().await, before + 1, "the same restart twice changes nothing");
    }
    let old: Vec<_> = seen.pods.iter().map(|pod| pod.meta.uid.clone()).collect();
    scene
        .wait("web", |snapshot| {
            state(snapshot).reason == StatusReason::AllReady
                && snapshot.pods.iter().all(|pod| !old.contains(&pod.meta.uid))
        })
        .await;

    api.delete("web", &DeleteParams::default()).await.unwrap();
    let seen = scene.wait("web", |snapshot| snapshot.pods.is_empty() && snapshot.workloads.is_empty()).await;
    assert_eq!(state(&seen).reason, StatusReason::NoWorkloads);
    scene.end().await;
}

#[tokio::test]
async fn a_quota_that_forbids_the_pods_is_named() {
    let scene = Scene::new().await;
    scene.release("big", 1, "64Gi").await;
    let seen = scene.wait("big", |snapshot| state(snapshot).reason == StatusReason::QuotaExceeded).await;
    let shown = state(&seen);
    assert_eq!(shown.state, ServiceState::Error);
    let message = shown.params.iter().find(|(name, _)| *name == "message").map(|(_, value)| value.clone()).unwrap();
    assert!(message.contains("exceeded quota: woow-quota"), "{message}");
    scene.end().await;
}

#[tokio::test]
async fn a_log_is_followed_and_ends_with_its_pod() {
    let scene = Scene::new().await;
    scene.release("web", 1, "64Mi").await;
    let seen = scene.wait("web", |snapshot| state(snapshot).reason == StatusReason::AllReady).await;
    let logs = Logs::new(Clusters::new([Arc::clone(&scene.cluster)]), Arc::clone(&scene.live));
    let mut stream = Box::pin(logs.follow(LogRequest {
        by: Uuid::nil().into(),
        cluster: scene.cluster.id,
        namespace: scene.namespace.clone(),
        pod: seen.pods[0].meta.name.clone(),
        container: "app".to_owned(),
        previous: false,
        after: None,
        tail: 10,
    }));
    let next = tokio::time::timeout(Duration::from_secs(10), stream.next()).await.unwrap().unwrap().unwrap();
    assert!(next.lines.len() <= 10 && next.state != LogState::Ended, "{next:?}");
    let api: Api<Deployment> = Api::namespaced(scene.admin.client(), &scene.namespace);
    api.delete("web", &DeleteParams::default()).await.unwrap();
    let ended = async { while stream.next().await.unwrap().unwrap().state != LogState::Ended {} };
    tokio::time::timeout(Duration::from_mins(1), ended).await.unwrap();
    scene.end().await;
}

#[tokio::test]
async fn what_is_done_twice_changes_nothing_and_foreign_namespaces_are_left_alone() {
    let scene = Scene::new().await;
    let (cluster, name) = (&scene.cluster, scene.namespace.as_str());
    for _ in 0..2 {
        assert_eq!(cluster.ensure_namespace(name, scene.workspace).await, Ok(Ensured::Kept));
        cluster.apply_limits(name, &Limits::default()).await.unwrap();
        cluster.apply_deployer(name).await.unwrap();
    }
    let foreign = Err(KubeError::NamespaceForeign { namespace: "kube-system".to_owned() });
    assert_eq!(cluster.ensure_namespace("kube-system", scene.workspace).await, foreign);
    let missing: Vec<_> = cluster.check_rights().await.unwrap().into_iter().filter(|check| !check.allowed).collect();
    assert!(missing.iter().all(|check| check.right.optional), "{missing:?}");
    scene.end().await;
}
