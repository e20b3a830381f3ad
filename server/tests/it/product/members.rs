//! Members of a workspace: added, found, changed, removed; and what they have open ends with their rights.

use crate::support::{Api, Person, Server, add_member, make_workspace, person, text};
use serde_json::{Value, json};
use std::time::{Duration, Instant};

const ADD: &str =
    "mutation($input: AddMemberInput!) { addMember(input: $input) { member { personId name email role } } }";
const CHANGE: &str = "mutation($input: ChangeMemberRoleInput!) { changeMemberRole(input: $input) { member { role } workspace { viewerRole } } }";
const REMOVE: &str = "mutation($input: RemoveMemberInput!) { removeMember(input: $input) { personId } }";
const LEAVE: &str = "mutation($id: ID!) { leaveWorkspace(input: { workspaceId: $id }) { personId } }";
const TRANSFER: &str = "mutation($input: TransferWorkspaceInput!) { transferWorkspace(input: $input) {
    member { role } workspace { viewerRole } } }";
const WATCH: &str = "subscription($id: ID!) { workspaceChanged(id: $id) { viewerRole members { totalCount } } }";
/// Told by the event, and not found by a look at intervals.
const AT_ONCE: Duration = Duration::from_secs(1);

/// A server; Olga, who owns a workspace; the workspace's id.
async fn owned() -> (Server, Person, String) {
    let server = Server::start().await;
    let olga = person(&server, "Olga", "member").await;
    let (workspace, _) = make_workspace(&olga.api, "Shop").await;
    (server, olga, workspace)
}

fn input(workspace: &str, more: Value) -> Value {
    let mut input = more;
    input["workspaceId"] = json!(workspace);
    json!({ "input": input })
}

/// Names and roles as one person sees them.
async fn listed(api: &Api, workspace: &str, search: &str) -> Vec<String> {
    let query =
        "query($id: ID!, $search: String) { workspace(id: $id) { members(search: $search) { nodes { name role } } } }";
    let found = api.ask(query, json!({ "id": workspace, "search": search })).await;
    let nodes = found["workspace"]["members"]["nodes"].as_array().unwrap().clone();
    nodes.iter().map(|member| format!("{} {}", text(&member["name"]), text(&member["role"]))).collect()
}

#[tokio::test]
async fn whoever_has_made_a_workspace_and_left_it_is_told_nothing_of_it_by_the_same_request_again() {
    let (server, olga, _) = owned().await;
    let bob = person(&server, "Bob", "member").await;
    let create = "mutation { createWorkspace(input: { name: \"Till\", idempotencyKey: \"once\" }) {
        workspace { id name viewerRole } } }";
    let made = olga.api.ask(create, json!({})).await;
    assert_eq!(olga.api.ask(create, json!({})).await, made, "sent twice, it is done once");
    let id = text(&made["createWorkspace"]["workspace"]["id"]);
    add_member(&olga.api, &id, &bob.email, "OWNER").await;
    olga.api.ask(LEAVE, json!({ "id": id })).await;
    assert_eq!(olga.api.try_ask(create, json!({})).await.unwrap_err().code, "NOT_FOUND");
}

#[tokio::test]
async fn members_are_added_by_address_and_found_by_name() {
    let (server, olga, shop) = owned().await;
    let (bob, eve) = (person(&server, "bob", "member").await, person(&server, "Eve", "member").await);
    let add = |email: &str, role: &str| input(&shop, json!({ "email": email, "role": role }));
    let added = olga.api.ask(ADD, add(" BOB@example.com", "USER")).await;
    assert_eq!(
        added["addMember"]["member"],
        json!({ "personId": bob.id, "name": "bob", "email": "bob@example.com", "role": "USER" })
    );
    assert_eq!(olga.api.ask(ADD, add("bob@example.com", "USER")).await, added, "sent twice, it is done once");
    for (email, role, code) in [
        ("bob@example.com", "GUEST", "ALREADY_MEMBER"),
        ("olga@example.com", "GUEST", "ALREADY_MEMBER"),
        ("nobody@example.com", "USER", "UNKNOWN_PERSON"),
        ("nobody", "USER", "INVALID_FORMAT"),
    ] {
        let refused = olga.api.try_ask(ADD, add(email, role)).await.unwrap_err();
        assert_eq!(refused.fields(), [("email".to_owned(), code.to_owned())], "{email}");
    }
    olga.api.ask(ADD, add("eve@example.com", "GUEST")).await;
    assert_eq!(
        listed(&bob.api, &shop, "").await,
        ["bob USER", "Eve GUEST", "Olga OWNER"],
        "by name, whatever the case"
    );
    assert_eq!(listed(&eve.api, &shop, "EVE@").await, ["Eve GUEST"]);
    assert_eq!(
        listed(&eve.api, &shop, "o").await,
        ["bob USER", "Eve GUEST", "Olga OWNER"],
        "addresses are searched too"
    );
    assert_eq!(listed(&eve.api, &shop, "lga").await, ["Olga OWNER"]);
    assert_eq!(listed(&eve.api, &shop, "100%_\\").await, Vec::<String>::new(), "what LIKE knows is text");
    let mut seen = Vec::new();
    let mut after = Value::Null;
    loop {
        let query = "query($id: ID!, $after: String) { workspace(id: $id) { members(first: 1, after: $after) {
            totalCount nodes { name } pageInfo { endCursor hasNextPage } } } }";
        let page = eve.api.ask(query, json!({ "id": shop, "after": after })).await["workspace"]["members"].clone();
        assert_eq!(page["totalCount"], 3);
        seen.push(text(&page["nodes"][0]["name"]));
        after = page["pageInfo"]["endCursor"].clone();
        if page["pageInfo"]["hasNextPage"] == false {
            break;
        }
    }
    assert_eq!(seen, ["bob", "Eve", "Olga"]);
    let wrong = "query($id: ID!) { workspace(id: $id) { members(after: \"no cursor\") { totalCount } } }";
    let refused = eve.api.try_ask(wrong, json!({ "id": shop })).await.unwrap_err();
    assert_eq!(refused.fields(), [("after".to_owned(), "INVALID_FORMAT".to_owned())]);
}

