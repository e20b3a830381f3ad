//! A release from its install to its removal.

use std::path::Path;

use k8s_openapi::api::core::v1::Secret;
use kube::runtime::wait::{Condition, await_condition};
use serde_json::{Value, json};
use server::adapters::helm::heal::{Action, Intent, Record, decide};
use server::adapters::helm::{Cause, Chart};
use server::domain::catalog::{App, Catalog, Field, values};
use shared::catalog::AppFieldType;

use super::{FIXTURES, Scene, chart, release, variable};

async fn records(scene: &Scene, name: &str) -> Vec<Record> {
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
async fn every_app_of_the_marketplace_lives_and_leaves_its_data() {
    let scene = Scene::new().await;
    let catalog = Catalog::load(&variable("WOOW_CATALOG_DIR")).unwrap();
    for app in catalog.apps() {
        let name = release(&app.slug);
        let mut random = |bytes: &mut [u8]| bytes.fill(42);
        let checked = values::check(app, &needed(app), None, &mut random).unwrap();
        let platform = json!({ "replicaCount": 1, "ingress": { "enabled": app.web, "host": "x.example.com" } });
        let merged = values::merge(app, &checked, &platform);
        values::validate(app, &merged).unwrap();
        let chart = Chart { wait: app.needs_wait, ..chart(&app.chart, &merged) };
        let secrets = checked.secrets();

        let version = scene.cluster.version().await.unwrap();
        let rendered = scene.helm.template(&name, &scene.namespace, &chart, &secrets, Some(&version)).await.unwrap();
        assert!(rendered.objects.iter().any(|(kind, _)| kind == "Service"), "{rendered:?}");
        assert_eq!(decide(&records(&scene, &app.slug).await, Intent::Install), Action::Install);
        scene.helm.install(&scene.call(&name), &chart, "0190-id").await.unwrap();
        assert_eq!(decide(&records(&scene, &app.slug).await, Intent::Install), Action::Keep);
        let again = scene.helm.install(&scene.call(&name), &chart, "0190-id").await.unwrap_err();
        assert_eq!(again.cause, Cause::NameInUse);

        let stopped = values::merge(app, &checked, &json!({ "replicaCount": 0 }));
        scene.helm.upgrade(&scene.call(&name), &Chart { values: &stopped, ..chart }).await.unwrap();
        scene.helm.rollback(&scene.call(&name), 1).await.unwrap();
        let all = records(&scene, &app.slug).await;
        assert_eq!(all.len(), 3);
        assert!(all.iter().all(|record| record.ours), "the label is on every revision: {all:?}");

        let claims = scene.claims().await;
        scene.helm.uninstall(&scene.call(&name)).await.unwrap();
        scene.helm.uninstall(&scene.call(&name)).await.unwrap();
        assert_eq!(records(&scene, &app.slug).await, []);
        assert_eq!(scene.claims().await, claims, "claims are kept");
        assert!(!claims.is_empty());
    }
    let started = scene.seen.started.lock().unwrap().iter().map(|s| s.command.clone()).collect::<Vec<_>>().join("\n");
    assert!(!started.contains("qqqq"), "a made secret is in the arguments");
    scene.end().await;
}

/// What a person has to give: fields without a default that must have a value.
fn needed(app: &App) -> Vec<(String, Value)> {
    let must = app.fields.iter().filter(|field| field.required && field.default.is_none());
    must.map(|field| (field.pointer.as_str().to_owned(), json!(typed(field, 'a')))).collect()
}

/// A text that fits a field.
fn typed(field: &Field, letter: char) -> String {
    if field.pointer.as_str().contains("mail") {
        return format!("{letter}da@example.com");
    }
    let length = field.min_length.unwrap_or(1).max(8).min(field.max_length.unwrap_or(64));
    letter.to_string().repeat(length)
}

/// What else a field may be than what it is by default.
fn others(field: &Field) -> Vec<Value> {
    let all: Vec<Value> = match field.kind {
        AppFieldType::Select => field.options.iter().map(|option| json!(option.value)).collect(),
        AppFieldType::Boolean => vec![json!(true), json!(false)],
        AppFieldType::Number => [field.min, field.max].into_iter().flatten().map(|bound| json!(bound)).collect(),
        AppFieldType::Text | AppFieldType::Password => vec![json!(typed(field, 'b')), json!("TW")],
    };
    all.into_iter().filter(|value| Some(value) != field.default.as_ref()).collect()
}

#[tokio::test]
async fn every_app_takes_each_other_value_of_its_fields() {
    let scene = Scene::new().await;
    let catalog = Catalog::load(&variable("WOOW_CATALOG_DIR")).unwrap();
    let platform = json!({ "replicaCount": 1 });
    for app in catalog.apps() {
        let name = release(&app.slug);
        let merged = |given: &[(String, Value)]| {
            let mut random = |bytes: &mut [u8]| bytes.fill(42);
            let checked = values::check(app, given, None, &mut random).ok()?;
            let merged = values::merge(app, &checked, &platform);
            values::validate(app, &merged).is_ok().then_some(merged)
        };
        let first = merged(&needed(app)).expect("what is needed is enough");
        let chart = Chart { wait: app.needs_wait, ..chart(&app.chart, &first) };
        scene.helm.install(&scene.call(&name), &chart, "0190-id").await.unwrap();
        // Each round sets every field to its next other value; a volume's size stays, since claims do not shrink.
        let rounds = app.fields.iter().map(|field| others(field).len()).max().unwrap_or(0);
        for round in 0..rounds {
            let mut given = needed(app);
            for field in app.fields.iter().filter(|field| !field.pointer.as_str().ends_with("/size")) {
                let with = |value: &Value| {
                    let mut given = given.clone();
                    given.retain(|(pointer, _)| pointer != field.pointer.as_str());
                    given.push((field.pointer.as_str().to_owned(), value.clone()));
                    given
                };
                // Which texts fit is for the chart's schema to say.
                let free = matches!(field.kind, AppFieldType::Text | AppFieldType::Password);
                let fits = |value: &Value| !free || merged(&with(value)).is_some();
                let Some(value) = others(field).into_iter().filter(fits).nth(round) else { continue };
                given = with(&value);
            }
            let values = merged(&given).expect("each value that is offered is taken");
            scene.helm.upgrade(&scene.call(&name), &Chart { values: &values, ..chart }).await.unwrap();
        }
        scene.helm.uninstall(&scene.call(&name)).await.unwrap();
    }
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
