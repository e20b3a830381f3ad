//! Host names: unique everywhere, and a freed one waits, so that nobody takes over what old links point to.

use super::entity::address;
use crate::clock::Instant;
use sea_orm::{
    ActiveValue::Set,
    ColumnTrait, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QuerySelect,
    sea_query::{Expr, OnConflict},
};
use std::collections::HashMap;
use uuid::Uuid;

/// How long a freed name waits.
const WAIT_SECONDS: i64 = 30 * 86_400;

/// Whether a name can be had now.
pub(super) async fn is_free<C: ConnectionTrait>(db: &C, host: &str, now: Instant) -> Result<bool, DbErr> {
    Ok(find(db, host).await?.is_none_or(|row| is_over(&row, now)))
}

/// Takes a name; `false` when someone else has it.
pub(super) async fn take<C: ConnectionTrait>(
    db: &C,
    id: Uuid,
    host: &str,
    owner: Uuid,
    now: Instant,
) -> Result<bool, DbErr> {
    match find(db, host).await? {
        Some(row) if is_over(&row, now) => {
            let change = address::ActiveModel {
                owner_id: Set(owner),
                created_at: Set(now.0),
                freed_at: Set(None),
                ..Default::default()
            };
            // Another may take it at the same moment: then it is not free any more.
            let as_seen = address::Entity::update_many()
                .set(change)
                .filter(address::Column::Id.eq(row.id))
                .filter(address::Column::OwnerId.eq(row.owner_id))
                .filter(address::Column::FreedAt.is_not_null());
            Ok(as_seen.exec(db).await?.rows_affected == 1)
        }
        Some(row) => Ok(row.owner_id == owner && row.freed_at.is_none()),
        None => {
            let row = address::ActiveModel {
                id: Set(id),
                host: Set(host.to_owned()),
                owner_kind: Set("service".to_owned()),
                owner_id: Set(owner),
                created_at: Set(now.0),
                freed_at: Set(None),
            };
            // Another workspace may take it at the same moment.
            let free = OnConflict::column(address::Column::Host).do_nothing().to_owned();
            let done = address::Entity::insert(row).on_conflict(free).exec_without_returning(db).await?;
            Ok(done == 1)
        }
    }
}

/// Frees an owner's names.
pub(super) async fn free<C: ConnectionTrait>(db: &C, owner: Uuid, now: Instant) -> Result<(), DbErr> {
    address::Entity::update_many()
        .col_expr(address::Column::FreedAt, Expr::value(Some(now.0)))
        .filter(address::Column::OwnerId.eq(owner))
        .filter(address::Column::FreedAt.is_null())
        .exec(db)
        .await
        .map(|_| ())
}

/// The names of these owners, by owner.
///
/// # Errors
/// When the database fails.
pub async fn of<C: ConnectionTrait>(db: &C, owners: &[Uuid]) -> Result<HashMap<Uuid, String>, DbErr> {
    let rows = address::Entity::find()
        .select_only()
        .columns([address::Column::OwnerId, address::Column::Host])
        .filter(address::Column::OwnerId.is_in(owners.iter().copied()))
        .filter(address::Column::FreedAt.is_null())
        .into_tuple::<(Uuid, String)>()
        .all(db)
        .await?;
    Ok(rows.into_iter().collect())
}

async fn find<C: ConnectionTrait>(db: &C, host: &str) -> Result<Option<address::Model>, DbErr> {
    address::Entity::find().filter(address::Column::Host.eq(host)).one(db).await
}

fn is_over(row: &address::Model, now: Instant) -> bool {
    row.freed_at.is_some_and(|freed| Instant(freed).plus_seconds(WAIT_SECONDS) <= now)
}
