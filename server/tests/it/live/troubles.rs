//! Troubles as a real control plane shows them: played by the sandbox's nodes (`tools/sandbox/kwok/trouble.yaml`), or made
//! by the cluster itself. What each is called in detail is tested beside the status; here the objects have their real
//! shapes, and the events their real ways.

use super::{Scene, state};
use k8s_openapi::api::{
    apps::v1::{DaemonSet, Deployment, StatefulSet},
    batch::v1::Job,
    core::v1::{ConfigMap, LimitRange, Namespace, Node, PersistentVolumeClaim, Pod},
};
use kube::{
    Api,
    api::{DeleteParams, Patch, PatchParams, PostParams},
};
use serde_json::{Value, json};
use server::{adapters::kube::Limits, releases::status::Status};
use shared::service::{ServiceState, StatusReason};

/// A release, what is wrong with it, and a figure that has to hold these words.
struct Trouble {
    release: &'static str,
    reason: StatusReason,
    told: Option<(&'static str, &'static str)>,
}

const fn trouble(release: &'static str, reason: StatusReason, told: Option<(&'static str, &'static str)>) -> Trouble {
    Trouble { release, reason, told }
}

fn param<'a>(status: &'a Status, name: &str) -> &'a str {
    status.params.iter().find(|(known, _)| *known == name).map(|(_, value)| value.as_str()).unwrap_or_default()
}

/// A pod's template of this release, with what is merged into its `spec`.
fn template(release: &str, annotations: &Value, more: &Value) -> Value {
    let mut spec = json!({
        "terminationGracePeriodSeconds": 1,
        "containers": [{"name": "app", "image": "example.org/app:1"}],
    });
    spec.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    let labels = json!({"app": release, "app.kubernetes.io/instance": release});
    json!({"metadata": {"labels": labels, "annotations": annotations}, "spec": spec})
}

fn of(release: &str, spec: Value) -> Value {
    json!({"metadata": {"name": release, "annotations": {"meta.helm.sh/release-name": release}}, "spec": spec})
}

fn one(release: &str, annotations: &Value, more: &Value) -> Value {
    let selector = json!({"matchLabels": {"app": release}});
    of(release, json!({"replicas": 1, "selector": selector, "template": template(release, annotations, more)}))
}

impl Scene {
    /// With room for many releases.
    async fn wide() -> Self {
        let scene = Self::new().await;
        let limits = Limits {
            cpu_requests: "500".to_owned(),
            cpu_limits: "500".to_owned(),
            memory_requests: "2Ti".to_owned(),
            memory_limits: "2Ti".to_owned(),
            volumes: 20,
            storage: "4Ti".to_owned(),
        };
        scene.cluster.apply_limits(&scene.namespace, &limits).await.unwrap();
        scene
    }

    /// A release with one Deployment whose pod asks the sandbox for this trouble.
    async fn played(&self, release: &str, more: Value) {
        self.record(release, "deployed").await;
        let asks = json!({"sandbox.woow.io/trouble": release});
        self.create::<Deployment>(one(release, &asks, &more)).await;
    }

    /// A release with one Deployment whose pod is so.
    async fn wanting(&self, release: &str, more: Value) {
        self.record(release, "deployed").await;
        self.create::<Deployment>(one(release, &json!({}), &more)).await;
    }

    /// Waits for each trouble, all at once.
    async fn show(&self, troubles: &[Trouble]) {
        let all = troubles.iter().map(|trouble| async move {
            let fits = |status: &Status| {
                let told = trouble.told.is_none_or(|(name, words)| param(status, name).contains(words));
                status.reason == trouble.reason && told
            };
            let seen = self.wait(trouble.release, |snapshot| fits(&state(snapshot))).await;
            assert_eq!(state(&seen).state, ServiceState::Error, "{}", trouble.release);
        });
        futures::future::join_all(all).await;
    }
}

