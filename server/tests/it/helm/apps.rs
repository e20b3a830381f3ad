//! The apps of the marketplace, all of them: with what they are by default, and with each other value of each of their fields.

use std::{collections::BTreeMap, process::Stdio};

use k8s_openapi::api::core::v1::{Namespace as KubeNamespace, PersistentVolumeClaim};
use kube::{
    Api, ResourceExt,
    api::{ApiResource, DynamicObject, ListParams, Patch, PatchParams, PostParams},
    core::GroupVersionKind,
    runtime::wait::await_condition,
};
use serde_json::{Value, json};
use server::{
    adapters::{
        helm::{Cause, Chart, heal::Action, heal::Intent, heal::decide},
        kube::Limits,
        yaml::{self, Budget},
    },
    domain::{
        catalog::{App, Catalog, Field, values},
        services::jobs::platform_values,
        state::Settings,
    },
};
use shared::catalog::AppFieldType;
use tokio::io::AsyncWriteExt;

use super::{Scene, chart, release, releases::records, variable};

fn catalog() -> Catalog {
    Catalog::load(&variable("WOOW_CATALOG_DIR")).unwrap()
}

/// What the platform sets itself.
fn platform(app: &App) -> Value {
    let settings = Settings {
        sandbox: true,
        public_url: "https://console.example.com".to_owned(),
        apps_domain: "example.com".to_owned(),
        apps_https: true,
        ingress_class: "nginx".to_owned(),
        ingress_namespace: "ingress-nginx".to_owned(),
        workspaces_per_person: 1,
        build_id: String::new(),
        secure_cookies: true,
    };
    let mut values = platform_values(&settings, app.web.then_some("x.example.com"));
    values["woow"] = json!({ "hashKey": "of-this-service" });
    values
}

/// Everything that Helm is given, where what a person has given is right.
fn merged(app: &App, given: &[(String, Value)]) -> Option<Value> {
    let mut random = |bytes: &mut [u8]| bytes.fill(42);
    let checked = values::check(app, given, None, &mut random).ok()?;
    let merged = values::merge(app, &checked, &platform(app));
    values::validate(app, &merged).is_ok().then_some(merged)
}

