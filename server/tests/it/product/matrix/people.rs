//! Everyone who asks, and what they ask about.

use crate::support::{Api, Person, Server, add_member, hold, make_workspace, newcomer, person, text};
use serde_json::{Value, json};
use uuid::Uuid;

/// The columns of the table.
pub const COLUMNS: [&str; 13] = [
    "nobody",
    "stranger",
    "guest",
    "user",
    "admin",
    "owner",
    "viewer",
    "operator",
    "staff",
    "supporter",
    "reader",
    "writer",
    "newcomer",
];

/// Ids of one workspace's things.
#[derive(Clone)]
pub struct Place {
    /// The workspace.
    pub workspace: String,
    /// A service that runs.
    pub service: String,
    /// Its pod.
    pub pod: String,
    /// The pod's container.
    pub container: String,
    /// A service on which an operation is open.
    pub busy: String,
    /// An operation that has succeeded.
    pub operation: String,
    /// A support grant that has ended.
    pub grant: String,
    /// A member who is a guest.
    pub guest: String,
    /// Another member, whom nobody asks as.
    pub spare: String,
    /// A token of somebody who is in no column.
    pub token: String,
}

impl Place {
    /// Ids that name nothing.
    pub fn nowhere() -> Self {
        let id = || Uuid::now_v7().simple().to_string();
        Self {
            workspace: id(),
            service: id(),
            pod: "no-pod".to_owned(),
            container: "none".to_owned(),
            busy: id(),
            operation: id(),
            grant: id(),
            guest: id(),
            spare: id(),
            token: id(),
        }
    }
}

/// A server with everyone on it.
pub struct World {
    /// The server.
    pub server: Server,
    /// Everyone, in the order of [`COLUMNS`].
    pub people: Vec<Api>,
    /// Addresses and roles of the members among them, and of the spare one.
    pub members: Vec<(&'static str, String, &'static str)>,
    /// The workspace's first owner, who is in no column.
    pub keeper: Api,
    /// What is asked about.
    pub place: Place,
}

impl World {
    /// Makes all of it.
    pub async fn new() -> Self {
        let server = Server::start_with(&[("LIMITS__SIGN_INS_PER_MINUTE", "1000")]).await;
        let keeper = person(&server, "Keeper", "member").await.api;
        let (workspace, namespace) = make_workspace(&keeper, "Shop").await;
        let (mut people, mut members) = (Vec::new(), Vec::new());
        let mut guest = String::new();
        for (column, platform, role) in [
            ("stranger", "member", None),
            ("guest", "member", Some("GUEST")),
            ("user", "member", Some("USER")),
            ("admin", "member", Some("ADMIN")),
            ("owner", "member", Some("OWNER")),
            ("viewer", "viewer", None),
            ("operator", "operator", None),
            ("staff", "admin", None),
            ("supporter", "admin", None),
        ] {
            let made = person(&server, column, platform).await;
            if let Some(role) = role {
                add_member(&keeper, &workspace, &made.email, role).await;
                members.push((column, made.email.clone(), role));
            }
            if column == "guest" {
                guest.clone_from(&made.id);
            }
            people.push(made.api);
        }
        let spare = person(&server, "spare", "member").await;
        add_member(&keeper, &workspace, &spare.email, "GUEST").await;
        members.push(("spare", spare.email, "GUEST"));
        let owner = &people[4];
        let (reader, writer) = (owner.token(&["READ"]).await, owner.token(&["WRITE"]).await);
        keeper.token(&["READ"]).await;
        let tokens = keeper.ask("{ viewer { accessTokens { id } } }", json!({})).await;
        let token = text(&tokens["viewer"]["accessTokens"][0]["id"]);
        let grant = ended_grant(&people[8], &workspace).await;
        people.insert(0, server.visitor());
        people.push(Api::with_token(server.address(), &reader));
        people.push(Api::with_token(server.address(), &writer));
        let Person { api, email, .. } = newcomer(&server, "newcomer").await;
        add_member(&keeper, &workspace, &email, "OWNER").await;
        people.push(api);
        assert_eq!(people.len(), COLUMNS.len());

        let (service, operation) = launch(&keeper, &workspace, "Flows").await;
        assert_eq!(keeper.ended(&operation).await, "SUCCEEDED");
        let pods = "query($id: ID!) { service(id: $id) { pods { name containers { name } } } }";
        let pods = keeper.ask(pods, json!({ "id": service })).await;
        let pod = &pods["service"]["pods"][0];
        let (pod, container) = (text(&pod["name"]), text(&pod["containers"][0]["name"]));
        hold(&namespace).await;
        let (busy, _) = launch(&keeper, &workspace, "Held").await;
        let place = Place { workspace, service, pod, container, busy, operation, grant, guest, spare: spare.id, token };
        Self { server, people, members, keeper, place }
    }
}

/// Opens a grant, ends it, and opens another; the id of the one that has ended.
async fn ended_grant(supporter: &Api, workspace: &str) -> String {
    let open = "mutation($input: OpenSupportGrantInput!) { openSupportGrant(input: $input) { supportGrant { id } } }";
    let input = json!({ "input": { "workspaceId": workspace, "reason": "They asked for help", "hours": 1 } });
    let opened = supporter.ask(open, input.clone()).await;
    let id = text(&opened["openSupportGrant"]["supportGrant"]["id"]);
    let end = "mutation($id: ID!) { endSupportGrant(input: { id: $id }) { supportGrant { open } } }";
    let ended = supporter.ask(end, json!({ "id": id })).await;
    assert_eq!(ended["endSupportGrant"]["supportGrant"]["open"], Value::Bool(false));
    supporter.ask(open, input).await;
    id
}

async fn launch(by: &Api, workspace: &str, name: &str) -> (String, String) {
    let input = json!({ "input": { "workspaceId": workspace, "app": "uptime-kuma", "name": name } });
    let made = by.ask(crate::support::LAUNCH, input).await["launchService"].clone();
    (text(&made["service"]["id"]), text(&made["operation"]["id"]))
}
