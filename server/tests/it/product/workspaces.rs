//! Workspaces: their namespace, and who sees them.

use crate::support::{Scene, Server, cluster, make_workspace, person, text};
use k8s_openapi::api::{
    core::v1::{LimitRange, Namespace, ResourceQuota, ServiceAccount},
    networking::v1::NetworkPolicy,
    rbac::v1::RoleBinding,
};
use kube::{Api as Kube, api::ListParams};
use serde_json::json;

#[tokio::test]
async fn a_workspace_is_a_furnished_namespace() {
    let scene = Scene::new().await;
    let client = cluster().await.client();
    let name = scene.namespace.as_str();
    let namespace = Kube::<Namespace>::all(client.clone()).get(name).await.unwrap();
    let labels = namespace.metadata.labels.unwrap();
    assert_eq!(labels["pod-security.kubernetes.io/enforce"], "baseline");
    assert!(labels.contains_key("woow.io/workspace"));
    let quota = Kube::<ResourceQuota>::namespaced(client.clone(), name).list(&ListParams::default()).await.unwrap();
    let hard = quota.items[0].spec.as_ref().unwrap().hard.as_ref().unwrap();
    assert_eq!(hard["requests.cpu"].0, "8");
    assert_eq!(hard["persistentvolumeclaims"].0, "10");
    assert_eq!((hard["count/secrets"].0.as_str(), hard["count/pods"].0.as_str()), ("1500", "500"));
    assert_eq!(
        Kube::<LimitRange>::namespaced(client.clone(), name).list(&ListParams::default()).await.unwrap().items.len(),
        1
    );
    assert!(
        !Kube::<NetworkPolicy>::namespaced(client.clone(), name)
            .list(&ListParams::default())
            .await
            .unwrap()
            .items
            .is_empty()
    );
    assert!(Kube::<ServiceAccount>::namespaced(client.clone(), name).get("woow-deployer").await.is_ok());
    let bindings = Kube::<RoleBinding>::namespaced(client, name).list(&ListParams::default()).await.unwrap();
    assert_eq!(bindings.items[0].role_ref.name, "woow-deployer");
}

#[tokio::test]
async fn what_one_may_not_see_does_not_exist() {
    let scene = Scene::new().await;
    let bob = person(&scene.server, "Bob", "member").await.api;
    let (_, _) = make_workspace(&bob, "Bob's own").await;
    let never = "0".repeat(31) + "1";
    for id in [scene.workspace.as_str(), never.as_str(), "no id at all"] {
        let found = bob.ask("query($id: ID!) { workspace(id: $id) { id } }", json!({ "id": id })).await;
        assert!(found["workspace"].is_null());
        let update = "mutation($id: ID!) { updateWorkspace(input: { id: $id, version: 1, name: \"Mine\" }) { workspace { id } } }";
        assert_eq!(bob.try_ask(update, json!({ "id": id })).await.unwrap_err().code, "NOT_FOUND");
        let launch = "mutation($id: ID!) { launchService(input: { workspaceId: $id, app: \"n8n\", name: \"x\" }) { service { id } } }";
        assert_eq!(bob.try_ask(launch, json!({ "id": id })).await.unwrap_err().code, "NOT_FOUND");
    }
    let listed = bob.ask("{ workspaces { totalCount nodes { name viewerRole } } }", json!({})).await;
    assert_eq!(
        listed["workspaces"],
        json!({ "totalCount": 1, "nodes": [{ "name": "Bob's own", "viewerRole": "OWNER" }] })
    );

    // Staff see that it is there, and no more.
    let listed = scene.ada.ask("{ workspaces { nodes { id name viewerRole } } }", json!({})).await;
    let others = listed["workspaces"]["nodes"].as_array().unwrap().iter().find(|w| w["name"] == "Bob's own").unwrap();
    assert!(others["viewerRole"].is_null());
    let services = "query($id: ID!) { workspace(id: $id) { services { id } } }";
    assert_eq!(scene.ada.try_ask(services, json!({ "id": others["id"] })).await.unwrap_err().code, "FORBIDDEN");
}

#[tokio::test]
async fn a_workspace_sent_twice_is_made_once_and_two_editors_are_told() {
    let server = Server::start().await;
    let ada = server.admin().await;
    let create = "mutation($name: String!) { createWorkspace(input: { name: $name, idempotencyKey: \"k1\" }) { workspace { id version } } }";
    let first = ada.ask(create, json!({ "name": "Shop" })).await;
    let again = ada.ask(create, json!({ "name": "Shop" })).await;
    assert_eq!(first, again);
    let other = ada.try_ask(create, json!({ "name": "Other" })).await.unwrap_err();
    assert_eq!(other.fields(), [("idempotencyKey".to_owned(), "DUPLICATE".to_owned())]);

    let id = text(&first["createWorkspace"]["workspace"]["id"]);
    let update = "mutation($id: ID!, $name: String!) { updateWorkspace(input: { id: $id, version: 1, name: $name }) { workspace { name version } } }";
    let changed = ada.ask(update, json!({ "id": id, "name": "Store" })).await;
    assert_eq!(changed["updateWorkspace"]["workspace"], json!({ "name": "Store", "version": 2 }));
    assert_eq!(ada.try_ask(update, json!({ "id": id, "name": "Late" })).await.unwrap_err().code, "CONFLICT");
}

#[tokio::test]
async fn a_person_makes_so_many_workspaces_and_no_more() {
    let server = Server::start_with(&[("LIMITS__WORKSPACES_PER_PERSON", "1")]).await;
    let ada = server.admin().await;
    make_workspace(&ada, "One").await;
    let create = "mutation { createWorkspace(input: { name: \"Two\" }) { workspace { id } } }";
    assert_eq!(ada.try_ask(create, json!({})).await.unwrap_err().code, "LIMIT_REACHED");
}
