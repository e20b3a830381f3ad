//! People, their sessions and tokens.

use super::{big, big_null, create, flag, id, run, table, text, text_null, uuid, uuid_null};
use sea_orm_migration::prelude::*;

pub(super) async fn up(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let columns = vec![
        id(),
        text("email"),
        text("name"),
        text("password_hash"),
        text("platform_role"),
        flag("must_change_password"),
        // Raised to end every session, socket and cache that was begun before.
        big("epoch"),
        big("version"),
        big("created_at"),
        big("updated_at"),
        big_null("deleted_at"),
    ];
    create(manager, table("users"), columns).await?;
    run(manager, "CREATE UNIQUE INDEX users_email ON users (email) WHERE deleted_at IS NULL").await?;

    let columns = vec![
        // SHA-256 of the session id, in hex: who reads the database cannot sign in with it.
        text("id_hash").primary_key().to_owned(),
        uuid_null("user_id"),
        text("data"),
        big("created_at"),
        big("touched_at"),
        big("expires_at"),
    ];
    create(manager, table("sessions"), columns).await?;
    run(manager, "CREATE INDEX sessions_user ON sessions (user_id)").await?;
    run(manager, "CREATE INDEX sessions_expiry ON sessions (expires_at)").await?;

    let columns = vec![
        id(),
        uuid("user_id"),
        text("name"),
        text("prefix"),
        text("token_hash").unique_key().to_owned(),
        text("scopes"),
        big("created_at"),
        big_null("expires_at"),
        big_null("last_used_at"),
        big_null("revoked_at"),
    ];
    create(manager, table("access_tokens"), columns).await?;
    run(manager, "CREATE INDEX access_tokens_user ON access_tokens (user_id)").await?;

    let mut keys = table("idempotency_keys");
    keys.primary_key(Index::create().col(Alias::new("user_id")).col(Alias::new("idempotency_key")));
    let columns = vec![
        uuid("user_id"),
        text("idempotency_key"),
        text("mutation"),
        uuid("result_id"),
        text_null("input_hash"),
        big("created_at"),
    ];
    create(manager, keys, columns).await
}
