//! The golden matrix: every root field of the API by everyone. The answers stand in `table.txt`, the right that guards each
//! type in `types.txt`; what is in neither fails here.

mod lines;
mod people;

use crate::support::{Api, Refused, Server, text};
use lines::{LINES, Line};
use people::{COLUMNS, Place, World};
use serde_json::{Value, json};
use shared::policy::{PlatformAction, WorkspaceAction};
use std::{
    collections::BTreeSet,
    fmt::Write,
    time::{Duration, Instant},
};

const TABLE: &str = include_str!("table.txt");
const TYPES: &str = include_str!("types.txt");

/// The lines of a table, without what explains it.
fn rows(text: &str) -> impl Iterator<Item = &str> {
    text.lines().filter(|line| !line.is_empty() && !line.starts_with('#'))
}

/// What an answer is in the table.
fn letter(line: &Line, answer: &Result<Value, Refused>) -> char {
    let refused = match answer {
        Ok(data) => {
            let root = data.as_object().and_then(|data| data.values().next());
            return if root.is_none_or(Value::is_null) { '0' } else { '+' };
        }
        Err(refused) => refused,
    };
    let why = refused.errors[0]["extensions"]["params"]["why"].as_str();
    match (refused.code.as_str(), why) {
        ("UNAUTHENTICATED", _) => 'U',
        ("NOT_FOUND", _) => 'N',
        ("PASSWORD_CHANGE_REQUIRED", _) => 'p',
        ("FORBIDDEN", Some("role")) => 'r',
        ("FORBIDDEN", Some("scope")) => 's',
        ("FORBIDDEN", Some("session")) => 'x',
        ("INVALID_INPUT", _) => 'i',
        ("CONFLICT", _) => 'c',
        ("BUSY", _) => 'b',
        ("SIGN_UP_CLOSED", _) => 'o',
        _ => panic!("{}: an answer that is in no table: {refused:?}", line.field),
    }
}

/// Asks, over HTTP or a socket; the answer, or why not.
async fn ask(api: &Api, line: &Line, place: &Place) -> Result<Value, Refused> {
    let variables = (line.variables)(place);
    if !line.field.starts_with("Subscription.") {
        return api.try_ask(line.query, variables).await;
    }
    let mut socket = api.own_socket().await;
    let id = socket.subscribe(line.query, variables).await;
    let message = socket.next_of(&id).await;
    let errors = match message["type"].as_str() {
        Some("error") => message["payload"].clone(),
        Some("next") if message["payload"]["errors"].is_null() => return Ok(message["payload"]["data"].clone()),
        Some("next") => message["payload"]["errors"].clone(),
        _ => panic!("{}: {message}", line.field),
    };
    Err(Refused { status: 0, code: text(&errors[0]["extensions"]["code"]), errors })
}

#[tokio::test]
async fn each_root_field_answers_everyone_as_the_table_says() {
    let world = World::new().await;
    let mut table = String::new();
    for line in LINES {
        let _ = write!(table, "{:36}", line.field);
        for (column, api) in COLUMNS.iter().zip(&world.people) {
            let answer = ask(api, line, &world.place).await;
            let letter = letter(line, &answer);
            table.push(letter);
            if letter == '+'
                && let Some(member) = line.puts_back
            {
                put_back(&world, if member == "self" { column } else { member }).await;
            }
        }
        table.push('\n');
    }
    assert!(!world.server.log().contains("a request failed"), "none of these is a fault of ours");
    let golden: String = rows(TABLE).flat_map(|row| [row, "\n"]).collect();
    assert_eq!(table, golden, "the rows are what the server answers now:\n{table}");
}

/// Adds a member again who has been removed or has left. A program acts for the owner.
async fn put_back(world: &World, column: &str) {
    let column = if column == "writer" { "owner" } else { column };
    let (_, email, role) = world.members.iter().find(|(name, ..)| *name == column).expect("a member");
    crate::support::add_member(&world.keeper, &world.place.workspace, email, role).await;
}

/// Names of a kind of the schema's types, without those of introspection.
async fn schema(server: &Server) -> Value {
    let query = "{ __schema {
        queryType { name fields { name } } mutationType { name fields { name } } subscriptionType { name fields { name } }
        types { kind name }
    } }";
    server.visitor().ask(query, json!({})).await["__schema"].clone()
}

