//! Workspaces, members, services and addresses.

use super::{big, big_null, blob_null, create, id, run, table, text, uuid};
use sea_orm_migration::prelude::*;

pub(super) async fn up(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    create(manager, table("clusters"), vec![id(), text("name").unique_key().to_owned(), big("created_at")]).await?;

    let columns = vec![
        id(),
        uuid("cluster_id"),
        text("name"),
        text("description"),
        text("state"),
        // Eight random letters and digits; part of names in the cluster.
        text("key").unique_key().to_owned(),
        text("namespace"),
        uuid("created_by"),
        big("version"),
        big("created_at"),
        big("updated_at"),
        big_null("deleted_at"),
    ];
    create(manager, table("workspaces"), columns).await?;
    run(manager, "CREATE UNIQUE INDEX workspaces_namespace ON workspaces (cluster_id, namespace)").await?;

    let mut members = table("memberships");
    members.primary_key(Index::create().col(Alias::new("workspace_id")).col(Alias::new("user_id")));
    create(manager, members, vec![uuid("workspace_id"), uuid("user_id"), text("role"), big("created_at")]).await?;
    run(manager, "CREATE INDEX memberships_user ON memberships (user_id)").await?;

    let columns = vec![
        id(),
        uuid("workspace_id"),
        uuid("cluster_id"),
        text("namespace"),
        text("release_name"),
        text("reference"),
        text("app_slug"),
        text("chart_version"),
        text("name"),
        text("desired"),
        // Values by JSON Pointer, without secrets.
        text("values_public"),
        // Secret values by JSON Pointer, sealed.
        blob_null("values_secret"),
        uuid("created_by"),
        big("version"),
        big("created_at"),
        big("updated_at"),
        big_null("deleted_at"),
    ];
    create(manager, table("services"), columns).await?;
    run(manager, "CREATE UNIQUE INDEX services_release ON services (cluster_id, namespace, release_name)").await?;
    run(manager, "CREATE UNIQUE INDEX services_name ON services (workspace_id, name) WHERE deleted_at IS NULL").await?;

    let columns = vec![
        id(),
        // Unique for ever: a freed name is taken again by changing its row, after its waiting time.
        text("host").unique_key().to_owned(),
        text("owner_kind"),
        uuid("owner_id"),
        big("created_at"),
        big_null("freed_at"),
    ];
    create(manager, table("addresses"), columns).await?;
    run(manager, "CREATE INDEX addresses_owner ON addresses (owner_id)").await
}
