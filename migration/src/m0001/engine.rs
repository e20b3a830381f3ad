//! Operations with their journal, the audit, and the check values of master keys.

use super::{big, big_null, blob_null, create, flag, id, run, table, text, text_null, uuid, uuid_null};
use sea_orm_migration::prelude::*;

pub(super) async fn up(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let columns = vec![
        id(),
        text("kind"),
        text("state"),
        text("target_kind"),
        uuid("target_id"),
        text("target_name"),
        uuid("workspace_id"),
        uuid("cluster_id"),
        uuid("actor_id"),
        text("actor_name"),
        text_null("step"),
        // JSON: each step with state and times.
        text("steps"),
        // JSON: what the operation needs to know beyond its target; never a secret.
        text("payload"),
        big("attempts"),
        big("journal_seq"),
        text_null("error_code"),
        text("error_params"),
        text_null("lease_owner"),
        big_null("lease_until"),
        // Not to be begun before.
        big("run_after"),
        // JSON: the process that a step has started (pid, start time), until it has ended.
        text_null("process"),
        flag("cancel_requested"),
        big("created_at"),
        big_null("started_at"),
        big_null("finished_at"),
    ];
    create(manager, table("operations"), columns).await?;
    // One at a time per target, whatever races.
    run(
        manager,
        "CREATE UNIQUE INDEX operations_open ON operations (target_id) WHERE state IN ('QUEUED', 'RUNNING', 'CANCELLING')",
    )
    .await?;
    run(
        manager,
        "CREATE INDEX operations_due ON operations (run_after) WHERE state IN ('QUEUED', 'RUNNING', 'CANCELLING')",
    )
    .await?;
    run(manager, "CREATE INDEX operations_target ON operations (target_id, created_at)").await?;
    run(manager, "CREATE INDEX operations_workspace ON operations (workspace_id, created_at)").await?;

    let mut journal = table("journal");
    journal.primary_key(Index::create().col(Alias::new("operation_id")).col(Alias::new("seq")));
    let columns = vec![
        uuid("operation_id"),
        big("seq"),
        big("at"),
        text_null("step"),
        text("level"),
        text("code"),
        text("params"),
    ];
    create(manager, journal, columns).await?;

    let columns = vec![
        id(),
        big("seq").unique_key().to_owned(),
        // The same in the intent and in its outcome.
        uuid("action_id"),
        text("phase"),
        big("at"),
        uuid_null("actor_id"),
        text("actor_name"),
        text("action"),
        text("target_kind"),
        uuid_null("target_id"),
        uuid_null("workspace_id"),
        text("params"),
        text("request_id"),
        // Each row holds the hash of the one before: a removed or changed row shows.
        text("prev_hash"),
        text("hash"),
    ];
    create(manager, table("audit"), columns).await?;
    run(manager, "CREATE INDEX audit_workspace ON audit (workspace_id, seq)").await?;

    create(
        manager,
        table("master_keys"),
        vec![text("key_id").primary_key().to_owned(), blob_null("check_value"), big("created_at")],
    )
    .await
}
