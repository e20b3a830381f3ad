//! Support grants: staff who read in a workspace for some hours.

use sea_orm_migration::prelude::*;

/// Support grants.
pub struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "m0002_support_grants"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        tables(manager).await?;
        indexes(manager).await
    }
}

async fn tables(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let column = |name: &'static str| ColumnDef::new(Alias::new(name));
    let table = Table::create()
        .table(Alias::new("support_grants"))
        .col(column("id").uuid().not_null().primary_key())
        .col(column("workspace_id").uuid().not_null())
        .col(column("user_id").uuid().not_null())
        .col(column("reason").text().not_null())
        .col(column("created_at").big_integer().not_null())
        .col(column("expires_at").big_integer().not_null())
        // When somebody ended it, or when it was noted that it had run out.
        .col(column("ended_at").big_integer())
        // Who ended it; null where it has run out.
        .col(column("ended_by").uuid())
        .to_owned();
    manager.create_table(table).await
}

async fn indexes(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    for sql in [
        // One that is open for each person in a workspace, whatever races.
        "CREATE UNIQUE INDEX support_grants_open ON support_grants (workspace_id, user_id) WHERE ended_at IS NULL",
        "CREATE INDEX support_grants_workspace ON support_grants (workspace_id, id)",
        "CREATE INDEX support_grants_user ON support_grants (user_id) WHERE ended_at IS NULL",
    ] {
        manager.get_connection().execute_unprepared(sql).await?;
    }
    Ok(())
}