#[tokio::test]
async fn what_the_sandboxs_nodes_play_is_told() {
    use StatusReason as R;
    let scene = Scene::wide().await;
    let troubles = [
        trouble("image", R::ImageNotFound, Some(("registry", "example.org"))),
        trouble("image-denied", R::ImageAccessDenied, None),
        trouble("image-rate-limit", R::ImageRateLimited, None),
        trouble("image-tls", R::RegistryCertificateInvalid, None),
        trouble("image-dns", R::RegistryUnreachable, Some(("message", "no such host"))),
        trouble("config", R::SecretMissing, Some(("name", "missing"))),
        trouble("config-map", R::ConfigMapMissing, Some(("name", "missing"))),
        trouble("config-key", R::ConfigKeyMissing, Some(("key", "PORT"))),
        trouble("network", R::NetworkFailed, Some(("message", "calico"))),
        trouble("mount", R::VolumeMountFailed, Some(("message", "exit status 32"))),
        trouble("attach", R::VolumeInUse, Some(("message", "Multi-Attach"))),
        trouble("start", R::CommandNotFound, Some(("message", "executable file not found"))),
        trouble("crash", R::CrashLoop, Some(("output", "no database: giving up"))),
        trouble("oom", R::OutOfMemory, Some(("limit", "512Mi"))),
        trouble("killed", R::ContainerKilled, Some(("exitCode", "137"))),
        trouble("ends", R::KeepsEnding, Some(("exitCode", "0"))),
        trouble("liveness", R::LivenessFailing, Some(("message", "statuscode: 500"))),
        trouble("startup", R::StartupFailing, Some(("message", "connection refused"))),
        trouble("unready", R::ReadinessFailing, Some(("message", "statuscode: 503"))),
        trouble("init", R::InitFailed, Some(("output", "no right to write"))),
        trouble("evicted-memory", R::EvictedMemory, Some(("message", "low on resource: memory"))),
        trouble("evicted-disk", R::EvictedDisk, Some(("message", "ephemeral-storage"))),
        trouble("fail", R::JobGaveUp, Some(("exitCode", "3"))),
        trouble("hook", R::HookFailed, Some(("output", "no such table"))),
    ];
    for trouble in &troubles {
        let release = trouble.release;
        let asks = json!({"sandbox.woow.io/trouble": release});
        match release {
            "evicted-memory" | "evicted-disk" => {
                // A controller would make such pods again and again.
                scene.record(release, "deployed").await;
                let mut pod = template(release, &asks, &json!({}));
                pod["metadata"]["name"] = json!(release);
                scene.create::<Pod>(pod).await;
            }
            "fail" | "hook" => {
                let is_hook = release == "hook";
                scene.record(release, if is_hook { "failed" } else { "deployed" }).await;
                let fails = json!({"sandbox.woow.io/trouble": "fail"});
                let pod = template(release, &fails, &json!({"restartPolicy": "Never"}));
                let mut job = of(release, json!({"backoffLimit": 0, "template": pod}));
                if is_hook {
                    job["metadata"]["annotations"]["helm.sh/hook"] = json!("pre-install");
                }
                scene.create::<Job>(job).await;
            }
            "init" => {
                let prepares = json!({"initContainers": [{"name": "prepare", "image": "example.org/prepare:1"}]});
                scene.played(release, prepares).await;
            }
            _ => scene.played(release, json!({})).await,
        }
    }
    scene.show(&troubles).await;
    scene.end().await;
}

#[tokio::test]
async fn what_the_cluster_itself_refuses_is_told() {
    use StatusReason as R;
    let scene = Scene::wide().await;
    let most = json!({"limits": [{"type": "Pod", "max": {"cpu": "100", "memory": "1Ti"}}]});
    scene.create::<LimitRange>(json!({"metadata": {"name": "most"}, "spec": most})).await;
    let limited =
        |limits: Value| json!({"containers": [{"name": "app", "image": "a:1", "resources": {"limits": limits}}]});
    let mounting = |claim: &str| json!({"volumes": [{"name": "data", "persistentVolumeClaim": {"claimName": claim}}]});
    for (claim, class, size) in [("no-class", "absent", "1Gi"), ("no-volume", "standard", "900Gi")] {
        let resources = json!({"requests": {"storage": size}});
        let spec = json!({"accessModes": ["ReadWriteOnce"], "storageClassName": class, "resources": resources});
        scene.create::<PersistentVolumeClaim>(of(claim, spec)).await;
    }
    let privileged = json!({"containers": [{"name": "app", "image": "a:1", "securityContext": {"privileged": true}}]});
    let beside = json!({"podAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": [
        {"topologyKey": "kubernetes.io/hostname", "labelSelector": {"matchLabels": {"app": "absent"}}},
    ]}});
    scene.wanting("memory", limited(json!({"memory": "300Gi"}))).await;
    scene.wanting("cpu", limited(json!({"cpu": "99"}))).await;
    scene.wanting("range", limited(json!({"cpu": "101"}))).await;
    scene.wanting("privileged", privileged).await;
    scene.wanting("account", json!({"serviceAccountName": "absent"})).await;
    scene.wanting("selector", json!({"nodeSelector": {"disk": "absent"}})).await;
    scene.wanting("affinity", json!({"affinity": beside})).await;
    scene.wanting("gate", json!({"schedulingGates": [{"name": "example.org/wait"}]})).await;
    scene.wanting("no-claim", mounting("absent")).await;
    scene.wanting("no-class", mounting("no-class")).await;
    scene.wanting("no-volume", mounting("no-volume")).await;
    let mut paused = one("paused", &json!({}), &json!({}));
    paused["spec"]["paused"] = json!(true);
    scene.record("paused", "deployed").await;
    scene.create::<Deployment>(paused).await;
    scene.record("nowhere", "deployed").await;
    let mut nowhere = one("nowhere", &json!({}), &json!({"nodeSelector": {"disk": "absent"}}));
    nowhere["spec"].as_object_mut().unwrap().remove("replicas");
    scene.create::<DaemonSet>(nowhere).await;
    scene.record("late", "deployed").await;
    let pod = template("late", &json!({"sandbox.woow.io/trouble": "network"}), &json!({"restartPolicy": "Never"}));
    scene.create::<Job>(of("late", json!({"activeDeadlineSeconds": 1, "template": pod}))).await;
    scene.record("stuck", "pending-install").await;
    scene
        .show(&[
            trouble("memory", R::NoRoom, Some(("resource", "memory"))),
            trouble("cpu", R::NoRoom, Some(("resource", "cpu"))),
            trouble("range", R::LimitRangeRefused, Some(("message", "maximum cpu usage per Pod"))),
            trouble("privileged", R::PodSecurityRefused, Some(("message", "privileged"))),
            trouble("account", R::ServiceAccountMissing, Some(("account", "absent"))),
            trouble("selector", R::NodeSelectorUnmatched, None),
            trouble("affinity", R::AffinityUnmet, None),
            trouble("gate", R::Unschedulable, Some(("message", "scheduling gates"))),
            trouble("no-claim", R::ClaimMissing, Some(("volume", "absent"))),
            trouble("no-class", R::VolumeClassMissing, Some(("class", "absent"))),
            trouble("no-volume", R::VolumeNoneFree, Some(("volume", "no-volume"))),
            trouble("paused", R::RolloutPaused, Some(("workload", "paused"))),
            trouble("nowhere", R::DaemonSetNowhere, Some(("workload", "nowhere"))),
            trouble("late", R::JobTooLong, Some(("job", "late"))),
            trouble("stuck", R::ReleaseStuck, Some(("helmStatus", "pending-install"))),
        ])
        .await;
    scene.end().await;
}

