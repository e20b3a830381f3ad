//! Changes that meet: what ends a person's rights, or would leave a workspace without an owner, comes first by a moment. Always
//! on PostgreSQL, whose locks let a test say which of them comes first; SQLite has one writer, so there one follows the other.

use crate::support::{Api, PASSWORD, Person, Refused, Server, add_member, fresh_postgres, make_workspace, person};
use sea_orm::{ConnectionTrait, Database, DatabaseConnection, DbBackend, Statement, TransactionTrait};
use serde_json::{Value, json};
use std::{
    sync::atomic::{AtomicI64, Ordering},
    time::Duration,
};
use tokio::sync::Notify;

const TOKEN: &str =
    "mutation { createAccessToken(input: { name: \"kept\", scopes: [READ, WRITE] }) { accessToken { id } } }";
const WORKSPACE: &str = "mutation { createWorkspace(input: { name: \"Kept\" }) { workspace { id } } }";
const RENAME: &str = "mutation($id: ID!) { updateWorkspace(input: { id: $id, version: 1, name: \"Kept\" }) {
    workspace { name } } }";
const ADD: &str =
    "mutation($id: ID!, $email: String!) { addMember(input: { workspaceId: $id, email: $email, role: OWNER }) {
    member { role } } }";
const LEAVE: &str = "mutation($id: ID!) { leaveWorkspace(input: { workspaceId: $id }) { personId } }";
const INVITE: &str =
    "mutation { createInvitation(input: { email: \"eve@example.com\", platformRole: ADMIN }) { link } }";
const RESET: &str = "mutation($id: ID!) { createPasswordReset(input: { personId: $id }) { link } }";
const REMOVE: &str = "mutation($id: ID!) { removePerson(input: { id: $id, version: 1 }) { removedId } }";
const SUPPORT: &str = "mutation($id: ID!) { openSupportGrant(input: {
    workspaceId: $id, reason: \"Their flows stand still\", hours: 1 }) { supportGrant { id } } }";
const CHANGE: &str =
    "mutation($input: ChangePasswordInput!) { changePassword(input: $input) { viewer { mustChangePassword } } }";

const LAUNCH: &str = "mutation($id: ID!) { launchService(input: {
    workspaceId: $id, app: \"valkey\", name: \"Cache\", idempotencyKey: \"k\" }) { service { id } } }";

/// No change comes to its end before this is let go: each is in the audit.
const AUDIT: &str = "LOCK TABLE audit IN EXCLUSIVE MODE";
const ADMINS: &str = "SELECT id FROM users WHERE platform_role = 'ADMIN' ORDER BY id FOR UPDATE";

fn held_person(person: &Person) -> String {
    format!("SELECT id FROM users WHERE id = '{}' FOR UPDATE", person.id)
}

fn held_workspace(id: &str) -> String {
    format!("SELECT id FROM workspaces WHERE id = '{id}' FOR UPDATE")
}

/// What a reset of the password does. The password stays the same, so that the person can sign in again.
fn reset(person: &Person) -> Vec<String> {
    let id = &person.id;
    vec![
        format!("UPDATE users SET epoch = epoch + 1 WHERE id = '{id}'"),
        format!("DELETE FROM sessions WHERE user_id = '{id}'"),
        revoked(person),
    ]
}

fn revoked(person: &Person) -> String {
    format!("UPDATE access_tokens SET revoked_at = 1 WHERE user_id = '{}' AND revoked_at IS NULL", person.id)
}

struct Scene {
    server: Server,
    ada: Api,
    db: DatabaseConnection,
}

impl Scene {
    async fn new() -> Self {
        Self::on(fresh_postgres().await).await
    }

    async fn on(database: String) -> Self {
        let settings = [("LIMITS__SIGN_INS_PER_MINUTE", "1000")];
        let server = Server::start_on(tempfile::tempdir().unwrap(), database, &settings).await;
        let ada = server.admin().await;
        let db = Database::connect(server.database()).await.unwrap();
        Self { server, ada, db }
    }

    async fn count(&self, sql: &str) -> i64 {
        let sql = Statement::from_string(DbBackend::Postgres, sql);
        self.db.query_one_raw(sql).await.unwrap().unwrap().try_get_by_index(0).unwrap()
    }

