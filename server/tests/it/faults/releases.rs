//! Releases and namespaces that others have changed behind our back, or that were left in the middle of something: they are
//! healed, or it is told.

use super::{
    play::{Play, Point, What},
    points,
    stage::{SHORT_LEASE, Stage},
    world::{self, says},
};
use crate::support::cluster;
use futures::future::join_all;
use k8s_openapi::api::core::v1::{Namespace, Secret, Service};
use kube::{
    Api,
    api::{DeleteParams, Patch, PatchParams, PostParams},
    runtime::wait::await_condition,
};
use serde_json::{Value, json};

const NOWHERE: [Point; 2] = [Point::Before(|_| false); 2];

async fn secrets(namespace: &str) -> Api<Secret> {
    Api::namespaced(cluster().await.client(), namespace)
}

/// Says in a release's record that Helm is, or was, at something.
async fn relabel(play: &Play, status: &str) {
    label(play, "status", status).await;
}

/// Says in a release's record whose it is.
async fn give(play: &Play, to: &str) {
    label(play, "woow.io/id", to).await;
}

async fn label(play: &Play, name: &str, value: &str) {
    let patch = json!({ "metadata": { "labels": { name: value } } });
    let record = format!("sh.helm.release.v1.{}.v1", play.release());
    secrets(&play.namespace).await.patch(&record, &PatchParams::default(), &Patch::Merge(patch)).await.unwrap();
}

async fn running(stage: &Stage, name: &str) -> Play {
    let mut play = Play::prepare(stage, What::Launch, NOWHERE, name).await;
    play.begin(stage).await;
    play.ends_well(stage).await;
    play
}

async fn delete(stage: &Stage, play: &mut Play) -> Vec<Value> {
    play.becomes(What::Delete);
    play.begin(stage).await;
    assert_eq!(stage.eye.ended(&play.operation).await, "SUCCEEDED");
    assert!(stage.service(&play.service).await.is_null());
    world::journal(stage, &play.operation).await
}

/// Asks for a restart that fails; why.
async fn restart_fails(stage: &Stage, play: &mut Play) -> Value {
    play.becomes(What::Restart);
    play.begin(stage).await;
    assert_eq!(stage.eye.ended(&play.operation).await, "FAILED");
    stage.service(&play.service).await["lastOperation"]["error"]["code"].clone()
}

const STATUSES: [&str; 7] =
    ["pending-install", "pending-upgrade", "pending-rollback", "uninstalling", "failed", "unknown", "superseded"];

#[tokio::test]
async fn a_launch_heals_a_release_in_any_state() {
    let mut stage = Stage::new(&[SHORT_LEASE]).await;
    let prepare = |status| Play::prepare(&stage, What::Launch, [points::deployed()[0]; 2], status);
    let mut plays = join_all(STATUSES.map(prepare)).await;
    for play in &mut plays {
        play.arm(&stage, 0);
    }
    join_all(plays.iter_mut().map(|play| play.begin(&stage))).await;
    join_all(plays.iter().map(|play| play.arrived(&stage, 0))).await;
    stage.server.kill().await;
    plays.iter_mut().for_each(Play::lose);
    for (play, status) in plays.iter().zip(STATUSES) {
        relabel(play, status).await;
    }
    stage.run_again().await;
    for (play, status) in plays.iter().zip(STATUSES) {
        assert_eq!(stage.eye.ended(&play.operation).await, "SUCCEEDED", "{status}");
        let journal = world::journal(&stage, &play.operation).await;
        let healed: Vec<_> = journal.iter().filter(|entry| entry["code"] == "RELEASE_HEALED").collect();
        assert_eq!(healed.len(), 1, "{status}: {journal:#?}");
        assert_eq!(world::param(healed[0], "status").unwrap(), status);
        let mut records = world::records(&play.namespace, play.release()).await;
        records.retain(|(status, _)| status != "superseded");
        assert_eq!(records.len(), 1, "{status}: {records:?}");
        assert_eq!(records[0].0, "deployed", "{status}");
        let shown = stage.service(&play.service).await;
        assert_eq!(shown["status"], json!({ "state": "RUNNING", "reason": "ALL_READY" }), "{status}");
    }
}

