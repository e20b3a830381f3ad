//! A release from its install to its removal.

use std::path::Path;

use k8s_openapi::api::core::v1::Secret;
use kube::runtime::wait::{Condition, await_condition};
use serde_json::json;
use server::adapters::helm::heal::{Action, Intent, Record, decide};
use server::adapters::helm::{Cause, Chart};

use super::{FIXTURES, Scene, chart, release};

pub(super) async fn records(scene: &Scene, name: &str) -> Vec<Record> {
    let records = scene.cluster.release_records(scene.namespace.as_str(), name).await.unwrap();
    records.iter().map(|record| Record::read(record, "0190-id")).collect()
}

#[tokio::test]
async fn the_real_helm_tells_its_version() {
    let scene = Scene::new().await;
    assert_eq!(scene.helm.version().await.unwrap().major, 4);
    scene.end().await;
}

#[tokio::test]
async fn texts_that_look_like_something_else_stay_texts() {
    let scene = Scene::new().await;
    let path = Path::new(FIXTURES).join("charts/foreign-ref");
    for (name, text) in [("t1", "n"), ("t2", "yes"), ("t3", "12e4"), ("t4", "0755"), ("t5", "null"), ("t6", "a: [b")] {
        let values = json!({ "message": text });
        let chart = Chart { skip_schema: true, ..chart(&path, &values) };
        scene.helm.install(&scene.call(&release(name)), &chart, "0190-id").await.unwrap();
        let data = scene.config_map(name).await.data.unwrap();
        assert_eq!(data["message"], text);
    }
    scene.end().await;
}

fn exists() -> impl Condition<Secret> {
    |secret: Option<&Secret>| secret.is_some()
}

#[tokio::test]
async fn an_install_that_was_killed_is_healed() {
    let scene = Scene::new().await;
    let (name, values) = (release("stuck"), json!({}));
    let path = Path::new(FIXTURES).join("charts-for-helm/slow-hook");
    let kill = async {
        await_condition(scene.secrets_api(), "sh.helm.release.v1.stuck.v1", exists()).await.unwrap();
        let pid = i32::try_from(scene.seen.started.lock().unwrap()[0].pid).unwrap();
        let pid = rustix::process::Pid::from_raw(pid).unwrap();
        rustix::process::kill_process(pid, rustix::process::Signal::KILL).unwrap();
    };
    let (result, ()) = tokio::join!(scene.install(&name, &path, &values), kill);
    assert_eq!(result.unwrap_err().cause, Cause::Killed(9));
    let again = scene.install(&name, &path, &values).await.unwrap_err();
    assert_eq!(again.cause, Cause::NameInUse, "{again}");
    assert_eq!(decide(&records(&scene, "stuck").await, Intent::Install), Action::UninstallThenInstall);

    scene.helm.uninstall(&scene.call(&name)).await.unwrap();
    let path = Path::new(FIXTURES).join("charts/foreign-ref");
    let chart = Chart { skip_schema: true, ..chart(&path, &values) };
    scene.helm.install(&scene.call(&name), &chart, "0190-id").await.unwrap();
    assert_eq!(decide(&records(&scene, "stuck").await, Intent::Install), Action::Keep);

    // The same for an upgrade: back to the revision that was up.
    let path = Path::new(FIXTURES).join("charts-for-helm/slow-hook");
    let kill = async {
        await_condition(scene.secrets_api(), "sh.helm.release.v1.stuck.v2", exists()).await.unwrap();
        let pid = i32::try_from(scene.seen.started.lock().unwrap().last().unwrap().pid).unwrap();
        let pid = rustix::process::Pid::from_raw(pid).unwrap();
        rustix::process::kill_process(pid, rustix::process::Signal::KILL).unwrap();
    };
    let slow = super::chart(&path, &values);
    let call = scene.call(&name);
    let (result, ()) = tokio::join!(scene.helm.upgrade(&call, &slow), kill);
    assert_eq!(result.unwrap_err().cause, Cause::Killed(9));
    assert_eq!(scene.helm.upgrade(&call, &chart).await.unwrap_err().cause, Cause::InProgress);
    let Action::RollbackTo(revision) = decide(&records(&scene, "stuck").await, Intent::Upgrade) else {
        panic!("{:?}", records(&scene, "stuck").await);
    };
    scene.helm.rollback(&call, revision).await.unwrap();
    assert_eq!(decide(&records(&scene, "stuck").await, Intent::Upgrade), Action::Upgrade);
    scene.helm.upgrade(&call, &chart).await.unwrap();
    scene.end().await;
}

#[tokio::test]
async fn a_cancelled_install_can_be_removed() {
    let scene = Scene::new().await;
    let (name, values) = (release("cancelled"), json!({}));
    let path = Path::new(FIXTURES).join("charts-for-helm/slow-hook");
    let cancel = async {
        await_condition(scene.secrets_api(), "sh.helm.release.v1.cancelled.v1", exists()).await.unwrap();
        scene.cancel.cancel();
    };
    let (result, ()) = tokio::join!(scene.install(&name, &path, &values), cancel);
    assert_eq!(result.unwrap_err().cause, Cause::Cancelled);
    assert_eq!(decide(&records(&scene, "cancelled").await, Intent::Uninstall), Action::Uninstall);
    let fresh = tokio_util::sync::CancellationToken::new();
    let call = server::adapters::helm::Call { cancel: &fresh, ..scene.call(&name) };
    scene.helm.uninstall(&call).await.unwrap();
    assert_eq!(records(&scene, "cancelled").await, []);
    scene.end().await;
}