#[tokio::test]
async fn of_two_editors_one_wins_and_the_other_is_told() {
    let (server, olga, shop) = owned().await;
    let bob = person(&server, "Bob", "member").await;
    add_member(&olga.api, &shop, &bob.email, "GUEST").await;
    let change = |role: &str, expected: &str| {
        input(&shop, json!({ "personId": bob.id, "role": role, "expectedRole": expected }))
    };
    let changed = olga.api.ask(CHANGE, change("USER", "GUEST")).await;
    assert_eq!(changed["changeMemberRole"]["member"]["role"], "USER");
    assert_eq!(olga.api.ask(CHANGE, change("USER", "GUEST")).await, changed, "sent twice, it is done once");
    assert_eq!(olga.api.try_ask(CHANGE, change("ADMIN", "GUEST")).await.unwrap_err().code, "CONFLICT");
    assert_eq!(listed(&olga.api, &shop, "bob").await, ["Bob USER"]);

    // Two change him at once: whoever comes second has seen another role.
    let (one, two) = tokio::join!(
        olga.api.try_ask(CHANGE, change("ADMIN", "USER")),
        olga.api.try_ask(CHANGE, change("GUEST", "USER"))
    );
    let codes: Vec<String> = [one, two].into_iter().filter_map(|answer| answer.err().map(|e| e.code)).collect();
    assert_eq!(codes, ["CONFLICT"]);
}

#[tokio::test]
async fn admins_leave_owners_alone_and_the_last_owner_stays() {
    let (server, olga, shop) = owned().await;
    let (ann, bob) = (person(&server, "Ann", "member").await, person(&server, "Bob", "member").await);
    add_member(&olga.api, &shop, &ann.email, "ADMIN").await;
    add_member(&ann.api, &shop, &bob.email, "USER").await;
    let change = |who: &Person, role: &str, expected: &str| {
        input(&shop, json!({ "personId": who.id, "role": role, "expectedRole": expected }))
    };
    let who = |who: &Person| input(&shop, json!({ "personId": who.id }));
    for (query, variables) in [
        (CHANGE, change(&olga, "ADMIN", "OWNER")),
        (CHANGE, change(&bob, "OWNER", "USER")),
        (CHANGE, change(&ann, "OWNER", "ADMIN")),
        (REMOVE, who(&olga)),
        (ADD, input(&shop, json!({ "email": "nobody@example.com", "role": "OWNER" }))),
    ] {
        let refused = ann.api.try_ask(query, variables.clone()).await.unwrap_err();
        assert_eq!(refused.code, "FORBIDDEN", "{query} {variables}");
    }
    for (query, variables) in
        [(CHANGE, change(&olga, "ADMIN", "OWNER")), (REMOVE, who(&olga)), (LEAVE, json!({ "id": shop }))]
    {
        let refused = olga.api.try_ask(query, variables).await.unwrap_err();
        assert_eq!((refused.code.as_str(), refused.status), ("LAST_OWNER", 200), "{query}");
    }

    let transfer = |confirm: &str| input(&shop, json!({ "personId": ann.id, "confirmName": confirm }));
    let refused = olga.api.try_ask(TRANSFER, transfer("shop")).await.unwrap_err();
    assert_eq!(refused.fields(), [("confirmName".to_owned(), "DOES_NOT_MATCH".to_owned())]);
    let given = olga.api.ask(TRANSFER, transfer("Shop")).await;
    assert_eq!(
        given["transferWorkspace"],
        json!({ "member": { "role": "OWNER" }, "workspace": { "viewerRole": "ADMIN" } })
    );
    assert_eq!(listed(&olga.api, &shop, "").await, ["Ann OWNER", "Bob USER", "Olga ADMIN"]);
    assert_eq!(olga.api.try_ask(REMOVE, who(&ann)).await.unwrap_err().code, "FORBIDDEN");

    // Anyone may have less, and go.
    let lowered = bob.api.ask(CHANGE, change(&bob, "GUEST", "USER")).await;
    assert_eq!(lowered["changeMemberRole"]["workspace"]["viewerRole"], "GUEST");
    assert_eq!(bob.api.try_ask(CHANGE, change(&bob, "USER", "GUEST")).await.unwrap_err().code, "FORBIDDEN");
    bob.api.ask(LEAVE, json!({ "id": shop })).await;
    assert_eq!(bob.api.try_ask(LEAVE, json!({ "id": shop })).await.unwrap_err().code, "NOT_FOUND");
    olga.api.ask(LEAVE, json!({ "id": shop })).await;
    assert_eq!(listed(&ann.api, &shop, "").await, ["Ann OWNER"]);

    let db = server::db::connect(&server.database().into()).await.unwrap();
    let rows = server::domain::audit::all(db.read()).await.unwrap();
    let mut actions: Vec<&str> = rows.iter().filter(|row| row.phase == "done").map(|row| row.action.as_str()).collect();
    actions.retain(|action| action.starts_with("member.") || *action == "workspace.transfer");
    assert_eq!(
        actions,
        ["member.add", "member.add", "workspace.transfer", "member.change", "member.leave", "member.leave"],
        "what was refused is not there"
    );
    assert_eq!(server::domain::audit::first_broken(&rows), None);
}