#[tokio::test]
async fn a_release_that_is_stuck_is_told_and_can_be_removed() {
    let stage = Stage::new(&[]).await;
    let play = async |(status, reason): (&'static str, &'static str)| {
        let mut play = running(&stage, status).await;
        relabel(&play, status).await;
        stage.shown(&play.service, reason).await;
        delete(&stage, &mut play).await;
        play.assert_left_nothing().await;
    };
    let all = [
        ("pending-upgrade", "RELEASE_STUCK"),
        ("pending-rollback", "RELEASE_STUCK"),
        ("pending-install", "RELEASE_STUCK"),
        ("uninstalling", "RELEASE_STUCK"),
        ("failed", "RELEASE_FAILED"),
    ];
    join_all(all.map(play)).await;
}

#[tokio::test]
async fn a_release_that_others_removed_is_missed_and_can_be_forgotten() {
    let stage = Stage::new(&[]).await;
    let mut play = running(&stage, "Flows").await;
    let helm = std::env::var("WOOW_HELM").unwrap();
    let removed = tokio::process::Command::new(helm)
        .args(["--kubeconfig", &std::env::var("WOOW_TEST_ADMIN_KUBECONFIG").unwrap()])
        .args(["--namespace", &play.namespace, "uninstall", play.release()])
        .output()
        .await
        .unwrap();
    assert!(removed.status.success(), "{}", String::from_utf8_lossy(&removed.stderr));
    stage.shown(&play.service, "RELEASE_MISSING").await;

    // There is nothing to restart, and that is said at once rather than after ten minutes of waiting.
    assert_eq!(restart_fails(&stage, &mut play).await, "TARGET_GONE");

    let journal = delete(&stage, &mut play).await;
    assert_eq!(says(&journal, "HELM_STARTED"), 0, "{journal:#?}");
    play.assert_left_nothing().await;
}

/// A record of a release that somebody else has made under our name.
async fn foreign_record(play: &Play) {
    let name = play.release();
    let record = json!({
        "apiVersion": "v1", "kind": "Secret", "type": "helm.sh/release.v1",
        "metadata": { "name": format!("sh.helm.release.v1.{name}.v1"), "labels": {
            "owner": "helm", "name": name, "version": "1", "status": "deployed",
        }},
        "stringData": { "release": "somebody else's" },
    });
    let record = serde_json::from_value(record).unwrap();
    secrets(&play.namespace).await.create(&PostParams::default(), &record).await.unwrap();
}

/// A launch that is held where it has a name and Helm has not begun.
async fn held_before_helm(stage: &Stage, name: &str) -> Play {
    let [first, _] = points::named(What::Launch, "limits");
    let mut play = Play::prepare(stage, What::Launch, [first; 2], name).await;
    play.arm(stage, 0);
    play.begin(stage).await;
    play.arrived(stage, 0).await;
    play
}

async fn fails_as_foreign(stage: &Stage, play: &mut Play) {
    play.let_go();
    assert_eq!(stage.eye.ended(&play.operation).await, "FAILED");
    let shown = stage.service(&play.service).await;
    assert_eq!(shown["lastOperation"]["error"]["code"], "RELEASE_FOREIGN", "{shown}");
    let named = json!({ "name": "release", "value": play.release() });
    assert!(shown["lastOperation"]["error"]["params"].as_array().unwrap().contains(&named), "{shown}");
    assert_eq!(shown["status"], json!({ "state": "ERROR", "reason": "LAUNCH_FAILED" }), "{shown}");
}

