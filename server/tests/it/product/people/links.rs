//! Links for one use: who has one gets in, once; whoever has none learns nothing.

use super::{
    ACCEPT, CHOOSE, GOOD, INVITE, VIEWER, accept, audit, bare, invite, is_good, person, reset_link, secret_of, server,
};
use crate::{
    product::secrets::{holds, tables_that_hold},
    support::{Api, PASSWORD, Server, text},
};
use futures::{StreamExt, stream};
use sea_orm::ConnectionTrait;
use serde_json::json;
use std::time::{Duration, Instant};

const NEW: &str = "an entirely new password";

async fn choose(visitor: &Api, secret: &str, password: &str) -> Result<serde_json::Value, crate::support::Refused> {
    visitor.try_ask(CHOOSE, json!({ "input": { "secret": secret, "newPassword": password } })).await
}

#[tokio::test]
async fn an_invitation_makes_one_account_and_signs_in() {
    let server = server().await;
    let ada = server.admin().await;
    let input = json!({ "input": { "email": " BOB@example.com", "platformRole": "OPERATOR" } });
    let made = ada.ask(INVITE, input).await["createInvitation"].clone();
    assert_eq!(made["invitation"]["email"], "bob@example.com");
    assert_eq!(made["invitation"]["createdBy"], "Ada");
    let secret = secret_of(&made["link"], "invitation");
    let listed = ada.ask("{ invitations { totalCount nodes { id email platformRole } } }", json!({})).await;
    assert_eq!(listed["invitations"]["totalCount"], 1);
    assert_eq!(listed["invitations"]["nodes"][0]["id"], made["invitation"]["id"]);

    let bob = server.visitor();
    let good = bob.ask(GOOD, json!({ "kind": "INVITATION", "secret": secret })).await;
    assert_eq!(good["oneTimeLink"]["email"], "bob@example.com");
    let bad = json!({ "input": { "secret": secret, "name": "", "password": "bob@example.com" } });
    let refused = bob.try_ask(ACCEPT, bad).await.unwrap_err();
    let expected = [("name", "REQUIRED"), ("password", "TOO_WEAK")].map(|(f, c)| (f.to_owned(), c.to_owned()));
    assert_eq!(refused.fields(), expected);
    let joined = accept(&bob, &secret, "Bob").await.unwrap();
    assert_eq!(joined["acceptInvitation"]["viewer"]["platformRole"], "OPERATOR");
    assert_eq!(joined["acceptInvitation"]["viewer"]["mustChangePassword"], false);
    assert_eq!(bob.ask(VIEWER, json!({})).await["viewer"]["email"], "bob@example.com", "they are signed in");
    assert!(!is_good(&bob, "INVITATION", &secret).await);
    assert_eq!(accept(&server.visitor(), &secret, "Eve").await.unwrap_err().code, "NOT_FOUND");
    let listed = ada.ask("{ invitations { totalCount } people { totalCount } }", json!({})).await;
    assert_eq!((&listed["invitations"]["totalCount"], &listed["people"]["totalCount"]), (&json!(0), &json!(2)));
    server.visitor().sign_in("bob@example.com", PASSWORD).await.unwrap();

    let taken = json!({ "input": { "email": "bob@example.com", "platformRole": "MEMBER" } });
    let refused = ada.try_ask(INVITE, taken).await.unwrap_err();
    assert_eq!(refused.fields(), [("email".to_owned(), "TAKEN".to_owned())]);
    for (days, email) in [(0, "x@example.com"), (31, "x@example.com"), (7, "nobody")] {
        let input = json!({ "input": { "email": email, "platformRole": "MEMBER", "expiresInDays": days } });
        assert_eq!(ada.try_ask(INVITE, input).await.unwrap_err().code, "INVALID_INPUT", "{days} {email}");
    }
}

