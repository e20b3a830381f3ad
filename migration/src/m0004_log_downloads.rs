//! Downloads of logs: addresses that serve once.

use sea_orm_migration::prelude::*;

/// The table of addresses that serve a log once.
pub struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "m0004_log_downloads"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    /// A migration that dies half-way leaves nothing behind.
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let column = |name| ColumnDef::new(Alias::new(name));
        let table = Table::create()
            .table(Alias::new("log_downloads"))
            .col(column("id").uuid().primary_key())
            .col(column("secret_hash").text().not_null().unique_key())
            .col(column("user_id").uuid().not_null())
            .col(column("service_id").uuid().not_null())
            .col(column("pod").text().not_null())
            .col(column("container").text().not_null())
            .col(column("previous").boolean().not_null())
            .col(column("since_seconds").big_integer())
            .col(column("created_at").big_integer().not_null())
            .col(column("expires_at").big_integer().not_null())
            .to_owned();
        manager.create_table(table).await
    }
}