#[tokio::test]
async fn a_foreign_release_of_our_name_is_told_and_never_touched() {
    let stage = Stage::new(&[]).await;
    let mut play = held_before_helm(&stage, "Flows").await;
    foreign_record(&play).await;
    let before = world::objects(&play.namespace).await;
    fails_as_foreign(&stage, &mut play).await;
    assert_eq!(world::objects(&play.namespace).await, before);

    // The service can go; what is not ours stays.
    let journal = delete(&stage, &mut play).await;
    assert_eq!(says(&journal, "RELEASE_KEPT"), 1, "{journal:#?}");
    assert_eq!(world::objects(&play.namespace).await, before);
}

#[tokio::test]
async fn a_foreign_object_of_our_name_is_told_and_gives_way() {
    let stage = Stage::new(&[]).await;
    let mut play = held_before_helm(&stage, "Flows").await;
    let api = Api::<Service>::namespaced(cluster().await.client(), &play.namespace);
    let service = json!({ "metadata": { "name": play.release() }, "spec": { "ports": [{ "port": 80 }] } });
    api.create(&PostParams::default(), &serde_json::from_value(service).unwrap()).await.unwrap();
    fails_as_foreign(&stage, &mut play).await;
    api.get(play.release()).await.expect("it is still there");

    api.delete(play.release(), &DeleteParams::default()).await.unwrap();
    play.retry(&stage).await;
    play.ends_well_again(&stage).await;
}

#[tokio::test]
async fn a_release_that_became_somebody_elses_is_not_restarted() {
    let stage = Stage::new(&[]).await;
    let mut play = running(&stage, "Flows").await;
    let pods = world::pods(&play.namespace).await;
    give(&play, "somebody-else").await;
    stage.shown(&play.service, "RELEASE_FOREIGN").await;
    assert_eq!(restart_fails(&stage, &mut play).await, "RELEASE_FOREIGN");
    assert_eq!(world::pods(&play.namespace).await, pods, "nothing was touched");
}

#[tokio::test]
async fn what_a_release_that_became_somebody_elses_runs_and_stores_outlives_the_service() {
    let stage = Stage::new(&[]).await;
    let mut play = running(&stage, "Flows").await;
    give(&play, "somebody-else").await;
    stage.shown(&play.service, "RELEASE_FOREIGN").await;
    let (objects, pods) = (world::objects(&play.namespace).await, world::pods(&play.namespace).await);
    assert!(objects.keys().any(|object| object.starts_with("PersistentVolumeClaim ")), "{objects:?}");
    let journal = delete(&stage, &mut play).await;
    assert_eq!((says(&journal, "RELEASE_KEPT"), says(&journal, "VOLUME_REMOVED")), (1, 0), "{journal:#?}");
    assert_eq!((world::objects(&play.namespace).await, world::pods(&play.namespace).await), (objects, pods));
}

#[tokio::test]
async fn a_restart_that_was_cancelled_restarts_when_it_is_tried_again() {
    let stage = Stage::new(&[]).await;
    let mut play = Play::prepare(&stage, What::Restart, [Point::Pods; 2], "Flows").await;
    play.begin(&stage).await;
    play.arrived(&stage, 0).await;
    play.cancel(&stage).await;
    assert_eq!(stage.eye.ended(&play.operation).await, "CANCELLED");
    play.let_pods_come().await;
    stage.shown(&play.service, "ALL_READY").await;
    let pods = world::pods(&play.namespace).await;
    play.retry(&stage).await;
    play.ends_well_again(&stage).await;
    let others = world::pods(&play.namespace).await;
    assert!(!others.is_empty() && others.iter().all(|pod| !pods.contains(pod)), "{pods:?}, then {others:?}");
}