#[tokio::test]
async fn every_app_lives_and_leaves_its_data() {
    let scene = Scene::new().await;
    for app in catalog().apps() {
        let name = release(&app.slug);
        let mut random = |bytes: &mut [u8]| bytes.fill(42);
        let checked = values::check(app, &needed(app), None, &mut random).unwrap();
        let merged = values::merge(app, &checked, &platform(app));
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

        let mut none = platform(app);
        none["replicaCount"] = json!(0);
        let stopped = values::merge(app, &checked, &none);
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

fn is_size(field: &Field) -> bool {
    field.pointer.as_str().ends_with("/size")
}

/// Gibibytes of a volume's size.
fn gibibytes(size: &Value) -> u32 {
    size.as_str().and_then(|size| size.strip_suffix("Gi")).and_then(|size| size.parse().ok()).expect("a size in Gi")
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

/// Values by which every field has each of its other values once: each round sets every field to its next one. `fits` says
/// which are meant; a field that has no more of them keeps its last, as a volume does not shrink.
fn rounds(app: &App, fits: impl Fn(&Field, &Value) -> bool) -> Vec<Value> {
    let with = |given: &[(String, Value)], field: &Field, value: &Value| {
        let mut given = given.to_vec();
        given.retain(|(pointer, _)| pointer != field.pointer.as_str());
        given.push((field.pointer.as_str().to_owned(), value.clone()));
        given
    };
    let needed = needed(app);
    let of = |field: &Field| {
        // Which texts fit is for the chart's schema to say.
        let free = matches!(field.kind, AppFieldType::Text | AppFieldType::Password);
        let taken = |value: &Value| !free || merged(app, &with(&needed, field, value)).is_some();
        others(field).into_iter().filter(|value| taken(value) && fits(field, value)).collect::<Vec<_>>()
    };
    let all: Vec<_> = app.fields.iter().map(|field| (field, of(field))).collect();
    let count = all.iter().map(|(_, values)| values.len()).max().unwrap_or(0);
    let round = |round: usize| {
        let given = all.iter().fold(needed.clone(), |given, (field, values)| {
            let value = values.get(round).or(if is_size(field) { values.last() } else { None });
            value.map_or(given.clone(), |value| with(&given, field, value))
        });
        merged(app, &given).expect("each value that is offered is taken")
    };
    (0..count).map(round).collect()
}

/// Waits until all claims are bound; before, they cannot grow.
async fn bound(scene: &Scene) {
    let api: Api<PersistentVolumeClaim> = Api::namespaced(scene.admin.client(), scene.namespace.as_str());
    for name in scene.claims().await {
        let bound = |claim: Option<&PersistentVolumeClaim>| {
            let phase = claim.and_then(|claim| claim.status.as_ref()?.phase.as_deref());
            phase == Some("Bound")
        };
        let waited =
            tokio::time::timeout(std::time::Duration::from_mins(1), await_condition(api.clone(), &name, bound));
        waited.await.expect("it is bound in time").unwrap();
    }
}

async fn sizes(scene: &Scene) -> BTreeMap<String, u32> {
    let api: Api<PersistentVolumeClaim> = Api::namespaced(scene.admin.client(), scene.namespace.as_str());
    let claims = api.list(&ListParams::default()).await.unwrap();
    let size = |claim: &PersistentVolumeClaim| {
        gibibytes(&json!(
            claim.spec.as_ref().unwrap().resources.as_ref().unwrap().requests.as_ref().unwrap()["storage"].0
        ))
    };
    claims.iter().map(|claim| (claim.name_any(), size(claim))).collect()
}

#[tokio::test]
async fn every_app_is_upgraded_to_each_other_value_of_its_fields() {
    let scene = Scene::new().await;
    for app in catalog().apps() {
        let name = release(&app.slug);
        let first = merged(app, &needed(app)).expect("what is needed is enough");
        let chart = Chart { wait: app.needs_wait, ..chart(&app.chart, &first) };
        scene.helm.install(&scene.call(&name), &chart, "0190-id").await.unwrap();
        bound(&scene).await;
        let before = sizes(&scene).await;
        let grows = |field: &Field, value: &Value| {
            !is_size(field) || gibibytes(value) > field.default.as_ref().map_or(0, gibibytes)
        };
        let upgrade = async |values: &Value| scene.helm.upgrade(&scene.call(&name), &Chart { values, ..chart }).await;
        let rounds = rounds(app, grows);
        assert!(!rounds.is_empty(), "{} has nothing to choose", app.slug);
        for values in &rounds {
            upgrade(values).await.unwrap();
        }
        let after = sizes(&scene).await;
        assert!(after.iter().any(|(name, size)| *size > before[name]), "{}: {before:?} {after:?}", app.slug);
        // What is stored does not fit into less, so the cluster refuses that, and everything stays.
        let smaller = |field: &Field, value: &Value| is_size(field) && !grows(field, value);
        if let Some(values) = self::rounds(app, smaller).first() {
            let refused = upgrade(values).await.unwrap_err();
            assert_eq!(refused.cause, Cause::Refused, "{refused}");
            assert!(refused.message.contains("can not be less than"), "{refused}");
            assert_eq!(sizes(&scene).await, after);
        }
        scene.helm.uninstall(&scene.call(&name)).await.unwrap();
    }
    scene.end().await;
}

/// What Helm renders, as the program prints it.
async fn manifest(scene: &Scene, app: &App, values: &Value) -> Vec<Value> {
    let mut helm = tokio::process::Command::new(variable("WOOW_HELM"))
        .args(["template", app.slug.as_str(), app.chart.to_str().unwrap(), "--values=-"])
        .arg(format!("--namespace={}", scene.namespace))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    helm.stdin.take().unwrap().write_all(values.to_string().as_bytes()).await.unwrap();
    let rendered = helm.wait_with_output().await.unwrap();
    assert!(rendered.status.success(), "{} with {values}", app.slug);
    let mut objects = yaml::parse_all(&String::from_utf8(rendered.stdout).unwrap(), Budget::MANIFEST).unwrap();
    objects.iter_mut().for_each(octal_modes);
    objects
}

/// Kubernetes reads YAML 1.1, where a mode such as 0555 is a number.
fn octal_modes(value: &mut Value) {
    match value {
        Value::Object(map) => {
            for (key, value) in map {
                match value.as_str().and_then(|text| u32::from_str_radix(text, 8).ok()) {
                    Some(mode) if key == "defaultMode" => *value = json!(mode),
                    _ => octal_modes(value),
                }
            }
        }
        Value::Array(values) => values.iter_mut().for_each(octal_modes),
        _ => {}
    }
}

/// Asks the API server for an object, which says whether it would make it, and makes nothing.
async fn try_out(scene: &Scene, object: &Value) -> Result<(), kube::Error> {
    let text = |at: &str| object[at].as_str().unwrap().to_owned();
    let version = text("apiVersion");
    let (group, version) = version.rsplit_once('/').unwrap_or(("", &version));
    let resource = ApiResource::from_gvk(&GroupVersionKind::gvk(group, version, &text("kind")));
    let api: Api<DynamicObject> = Api::namespaced_with(scene.admin.client(), scene.namespace.as_str(), &resource);
    let dry_run = PostParams { dry_run: true, ..PostParams::default() };
    api.create(&dry_run, &serde_json::from_value(object.clone()).unwrap()).await.map(drop)
}

/// The pods that an object makes, if it makes some. Their account is one that is there.
fn pod(object: &Value) -> Option<Value> {
    let template = object.pointer("/spec/template")?;
    let mut pod =
        json!({ "apiVersion": "v1", "kind": "Pod", "metadata": template["metadata"], "spec": template["spec"] });
    pod["metadata"]["name"] = json!("tried-out");
    pod["spec"]["serviceAccountName"] = json!("woow-deployer");
    Some(pod)
}

/// A namespace in which pods must meet this level.
async fn at_level(level: &str) -> Scene {
    let scene = Scene::new().await;
    scene.cluster.apply_limits(scene.namespace.as_str(), &Limits::default()).await.unwrap();
    let api: Api<KubeNamespace> = Api::all(scene.admin.client());
    let patch = json!({ "metadata": { "labels": { "pod-security.kubernetes.io/enforce": level } } });
    api.patch(scene.namespace.as_str(), &PatchParams::default(), &Patch::Merge(patch)).await.unwrap();
    scene
}

#[tokio::test]
async fn every_app_is_admitted_with_each_value_of_its_fields() {
    // As a workspace is, and the level that charts are warned about.
    let scenes = [at_level("baseline").await, at_level("restricted").await];
    for app in catalog().apps() {
        let mut all = rounds(app, |_, _| true);
        all.push(merged(app, &needed(app)).expect("what is needed is enough"));
        for values in &all {
            let objects = manifest(&scenes[0], app, values).await;
            let pods: Vec<Value> = objects.iter().filter_map(pod).collect();
            assert!(!pods.is_empty(), "{} runs nothing", app.slug);
            for object in &objects {
                let tried = try_out(&scenes[0], object).await;
                assert!(tried.is_ok(), "{}: {tried:?}: {object}", app.slug);
            }
            for (scene, pod) in scenes.iter().flat_map(|scene| pods.iter().map(move |pod| (scene, pod))) {
                let tried = try_out(scene, pod).await;
                assert!(tried.is_ok(), "{}: {tried:?}: {pod}", app.slug);
            }
        }
    }
    // Neither namespace takes whatever comes.
    let privileged = json!({ "apiVersion": "v1", "kind": "Pod", "metadata": { "name": "tried-out" }, "spec": {
        "serviceAccountName": "woow-deployer",
        "containers": [{ "name": "app", "image": "example.org/app:1", "securityContext": { "privileged": true } }],
    }});
    for scene in scenes {
        let refused = try_out(&scene, &privileged).await.unwrap_err().to_string();
        assert!(refused.contains("violates PodSecurity"), "{refused}");
        scene.end().await;
    }
}
