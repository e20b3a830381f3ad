//! Links that can be used once (invitations, password resets), and what an Admin sets while the server runs.

use sea_orm_migration::{
    prelude::*,
    schema::{big_integer, big_integer_null, text, text_null, text_uniq, uuid, uuid_null},
};

/// The tables.
pub struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "m0003_people"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    /// A migration that dies half-way leaves nothing behind.
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let links = Table::create()
            .table(Alias::new("one_time_links"))
            .col(uuid(Alias::new("id")).primary_key())
            .col(text(Alias::new("kind")))
            // SHA-256 of the secret, in hex: who reads the database cannot use a link.
            .col(text_uniq(Alias::new("secret_hash")))
            // Of an invitation.
            .col(text_null(Alias::new("email")))
            .col(text_null(Alias::new("platform_role")))
            // Of a password reset.
            .col(uuid_null(Alias::new("user_id")))
            .col(uuid(Alias::new("created_by")))
            .col(big_integer(Alias::new("created_at")))
            .col(big_integer(Alias::new("expires_at")))
            .col(big_integer_null(Alias::new("used_at")))
            .col(big_integer_null(Alias::new("revoked_at")))
            .to_owned();
        manager.create_table(links).await?;
        let settings = Table::create()
            .table(Alias::new("platform_settings"))
            .col(text(Alias::new("name")).primary_key())
            // JSON.
            .col(text(Alias::new("value")))
            .col(big_integer(Alias::new("version")))
            .col(big_integer(Alias::new("updated_at")))
            .col(uuid(Alias::new("updated_by")))
            .to_owned();
        manager.create_table(settings).await?;
        // One open link for an address or a person: a newer one revokes the older.
        for sql in [
            "CREATE UNIQUE INDEX one_time_links_email ON one_time_links (email)
                WHERE email IS NOT NULL AND used_at IS NULL AND revoked_at IS NULL",
            "CREATE UNIQUE INDEX one_time_links_user ON one_time_links (user_id)
                WHERE user_id IS NOT NULL AND used_at IS NULL AND revoked_at IS NULL",
        ] {
            manager.get_connection().execute_unprepared(sql).await?;
        }
        Ok(())
    }
}
