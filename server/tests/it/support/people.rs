//! People of the tests beside the first Admin.

use super::{Api, PASSWORD, Server, text};
use serde_json::json;
use std::process::Stdio;
use tokio::io::AsyncWriteExt;

/// Somebody with an account.
pub struct Person {
    /// What they ask with.
    pub api: Api,
    /// Their id.
    pub id: String,
    /// Their address.
    pub email: String,
}

/// Makes a person of this role in the platform (`member`, `viewer`, `operator`, `admin`), and signs them in.
pub async fn person(server: &Server, name: &str, role: &str) -> Person {
    let email = format!("{}@example.com", name.to_lowercase());
    let mut child = server
        .command(&["admin", "create", "--email", &email, "--name", name, "--role", role, "--password-stdin"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(PASSWORD.as_bytes()).await.unwrap();
    let made = child.wait_with_output().await.unwrap();
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    assert!(!String::from_utf8_lossy(&made.stdout).contains(PASSWORD), "a given password is not printed");
    let mut api = server.visitor();
    api.sign_in(&email, PASSWORD).await.unwrap();
    let id = text(&api.ask("{ viewer { id } }", json!({})).await["viewer"]["id"]);
    Person { api, id, email }
}

/// Makes a person who has to change their password first, and signs them in.
pub async fn newcomer(server: &Server, name: &str) -> Person {
    let email = format!("{}@example.com", name.to_lowercase());
    let made = server.command(&["admin", "create", "--email", &email, "--name", name, "--must-change"]).output().await;
    let made: serde_json::Value = serde_json::from_slice(&made.unwrap().stdout).unwrap();
    let mut api = server.visitor();
    api.sign_in(&email, &text(&made["password"])).await.unwrap();
    let id = text(&api.ask("{ viewer { id } }", json!({})).await["viewer"]["id"]);
    Person { api, id, email }
}

/// Adds a person to a workspace.
pub async fn add_member(by: &Api, workspace: &str, email: &str, role: &str) {
    let add = "mutation($input: AddMemberInput!) { addMember(input: $input) { member { role } } }";
    by.ask(add, json!({ "input": { "workspaceId": workspace, "email": email, "role": role } })).await;
}
