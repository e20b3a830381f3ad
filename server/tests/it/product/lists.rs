//! Lists: what was done in a workspace, what runs now, services page by page, and where one can go.

use crate::support::{Scene, cluster, hold, let_go, make_workspace, person, text};
use k8s_openapi::api::core::v1::Namespace;
use kube::{
    Api as Kube,
    api::{Patch, PatchParams},
};
use serde_json::{Value, json};

const OPERATIONS: &str =
    "query($id: ID!, $progress: OperationFilter, $kind: OperationKind, $first: Int, $after: String) {
    workspace(id: $id) { operations(progress: $progress, kind: $kind, first: $first, after: $after) {
        totalCount nodes { id kind state targetName } pageInfo { hasNextPage hasPreviousPage endCursor } } } }";

const OPEN: &str = "subscription { openOperationsChanged { totalCount newest {
    workspaceName operation { id kind state targetName } } } }";

const PAGE: &str = "query($id: ID!, $search: String, $state: ServiceState, $first: Int, $after: String) {
    workspace(id: $id) { servicePage(search: $search, state: $state, first: $first, after: $after) {
        totalCount nodes { name } pageInfo { hasNextPage endCursor } } } }";

impl Scene {
    async fn operations(&self, mut wanted: Value) -> Value {
        wanted["id"] = json!(self.workspace);
        self.ada.ask(OPERATIONS, wanted).await["workspace"]["operations"].clone()
    }

    async fn page(&self, mut wanted: Value) -> Value {
        wanted["id"] = json!(self.workspace);
        self.ada.ask(PAGE, wanted).await["workspace"]["servicePage"].clone()
    }
}

fn names(page: &Value) -> Vec<String> {
    page["nodes"].as_array().unwrap().iter().map(|node| text(&node["name"])).collect()
}

fn kinds(page: &Value) -> Vec<String> {
    page["nodes"].as_array().unwrap().iter().map(|node| text(&node["kind"])).collect()
}

#[tokio::test]
async fn what_was_done_is_listed_newest_first_and_by_what_it_was() {
    let scene = Scene::new().await;
    hold(&scene.namespace).await;
    let (_, launch) = scene.launch("n8n", "Flows", json!([])).await;
    let all = scene.operations(json!({})).await;
    assert_eq!(kinds(&all), ["SERVICE_LAUNCH", "WORKSPACE_CREATE"]);
    assert_eq!(all["totalCount"], 2);
    let open = scene.operations(json!({ "progress": "OPEN" })).await;
    assert_eq!((&open["totalCount"], &open["nodes"][0]["id"]), (&json!(1), &json!(launch)));
    let made = scene.operations(json!({ "kind": "WORKSPACE_CREATE" })).await;
    assert_eq!(kinds(&made), ["WORKSPACE_CREATE"]);

    let first = scene.operations(json!({ "first": 1 })).await;
    assert_eq!((kinds(&first), &first["totalCount"]), (vec!["SERVICE_LAUNCH".to_owned()], &json!(2)));
    assert_eq!(first["pageInfo"]["hasNextPage"], true);
    let second = scene.operations(json!({ "first": 1, "after": first["pageInfo"]["endCursor"] })).await;
    assert_eq!(kinds(&second), ["WORKSPACE_CREATE"]);
    assert_eq!(
        (&second["pageInfo"]["hasNextPage"], &second["pageInfo"]["hasPreviousPage"]),
        (&json!(false), &json!(true))
    );
    for wrong in [json!({ "after": "no cursor" }), json!({ "first": 0 }), json!({ "first": 101 })] {
        let mut wanted = wrong.clone();
        wanted["id"] = json!(scene.workspace);
        assert_eq!(scene.ada.try_ask(OPERATIONS, wanted).await.unwrap_err().code, "INVALID_INPUT", "{wrong}");
    }
    let_go(&scene.namespace).await;
    assert_eq!(scene.ada.ended(&launch).await, "SUCCEEDED");
    assert_eq!(scene.operations(json!({ "progress": "OPEN" })).await["totalCount"], 0);

    // What failed is told apart: a namespace that is no longer ours is not touched.
    let namespaces = Kube::<Namespace>::all(cluster().await.client());
    let taken = json!({ "metadata": { "labels": { "woow.io/workspace": null } } });
    namespaces.patch(&scene.namespace, &PatchParams::default(), &Patch::Merge(&taken)).await.unwrap();
    assert_eq!(scene.operations(json!({ "progress": "FAILED" })).await["totalCount"], 0);
    let (_, failing) = scene.launch("n8n", "Other", json!([])).await;
    assert_eq!(scene.ada.ended(&failing).await, "FAILED");
    let failed = scene.operations(json!({ "progress": "FAILED" })).await;
    assert_eq!((&failed["totalCount"], &failed["nodes"][0]["id"]), (&json!(1), &json!(failing)));
}