#[tokio::test]
async fn each_root_field_and_each_type_is_listed() {
    let server = Server::start().await;
    let schema = schema(&server).await;
    let mut fields = BTreeSet::new();
    for root in ["queryType", "mutationType", "subscriptionType"] {
        for field in schema[root]["fields"].as_array().unwrap() {
            fields.insert(format!("{}.{}", text(&schema[root]["name"]), text(&field["name"])));
        }
    }
    let roots = ["Query.", "Mutation.", "Subscription."];
    let asked: BTreeSet<String> = LINES
        .iter()
        .filter(|line| roots.iter().any(|root| line.field.starts_with(root)))
        .map(|line| line.field.to_owned())
        .collect();
    assert_eq!(asked, fields, "each root field has a line in lines.rs and in table.txt, and each line its field");

    let types: BTreeSet<String> = schema["types"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|kind| kind["kind"] == "OBJECT")
        .map(|kind| text(&kind["name"]))
        .filter(|name| !name.starts_with("__"))
        .collect();
    let guards: Vec<(&str, &str)> = rows(TYPES).map(|row| row.split_once(' ').expect("a type and its right")).collect();
    let listed: BTreeSet<String> = guards.iter().map(|(name, _)| (*name).to_owned()).collect();
    assert_eq!(listed, types, "each type has a line in types.txt, and each line its type");
    assert_eq!(listed.len(), guards.len(), "no type stands there twice");

    let rights: BTreeSet<String> = PlatformAction::ALL
        .iter()
        .map(|action| format!("{action:?}"))
        .chain(WorkspaceAction::ALL.iter().map(|action| format!("{action:?}")))
        .chain(["Anyone", "Oneself"].map(str::to_owned))
        .collect();
    for (name, guard) in guards {
        for right in guard.split('|').map(str::trim) {
            assert!(rights.contains(right), "{name}: there is no right {right}");
        }
    }
}

/// An answer without what tells one request from another.
fn plain(answer: Result<Value, Refused>) -> Result<Value, String> {
    answer.map_err(|refused| {
        let mut errors = refused.errors;
        for error in errors.as_array_mut().into_iter().flatten() {
            error["extensions"].as_object_mut().expect("extensions").remove("requestId");
        }
        errors.to_string()
    })
}

#[tokio::test]
async fn ids_of_another_workspace_are_as_good_as_made_up() {
    let world = World::new().await;
    let column = |name: &str| COLUMNS.iter().position(|column| *column == name).unwrap();
    // Signing out would end the asking.
    let about_things = |line: &&Line| line.field != "Mutation.signOut";
    for outsider in ["nobody", "stranger", "viewer", "operator"] {
        let api = &world.people[column(outsider)];
        for line in LINES.iter().filter(about_things) {
            let theirs = plain(ask(api, line, &world.place).await);
            let made_up = plain(ask(api, line, &Place::nowhere()).await);
            assert_eq!(theirs, made_up, "{} by {outsider}", line.field);
        }
    }
    // Staff see that a workspace is there, and nothing in it.
    let staff = &world.people[column("staff")];
    let inside = [
        "Query.service",
        "Query.operation",
        "Mutation.restartService",
        "Mutation.deleteService",
        "Mutation.retryOperation",
        "Mutation.cancelOperation",
        "Mutation.endSupportGrant",
        "Subscription.serviceChanged",
        "Subscription.operationChanged",
        "Subscription.serviceLogs",
        "Subscription.serviceUsage",
        "Mutation.createLogDownload",
    ];
    for line in LINES.iter().filter(|line| inside.contains(&line.field)) {
        let theirs = plain(ask(staff, line, &world.place).await);
        assert_eq!(theirs, plain(ask(staff, line, &Place::nowhere()).await), "{} by staff", line.field);
    }
    time_tells_nothing(&world, &world.people[column("stranger")]).await;
}

/// What is refused takes as long as what is not there. As much is looked up for both (`Actor::permit_thing`), so a factor that
/// noise does not reach would still show one more look by a password hash or by the cluster; the two are asked in turn, so that
/// what else the machine does meets both.
async fn time_tells_nothing(world: &World, stranger: &Api) {
    for field in ["Query.workspace", "Query.service", "Query.operation", "Mutation.restartService"] {
        let line = LINES.iter().find(|line| line.field == field).unwrap();
        let (mut theirs, mut made_up) = (Vec::new(), Vec::new());
        for _ in 0..48 {
            let before = Instant::now();
            drop(ask(stranger, line, &world.place).await);
            theirs.push(before.elapsed());
            let nowhere = Place::nowhere();
            let before = Instant::now();
            drop(ask(stranger, line, &nowhere).await);
            made_up.push(before.elapsed());
        }
        let median = |times: &mut Vec<Duration>| {
            times.sort();
            times[times.len() / 2]
        };
        let (theirs, made_up) = (median(&mut theirs), median(&mut made_up));
        assert!(theirs < made_up * 3 && made_up < theirs * 3, "{field}: {theirs:?} and {made_up:?}");
    }
}