    /// Waits until so many changes wait for a lock, or have ended.
    async fn waiting(&self, wanted: i64, ended: &AtomicI64) {
        let query =
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'";
        let waits = async {
            while self.count(query).await + ended.load(Ordering::SeqCst) < wanted {
                // PostgreSQL tells nobody that someone waits for a lock.
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        };
        tokio::time::timeout(Duration::from_mins(2), waits).await.expect("a change waits for a lock");
    }

    /// Begins a change that cannot go on while this is locked, does something else in the meantime, and lets it go on.
    async fn meanwhile(
        &self,
        locks: &[String],
        change: impl Future<Output = Result<Value, Refused>>,
        done: &[String],
    ) -> Result<Value, Refused> {
        let tx = self.db.begin().await.unwrap();
        for sql in locks {
            tx.execute_unprepared(sql).await.unwrap();
        }
        let (answer, ()) = tokio::join!(change, async {
            self.waiting(1, &AtomicI64::new(0)).await;
            for sql in done {
                tx.execute_unprepared(sql).await.unwrap();
            }
            tx.commit().await.unwrap();
        });
        answer
    }
}

fn code(answer: Result<Value, Refused>) -> String {
    answer.map_or_else(|refused| refused.code, |made| format!("made: {made}"))
}

#[tokio::test]
async fn whose_password_is_reset_meanwhile_makes_nothing_more() {
    let scene = Scene::new().await;
    let mut bob = person(&scene.server, "Bob", "member").await;
    let mut otto = person(&scene.server, "Otto", "operator").await;
    let mut carol = person(&scene.server, "Carol", "admin").await;
    let (workspace, _) = make_workspace(&bob.api, "Shop").await;
    let (others, _) = make_workspace(&scene.ada, "Other").await;

    // A token that is made and not yet there is one that the reset cannot revoke.
    let locks = [held_person(&bob), AUDIT.to_owned()];
    let made = scene.meanwhile(&locks, bob.api.try_ask(TOKEN, json!({})), &reset(&bob)).await;
    assert_eq!(code(made), "UNAUTHENTICATED");
    let living = "SELECT count(*) FROM access_tokens WHERE name = 'kept' AND revoked_at IS NULL";
    assert_eq!(scene.count(living).await, 0);

    let in_workspace = json!({ "id": workspace, "email": "otto@example.com" });
    for (query, lock) in
        [(WORKSPACE, held_person(&bob)), (RENAME, held_workspace(&workspace)), (ADD, held_workspace(&workspace))]
    {
        bob.api.sign_in(&bob.email, PASSWORD).await.unwrap();
        let made = scene.meanwhile(&[lock], bob.api.try_ask(query, in_workspace.clone()), &reset(&bob)).await;
        assert_eq!(code(made), "UNAUTHENTICATED", "{query}");
    }
    for query in [INVITE, RESET] {
        carol.api.sign_in(&carol.email, PASSWORD).await.unwrap();
        let made = carol.api.try_ask(query, json!({ "id": otto.id }));
        let made = scene.meanwhile(&[ADMINS.to_owned()], made, &reset(&carol)).await;
        assert_eq!(code(made), "UNAUTHENTICATED", "{query}");
    }
    let open = otto.api.try_ask(SUPPORT, json!({ "id": others }));
    assert_eq!(code(scene.meanwhile(&[held_person(&otto)], open, &reset(&otto)).await), "UNAUTHENTICATED");
    otto.api.sign_in(&otto.email, PASSWORD).await.unwrap();
    otto.api.ask(SUPPORT, json!({ "id": others })).await;
}

#[tokio::test]
async fn a_token_or_session_that_ends_meanwhile_makes_nothing_more() {
    let scene = Scene::new().await;
    let bob = person(&scene.server, "Bob", "member").await;
    let (workspace, _) = make_workspace(&bob.api, "Shop").await;
    let program = Api::with_token(scene.server.address(), &bob.api.token(&["READ", "WRITE"]).await);
    // A change of the own password is none of a token's business.
    bob.api.change_password(PASSWORD, "an entirely new password").await;
    program.ask(WORKSPACE, json!({})).await;
    let made = program.try_ask(WORKSPACE, json!({}));
    assert_eq!(code(scene.meanwhile(&[held_person(&bob)], made, &[revoked(&bob)]).await), "UNAUTHENTICATED");
    let ended = format!("DELETE FROM sessions WHERE user_id = '{}'", bob.id);
    let made = bob.api.try_ask(RENAME, json!({ "id": workspace }));
    assert_eq!(code(scene.meanwhile(&[held_workspace(&workspace)], made, &[ended]).await), "UNAUTHENTICATED");
}

#[tokio::test]
async fn a_role_that_is_taken_meanwhile_opens_no_support_grant() {
    let scene = Scene::new().await;
    let otto = person(&scene.server, "Otto", "operator").await;
    let (workspace, _) = make_workspace(&scene.ada, "Shop").await;
    let lowered = format!("UPDATE users SET platform_role = 'MEMBER' WHERE id = '{}'", otto.id);
    let open = otto.api.try_ask(SUPPORT, json!({ "id": workspace }));
    assert_eq!(code(scene.meanwhile(&[held_person(&otto)], open, &[lowered]).await), "FORBIDDEN");
}

#[tokio::test]
async fn a_reset_has_the_last_word_over_a_change_of_the_password() {
    let scene = Scene::new().await;
    let bob = person(&scene.server, "Bob", "member").await;
    let new = "the one that an intruder chose";
    let change = bob.api.try_ask(CHANGE, json!({ "input": { "currentPassword": PASSWORD, "newPassword": new } }));
    let refused = scene.meanwhile(&[held_person(&bob)], change, &reset(&bob)).await.unwrap_err();
    assert_eq!(refused.code, "CONFLICT");
    assert_eq!(refused.errors[0]["extensions"]["params"]["why"], "password");
    let with_it = scene.server.visitor().sign_in(&bob.email, new).await.unwrap_err();
    assert_eq!(with_it.fields(), [("password".to_owned(), "WRONG".to_owned())]);
    scene.server.visitor().sign_in(&bob.email, PASSWORD).await.unwrap();
}

#[tokio::test]
async fn a_workspace_that_is_given_to_whom_is_being_removed_keeps_an_owner() {
    let scene = Scene::new().await;
    let bob = person(&scene.server, "Bob", "member").await;
    let carol = person(&scene.server, "Carol", "member").await;
    let (workspace, _) = make_workspace(&carol.api, "Shop").await;
    let (admins, audit) = (scene.db.begin().await.unwrap(), scene.db.begin().await.unwrap());
    admins.execute_unprepared(ADMINS).await.unwrap();
    let (ended, counted) = (AtomicI64::new(0), Notify::new());
    let removal = async {
        let answer = scene.ada.try_ask(REMOVE, json!({ "id": bob.id })).await;
        ended.fetch_add(1, Ordering::SeqCst);
        answer
    };
    let leaves = async {
        counted.notified().await;
        carol.api.try_ask(LEAVE, json!({ "id": workspace })).await
    };
    let (removed, left, ()) = tokio::join!(removal, leaves, async {
        // It has seen which workspaces Bob owns: none yet.
        scene.waiting(1, &ended).await;
        add_member(&carol.api, &workspace, &bob.email, "OWNER").await;
        audit.execute_unprepared(AUDIT).await.unwrap();
        admins.commit().await.unwrap();
        counted.notify_one();
        // Both have looked whether there is another owner, unless one was refused.
        scene.waiting(2, &ended).await;
        audit.commit().await.unwrap();
    });
    let owners = "SELECT count(*) FROM memberships JOIN users ON users.id = user_id
        WHERE role = 'OWNER' AND deleted_at IS NULL";
    assert_eq!(scene.count(owners).await, 1, "removed: {removed:?}, left: {left:?}");
    assert_eq!((code(removed), left.is_ok()), ("CONFLICT".to_owned(), true));
    assert_eq!(code(scene.ada.try_ask(REMOVE, json!({ "id": bob.id })).await), "SOLE_OWNER");
}

#[tokio::test]
async fn one_key_of_two_requests_at_once_is_told_as_one_after_the_other() {
    let scene = Scene::new().await;
    let (shop, _) = make_workspace(&scene.ada, "Shop").await;
    let (till, _) = make_workspace(&scene.ada, "Till").await;
    let audit = scene.db.begin().await.unwrap();
    audit.execute_unprepared(AUDIT).await.unwrap();
    let ended = AtomicI64::new(0);
    let launch = async |id: &str| {
        let answer = scene.ada.try_ask(LAUNCH, json!({ "id": id })).await;
        ended.fetch_add(1, Ordering::SeqCst);
        answer
    };
    let (one, other, ()) = tokio::join!(launch(&shop), launch(&till), async {
        // Neither has seen the other's key.
        scene.waiting(2, &ended).await;
        audit.commit().await.unwrap();
    });
    let (made, refused) = if one.is_ok() { (one, other) } else { (other, one) };
    assert!(made.is_ok(), "{made:?}");
    assert_eq!(refused.unwrap_err().fields(), [("idempotencyKey".to_owned(), "DUPLICATE".to_owned())]);
    assert_eq!(scene.count("SELECT count(*) FROM services").await, 1);
}

#[tokio::test]
async fn a_support_grant_and_a_change_of_members_are_not_in_each_others_way() {
    let scene = Scene::new().await;
    let otto = person(&scene.server, "Otto", "operator").await;
    let (workspace, _) = make_workspace(&scene.ada, "Shop").await;
    // As when members change: the workspace, then the person.
    let open = otto.api.try_ask(SUPPORT, json!({ "id": workspace }));
    let opened = scene.meanwhile(&[held_workspace(&workspace)], open, &[held_person(&otto)]).await;
    assert!(opened.is_ok(), "{opened:?}");
}

#[tokio::test]
async fn whoever_has_to_give_way_is_told_to_try_again() {
    let database = fresh_postgres().await;
    // Who waits looks once, after this time, whether it waits in a circle, and gives way if so. It is to be the server, with time
    // until then to close the circle, and never the test.
    let server_looks =
        "DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET deadlock_timeout = ''5s''', current_database()); END $$";
    let setting = Database::connect(&database).await.unwrap();
    setting.execute_unprepared(server_looks).await.unwrap();
    setting.close().await.unwrap();
    let scene = Scene::on(database).await;
    let test_looks = "SET LOCAL deadlock_timeout = '5min'".to_owned();
    let otto = person(&scene.server, "Otto", "member").await;
    let (workspace, _) = make_workspace(&scene.ada, "Shop").await;
    // The other way round than the server does it.
    let add = scene.ada.try_ask(ADD, json!({ "id": workspace, "email": otto.email }));
    let added = scene.meanwhile(&[test_looks, held_person(&otto)], add, &[held_workspace(&workspace)]).await;
    assert_eq!(code(added), "UNAVAILABLE");
}

#[tokio::test]
async fn a_letter_that_postgresql_does_not_take_is_a_mistake_of_the_input() {
    let scene = Scene::new().await;
    let (workspace, _) = make_workspace(&scene.ada, "Shop").await;
    let after = "0190aaaabbbbccccddddeeeeffff0000\0";
    for query in [
        "query($id: ID!, $after: String) { workspace(id: $id) { members(after: $after) { totalCount } } }",
        "query($id: ID!, $after: String) { workspace(id: $id) { servicePage(after: $after) { totalCount } } }",
        "query($id: ID!, $after: String) { workspace(id: $id) { supportGrants(after: $after) { totalCount } } }",
        "query($id: ID!, $after: String) { workspace(id: $id) { operations(after: $after) { totalCount } } }",
        "query($after: String) { people(after: $after) { totalCount } }",
        "query($after: String) { workspaces(after: $after) { totalCount } }",
        "query($after: String) { apps(after: $after) { totalCount } }",
    ] {
        let refused = scene.ada.try_ask(query, json!({ "id": workspace, "after": after })).await.unwrap_err();
        assert_eq!((refused.code.as_str(), refused.fields()[0].0.as_str()), ("INVALID_INPUT", "after"), "{query}");
    }
    let keyed =
        "mutation { createWorkspace(input: { name: \"Kept\", idempotencyKey: \"a\\u0000\" }) { workspace { id } } }";
    let refused = scene.ada.try_ask(keyed, json!({})).await.unwrap_err();
    assert_eq!(refused.fields(), [("idempotencyKey".to_owned(), "INVALID_FORMAT".to_owned())]);
}
