//! Signing in, passwords and tokens.

use crate::support::{Api, PASSWORD, Server, text};
use serde_json::json;

const VIEWER: &str = "{ viewer { email mustChangePassword } }";

#[tokio::test]
async fn a_first_password_opens_nothing_but_its_own_change() {
    let server = Server::start().await;
    let mut ada = server.visitor();
    assert!(ada.ask(VIEWER, json!({})).await["viewer"].is_null());
    let signed_in = ada.sign_in("ADA@example.com", server.first_password()).await.unwrap();
    assert_eq!(signed_in["signIn"]["viewer"]["mustChangePassword"], true);
    for query in ["{ workspaces { totalCount } }", "{ apps { totalCount } }"] {
        assert_eq!(ada.try_ask(query, json!({})).await.unwrap_err().code, "PASSWORD_CHANGE_REQUIRED", "{query}");
    }
    ada.change_password(server.first_password(), PASSWORD).await;
    assert_eq!(ada.ask(VIEWER, json!({})).await["viewer"]["mustChangePassword"], false);
    assert_eq!(ada.ask("{ workspaces { totalCount } }", json!({})).await["workspaces"]["totalCount"], 0);
}

#[tokio::test]
async fn a_wrong_password_and_an_unknown_person_look_alike_and_guessing_is_slowed_down() {
    // A third try is let through half a minute after the first, so long may the hashes of two passwords take.
    let server = Server::start_with(&[("LIMITS__SIGN_INS_PER_MINUTE", "2")]).await;
    let mut visitor = server.visitor();
    let wrong = visitor.sign_in("ada@example.com", "not the password").await.unwrap_err();
    let unknown = visitor.sign_in("bob@example.com", "not the password").await.unwrap_err();
    assert_eq!(wrong.fields(), [("password".to_owned(), "WRONG".to_owned())]);
    assert_eq!(
        (wrong.status, wrong.code, wrong.errors[0]["message"].clone()),
        (unknown.status, unknown.code.clone(), unknown.errors[0]["message"].clone())
    );
    let slowed = visitor.sign_in("ada@example.com", server.first_password()).await.unwrap_err();
    assert_eq!(slowed.code, "RATE_LIMITED");
    assert!(slowed.errors[0]["extensions"]["params"]["retryAfterSeconds"].is_string());
}

#[tokio::test]
async fn a_stranger_does_not_keep_anybody_from_signing_in_where_they_did_before() {
    let server = Server::start_with(&[("LIMITS__SIGN_INS_PER_MINUTE", "12")]).await;
    let mut ada = server.admin().await;
    ada.ask("mutation { signOut { signedOut } }", json!({})).await;
    let mut stranger = server.visitor();
    while stranger.sign_in("ada@example.com", "not the password").await.unwrap_err().code != "RATE_LIMITED" {}
    ada.sign_in("ada@example.com", PASSWORD).await.unwrap();
    assert!(ada.ask(VIEWER, json!({})).await["viewer"].is_object());

    // That she is known with it makes nothing easier for anybody else in that browser.
    ada.ask("mutation { signOut { signedOut } }", json!({})).await;
    while ada.sign_in("bob@example.com", "not the password").await.unwrap_err().code != "RATE_LIMITED" {}
    while ada.sign_in("ada@example.com", "not the password").await.unwrap_err().code != "RATE_LIMITED" {}
}

#[tokio::test]
async fn a_new_password_ends_the_other_sessions_and_goes_by_the_rules() {
    let server = Server::start().await;
    let ada = server.admin().await;
    let mut elsewhere = server.visitor();
    elsewhere.sign_in("ada@example.com", PASSWORD).await.unwrap();
    assert!(elsewhere.ask(VIEWER, json!({})).await["viewer"].is_object());

    let change = "mutation($input: ChangePasswordInput!) { changePassword(input: $input) { viewer { id } } }";
    for (current, new, field, code) in [
        ("not the password", "another good password", "currentPassword", "WRONG"),
        (PASSWORD, "short", "newPassword", "TOO_SHORT"),
        (PASSWORD, "aaaaaaaaaaaaaaaa", "newPassword", "TOO_WEAK"),
        (PASSWORD, PASSWORD, "newPassword", "SAME_AS_BEFORE"),
    ] {
        let refused = ada.try_ask(change, json!({ "input": { "currentPassword": current, "newPassword": new } })).await;
        assert_eq!(refused.unwrap_err().fields(), [(field.to_owned(), code.to_owned())]);
    }
    ada.change_password(PASSWORD, "another good password").await;
    assert!(ada.ask(VIEWER, json!({})).await["viewer"].is_object(), "the own session goes on");
    assert!(elsewhere.ask(VIEWER, json!({})).await["viewer"].is_null(), "the other one has ended");
}

#[tokio::test]
async fn sign_out_ends_the_session_for_good() {
    let server = Server::start().await;
    let ada = server.admin().await;
    ada.ask("mutation { signOut { signedOut } }", json!({})).await;
    assert!(ada.ask(VIEWER, json!({})).await["viewer"].is_null());
    assert_eq!(ada.try_ask("{ workspaces { totalCount } }", json!({})).await.unwrap_err().code, "UNAUTHENTICATED");
}

#[tokio::test]
async fn a_token_does_what_its_scopes_say_and_ends_at_once() {
    let server = Server::start().await;
    let ada = server.admin().await;
    let reader = Api::with_token(server.address(), &ada.token(&["READ"]).await);
    assert_eq!(reader.ask(VIEWER, json!({})).await["viewer"]["email"], "ada@example.com");
    let create = "mutation { createWorkspace(input: { name: \"Shop\" }) { workspace { id } } }";
    let refused = reader.try_ask(create, json!({})).await.unwrap_err();
    assert_eq!(
        (refused.code.as_str(), &refused.errors[0]["extensions"]["params"]["why"]),
        ("FORBIDDEN", &json!("scope"))
    );
    let tokens = "{ viewer { accessTokens { id name prefix lastUsedAt scopes } } }";
    assert_eq!(
        reader.try_ask(tokens, json!({})).await.unwrap_err().code,
        "FORBIDDEN",
        "a token tells nothing of tokens"
    );

    let listed = ada.ask(tokens, json!({})).await;
    let token = &listed["viewer"]["accessTokens"][0];
    assert!(token["lastUsedAt"].is_string(), "{token}");
    assert_eq!(token["scopes"], json!(["READ"]));

    let mut socket = reader.socket().await;
    ada.ask(
        "mutation($id: ID!) { revokeAccessToken(input: { id: $id }) { accessToken { id } } }",
        json!({ "id": text(&token["id"]) }),
    )
    .await;
    assert_eq!(socket.receive().await, None, "what it has open is closed");
    assert_eq!(reader.try_ask(VIEWER, json!({})).await.unwrap_err().code, "UNAUTHENTICATED");
}
