//! Creating requests that are sent twice: the second gets what the first has made.

use super::entity::idempotency_key;
use crate::{clock::Instant, crypto::seal::MasterKey, db::is_taken, graphql::errors::ApiError};
use sea_orm::{ActiveModelTrait, ActiveValue::Set, ColumnTrait, ConnectionTrait, DbErr, EntityTrait, QueryFilter};
use shared::{error::FieldErrorCode, ids::UserId, rules, rules::Problem};
use uuid::Uuid;

/// A key that came with a creating request, and what the request was.
#[derive(Debug)]
pub struct Key {
    text: String,
    mutation: &'static str,
    input_hash: String,
}

impl Key {
    /// Checks a key; none is none.
    ///
    /// # Errors
    /// When it is empty, longer than 128 letters, or holds control characters (PostgreSQL takes no NUL).
    pub fn new<I: serde::Serialize>(
        master_key: &MasterKey,
        key: Option<String>,
        mutation: &'static str,
        input: &I,
    ) -> Result<Option<Self>, ApiError> {
        let Some(key) = key else { return Ok(None) };
        rules::bounded(&key, 1, 128).map_err(|problem| ApiError::invalid_field("idempotencyKey", problem))?;
        if key.chars().any(char::is_control) {
            let problem = Problem::new(FieldErrorCode::InvalidFormat).with("expected", "plain text");
            return Err(ApiError::invalid_field("idempotencyKey", problem));
        }
        let input = serde_json::to_vec(input).map_err(ApiError::internal)?;
        Ok(Some(Self { text: key, mutation, input_hash: master_key.code_of(&input) }))
    }
}

/// What the same request has made before.
///
/// # Errors
/// When the key was used for another request, or the database fails.
pub async fn made_before<C: ConnectionTrait>(
    db: &C,
    user: UserId,
    key: Option<&Key>,
) -> Result<Option<Uuid>, ApiError> {
    let Some(key) = key else { return Ok(None) };
    let Some(row) = idempotency_key::Entity::find_by_id((user.0, key.text.clone())).one(db).await? else {
        return Ok(None);
    };
    if row.mutation != key.mutation || row.input_hash.as_deref() != Some(&key.input_hash) {
        return Err(used_for_another());
    }
    Ok(Some(row.result_id))
}

fn used_for_another() -> ApiError {
    ApiError::invalid_field("idempotencyKey", Problem::new(FieldErrorCode::Duplicate))
}

/// Remembers what a request has made, in its transaction.
///
/// # Errors
/// When the key was used for another request at the same moment, or the database fails.
pub async fn remember<C: ConnectionTrait>(
    db: &C,
    user: UserId,
    key: Option<&Key>,
    result: Uuid,
    now: Instant,
) -> Result<(), ApiError> {
    let Some(key) = key else { return Ok(()) };
    let row = idempotency_key::ActiveModel {
        user_id: Set(user.0),
        idempotency_key: Set(key.text.clone()),
        mutation: Set(key.mutation.to_owned()),
        result_id: Set(result),
        input_hash: Set(Some(key.input_hash.clone())),
        created_at: Set(now.0),
    };
    // The same request waits for the workspace or the person that the other holds: what is met here is another request.
    row.insert(db).await.map(drop).map_err(|error| if is_taken(&error) { used_for_another() } else { error.into() })
}

/// Forgets keys of requests before `end`; a program does not repeat a request for so long.
///
/// # Errors
/// When the database fails.
pub async fn delete_before<C: ConnectionTrait>(db: &C, end: Instant) -> Result<u64, DbErr> {
    let done =
        idempotency_key::Entity::delete_many().filter(idempotency_key::Column::CreatedAt.lt(end.0)).exec(db).await?;
    Ok(done.rows_affected)
}