#[tokio::test]
async fn a_launch_waits_for_its_own_release() {
    let stage = Stage::new(&[]).await;
    let mut play = Play::prepare(&stage, What::Launch, [Point::Pods; 2], "Flows").await;
    play.begin(&stage).await;
    play.arrived(&stage, 0).await;
    give(&play, "somebody-else").await;
    play.let_pods_come().await;
    let query = "subscription($id: ID!) { operationChanged(id: $id) { entries { code params { name value } } } }";
    let all_ready = |data: &Value| {
        let entries = data["operationChanged"]["entries"].as_array().unwrap();
        entries.iter().any(|entry| {
            entry["code"] == "PODS_PROGRESS" && world::param(entry, "ready") == world::param(entry, "total")
        })
    };
    stage.eye.socket().await.until(query, json!({ "id": play.operation }), all_ready).await;
    let open = stage.service(&play.service).await["openOperation"].clone();
    assert_eq!(open, json!({ "id": play.operation }), "pods of somebody else's release are not what it waits for");
    give(&play, &play.service).await;
    play.ends_well(&stage).await;
}

/// The record that an earlier Helm had on its way arrives when the next Helm writes its own: it is ours, and not foreign.
#[tokio::test]
async fn a_record_that_arrives_late_is_healed() {
    let mut stage = Stage::new(&[SHORT_LEASE]).await;
    let at = points::named(What::Launch, "record before");
    let mut play = Play::prepare(&stage, What::Launch, at, "Flows").await;
    play.arm(&stage, 0);
    play.begin(&stage).await;
    play.arrived(&stage, 0).await;
    stage.server.kill().await;
    play.arm(&stage, 1);
    stage.run_again().await;
    play.arrived(&stage, 1).await;
    // First the old one, then the new one.
    play.let_go_one_by_one().await;
    let journal = play.ends_well(&stage).await;
    assert_eq!(says(&journal, "RELEASE_HEALED"), 1, "{journal:#?}");
}

async fn namespace_api() -> Api<Namespace> {
    Api::all(cluster().await.client())
}

/// Deletes a namespace, which stays on its way out as long as our finalizer is there.
async fn terminate(namespace: &str) {
    let api = namespace_api().await;
    let patch = json!({ "metadata": { "finalizers": ["woow.io/test"] } });
    api.patch(namespace, &PatchParams::default(), &Patch::Merge(patch)).await.unwrap();
    api.delete(namespace, &DeleteParams::default()).await.unwrap();
}

async fn let_terminate(namespace: &str) {
    let patch = json!({ "metadata": { "finalizers": null } });
    namespace_api().await.patch(namespace, &PatchParams::default(), &Patch::Merge(patch)).await.unwrap();
}

#[tokio::test]
async fn a_namespace_on_its_way_out_is_waited_for_and_made_anew() {
    let stage = Stage::new(&[]).await;
    let mut play = Play::prepare(&stage, What::Launch, NOWHERE, "Flows").await;
    terminate(&play.namespace).await;
    play.begin(&stage).await;
    let waits = |operation: &Value| operation["attempts"].as_u64().unwrap() >= 2;
    stage.eye.operation_until(&play.operation, waits).await;
    let_terminate(&play.namespace).await;
    let journal = play.ends_well(&stage).await;
    let again = journal.iter().find(|entry| entry["code"] == "WILL_RETRY").unwrap();
    assert_eq!(world::param(again, "error").unwrap(), "NAMESPACE_TERMINATING", "{journal:#?}");
    assert_eq!(world::param(again, "namespace").unwrap(), play.namespace);
    assert_eq!(says(&journal, "NAMESPACE_CREATED"), 1, "{journal:#?}");
}

#[tokio::test]
async fn a_service_whose_namespace_goes_is_told_and_can_be_forgotten() {
    let stage = Stage::new(&[]).await;
    let mut play = running(&stage, "Flows").await;
    terminate(&play.namespace).await;
    stage.shown(&play.service, "NAMESPACE_TERMINATING").await;
    let_terminate(&play.namespace).await;
    let gone = |namespace: Option<&Namespace>| namespace.is_none();
    await_condition(namespace_api().await, &play.namespace, gone).await.unwrap();
    stage.shown(&play.service, "NAMESPACE_MISSING").await;
    delete(&stage, &mut play).await;
    assert_eq!(world::namespaces(play.workspace()).await, Vec::<String>::new(), "it is not made for that");
}
