//! Lists: what was done in a workspace, what runs now, services page by page, and where one can go.

use crate::support::{Scene, Server, cluster, hold, let_go, make_workspace, person, text};
use k8s_openapi::api::core::v1::Namespace;
use kube::{
    Api as Kube,
    api::{Patch, PatchParams},
};
use sea_orm::{ConnectionTrait, Database, Statement, TransactionTrait};
use serde_json::{Value, json};
use uuid::Uuid;

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

    let live = "subscription($id: ID!) { servicePageChanged(workspaceId: $id, state: RUNNING, first: 1) {
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
    assert_eq!(names_of(&seen["destinations"]["workspaces"]), ["Shop", "Bob's own"], "one's own come first");
    let one = json!({ "id": service, "name": "Flows", "appSlug": "n8n", "workspaceId": scene.workspace,
        "workspaceName": "Shop" });
    assert_eq!(seen["destinations"]["services"], json!([one]));

    // Whoever supports a workspace can go there, as long as they do.
    let otto = person(&scene.server, "Otto", "operator").await.api;
    let nothing = json!({ "workspaces": [], "services": [] });
    assert_eq!(otto.ask(query, json!({})).await["destinations"], nothing);
    let open = "mutation($input: OpenSupportGrantInput!) { openSupportGrant(input: $input) { supportGrant { id } } }";
    let input = json!({ "workspaceId": scene.workspace, "reason": "Their flows stand still", "hours": 1 });
    let opened = otto.ask(open, json!({ "input": input })).await;
    let seen = otto.ask(query, json!({})).await;
    assert_eq!(
        seen["destinations"],
        json!({ "workspaces": [{ "id": scene.workspace, "name": "Shop" }], "services": [one] })
    );
    let end = "mutation($id: ID!) { endSupportGrant(input: { id: $id }) { supportGrant { open } } }";
    otto.ask(end, json!({ "id": opened["openSupportGrant"]["supportGrant"]["id"] })).await;
    assert_eq!(otto.ask(query, json!({})).await["destinations"], nothing);

    // However many others there are that are newer, one's own are among what an Admin is told.
    others(&scene.server, 1001).await;
    let seen = scene.ada.ask(query, json!({})).await;
    let names = names_of(&seen["destinations"]["workspaces"]);
    assert_eq!((names.len(), names[0].as_str()), (1000, "Shop"));
    assert_eq!(seen["destinations"]["services"], json!([one]));
}

/// Makes workspaces of which nobody is a member, by their rows alone.
async fn others(server: &Server, number: u32) {
    let db = Database::connect(server.database()).await.unwrap();
    let rows = db.begin().await.unwrap();
    for number in 0..number {
        let sql = "INSERT INTO workspaces (id, key, namespace, name, cluster_id, description, state, created_by, version,
                created_at, updated_at)
            SELECT $1, key || $2, namespace || $2, $2, cluster_id, description, state, created_by, version, created_at, updated_at
            FROM workspaces WHERE name = 'Shop'";
        let values = [Uuid::now_v7().into(), format!("-{number}").into()];
        rows.execute_raw(Statement::from_sql_and_values(rows.get_database_backend(), sql, values)).await.unwrap();
    }
    rows.commit().await.unwrap();
    db.close().await.unwrap();
}

#[tokio::test]
async fn whatever_is_searched_for_is_taken_as_text_or_refused() {
    let scene = Scene::new().await;
    let (most, long) = ("ö".repeat(200), "ö".repeat(201));
    for query in [
        "query($id: ID!, $search: String) { workspace(id: $id) { found: members(search: $search) { totalCount } } }",
        "query($id: ID!, $search: String) { workspace(id: $id) { found: servicePage(search: $search) { totalCount } } }",
        "query($search: String) { found: people(search: $search) { totalCount } }",
        "query($search: String) { found: apps(search: $search) { totalCount } }",
    ] {
        let ask = |search: &str| scene.ada.try_ask(query, json!({ "id": scene.workspace, "search": search }));
        let count = |found: Value| {
            let of_workspace = &found["workspace"]["found"]["totalCount"];
            if of_workspace.is_null() { found["found"]["totalCount"].clone() } else { of_workspace.clone() }
        };
        let all = count(ask("").await.unwrap());
        assert_eq!(count(ask(" \t ").await.unwrap()), all, "{query}");
        for words in ["%_%", "_da", "a\\", "' OR 1=1 --", "\"*?[a]", &most] {
            assert_eq!(count(ask(words).await.unwrap()), 0, "{query} {words}");
        }
        for (words, code) in
            [("\0", "INVALID_FORMAT"), ("a\0b", "INVALID_FORMAT"), ("a\nb", "INVALID_FORMAT"), (&long, "TOO_LONG")]
        {
            let refused = ask(words).await.unwrap_err();
            assert_eq!(refused.fields(), [("search".to_owned(), code.to_owned())], "{query} {words:?}: {refused:?}");
        }
    }
    let query = "query($id: ID!, $after: String) { workspace(id: $id) { members(after: $after) { totalCount } } }";
    let after = format!("{}a\0", "0".repeat(32));
    let refused = scene.ada.try_ask(query, json!({ "id": scene.workspace, "after": after })).await.unwrap_err();
    assert_eq!(refused.fields(), [("after".to_owned(), "INVALID_FORMAT".to_owned())], "{refused:?}");
}

fn names_of(list: &Value) -> Vec<String> {
    list.as_array().unwrap().iter().map(|one| text(&one["name"])).collect()
}
