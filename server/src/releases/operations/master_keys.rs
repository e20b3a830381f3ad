//! Check values of master keys: they show a wrong key at the start, before anything is read or written with it.

use super::entity::master_key;
use crate::clock::Instant;
use sea_orm::{ActiveModelTrait, ActiveValue::Set, ConnectionTrait, DbErr, EntityTrait};

/// Ids and check values of the keys that the database knows.
///
/// # Errors
/// When the database fails.
pub async fn all<C: ConnectionTrait>(db: &C) -> Result<Vec<(String, Vec<u8>)>, DbErr> {
    let rows = master_key::Entity::find().all(db).await?;
    Ok(rows.into_iter().map(|row| (row.key_id, row.check_value.unwrap_or_default())).collect())
}

/// Remembers a key's check value.
///
/// # Errors
/// When the database fails.
pub async fn insert<C: ConnectionTrait>(db: &C, id: &str, check: Vec<u8>, now: Instant) -> Result<(), DbErr> {
    let row =
        master_key::ActiveModel { key_id: Set(id.to_owned()), check_value: Set(Some(check)), created_at: Set(now.0) };
    row.insert(db).await.map(|_| ())
}
