//! The own sessions and the own name.

use super::{VIEWER, audit, person, server};
use crate::support::{Api, PASSWORD, Server, Socket, text};
use serde_json::{Value, json};
use std::time::{Duration, Instant};

const SESSIONS: &str = "{ viewer { sessions { id current createdAt lastUsedAt userAgent address } } }";
const END: &str = "mutation($id: ID!) { endSession(input: { id: $id }) { endedId } }";
const END_OTHERS: &str = "mutation { endOtherSessions { count } }";

/// Signs in with a browser that says who it is; its cookie.
async fn browser(server: &Server, email: &str, agent: &str) -> String {
    let query = "mutation($input: SignInInput!) { signIn(input: $input) { viewer { id } } }";
    let body = json!({ "query": query, "variables": { "input": { "email": email, "password": PASSWORD } } });
    let answer = reqwest::Client::new()
        .post(format!("http://{}/graphql", server.address()))
        .header("origin", "http://127.0.0.1:8080")
        .header("user-agent", agent)
        .json(&body)
        .send()
        .await
        .unwrap();
    let all = answer.headers().get_all("set-cookie").iter();
    let mut cookies = all.filter_map(|cookie| cookie.to_str().unwrap().split(';').next());
    cookies.find(|cookie| cookie.starts_with("woow=")).unwrap().to_owned()
}

async fn sessions(api: &Api) -> Vec<Value> {
    api.ask(SESSIONS, json!({})).await["viewer"]["sessions"].as_array().unwrap().clone()
}

fn other(sessions: &[Value], agent: &str) -> String {
    let found = sessions.iter().find(|session| session["userAgent"] == agent);
    text(&found.unwrap_or_else(|| panic!("{agent} is not among {sessions:?}"))["id"])
}

#[tokio::test]
async fn own_sessions_are_seen_and_ended_with_what_they_have_open() {
    let server = server().await;
    let ada = server.admin().await;
    let (bob, _) = person(&server, &ada, "Bob", "MEMBER").await;
    let phone = browser(&server, "bob@example.com", "Phone/1.0").await;
    browser(&server, "bob@example.com", &"y".repeat(2000)).await;
    let listed = sessions(&bob).await;
    assert_eq!(listed.len(), 3, "{listed:?}");
    assert_eq!(listed.iter().filter(|session| session["current"] == true).count(), 1);
    assert!(listed.iter().all(|session| session["address"] == "127.0.0.1"));
    assert!(listed.iter().any(|session| session["userAgent"] == "y".repeat(256)), "it is cut");

    // Neither the cookie nor its stored hash is told, and nothing but the name that is told ends a session.
    let secret = phone.split_once('=').unwrap().1;
    let db = server::db::connect(&server.database().into()).await.unwrap();
    let hash = hash_of(&db, "Phone/1.0").await;
    let shown = serde_json::to_string(&listed).unwrap();
    assert!(!shown.contains(secret) && !shown.contains(&hash) && !shown.contains(&hash[..32]));
    for id in [secret, &hash, "", "x"] {
        assert_eq!(bob.try_ask(END, json!({ "id": id })).await.unwrap_err().code, "NOT_FOUND", "{id}");
    }
    let named = other(&listed, "Phone/1.0");
    assert_eq!(ada.try_ask(END, json!({ "id": named })).await.unwrap_err().code, "NOT_FOUND", "only the own ones");

    let mut socket = Socket::with_cookie(server.address(), &phone).await;
    let before = Instant::now();
    bob.ask(END, json!({ "id": named })).await;
    assert_eq!(socket.receive().await, None, "what it has open is closed");
    assert!(before.elapsed() < Duration::from_secs(5), "by the event, not by the look at intervals (15 s)");
    assert_eq!(bob.try_ask(END, json!({ "id": named })).await.unwrap_err().code, "NOT_FOUND");
    assert_eq!(sessions(&bob).await.len(), 2);
    assert!(bob.ask(VIEWER, json!({})).await["viewer"].is_object(), "the own one goes on");

    let tablet = browser(&server, "bob@example.com", "Tablet/1.0").await;
    let mut socket = Socket::with_cookie(server.address(), &tablet).await;
    assert_eq!(bob.ask(END_OTHERS, json!({})).await["endOtherSessions"]["count"], 2);
    assert_eq!(socket.receive().await, None);
    let left = sessions(&bob).await;
    assert_eq!((left.len(), &left[0]["current"]), (1, &json!(true)));
    let last = text(&left[0]["id"]);
    bob.ask(END, json!({ "id": last })).await;
    assert!(bob.ask(VIEWER, json!({})).await["viewer"].is_null(), "ending the own one signs out");

    let rows = audit(&server).await;
    let done = |action: &str| rows.iter().filter(|row| row.0 == action && row.1 == "done").count();
    assert_eq!((done("session.end"), done("session.end_others")), (2, 1));
}

async fn hash_of(db: &server::db::Db, agent: &str) -> String {
    use sea_orm::{ConnectionTrait, Statement};
    let sql = format!("SELECT id_hash FROM sessions WHERE data LIKE '%{agent}%'");
    let backend = db.read().get_database_backend();
    let row = db.read().query_one_raw(Statement::from_string(backend, sql)).await.unwrap().unwrap();
    row.try_get("", "id_hash").unwrap()
}

#[tokio::test]
async fn sessions_and_the_own_name_are_not_for_tokens() {
    let server = server().await;
    let ada = server.admin().await;
    let rename = "mutation($name: String!) { updateProfile(input: { name: $name }) { viewer { name } } }";
    let program = Api::with_token(server.address(), &ada.token(&["READ", "WRITE"]).await);
    for (query, variables) in [
        (SESSIONS, json!({})),
        (END, json!({ "id": "x" })),
        (END_OTHERS, json!({})),
        (rename, json!({ "name": "Eve" })),
    ] {
        assert_eq!(program.try_ask(query, variables.clone()).await.unwrap_err().code, "FORBIDDEN", "{query}");
        let nobody = server.visitor().try_ask(query, variables).await;
        let is_refused = nobody.as_ref().err().is_some_and(|refused| refused.code == "UNAUTHENTICATED");
        assert!(is_refused || nobody.is_ok_and(|data| data["viewer"].is_null()), "{query}");
    }
    let renamed = ada.ask(rename, json!({ "name": "  Ada Lovelace " })).await;
    assert_eq!(renamed["updateProfile"]["viewer"]["name"], "Ada Lovelace");
    assert_eq!(ada.ask(VIEWER, json!({})).await["viewer"]["name"], "Ada Lovelace");
    let refused = ada.try_ask(rename, json!({ "name": "a\u{202e}b" })).await.unwrap_err();
    assert_eq!(refused.fields(), [("name".to_owned(), "INVALID_FORMAT".to_owned())]);
}
