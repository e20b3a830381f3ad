//! What Admins do with people, who else may, and what must always hold.

use super::{
    INVITE, REMOVE, RESET, ROLE, SETTINGS, VIEWER, accept, audit, change_role, invite, is_good, person, reset_link,
    server, version_of,
};
use crate::support::{Api, PASSWORD, text};
use serde_json::{Value, json};
use std::time::{Duration, Instant};

const REVOKE: &str = "mutation($id: ID!) { revokeInvitation(input: { id: $id }) { revokedId } }";

/// Everything that is for Admins, with arguments that would be right.
fn for_admins(id: &str) -> Vec<(&'static str, Value)> {
    vec![
        ("{ people { totalCount } }", json!({})),
        ("{ invitations { totalCount } }", json!({})),
        ("{ settings { version } }", json!({})),
        ("query($id: ID!) { person(id: $id) { id } }", json!({ "id": id })),
        (INVITE, json!({ "input": { "email": "new@example.com", "platformRole": "ADMIN" } })),
        (RESET, json!({ "id": id })),
        (REVOKE, json!({ "id": id })),
        (ROLE, json!({ "input": { "id": id, "version": 1, "role": "ADMIN" } })),
        (REMOVE, json!({ "input": { "id": id, "version": 1 } })),
        (SETTINGS, json!({ "input": { "version": 0, "signUpMode": "OPEN" } })),
    ]
}

fn why(refused: &crate::support::Refused) -> (String, Value) {
    (refused.code.clone(), refused.errors[0]["extensions"]["params"]["why"].clone())
}

#[tokio::test]
async fn people_are_for_admins_and_their_changes_not_for_tokens() {
    let server = server().await;
    let ada = server.admin().await;
    let (bob, id) = person(&server, &ada, "Bob", "MEMBER").await;
    let (operator, _) = person(&server, &ada, "Olga", "OPERATOR").await;
    let (viewer, _) = person(&server, &ada, "Vera", "VIEWER").await;
    for (query, variables) in for_admins(&id) {
        let nobody = server.visitor().try_ask(query, variables.clone()).await.unwrap_err();
        assert_eq!(nobody.code, "UNAUTHENTICATED", "{query}");
        for other in [&bob, &operator, &viewer] {
            let refused = other.try_ask(query, variables.clone()).await.unwrap_err();
            assert_eq!(why(&refused), ("FORBIDDEN".to_owned(), json!("role")), "{query}");
        }
        // An id that names nobody is refused alike.
        let made_up = variables.to_string().replace(&id, "0190aaaabbbbccccddddeeeeffff0000");
        let refused = bob.try_ask(query, serde_json::from_str(&made_up).unwrap()).await.unwrap_err();
        assert_eq!(why(&refused), ("FORBIDDEN".to_owned(), json!("role")), "{query}");
    }
    let program = Api::with_token(server.address(), &ada.token(&["READ", "WRITE"]).await);
    for (query, variables) in for_admins(&id) {
        let answer = program.try_ask(query, variables).await;
        if query.starts_with("mutation") {
            assert_eq!(why(&answer.unwrap_err()), ("FORBIDDEN".to_owned(), json!("scope")), "{query}");
        } else {
            assert!(answer.is_ok(), "{query}: {answer:?}");
        }
    }
    assert!(
        ada.ask("query($id: ID!) { person(id: $id) { id } }", json!({ "id": "nonsense" })).await["person"].is_null()
    );
    for (query, variables) in [(RESET, json!({ "id": "nonsense" })), (REVOKE, json!({ "id": id }))] {
        assert_eq!(ada.try_ask(query, variables).await.unwrap_err().code, "NOT_FOUND", "{query}");
    }
}