#[tokio::test]
async fn a_stateful_set_makes_one_pod_after_the_other() {
    let scene = Scene::wide().await;
    scene.record("web", "deployed").await;
    let mut set = one("web", &json!({}), &json!({}));
    set["spec"]["replicas"] = json!(2);
    scene.create::<StatefulSet>(set).await;
    let waits = |status: &Status| status.reason == StatusReason::OrdinalWaiting && param(status, "pod") == "web-0";
    let seen = scene.wait("web", |snapshot| waits(&state(snapshot))).await;
    assert_eq!(state(&seen).state, ServiceState::Deploying);
    scene.wait("web", |snapshot| state(snapshot).reason == StatusReason::AllReady).await;
    scene.end().await;
}

#[tokio::test]
async fn a_node_that_does_not_answer_and_one_that_has_left_are_told() {
    let scene = Scene::wide().await;
    let nodes: Api<Node> = Api::all(scene.admin.client());
    let name = format!("lone-{}", scene.namespace);
    // It never says that it is ready; nothing else shall be placed there.
    let silent = json!({"sandbox.woow.io/trouble": "silent"});
    let node = json!({"metadata": {"name": name, "annotations": silent}, "spec": {"unschedulable": true}});
    nodes.create(&PostParams::default(), &serde_json::from_value(node).unwrap()).await.unwrap();
    scene.record("web", "deployed").await;
    let mut pod = template("web", &json!({}), &json!({"nodeName": name}));
    pod["metadata"]["name"] = json!("web");
    scene.create::<Pod>(pod).await;
    scene.show(&[trouble("web", StatusReason::NodeNotReady, Some(("node", "lone-")))]).await;
    nodes.delete(&name, &DeleteParams::default()).await.unwrap();
    scene.show(&[trouble("web", StatusReason::NodeGone, Some(("node", "lone-")))]).await;
    scene.end().await;
}

#[tokio::test]
async fn what_keeps_a_namespace_from_going_is_told() {
    let scene = Scene::wide().await;
    scene.release("web", 1, "64Mi").await;
    scene.create::<ConfigMap>(json!({"metadata": {"name": "held", "finalizers": ["example.org/held"]}})).await;
    let namespaces: Api<Namespace> = Api::all(scene.admin.client());
    namespaces.delete(&scene.namespace, &DeleteParams::default()).await.unwrap();
    scene.show(&[trouble("web", StatusReason::NamespaceStuck, Some(("message", "example.org/held")))]).await;
    let held: Api<ConfigMap> = Api::namespaced(scene.admin.client(), &scene.namespace);
    let free = Patch::Merge(json!({"metadata": {"finalizers": null}}));
    held.patch("held", &PatchParams::default(), &free).await.unwrap();
    scene.wait("web", |snapshot| snapshot.namespace.is_none()).await;
    scene.cancel.cancel();
}