async fn run_out(server: &Server) {
    let db = server::db::connect(&server.database().into()).await.unwrap();
    db.write().execute_unprepared("UPDATE one_time_links SET expires_at = created_at").await.unwrap();
    db.close().await;
}

#[tokio::test]
async fn links_that_cannot_be_used_look_like_links_that_never_were() {
    let server = server().await;
    let ada = server.admin().await;
    let (_, bob) = person(&server, &ada, "Bob", "MEMBER").await;
    let visitor = server.visitor();
    let unknown = "A".repeat(43);
    let revoked = {
        let input = json!({ "input": { "email": "carol@example.com", "platformRole": "MEMBER" } });
        let made = ada.ask(INVITE, input).await["createInvitation"].clone();
        let revoke = "mutation($id: ID!) { revokeInvitation(input: { id: $id }) { revokedId } }";
        let id = json!({ "id": text(&made["invitation"]["id"]) });
        ada.ask(revoke, id.clone()).await;
        ada.ask(revoke, id).await;
        secret_of(&made["link"], "invitation")
    };
    let superseded = invite(&ada, "dora@example.com", "MEMBER").await;
    let newer = invite(&ada, "dora@example.com", "MEMBER").await;
    let reset = reset_link(&ada, &bob).await;
    let newer_reset = reset_link(&ada, &bob).await;
    assert!(is_good(&visitor, "INVITATION", &newer).await);
    assert!(is_good(&visitor, "PASSWORD_RESET", &newer_reset).await);
    let strange = bare(&accept(&visitor, &unknown, "Eve").await.unwrap_err());
    assert_eq!((strange.0, strange.1.as_str()), (200, "NOT_FOUND"));
    for secret in [&revoked, &superseded, &newer_reset, &String::new(), &"x".repeat(5000)] {
        assert!(!is_good(&visitor, "INVITATION", secret).await, "{secret}");
        assert_eq!(bare(&accept(&visitor, secret, "Eve").await.unwrap_err()), strange, "{secret}");
    }
    let strange = bare(&choose(&visitor, &unknown, NEW).await.unwrap_err());
    for secret in [&reset, &newer] {
        assert!(!is_good(&visitor, "PASSWORD_RESET", secret).await, "{secret}");
        assert_eq!(bare(&choose(&visitor, secret, NEW).await.unwrap_err()), strange, "{secret}");
    }
    run_out(&server).await;
    assert!(!is_good(&visitor, "INVITATION", &newer).await);
    assert_eq!(accept(&visitor, &newer, "Eve").await.unwrap_err().code, "NOT_FOUND");
    assert_eq!(choose(&visitor, &newer_reset, NEW).await.unwrap_err().code, "NOT_FOUND");
    assert_eq!(ada.ask("{ people { totalCount } }", json!({})).await["people"]["totalCount"], 2, "nobody got in");
    assert_eq!(ada.ask("{ invitations { totalCount } }", json!({})).await["invitations"]["totalCount"], 0);
    invite(&ada, "dora@example.com", "MEMBER").await;
}

