//! The people of the platform: what Admins do with them, how they join, links for one use, own sessions.

mod joining;
mod links;
mod rights;
mod sessions;

use crate::support::{Api, PASSWORD, Refused, Server, text};
use serde_json::{Value, json};

const INVITE: &str = "mutation($input: CreateInvitationInput!) { createInvitation(input: $input) {
    link invitation { id email platformRole createdBy } } }";
const ACCEPT: &str = "mutation($input: AcceptInvitationInput!) { acceptInvitation(input: $input) {
    viewer { id name email platformRole mustChangePassword } } }";
const RESET: &str = "mutation($id: ID!) { createPasswordReset(input: { personId: $id }) { link expiresAt } }";
const CHOOSE: &str = "mutation($input: ResetPasswordInput!) { resetPassword(input: $input) { reset } }";
const ROLE: &str = "mutation($input: ChangePlatformRoleInput!) { changePlatformRole(input: $input) {
    person { platformRole version } } }";
const REMOVE: &str = "mutation($input: RemovePersonInput!) { removePerson(input: $input) { removedId } }";
const SETTINGS: &str = "mutation($input: UpdateSettingsInput!) { updateSettings(input: $input) {
    settings { signUpMode version } } }";
const GOOD: &str =
    "query($kind: OneTimeLinkKind!, $secret: String!) { oneTimeLink(kind: $kind, secret: $secret) { email } }";
const VIEWER: &str = "{ viewer { id email name platformRole } }";

/// A server on which many may try at once.
async fn server() -> Server {
    Server::start_with(&[("LIMITS__SIGN_INS_PER_MINUTE", "1000")]).await
}

/// The secret of a link that leads to a page of the console.
fn secret_of(link: &Value, page: &str) -> String {
    let link = text(link);
    let secret = link.strip_prefix(&format!("http://127.0.0.1:8080/{page}#"));
    let secret = secret.unwrap_or_else(|| panic!("{link} does not lead to {page}"));
    assert_eq!(secret.len(), 43, "256 bits");
    secret.to_owned()
}

/// An invitation's secret.
async fn invite(admin: &Api, email: &str, role: &str) -> String {
    let made = admin.ask(INVITE, json!({ "input": { "email": email, "platformRole": role } })).await;
    secret_of(&made["createInvitation"]["link"], "invitation")
}

async fn accept(visitor: &Api, secret: &str, name: &str) -> Result<Value, Refused> {
    let input = json!({ "input": { "secret": secret, "name": name, "password": PASSWORD } });
    visitor.try_ask(ACCEPT, input).await
}

/// Somebody who was invited and is signed in; their id.
async fn person(server: &Server, admin: &Api, name: &str, role: &str) -> (Api, String) {
    let email = format!("{}@example.com", name.to_lowercase());
    let secret = invite(admin, &email, role).await;
    let api = server.visitor();
    let made = accept(&api, &secret, name).await.unwrap();
    (api, text(&made["acceptInvitation"]["viewer"]["id"]))
}

async fn is_good(visitor: &Api, kind: &str, secret: &str) -> bool {
    visitor.ask(GOOD, json!({ "kind": kind, "secret": secret })).await["oneTimeLink"].is_object()
}

/// The secret of a link that resets a person's password.
async fn reset_link(admin: &Api, id: &str) -> String {
    let made = admin.ask(RESET, json!({ "id": id })).await;
    secret_of(&made["createPasswordReset"]["link"], "reset")
}

async fn version_of(admin: &Api, id: &str) -> i64 {
    let found = admin.ask("query($id: ID!) { person(id: $id) { version } }", json!({ "id": id })).await;
    found["person"]["version"].as_i64().expect("there is such a person")
}

async fn change_role(admin: &Api, id: &str, role: &str) -> Result<Value, Refused> {
    let version = version_of(admin, id).await;
    admin.try_ask(ROLE, json!({ "input": { "id": id, "version": version, "role": role } })).await
}

/// A refusal without what differs from request to request.
fn bare(refused: &Refused) -> (u16, String, Value) {
    let mut error = refused.errors[0].clone();
    error["extensions"].as_object_mut().unwrap().remove("requestId");
    (refused.status, refused.code.clone(), error)
}

/// The actions and phases of the audit, oldest first.
async fn audit(server: &Server) -> Vec<(String, String)> {
    let db = server::db::connect(&server.database().into()).await.unwrap();
    let rows = server::domain::audit::all(db.read()).await.unwrap();
    assert_eq!(server::domain::audit::first_broken(&rows), None);
    rows.into_iter().map(|row| (row.action, row.phase)).collect()
}