#[tokio::test]
async fn what_runs_now_is_told_to_members_and_to_nobody_else() {
    let scene = Scene::new().await;
    let bob = person(&scene.server, "Bob", "member").await.api;
    make_workspace(&bob, "Bob's own").await;
    hold(&scene.namespace).await;
    let nothing = |data: &Value| data["openOperationsChanged"]["totalCount"] == 0;
    let mut watching = scene.ada.socket().await;
    watching.until(OPEN, json!({}), nothing).await;
    let (_, launch) = scene.launch("n8n", "Flows", json!([])).await;
    let seen = watching.until(OPEN, json!({}), |data| data["openOperationsChanged"]["totalCount"] == 1).await;
    let one = &seen["openOperationsChanged"]["newest"][0];
    assert_eq!((&one["operation"]["id"], &one["workspaceName"]), (&json!(launch), &json!("Shop")));

    // Bob is no member: not what runs, not what has run, and the workspace is not there for him.
    let mut other = bob.socket().await;
    let id = other.subscribe(OPEN, json!({})).await;
    let first = other.receive().await.unwrap();
    assert_eq!(first["id"], id.as_str());
    assert_eq!(first["payload"]["data"]["openOperationsChanged"], json!({ "totalCount": 0, "newest": [] }));
    let hidden = bob.ask(OPERATIONS, json!({ "id": scene.workspace })).await;
    assert!(hidden["workspace"].is_null());

    let_go(&scene.namespace).await;
    watching.until(OPEN, json!({}), nothing).await;
    assert_eq!(scene.ada.ended(&launch).await, "SUCCEEDED");
}

#[tokio::test]
async fn services_are_paged_by_name_and_found_by_what_they_are() {
    let scene = Scene::new().await;
    hold(&scene.namespace).await;
    for (app, name) in [("n8n", "beta"), ("n8n", "Alpha"), ("uptime-kuma", "Gamma")] {
        scene.launch(app, name, json!([])).await;
    }
    let all = scene.page(json!({})).await;
    assert_eq!(names(&all), ["Alpha", "beta", "Gamma"], "whatever their case");
    let first = scene.page(json!({ "first": 2 })).await;
    assert_eq!((names(&first).len(), &first["pageInfo"]["hasNextPage"]), (2, &json!(true)));
    let rest = scene.page(json!({ "first": 2, "after": first["pageInfo"]["endCursor"] })).await;
    assert_eq!((names(&rest), &rest["totalCount"]), (vec!["Gamma".to_owned()], &json!(3)));
    assert_eq!(names(&scene.page(json!({ "search": " ALPH" })).await), ["Alpha"]);
    assert_eq!(names(&scene.page(json!({ "search": "kuma" })).await), ["Gamma"], "by its app");
    assert!(names(&scene.page(json!({ "search": "nothing is called so" })).await).is_empty());
    assert!(names(&scene.page(json!({ "state": "RUNNING" })).await).is_empty(), "they are held");
    for wrong in [json!({ "after": "no cursor" }), json!({ "search": "x".repeat(201) }), json!({ "first": 0 })] {
        let mut wanted = wrong.clone();
        wanted["id"] = json!(scene.workspace);
        assert_eq!(scene.ada.try_ask(PAGE, wanted).await.unwrap_err().code, "INVALID_INPUT", "{wrong}");
    }

    let live = "subscription($id: ID!) { servicePageChanged(workspaceId: $id, serviceState: RUNNING, first: 1) {
        totalCount nodes { name } } }";
    let_go(&scene.namespace).await;
    let mut watching = scene.ada.socket().await;
    let running = |data: &Value| data["servicePageChanged"]["totalCount"] == 3;
    let seen = watching.until(live, json!({ "id": scene.workspace }), running).await;
    assert_eq!(names(&seen["servicePageChanged"]), ["Alpha"]);
}

#[tokio::test]
async fn one_can_go_where_one_may_look() {
    let scene = Scene::new().await;
    let bob = person(&scene.server, "Bob", "member").await.api;
    let (own, _) = make_workspace(&bob, "Bob's own").await;
    let (service, _) = scene.launch("n8n", "Flows", json!([])).await;
    let query = "{ destinations { workspaces { id name } services { id name appSlug workspaceId workspaceName } } }";
    let seen = bob.ask(query, json!({})).await;
    assert_eq!(seen["destinations"], json!({ "workspaces": [{ "id": own, "name": "Bob's own" }], "services": [] }));
    // Staff see that Bob's workspace is there; the services are those of their own.
    let seen = scene.ada.ask(query, json!({})).await;
    assert_eq!(names_of(&seen["destinations"]["workspaces"]), ["Bob's own", "Shop"]);
    let one = json!({ "id": service, "name": "Flows", "appSlug": "n8n", "workspaceId": scene.workspace,
        "workspaceName": "Shop" });
    assert_eq!(seen["destinations"]["services"], json!([one]));
}

fn names_of(list: &Value) -> Vec<String> {
    list.as_array().unwrap().iter().map(|one| text(&one["name"])).collect()
}