#[tokio::test]
async fn of_those_who_use_a_link_at_once_one_wins() {
    let server = server().await;
    let ada = server.admin().await;
    let secret = invite(&ada, "bob@example.com", "MEMBER").await;
    let tries = (0..6).map(|_| {
        let visitor = server.visitor();
        let secret = secret.clone();
        async move { accept(&visitor, &secret, "Bob").await }
    });
    let answers = futures::future::join_all(tries).await;
    assert_eq!(answers.iter().filter(|answer| answer.is_ok()).count(), 1, "{answers:?}");
    assert!(answers.iter().filter_map(|answer| answer.as_ref().err()).all(|refused| refused.code == "NOT_FOUND"));
    assert_eq!(ada.ask("{ people { totalCount } }", json!({})).await["people"]["totalCount"], 2);

    let people = ada.ask("{ people { nodes { id email } } }", json!({})).await;
    let bob = text(&people["people"]["nodes"][0]["id"]);
    let secret = reset_link(&ada, &bob).await;
    let passwords: Vec<String> = (0..6).map(|number| format!("new password number {number}")).collect();
    let tries = passwords.iter().map(|password| {
        let visitor = server.visitor();
        let secret = secret.clone();
        async move { choose(&visitor, &secret, password).await }
    });
    let answers = futures::future::join_all(tries).await;
    let won: Vec<_> = answers.iter().zip(&passwords).filter(|(answer, _)| answer.is_ok()).collect();
    assert_eq!(won.len(), 1, "{answers:?}");
    server.visitor().sign_in("bob@example.com", won[0].1).await.unwrap();

    // Two Admins, or one with two windows: there is one open link for an address in the end.
    let both = (0..4).map(|_| {
        let input = json!({ "input": { "email": "carol@example.com", "platformRole": "MEMBER" } });
        ada.try_ask(INVITE, input)
    });
    for answer in futures::future::join_all(both).await {
        assert!(answer.as_ref().err().is_none_or(|refused| refused.code == "CONFLICT"), "{answer:?}");
    }
    assert_eq!(ada.ask("{ invitations { totalCount } }", json!({})).await["invitations"]["totalCount"], 1);
}

#[tokio::test]
async fn a_reset_ends_everything_that_was_begun_before() {
    let server = server().await;
    let ada = server.admin().await;
    let (bob, id) = person(&server, &ada, "Bob", "MEMBER").await;
    let program = Api::with_token(server.address(), &bob.token(&["READ"]).await);
    let mut socket = program.socket().await;
    let secret = reset_link(&ada, &id).await;
    assert!(bob.ask(VIEWER, json!({})).await["viewer"].is_object(), "a link alone changes nothing");

    let visitor = server.visitor();
    let weak = choose(&visitor, &secret, "bob@example.com").await.unwrap_err();
    assert_eq!(weak.fields(), [("newPassword".to_owned(), "TOO_WEAK".to_owned())]);
    let before = Instant::now();
    choose(&visitor, &secret, NEW).await.unwrap();
    assert_eq!(socket.receive().await, None, "what is open is closed");
    assert!(before.elapsed() < Duration::from_secs(5), "by the event, not by the look at intervals (15 s)");
    assert!(bob.ask(VIEWER, json!({})).await["viewer"].is_null());
    assert_eq!(program.try_ask(VIEWER, json!({})).await.unwrap_err().code, "UNAUTHENTICATED");
    assert!(visitor.ask(VIEWER, json!({})).await["viewer"].is_null(), "whoever resets signs in afterwards");
    server.visitor().sign_in("bob@example.com", PASSWORD).await.unwrap_err();
    server.visitor().sign_in("bob@example.com", NEW).await.unwrap();
    assert_eq!(choose(&visitor, &secret, "yet another password").await.unwrap_err().code, "NOT_FOUND");

    // Who changes the password in the ordinary way has no use for a link any more.
    let secret = reset_link(&ada, &id).await;
    let mut bob = server.visitor();
    bob.sign_in("bob@example.com", NEW).await.unwrap();
    bob.change_password(NEW, PASSWORD).await;
    assert!(!is_good(&visitor, "PASSWORD_RESET", &secret).await);
    let secret = reset_link(&ada, &id).await;
    let reset = server.command(&["admin", "reset-password", "--email", "bob@example.com"]).output().await.unwrap();
    assert!(reset.status.success());
    assert!(!is_good(&visitor, "PASSWORD_RESET", &secret).await);
}

