//! A list costs the database as much for twenty rows as for two.

use crate::support::{METRICS, Scene, Server, figure, make_workspace, text};
use sea_orm::{ConnectionTrait, Database, DatabaseConnection, Statement, Value as Sql};
use serde_json::{Value, json};
use uuid::Uuid;

const WORKSPACES: &str = "{ workspaces { totalCount nodes { id ready serviceCount viewerRole
    openOperation { id state } lastOperation { id kind steps { name } } } } }";

const LISTS: &str = "query($id: ID!) { workspace(id: $id) {
    members { totalCount } operations { totalCount } supportGrants { totalCount } } }";

const SERVICES: &str = "query($id: ID!) { workspace(id: $id) { serviceCount services {
    id app { slug } address { host } status { state } pods { name } volumes { name } values { pointer value }
    workspace { id name viewerRole ready serviceCount lastOperation { id } }
    openOperation { id } lastOperation { id kind state } } } }";

/// So often is each asked: what else a server does at that moment can only add statements.
const TRIES: usize = 5;

/// All of these workspaces in one request, each under a name of its own.
fn states(workspaces: &[String]) -> String {
    let one = |(number, id): (usize, &String)| {
        format!("w{number}: workspace(id: \"{id}\") {{ name services {{ revision status {{ state readyPods }} }} }}")
    };
    format!("{{ {} }}", workspaces.iter().enumerate().map(one).collect::<Vec<_>>().join(" "))
}

async fn statements(scene: &Scene, query: &str) -> (u64, Value) {
    let (mut least, mut answer) = (u64::MAX, Value::Null);
    for _ in 0..TRIES {
        let before = figure(&scene.server, "woow_database_statements_total").await;
        answer = scene.ada.ask(query, json!({ "id": scene.workspace })).await;
        let after = figure(&scene.server, "woow_database_statements_total").await;
        least = least.min(after - before);
    }
    (least, answer)
}

/// Writes a row anew under another id; `changed` is SQL for the columns that are not copied.
async fn copy(db: &DatabaseConnection, table: &str, same: &str, changed: &[(&str, &str)], of: &str, ids: &[Uuid]) {
    let names: Vec<_> = changed.iter().map(|(name, _)| *name).collect();
    let values: Vec<_> = changed.iter().map(|(_, value)| *value).collect();
    let sql = format!(
        "INSERT INTO {table} ({}, {same}) SELECT {}, {same} FROM {table} WHERE {of} = $2",
        names.join(", "),
        values.join(", ")
    );
    let values: Vec<_> = ids.iter().map(|id| Sql::from(*id)).collect();
    let statement = Statement::from_sql_and_values(db.get_database_backend(), sql, values);
    assert_eq!(db.execute_raw(statement).await.unwrap().rows_affected(), 1, "{table}");
}

/// Adds services like the one that was launched, with an operation each.
pub(super) async fn add_services(scene: &Scene, service: Uuid, numbers: std::ops::Range<u32>) {
    let db = Database::connect(scene.server.database()).await.unwrap();
    for number in numbers {
        let id = Uuid::now_v7();
        let mark = |column: &str| format!("{column} || '-{number}'");
        let (release, reference, name) = (mark("release_name"), mark("reference"), mark("name"));
        let changed = [("id", "$1"), ("release_name", &release), ("reference", &reference), ("name", &name)];
        let same = "workspace_id, cluster_id, namespace, app_slug, chart_version, desired, values_public, values_secret, created_by,
            version, created_at, updated_at, deleted_at";
        copy(&db, "services", same, &changed, "id", &[id, service]).await;
        let same = "kind, state, target_kind, target_name, workspace_id, cluster_id, actor_id, actor_name, step, steps,
            payload, attempts, journal_seq, error_code, error_params, lease_owner, lease_until, run_after, process,
            cancel_requested, created_at, started_at, finished_at";
        copy(
            &db,
            "operations",
            same,
            &[("id", "$1"), ("target_id", "$3")],
            "target_id",
            &[Uuid::now_v7(), service, id],
        )
        .await;
    }
    db.close().await.unwrap();
}

