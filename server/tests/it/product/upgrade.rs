//! What an earlier release has written is there after its database was migrated: a dump of each released schema, with
//! data, is brought to today's.
//!
//! `tests/fixtures/schemas/<last migration>/` was written when that schema was the newest; the README there says how.

use crate::support::{Api, PASSWORD, Server, fresh_database, text};
use migration::{Migrator, MigratorTrait};
use sea_orm::{ConnectionTrait, Database};
use serde_json::json;
use std::{fs, path::PathBuf};

fn schemas() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/schemas")
}

/// The statements of a dump without what only `psql` understands, and without settings that would outlive it.
fn statements(dump: &str) -> String {
    let ours =
        |line: &&str| !["\\", "--", "SET ", "SELECT pg_catalog.set_config"].iter().any(|begin| line.starts_with(begin));
    dump.lines().filter(ours).collect::<Vec<_>>().join("\n")
}

/// A server on the dump of a schema: loaded, then migrated by the command that an operator would type.
async fn upgraded(schema: &str) -> (Server, String) {
    let data = tempfile::tempdir().unwrap();
    let url = fresh_database(data.path()).await;
    let kind = if url.starts_with("postgres") { "postgres" } else { "sqlite" };
    let folder = schemas().join(schema);
    let dump = fs::read_to_string(folder.join(format!("{kind}.sql"))).unwrap();
    let database = Database::connect(&url).await.unwrap();
    database.execute_unprepared(&statements(&dump)).await.unwrap();
    database.close().await.unwrap();
    fs::copy(folder.join(format!("{kind}.key")), data.path().join("master.key")).unwrap();
    let server = Server::existing(data, url);
    let migrated = server.command(&["migrate", "up"]).output().await.unwrap();
    assert!(migrated.status.success(), "{}", String::from_utf8_lossy(&migrated.stderr));
    (server, String::from_utf8(migrated.stdout).unwrap())
}

#[tokio::test]
async fn every_released_schema_is_brought_to_todays_with_its_data() {
    let known: Vec<String> = Migrator::migrations().iter().map(|migration| migration.name().to_owned()).collect();
    let folders = fs::read_dir(schemas()).unwrap().map(Result::unwrap).filter(|entry| entry.path().is_dir());
    let mut released: Vec<String> = folders.map(|entry| entry.file_name().into_string().unwrap()).collect();
    released.sort();
    assert!(!released.is_empty(), "there is a dump to start from");
    for schema in released {
        let position = known.iter().position(|name| *name == schema);
        let later = &known[position.unwrap_or_else(|| panic!("{schema} is a migration")) + 1..];
        let (mut server, told) = upgraded(&schema).await;
        assert!(later.iter().all(|name| told.contains(name)), "{schema}: {told}");
        // Whatever an upgrade breaks can be taken back: the file was copied first.
        if !later.is_empty() && server.database().starts_with("sqlite") {
            assert_eq!(fs::read_dir(server.data().join("backups")).unwrap().count(), 1, "{schema}");
        }
        server.run().await;
        let (ada, workspace) = as_it_was(&server, &schema).await;
        if known.iter().position(|name| name == "m0004_log_downloads") <= position {
            with_people_as_they_were(&ada, &workspace, &schema).await;
        }
    }
}

/// What was written before, as the API shows it: to Ada, with the id of her workspace.
async fn as_it_was(server: &Server, schema: &str) -> (Api, String) {
    let mut ada = server.visitor();
    ada.sign_in("ada@example.com", PASSWORD).await.unwrap();
    let me = ada.ask("{ viewer { name platformRole accessTokens { name } } }", json!({})).await;
    let me = &me["viewer"];
    assert_eq!((&me["name"], &me["platformRole"]), (&json!("Ada"), &json!("ADMIN")), "{schema}");
    assert_eq!(me["accessTokens"], json!([{ "name": "kept" }]), "{schema}");
    let found =
        ada.ask("{ workspaces { totalCount nodes { id name description viewerRole ready } } }", json!({})).await;
    assert_eq!(found["workspaces"]["totalCount"], 1, "{schema}");
    let workspace = &found["workspaces"]["nodes"][0];
    let expected = json!({ "id": workspace["id"], "name": "Shop", "description": "What is sold", "viewerRole": "OWNER",
        "ready": true });
    assert_eq!(*workspace, expected, "{schema}");
    let services = "query($id: ID!) { workspace(id: $id) { services { id name } } }";
    let found = ada.ask(services, json!({ "id": workspace["id"] })).await;
    let services = &found["workspace"]["services"];
    assert_eq!(services.as_array().map(Vec::len), Some(1), "{schema}: what was deleted stays so");
    assert_eq!(services[0]["name"], "Data", "{schema}");
    let service = "query($id: ID!) { service(id: $id) { values { pointer value secret }
        lastOperation { kind state journal { code } } } }";
    let found = ada.ask(service, json!({ "id": services[0]["id"] })).await;
    let service = &found["service"];
    let values = service["values"].as_array().unwrap();
    let value = |pointer: &str| values.iter().find(|value| value["pointer"] == pointer).cloned().unwrap();
    assert_eq!(value("/postgresql/database")["value"], "ledger", "{schema}");
    // The secret is there, and stays one. That it can be opened, the sealed check value has told at the start.
    assert_eq!(value("/postgresql/password")["value"], json!(null), "{schema}");
    let last = &service["lastOperation"];
    assert_eq!((&last["kind"], &last["state"]), (&json!("SERVICE_LAUNCH"), &json!("SUCCEEDED")), "{schema}");
    assert!(!last["journal"].as_array().unwrap().is_empty(), "{schema}");
    (ada, text(&workspace["id"]))
}

/// People, members, support grants and settings.
async fn with_people_as_they_were(ada: &Api, workspace: &str, schema: &str) {
    let query = "query($id: ID!) { people { nodes { name platformRole } } settings { signUpMode }
        workspace(id: $id) { members { nodes { name role } }
            supportGrants { nodes { personName reason open endedByName } } } }";
    let found = ada.ask(query, json!({ "id": workspace })).await;
    let people = json!([
        { "name": "Bob", "platformRole": "MEMBER" },
        { "name": "Otto", "platformRole": "OPERATOR" },
        { "name": "Ada", "platformRole": "ADMIN" },
    ]);
    assert_eq!(found["people"]["nodes"], people, "{schema}");
    assert_eq!(found["settings"]["signUpMode"], "OPEN", "{schema}");
    let workspace = json!({
        "members": { "nodes": [{ "name": "Ada", "role": "OWNER" }, { "name": "Bob", "role": "USER" }] },
        "supportGrants": { "nodes": [{ "personName": "Otto", "reason": "Their ledger stands still", "open": false,
            "endedByName": "Ada" }] },
    });
    assert_eq!(found["workspace"], workspace, "{schema}");
}