#[tokio::test]
async fn two_owners_who_leave_at_once_leave_one_behind() {
    let (server, olga, shop) = owned().await;
    let ann = person(&server, "Ann", "member").await;
    add_member(&olga.api, &shop, &ann.email, "OWNER").await;
    let leave = || json!({ "id": shop });
    let (one, two) = tokio::join!(olga.api.try_ask(LEAVE, leave()), ann.api.try_ask(LEAVE, leave()));
    let codes: Vec<String> = [one, two].into_iter().filter_map(|answer| answer.err().map(|e| e.code)).collect();
    assert_eq!(codes, ["LAST_OWNER"]);
}

#[tokio::test]
async fn what_members_have_open_ends_and_narrows_with_their_rights() {
    let (server, olga, shop) = owned().await;
    let bob = person(&server, "Bob", "member").await;
    add_member(&olga.api, &shop, &bob.email, "USER").await;
    let mut socket = bob.api.own_socket().await;
    let watching = socket.subscribe(WATCH, json!({ "id": shop })).await;
    let first = socket.next_of(&watching).await;
    assert_eq!(
        first["payload"]["data"]["workspaceChanged"],
        json!({ "viewerRole": "USER", "members": { "totalCount": 2 } })
    );

    let before = Instant::now();
    let lower = json!({ "personId": bob.id, "role": "GUEST", "expectedRole": "USER" });
    olga.api.ask(CHANGE, input(&shop, lower)).await;
    let next = socket.next_of(&watching).await;
    assert_eq!(next["payload"]["data"]["workspaceChanged"]["viewerRole"], "GUEST");
    assert!(before.elapsed() < AT_ONCE, "{:?}", before.elapsed());

    let before = Instant::now();
    olga.api.ask(REMOVE, input(&shop, json!({ "personId": bob.id }))).await;
    let error = loop {
        // What the lowering had still to tell may come before.
        let message = socket.next_of(&watching).await;
        let errors = if message["type"] == "error" { &message["payload"] } else { &message["payload"]["errors"] };
        if !errors.is_null() {
            break errors[0]["extensions"]["code"].clone();
        }
    };
    assert_eq!(error, "NOT_FOUND");
    assert!(before.elapsed() < AT_ONCE, "{:?}", before.elapsed());
    let own = "subscription($id: ID!) { workspaceChanged(id: $id) { name } }";
    let again = socket.subscribe(own, json!({ "id": shop })).await;
    let refused = socket.next_of(&again).await;
    assert!(refused.to_string().contains("NOT_FOUND"), "{refused}");
}

#[tokio::test]
async fn whoever_watches_sees_members_come_and_go() {
    let (server, olga, shop) = owned().await;
    let bob = person(&server, "Bob", "member").await;
    let mut socket = olga.api.own_socket().await;
    let adding = async {
        add_member(&olga.api, &shop, &bob.email, "GUEST").await;
    };
    let query = "subscription($id: ID!) { workspaceChanged(id: $id) { members(search: \"bob\") { nodes { role } } } }";
    let seen = |data: &Value| data["workspaceChanged"]["members"]["nodes"] == json!([{ "role": "GUEST" }]);
    let (_, ()) = tokio::join!(socket.until(query, json!({ "id": shop }), seen), adding);
}

#[tokio::test]
async fn one_person_tries_so_many_addresses_and_no_more() {
    let (_server, olga, shop) = owned().await;
    // Each two seconds one more is let through, so a slow machine tries a few more.
    for number in 0..200 {
        let add = input(&shop, json!({ "email": format!("{number}@example.com"), "role": "GUEST" }));
        let code = olga.api.try_ask(ADD, add).await.unwrap_err().code;
        if code == "RATE_LIMITED" {
            assert!(number >= 30, "after {number}");
            return;
        }
        assert_eq!(code, "INVALID_INPUT", "{number}");
    }
    panic!("nothing slows them down");
}
