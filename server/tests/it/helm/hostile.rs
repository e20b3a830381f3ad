//! Charts that try to get out: refused by name before Helm, and by the cluster's rights if that were not.

use std::path::{Path, PathBuf};

use serde_json::json;
use server::adapters::helm::{Cause, Chart};
use shared::operation::OperationErrorCode;

use super::{FIXTURES, Scene, chart, release};

fn hostile(name: &str) -> PathBuf {
    Path::new(FIXTURES).join("charts").join(name)
}

#[tokio::test]
async fn a_chart_cannot_leave_its_namespace() {
    let scene = Scene::new().await;
    let values = json!({ "message": "hello" });
    for (name, code, told) in [
        ("cluster-admin", OperationErrorCode::ChartClusterScoped, "ClusterRoleBinding \"out-admin\""),
        (
            "foreign-namespace",
            OperationErrorCode::ChartForeignNamespace,
            "ConfigMap \"out-foreign\" in namespace \"kube-system\"",
        ),
    ] {
        let (path, out) = (hostile(name), release("out"));
        let error = scene.helm.template(&out, &scene.namespace, &chart(&path, &values), &[], None).await.unwrap_err();
        assert_eq!(error.code(), code);
        assert!(error.message.contains(told), "{error}");
        // Without that check, the account's rights say no.
        let error = scene.install(&out, &path, &values).await.unwrap_err();
        assert_eq!((error.cause, error.code()), (Cause::Forbidden, OperationErrorCode::ClusterForbidden), "{error}");
        let records = scene.cluster.release_records(scene.namespace.as_str(), "out").await.unwrap();
        assert_eq!(records, [], "nothing was made");
    }
    scene.end().await;
}

#[tokio::test]
async fn the_account_reaches_no_other_namespace() {
    let scene = Scene::new().await;
    let other = Scene::new().await;
    let (path, values, name) = (hostile("foreign-ref"), json!({}), release("mine"));
    let foreign = server::adapters::helm::Namespace::new("kube-system").unwrap();
    let call = server::adapters::helm::Call { namespace: &foreign, ..scene.call(&name) };
    let harmless = Chart { skip_schema: true, ..chart(&path, &values) };
    // There is no deployer in a namespace that is not ours.
    let error = scene.helm.install(&call, &harmless, "0190-id").await.unwrap_err();
    assert_eq!(error.cause, Cause::Forbidden, "{error}");
    // And that of one of ours has no rights in another.
    let values = json!({ "message": "x" });
    scene.helm.install(&scene.call(&name), &Chart { values: &values, ..harmless }, "0190-id").await.unwrap();
    let records = other.cluster.release_records(other.namespace.as_str(), "mine").await.unwrap();
    assert_eq!(records, []);
    scene.end().await;
    other.end().await;
}

#[tokio::test]
async fn a_schema_that_points_outside_is_an_error_of_its_own() {
    let scene = Scene::new().await;
    let (path, values, name) = (hostile("foreign-ref"), json!({ "message": "x" }), release("ref"));
    let error = scene.install(&name, &path, &values).await.unwrap_err();
    assert_eq!(error.code(), OperationErrorCode::ChartSchemaForeignRef, "{error}");
    scene.end().await;
}

#[tokio::test]
async fn a_refused_secret_is_not_repeated() {
    let mut scene = Scene::new().await;
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../charts/n8n");
    let canary = "canary'\u{1}\"4711";
    scene.secrets = vec![canary.to_owned().into()];
    let values = json!({ "n8n": { "encryptionKey": canary } });
    let path = folder.canonicalize().unwrap();
    let error = scene.install(&release("leak"), &path, &values).await.unwrap_err();
    assert_eq!(error.cause, Cause::ValuesRefused, "{error}");
    let lines = scene.seen.lines.lock().unwrap().join("\n");
    assert!(error.message.contains("/n8n/encryptionKey"), "{error}");
    assert!(!format!("{error} {lines}").contains("4711"), "{error} {lines}");
    scene.end().await;
}