#[tokio::test]
async fn twenty_rows_take_as_many_statements_as_two() {
    let server = Server::start_with(&[METRICS, ("LIMITS__WORKSPACES_PER_PERSON", "50")]).await;
    let ada = server.admin().await;
    let (workspace, namespace) = make_workspace(&ada, "Shop").await;
    let mut all = vec![workspace.clone(), make_workspace(&ada, "Other").await.0];
    let scene = Scene { server, ada, workspace, namespace };
    let (two, answer) = statements(&scene, WORKSPACES).await;
    assert_eq!(answer["workspaces"]["totalCount"], 2);
    for number in 2..20 {
        all.push(make_workspace(&scene.ada, &format!("Number {number}")).await.0);
    }
    let (twenty, answer) = statements(&scene, WORKSPACES).await;
    let nodes = answer["workspaces"]["nodes"].as_array().unwrap();
    assert_eq!(nodes.len(), 20);
    assert!(nodes.iter().all(|node| node["ready"] == true && node["lastOperation"]["kind"] == "WORKSPACE_CREATE"));
    assert_eq!(twenty, two, "for workspaces");

    let (service, operation) = scene.launch("valkey", "Cache", json!([])).await;
    assert_eq!(scene.ada.ended(&operation).await, "SUCCEEDED");
    let service = Uuid::parse_str(&service).unwrap();
    add_services(&scene, service, 1..2).await;
    let (two, answer) = statements(&scene, SERVICES).await;
    assert_eq!(answer["workspace"]["services"].as_array().unwrap().len(), 2);
    add_services(&scene, service, 2..20).await;
    let (twenty, answer) = statements(&scene, SERVICES).await;
    let services = answer["workspace"]["services"].as_array().unwrap();
    assert_eq!((services.len(), &answer["workspace"]["serviceCount"]), (20, &json!(20)));
    assert!(services.iter().all(|service| text(&service["lastOperation"]["kind"]) == "SERVICE_LAUNCH"));
    assert!(services.iter().all(|service| service["workspace"]["serviceCount"] == 20));
    assert_eq!(twenty, two, "for services");

    let (two, _) = statements(&scene, &states(&all[..2])).await;
    let (twenty, answer) = statements(&scene, &states(&all)).await;
    assert_eq!(answer["w0"]["services"].as_array().unwrap().len(), 20);
    assert!(all.iter().enumerate().all(|(number, _)| answer[format!("w{number}")]["services"].is_array()));
    // The token and its owner; workspaces and roles; services; newest operations. Nobody asks for addresses.
    assert_eq!((two, twenty), (6, 6), "for the status of all workspaces' services");

    // However often it stands in a query, where one can go is looked up once.
    let destinations = |number| format!("d{number}: destinations {{ workspaces {{ id }} services {{ id }} }}");
    let (once, _) = statements(&scene, &format!("{{ {} }}", destinations(0))).await;
    // Each holds two of the 32 lists that may stand beside each other.
    let often = (0..16).map(destinations).collect::<Vec<_>>().join(" ");
    let (often, answer) = statements(&scene, &format!("{{ {often} }}")).await;
    assert_eq!(answer["d15"]["workspaces"].as_array().unwrap().len(), 20);
    assert_eq!(answer["d15"]["services"].as_array().unwrap().len(), 20);
    assert_eq!(often, once, "for where one can go");

    // What the viewer is in a workspace is looked up once for all that an answer tells of it.
    let (alone, _) = statements(&scene, "query($id: ID!) { workspace(id: $id) { name } }").await;
    let (lists, _) = statements(&scene, LISTS).await;
    // A count and a page of each, and the names of whoever supports.
    assert_eq!(lists - alone, 7, "for the lists of a workspace");
}