#[tokio::test]
async fn the_platform_keeps_an_admin() {
    let server = server().await;
    let ada = server.admin().await;
    let ada_id = text(&ada.ask(VIEWER, json!({})).await["viewer"]["id"]);
    assert_eq!(change_role(&ada, &ada_id, "MEMBER").await.unwrap_err().code, "LAST_ADMIN");
    let input = json!({ "input": { "id": ada_id, "version": version_of(&ada, &ada_id).await } });
    assert_eq!(ada.try_ask(REMOVE, input).await.unwrap_err().code, "LAST_ADMIN");

    // Two who take the right from each other at once: one is left.
    let (bob, bob_id) = person(&server, &ada, "Bob", "ADMIN").await;
    let lower = |id: &str, version: i64| json!({ "input": { "id": id, "version": version, "role": "MEMBER" } });
    let lower_bob = lower(&bob_id, version_of(&ada, &bob_id).await);
    let lower_ada = lower(&ada_id, version_of(&ada, &ada_id).await);
    let (one, two) = tokio::join!(ada.try_ask(ROLE, lower_bob), bob.try_ask(ROLE, lower_ada));
    assert_eq!([&one, &two].into_iter().filter(|answer| answer.is_ok()).count(), 1, "{one:?} {two:?}");
    let (left, lowered) = if one.is_ok() { (&ada, &bob_id) } else { (&bob, &ada_id) };
    let own = text(&left.ask(VIEWER, json!({})).await["viewer"]["id"]);
    assert_eq!(left.ask(VIEWER, json!({})).await["viewer"]["platformRole"], "ADMIN");
    assert_eq!(change_role(left, &own, "VIEWER").await.unwrap_err().code, "LAST_ADMIN");

    // With another Admin one may lower oneself.
    change_role(left, lowered, "ADMIN").await.unwrap();
    change_role(left, &own, "MEMBER").await.unwrap();
    assert_eq!(left.ask(VIEWER, json!({})).await["viewer"]["platformRole"], "MEMBER", "without signing in again");
    assert_eq!(left.try_ask("{ people { totalCount } }", json!({})).await.unwrap_err().code, "FORBIDDEN");
}

#[tokio::test]
async fn another_role_holds_at_once() {
    let server = server().await;
    let ada = server.admin().await;
    let (bob, id) = person(&server, &ada, "Bob", "ADMIN").await;
    let made_by_bob = invite(&bob, "carol@example.com", "ADMIN").await;
    let made_by_ada = invite(&ada, "dora@example.com", "MEMBER").await;
    let mut socket = bob.socket().await;
    let stale = json!({ "input": { "id": id, "version": version_of(&ada, &id).await - 1, "role": "VIEWER" } });
    assert_eq!(ada.try_ask(ROLE, stale).await.unwrap_err().code, "CONFLICT");
    let before = Instant::now();
    let changed = change_role(&ada, &id, "VIEWER").await.unwrap();
    assert_eq!(changed["changePlatformRole"]["person"]["platformRole"], "VIEWER");
    assert_eq!(socket.receive().await, None, "what was opened with the old role is closed");
    assert!(before.elapsed() < Duration::from_secs(5), "by the event, not by the look at intervals (15 s)");
    assert_eq!(bob.ask(VIEWER, json!({})).await["viewer"]["platformRole"], "VIEWER");
    bob.socket().await;

    let visitor = server.visitor();
    assert!(!is_good(&visitor, "INVITATION", &made_by_bob).await, "their links bring nobody in any more");
    assert_eq!(accept(&visitor, &made_by_bob, "Carol").await.unwrap_err().code, "NOT_FOUND");
    assert!(is_good(&visitor, "INVITATION", &made_by_ada).await);
    let rows = audit(&server).await;
    assert!(rows.contains(&("user.change_role".to_owned(), "done".to_owned())));
}

