//! What the tests of the whole product stand on: the real binary on a real control plane, and people who use its API.
//!
//! `make test` names what is needed; without it the tests fail and say so, since a check that silently does nothing
//! would be none.

mod api;
mod database;
mod metrics;
mod people;
mod pods;
mod process;
mod socket;

pub use api::{Api, Refused};
pub use database::{fresh_database, fresh_postgres};
pub use metrics::{METRICS, figure};
pub use people::{Person, add_member, newcomer, person};
pub use pods::{hold, let_go};
pub use process::{Server, cluster};
pub use socket::Socket;

use serde_json::{Value, json};

/// The password that people of the tests choose.
pub const PASSWORD: &str = "a long enough password";

/// A person with a workspace that is ready, on a server of their own.
pub struct Scene {
    /// The server.
    pub server: Server,
    /// The person: an Admin of the platform.
    pub ada: Api,
    /// Their workspace's id.
    pub workspace: String,
    /// Its namespace.
    pub namespace: String,
}

impl Scene {
    /// Starts a server, signs in, and makes a workspace.
    pub async fn new() -> Self {
        let server = Server::start().await;
        let ada = server.admin().await;
        let (workspace, namespace) = make_workspace(&ada, "Shop").await;
        Self { server, ada, workspace, namespace }
    }

    /// Launches an app; ids of service and operation.
    pub async fn launch(&self, app: &str, name: &str, values: Value) -> (String, String) {
        let made = self
            .ada
            .ask(
                LAUNCH,
                json!({ "input": {
                    "workspaceId": self.workspace, "app": app, "name": name, "values": values,
                }}),
            )
            .await;
        let made = &made["launchService"];
        (text(&made["service"]["id"]), text(&made["operation"]["id"]))
    }
}

/// The mutation that launches.
pub const LAUNCH: &str = "mutation($input: LaunchServiceInput!) { launchService(input: $input) {
    service { id name releaseName namespace } operation { id } } }";

/// Makes a workspace and waits until its namespace is there.
pub async fn make_workspace(api: &Api, name: &str) -> (String, String) {
    let made = api
        .ask(
            "mutation($input: CreateWorkspaceInput!) { createWorkspace(input: $input) {
                workspace { id namespace } operation { id } } }",
            json!({ "input": { "name": name } }),
        )
        .await;
    let made = &made["createWorkspace"];
    assert_eq!(api.ended(&text(&made["operation"]["id"])).await, "SUCCEEDED");
    (text(&made["workspace"]["id"]), text(&made["workspace"]["namespace"]))
}

/// A JSON string's text.
pub fn text(value: &Value) -> String {
    value.as_str().unwrap_or_else(|| panic!("{value} is no text")).to_owned()
}