#[tokio::test]
async fn links_do_not_outlive_a_reset_of_whoever_has_made_them() {
    let server = server().await;
    let ada = server.admin().await;
    let (carol, id) = person(&server, &ada, "Carol", "ADMIN").await;
    let (kept, made) =
        (invite(&ada, "dora@example.com", "MEMBER").await, invite(&carol, "eve@example.com", "ADMIN").await);
    choose(&server.visitor(), &reset_link(&ada, &id).await, NEW).await.unwrap();
    let mut carol = server.visitor();
    assert!(!is_good(&carol, "INVITATION", &made).await);
    carol.sign_in("carol@example.com", NEW).await.unwrap();
    let made = invite(&carol, "eve@example.com", "ADMIN").await;
    let reset = server.command(&["admin", "reset-password", "--email", "carol@example.com"]).output().await.unwrap();
    assert!(reset.status.success());
    assert!(!is_good(&server.visitor(), "INVITATION", &made).await);
    assert!(is_good(&server.visitor(), "INVITATION", &kept).await);
}

#[tokio::test]
async fn a_request_that_is_held_back_over_a_reset_comes_to_nothing() {
    let server = server().await;
    let ada = server.admin().await;
    let (bob, id) = person(&server, &ada, "Bob", "MEMBER").await;
    let token = "mutation { createAccessToken(input: { name: \"kept\", scopes: [READ] }) { secret } }";
    let request = json!({ "query": token }).to_string().into_bytes();
    let (begin, rest) = (request[..10].to_vec(), request[10..].to_vec());
    let (go_on, went_on) = tokio::sync::oneshot::channel::<()>();
    let pieces = stream::once(async { begin }).chain(stream::once(async {
        went_on.await.unwrap();
        rest
    }));
    let body = reqwest::Body::wrap_stream(pieces.map(Ok::<_, std::convert::Infallible>));
    let ((status, answer), ()) = tokio::join!(bob.send("application/json", body), async {
        let secret = reset_link(&ada, &id).await;
        choose(&server.visitor(), &secret, NEW).await.unwrap();
        go_on.send(()).unwrap();
    });
    assert!(answer.contains("UNAUTHENTICATED"), "{status} {answer}");
    let mut bob = server.visitor();
    bob.sign_in("bob@example.com", NEW).await.unwrap();
    let tokens = bob.ask("{ viewer { accessTokens { name } } }", json!({})).await;
    assert_eq!(tokens["viewer"]["accessTokens"], json!([]));
}

#[tokio::test]
async fn secrets_of_links_are_nowhere_and_what_was_done_is_in_the_audit() {
    let server = Server::start_with(&[("LIMITS__SIGN_INS_PER_MINUTE", "1000"), ("LOG__LEVEL", "debug")]).await;
    let ada = server.admin().await;
    let (_, bob) = person(&server, &ada, "Bob", "MEMBER").await;
    let used = invite(&ada, "carol@example.com", "MEMBER").await;
    accept(&server.visitor(), &used, "Carol").await.unwrap();
    let unused = invite(&ada, "dora@example.com", "MEMBER").await;
    let reset = reset_link(&ada, &bob).await;
    choose(&server.visitor(), &reset, NEW).await.unwrap();
    assert!(is_good(&server.visitor(), "INVITATION", &unused).await);
    for secret in [used.as_str(), unused.as_str(), reset.as_str(), NEW, PASSWORD] {
        assert_eq!(holds(server.data(), secret.as_bytes()), Vec::<String>::new());
        assert_eq!(tables_that_hold(server.database(), secret).await, Vec::<String>::new());
        assert!(!server.log().contains(secret));
    }
    let told = "{ people { nodes { id email name } } invitations { nodes { id email } } }";
    assert!(!ada.ask(told, json!({})).await.to_string().contains(&unused), "a link is told once");
    let rows = audit(&server).await;
    for (action, times) in
        [("invitation.create", 3), ("invitation.accept", 2), ("password_reset.create", 1), ("user.reset_password", 1)]
    {
        for phase in ["intent", "done"] {
            let found = rows.iter().filter(|row| (row.0.as_str(), row.1.as_str()) == (action, phase)).count();
            assert_eq!(found, times, "{action} {phase}");
        }
    }
}
