//! Sign-up: as the Admin has set it, and without telling who has an account.

use super::{ACCEPT, CHOOSE, GOOD, INVITE, SETTINGS, VIEWER, accept, audit, invite, is_good, person, server};
use crate::support::{Api, PASSWORD, Server};
use serde_json::{Value, json};

const SIGN_UP: &str = "mutation($input: SignUpInput!) { signUp(input: $input) { accepted } }";
const MODE: &str = "{ server { signUpMode } }";

fn new(email: &str, password: &str) -> Value {
    json!({ "input": { "name": "Somebody", "email": email, "password": password } })
}

fn settings(version: i64, mode: &str) -> Value {
    json!({ "input": { "version": version, "signUpMode": mode } })
}

#[tokio::test]
async fn strangers_sign_up_only_where_the_admin_says_so() {
    let server = server().await;
    let ada = server.admin().await;
    let visitor = server.visitor();
    assert_eq!(visitor.ask(MODE, json!({})).await["server"]["signUpMode"], "INVITATION", "by default");
    let closed = visitor.try_ask(SIGN_UP, new("bob@example.com", PASSWORD)).await.unwrap_err();
    assert_eq!(closed.code, "SIGN_UP_CLOSED");
    assert_eq!(ada.try_ask(SETTINGS, settings(1, "OPEN")).await.unwrap_err().code, "CONFLICT");
    let opened = ada.ask(SETTINGS, settings(0, "OPEN")).await;
    assert_eq!(opened["updateSettings"]["settings"], json!({ "signUpMode": "OPEN", "version": 1 }));
    assert_eq!(ada.try_ask(SETTINGS, settings(0, "CLOSED")).await.unwrap_err().code, "CONFLICT");
    assert_eq!(visitor.ask(MODE, json!({})).await["server"]["signUpMode"], "OPEN");

    let bad = json!({ "input": { "name": "", "email": "nobody", "password": "short" } });
    let refused = visitor.try_ask(SIGN_UP, bad).await.unwrap_err();
    let expected = [("name", "REQUIRED"), ("email", "INVALID_FORMAT"), ("password", "TOO_SHORT")];
    assert_eq!(refused.fields(), expected.map(|(field, code)| (field.to_owned(), code.to_owned())));
    visitor.ask(SIGN_UP, new(" BOB@example.com", PASSWORD)).await;
    assert!(visitor.ask(VIEWER, json!({})).await["viewer"].is_null(), "one signs in afterwards");
    let mut bob = server.visitor();
    bob.sign_in("bob@example.com", PASSWORD).await.unwrap();
    assert_eq!(bob.ask(VIEWER, json!({})).await["viewer"]["platformRole"], "MEMBER");

    let invited = invite(&ada, "dora@example.com", "MEMBER").await;
    ada.ask(SETTINGS, settings(1, "CLOSED")).await;
    assert_eq!(visitor.try_ask(SIGN_UP, new("carol@example.com", PASSWORD)).await.unwrap_err().code, "SIGN_UP_CLOSED");
    let input = json!({ "input": { "email": "carol@example.com", "platformRole": "MEMBER" } });
    assert_eq!(ada.try_ask(INVITE, input).await.unwrap_err().code, "SIGN_UP_CLOSED");
    assert!(!is_good(&visitor, "INVITATION", &invited).await);
    assert_eq!(accept(&visitor, &invited, "Dora").await.unwrap_err().code, "NOT_FOUND");
    ada.ask(SETTINGS, settings(2, "INVITATION")).await;
    assert!(is_good(&visitor, "INVITATION", &invited).await, "what was not used meanwhile can be used again");
    let rows = audit(&server).await;
    assert_eq!(rows.iter().filter(|row| row.0 == "settings.update" && row.1 == "done").count(), 3);
    assert_eq!(rows.iter().filter(|row| row.0 == "user.sign_up" && row.1 == "done").count(), 1);
}

#[tokio::test]
async fn a_sign_up_does_not_tell_who_has_an_account_nor_take_it() {
    let server = server().await;
    let ada = server.admin().await;
    let (bob, _) = person(&server, &ada, "Bob", "MEMBER").await;
    let invited = invite(&ada, "carol@example.com", "OPERATOR").await;
    ada.ask(SETTINGS, settings(0, "OPEN")).await;
    let visitor = server.visitor();
    let other = "the password of another";
    let free = visitor.try_ask(SIGN_UP, new("free@example.com", other)).await;
    let taken = visitor.try_ask(SIGN_UP, new("bob@example.com", other)).await;
    let waiting = visitor.try_ask(SIGN_UP, new("carol@example.com", other)).await;
    assert_eq!((&free, &free), (&taken, &waiting), "three answers, all alike");
    assert_eq!(free.unwrap(), json!({ "signUp": { "accepted": true } }));
    server.visitor().sign_in("free@example.com", other).await.unwrap();
    for email in ["bob@example.com", "carol@example.com"] {
        server.visitor().sign_in(email, other).await.unwrap_err();
    }
    assert_eq!(bob.ask(VIEWER, json!({})).await["viewer"]["name"], "Bob");
    let good = visitor.ask(GOOD, json!({ "kind": "INVITATION", "secret": invited })).await;
    assert_eq!(good["oneTimeLink"]["email"], "carol@example.com");
    let joined = accept(&visitor, &invited, "Carol").await.unwrap();
    assert_eq!(joined["acceptInvitation"]["viewer"]["platformRole"], "OPERATOR");

    let same = (0..5).map(|_| {
        let visitor = server.visitor();
        async move { visitor.try_ask(SIGN_UP, new("eve@example.com", other)).await }
    });
    for answer in futures::future::join_all(same).await {
        assert_eq!(answer.unwrap()["signUp"]["accepted"], true);
    }
    let people = ada.ask("{ people(search: \"eve@\") { totalCount } }", json!({})).await;
    assert_eq!(people["people"]["totalCount"], 1);
}

/// Tries until it is too much; each try counts, whatever comes of it.
async fn slowed_down(visitor: &Api, query: &str, variables: impl Fn(usize) -> Value) {
    for number in 0..20 {
        let answer = visitor.try_ask(query, variables(number)).await;
        if answer.is_err_and(|refused| refused.code == "RATE_LIMITED") {
            return;
        }
    }
    panic!("{query} was not slowed down");
}

#[tokio::test]
async fn joining_is_slowed_down_as_signing_in_is() {
    let server = Server::start_with(&[("LIMITS__SIGN_INS_PER_MINUTE", "3")]).await;
    let ada = server.admin().await;
    ada.ask(SETTINGS, settings(0, "OPEN")).await;
    let visitor = server.visitor();
    slowed_down(&visitor, SIGN_UP, |number| new(&format!("{number}@example.com"), PASSWORD)).await;
    slowed_down(&visitor, CHOOSE, |_| json!({ "input": { "secret": "x", "newPassword": PASSWORD } })).await;
    let guess = |_| json!({ "input": { "secret": "x", "name": "Eve", "password": PASSWORD } });
    slowed_down(&visitor, ACCEPT, guess).await;
}