#[tokio::test]
async fn who_is_removed_has_nothing_left_and_leaves_no_workspace_without_an_owner() {
    let server = server().await;
    let ada = server.admin().await;
    let (bob, id) = person(&server, &ada, "Bob", "MEMBER").await;
    let create = "mutation($name: String!) { createWorkspace(input: { name: $name }) { workspace { id } } }";
    for name in ["Shop", "Lab"] {
        bob.ask(create, json!({ "name": name })).await;
    }
    let remove = |version: i64| json!({ "input": { "id": id, "version": version } });
    let refused = ada.try_ask(REMOVE, remove(version_of(&ada, &id).await)).await.unwrap_err();
    assert_eq!(refused.code, "SOLE_OWNER");
    assert_eq!(refused.errors[0]["extensions"]["params"], json!({ "workspaces": "2", "names": "Lab, Shop" }));

    let (carol, id) = person(&server, &ada, "Carol", "ADMIN").await;
    let remove = |version: i64| json!({ "input": { "id": id, "version": version } });
    let invited = invite(&carol, "dora@example.com", "MEMBER").await;
    let reset = reset_link(&ada, &id).await;
    let program = Api::with_token(server.address(), &carol.token(&["READ"]).await);
    let mut socket = program.socket().await;
    let version = version_of(&ada, &id).await;
    assert_eq!(ada.try_ask(REMOVE, remove(version + 1)).await.unwrap_err().code, "CONFLICT");
    let before = Instant::now();
    ada.ask(REMOVE, remove(version)).await;
    assert_eq!(socket.receive().await, None, "what they have open is closed");
    assert!(before.elapsed() < Duration::from_secs(5), "by the event, not by the look at intervals (15 s)");
    assert!(carol.ask(VIEWER, json!({})).await["viewer"].is_null());
    assert_eq!(program.try_ask(VIEWER, json!({})).await.unwrap_err().code, "UNAUTHENTICATED");
    server.visitor().sign_in("carol@example.com", PASSWORD).await.unwrap_err();
    assert!(ada.ask("query($id: ID!) { person(id: $id) { id } }", json!({ "id": id })).await["person"].is_null());
    for (query, variables) in [
        (REMOVE, remove(version)),
        (RESET, json!({ "id": id })),
        (ROLE, json!({ "input": { "id": id, "version": version, "role": "MEMBER" } })),
    ] {
        assert_eq!(ada.try_ask(query, variables).await.unwrap_err().code, "NOT_FOUND", "{query}");
    }
    assert!(!is_good(&server.visitor(), "INVITATION", &invited).await);
    assert!(!is_good(&server.visitor(), "PASSWORD_RESET", &reset).await);
    // The address is free again, for another account.
    let (_, again) = person(&server, &ada, "Carol", "MEMBER").await;
    assert_ne!(again, id);
    let rows = audit(&server).await;
    assert!(rows.contains(&("user.remove".to_owned(), "done".to_owned())));
}

#[tokio::test]
async fn people_are_listed_in_pages_and_found_by_a_word() {
    let server = server().await;
    let ada = server.admin().await;
    for name in ["Bob", "Zo\u{eb}", "Berta"] {
        let email = format!("{}@example.org", name.len());
        let secret = invite(&ada, &email, "MEMBER").await;
        accept(&server.visitor(), &secret, name).await.unwrap();
    }
    let list = "query($first: Int, $after: String, $search: String) {
        people(first: $first, after: $after, search: $search) {
            totalCount nodes { name email } edges { cursor } pageInfo { hasNextPage endCursor } } }";
    let names = |answer: &Value| -> Vec<String> {
        answer["people"]["nodes"].as_array().unwrap().iter().map(|node| text(&node["name"])).collect()
    };
    let first = ada.ask(list, json!({ "first": 3 })).await;
    assert_eq!(names(&first), ["Berta", "Zo\u{eb}", "Bob"], "newest first");
    assert_eq!(
        (&first["people"]["totalCount"], &first["people"]["pageInfo"]["hasNextPage"]),
        (&json!(4), &json!(true))
    );
    let after = text(&first["people"]["pageInfo"]["endCursor"]);
    let second = ada.ask(list, json!({ "first": 3, "after": after })).await;
    assert_eq!(names(&second), ["Ada"]);
    assert_eq!(second["people"]["pageInfo"]["hasNextPage"], false);
    for (word, found) in [
        ("BOB", vec!["Bob"]),
        ("zo\u{eb}", vec!["Zo\u{eb}"]),
        ("example.org", vec!["Berta", "Zo\u{eb}", "Bob"]),
        ("ADA@", vec!["Ada"]),
        ("%", vec![]),
        ("_ob", vec![]),
        ("  ", vec!["Berta", "Zo\u{eb}", "Bob", "Ada"]),
    ] {
        assert_eq!(names(&ada.ask(list, json!({ "search": word })).await), found, "{word}");
    }
    for wrong in [json!({ "first": 0 }), json!({ "after": "x" }), json!({ "search": "x".repeat(201) })] {
        assert_eq!(ada.try_ask(list, wrong.clone()).await.unwrap_err().code, "INVALID_INPUT", "{wrong}");
    }
}
