//! Queries of people, sessions and tokens.

use super::entity::{access_token, session, user};
use crate::clock::Instant;
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, ConnectionTrait, DbErr, EntityTrait, ExprTrait, PaginatorTrait,
    QueryFilter, QueryOrder, QuerySelect, sea_query::Expr,
};
use shared::ids::{TokenId, UserId};
use uuid::Uuid;

/// A person who has not been removed.
pub async fn find_user<C: ConnectionTrait>(db: &C, id: UserId) -> Result<Option<user::Model>, DbErr> {
    user::Entity::find_by_id(id.0).filter(user::Column::DeletedAt.is_null()).one(db).await
}

/// Holds a person's row until the end of the transaction: what they make comes one after another.
pub async fn hold_user<C: ConnectionTrait>(tx: &C, id: UserId) -> Result<(), DbErr> {
    user::Entity::find_by_id(id.0).lock_exclusive().one(tx).await.map(drop)
}

/// The person of this address (in lower case).
pub async fn find_user_by_email<C: ConnectionTrait>(db: &C, email: &str) -> Result<Option<user::Model>, DbErr> {
    user::Entity::find().filter(user::Column::Email.eq(email)).filter(user::Column::DeletedAt.is_null()).one(db).await
}

/// How many people there are.
pub async fn count_users<C: ConnectionTrait>(db: &C) -> Result<u64, DbErr> {
    user::Entity::find().filter(user::Column::DeletedAt.is_null()).count(db).await
}

/// Inserts a person.
pub async fn insert_user<C: ConnectionTrait>(db: &C, row: user::Model) -> Result<user::Model, DbErr> {
    user::ActiveModel::from(row).insert(db).await
}

/// Sets a password and raises the epoch, which ends every session that was begun before; the new epoch.
pub async fn set_password<C: ConnectionTrait>(
    db: &C,
    id: UserId,
    hash: String,
    must_change: bool,
    now: Instant,
) -> Result<i64, DbErr> {
    user::Entity::update_many()
        .col_expr(user::Column::PasswordHash, Expr::value(hash))
        .col_expr(user::Column::MustChangePassword, Expr::value(must_change))
        .col_expr(user::Column::Epoch, Expr::col(user::Column::Epoch).add(1))
        .col_expr(user::Column::Version, Expr::col(user::Column::Version).add(1))
        .col_expr(user::Column::UpdatedAt, Expr::value(now.0))
        .filter(user::Column::Id.eq(id.0))
        .exec(db)
        .await?;
    let epoch =
        user::Entity::find_by_id(id.0).select_only().column(user::Column::Epoch).into_tuple::<i64>().one(db).await?;
    epoch.ok_or_else(|| DbErr::RecordNotFound("user".to_owned()))
}

/// Removes a person's sessions, all but one.
pub async fn end_sessions<C: ConnectionTrait>(db: &C, user: UserId, keep: Option<&str>) -> Result<(), DbErr> {
    let mut query = session::Entity::delete_many().filter(session::Column::UserId.eq(user.0));
    if let Some(keep) = keep {
        query = query.filter(session::Column::IdHash.ne(keep));
    }
    query.exec(db).await.map(|_| ())
}

/// Living tokens of a person, newest first.
pub async fn tokens<C: ConnectionTrait>(db: &C, user: UserId) -> Result<Vec<access_token::Model>, DbErr> {
    access_token::Entity::find()
        .filter(access_token::Column::UserId.eq(user.0))
        .filter(access_token::Column::RevokedAt.is_null())
        .order_by_desc(access_token::Column::Id)
        .all(db)
        .await
}

/// Inserts a token.
pub async fn insert_token<C: ConnectionTrait>(db: &C, row: access_token::Model) -> Result<access_token::Model, DbErr> {
    access_token::ActiveModel::from(row).insert(db).await
}

/// A person's own token.
pub async fn find_token<C: ConnectionTrait>(
    db: &C,
    id: TokenId,
    user: UserId,
) -> Result<Option<access_token::Model>, DbErr> {
    access_token::Entity::find_by_id(id.0).filter(access_token::Column::UserId.eq(user.0)).one(db).await
}

/// The living token of this hash.
pub async fn find_token_by_hash<C: ConnectionTrait>(
    db: &C,
    hash: &str,
    now: Instant,
) -> Result<Option<access_token::Model>, DbErr> {
    let found = access_token::Entity::find()
        .filter(access_token::Column::TokenHash.eq(hash))
        .filter(access_token::Column::RevokedAt.is_null())
        .one(db)
        .await?;
    Ok(found.filter(|token| token.expires_at.is_none_or(|end| end > now.0)))
}

/// Ends a token.
pub async fn revoke_token<C: ConnectionTrait>(db: &C, id: TokenId, now: Instant) -> Result<(), DbErr> {
    access_token::Entity::update_many()
        .col_expr(access_token::Column::RevokedAt, Expr::value(Some(now.0)))
        .filter(access_token::Column::Id.eq(id.0))
        .exec(db)
        .await
        .map(|_| ())
}

/// Ends all tokens of a person.
pub async fn revoke_tokens<C: ConnectionTrait>(db: &C, user: UserId, now: Instant) -> Result<(), DbErr> {
    access_token::Entity::update_many()
        .col_expr(access_token::Column::RevokedAt, Expr::value(Some(now.0)))
        .filter(access_token::Column::UserId.eq(user.0))
        .filter(access_token::Column::RevokedAt.is_null())
        .exec(db)
        .await
        .map(|_| ())
}

/// Notes that a token was used.
pub async fn touch_token<C: ConnectionTrait>(db: &C, id: Uuid, now: Instant) -> Result<(), DbErr> {
    access_token::Entity::update_many()
        .col_expr(access_token::Column::LastUsedAt, Expr::value(Some(now.0)))
        .filter(access_token::Column::Id.eq(id))
        .exec(db)
        .await
        .map(|_| ())
}

/// Inserts a session.
pub async fn insert_session<C: ConnectionTrait>(db: &C, row: session::Model) -> Result<(), DbErr> {
    session::ActiveModel::from(row).insert(db).await.map(|_| ())
}

/// Changes a session that is there. One that has ended is not revived: this is no upsert.
pub async fn update_session<C: ConnectionTrait>(db: &C, row: session::Model) -> Result<bool, DbErr> {
    let done = session::Entity::update_many()
        .set(session::ActiveModel {
            user_id: Set(row.user_id),
            data: Set(row.data),
            touched_at: Set(row.touched_at),
            expires_at: Set(row.expires_at),
            ..Default::default()
        })
        .filter(session::Column::IdHash.eq(row.id_hash))
        .exec(db)
        .await?;
    Ok(done.rows_affected == 1)
}

/// A session that has not run out.
pub async fn find_session<C: ConnectionTrait>(
    db: &C,
    hash: &str,
    now: Instant,
) -> Result<Option<session::Model>, DbErr> {
    session::Entity::find_by_id(hash.to_owned()).filter(session::Column::ExpiresAt.gt(now.0)).one(db).await
}

/// Removes a session.
pub async fn delete_session<C: ConnectionTrait>(db: &C, hash: &str) -> Result<(), DbErr> {
    session::Entity::delete_by_id(hash.to_owned()).exec(db).await.map(|_| ())
}

/// Removes sessions that have run out.
pub async fn delete_expired_sessions<C: ConnectionTrait>(db: &C, now: Instant) -> Result<u64, DbErr> {
    let done = session::Entity::delete_many().filter(session::Column::ExpiresAt.lte(now.0)).exec(db).await?;
    Ok(done.rows_affected)
}
