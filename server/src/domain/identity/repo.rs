//! Queries of people, sessions and tokens.

use super::entity::{access_token, session, user};
use crate::clock::Instant;
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, Condition, ConnectionTrait, DbErr, EntityTrait, ExprTrait,
    PaginatorTrait, QueryFilter, QueryOrder, QuerySelect, sea_query::Expr,
};
use shared::ids::{TokenId, UserId};
use std::collections::HashMap;
use uuid::Uuid;

/// A person who has not been removed.
pub async fn find_user<C: ConnectionTrait>(db: &C, id: UserId) -> Result<Option<user::Model>, DbErr> {
    user::Entity::find_by_id(id.0).filter(user::Column::DeletedAt.is_null()).one(db).await
}

/// Holds a person's row until the end of the transaction: what they make comes one after another.
pub async fn hold_user<C: ConnectionTrait>(tx: &C, id: UserId) -> Result<Option<user::Model>, DbErr> {
    user::Entity::find_by_id(id.0).filter(user::Column::DeletedAt.is_null()).lock_exclusive().one(tx).await
}

/// Names and addresses of these people, removed ones too.
///
/// # Errors
/// When the database fails.
pub async fn names<C: ConnectionTrait>(
    db: &C,
    ids: impl IntoIterator<Item = Uuid>,
) -> Result<HashMap<Uuid, (String, String)>, DbErr> {
    let rows = user::Entity::find()
        .select_only()
        .column(user::Column::Id)
        .column(user::Column::Name)
        .column(user::Column::Email)
        .filter(user::Column::Id.is_in(ids))
        .into_tuple::<(Uuid, String, String)>()
        .all(db)
        .await?;
    Ok(rows.into_iter().map(|(id, name, email)| (id, (name, email))).collect())
}

/// Those of these people who have not been removed, with their epochs and roles.
pub async fn standings<C: ConnectionTrait>(
    db: &C,
    ids: impl IntoIterator<Item = Uuid>,
) -> Result<Vec<(Uuid, i64, String)>, DbErr> {
    user::Entity::find()
        .select_only()
        .column(user::Column::Id)
        .column(user::Column::Epoch)
        .column(user::Column::PlatformRole)
        .filter(user::Column::Id.is_in(ids))
        .filter(user::Column::DeletedAt.is_null())
        .into_tuple::<(Uuid, i64, String)>()
        .all(db)
        .await
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

/// Changes a person's name; `false` when they are not there any more.
pub async fn set_name<C: ConnectionTrait>(db: &C, id: UserId, name: &str, now: Instant) -> Result<bool, DbErr> {
    let done = user::Entity::update_many()
        .col_expr(user::Column::Name, Expr::value(name))
        .col_expr(user::Column::Version, Expr::col(user::Column::Version).add(1))
        .col_expr(user::Column::UpdatedAt, Expr::value(now.0))
        .filter(user::Column::Id.eq(id.0))
        .filter(user::Column::DeletedAt.is_null())
        .exec(db)
        .await?;
    Ok(done.rows_affected == 1)
}

/// A person's sessions that have not run out, the one used last first, at most `limit`.
pub async fn sessions_of<C: ConnectionTrait>(
    db: &C,
    user: UserId,
    now: Instant,
    limit: u64,
) -> Result<Vec<session::Model>, DbErr> {
    session::Entity::find()
        .filter(session::Column::UserId.eq(user.0))
        .filter(session::Column::ExpiresAt.gt(now.0))
        .order_by_desc(session::Column::TouchedAt)
        .order_by_asc(session::Column::IdHash)
        .limit(limit)
        .all(db)
        .await
}

/// Removes a person's sessions but those that were used last, so many.
pub async fn end_stale_sessions<C: ConnectionTrait>(db: &C, user: UserId, most: u64) -> Result<(), DbErr> {
    let stale: Vec<String> = session::Entity::find()
        .select_only()
        .column(session::Column::IdHash)
        .filter(session::Column::UserId.eq(user.0))
        .order_by_desc(session::Column::TouchedAt)
        .order_by_asc(session::Column::IdHash)
        .offset(most)
        // SQLite knows no offset without a limit.
        .limit(most)
        .into_tuple()
        .all(db)
        .await?;
    if stale.is_empty() {
        return Ok(());
    }
    session::Entity::delete_many().filter(session::Column::IdHash.is_in(stale)).exec(db).await.map(drop)
}

/// Removes a person's sessions, all but one; how many.
pub async fn end_sessions<C: ConnectionTrait>(db: &C, user: UserId, keep: Option<&str>) -> Result<u64, DbErr> {
    let mut query = session::Entity::delete_many().filter(session::Column::UserId.eq(user.0));
    if let Some(keep) = keep {
        query = query.filter(session::Column::IdHash.ne(keep));
    }
    query.exec(db).await.map(|done| done.rows_affected)
}

/// Tokens of a person that were not revoked, newest first; also those that have run out.
pub async fn tokens<C: ConnectionTrait>(db: &C, user: UserId) -> Result<Vec<access_token::Model>, DbErr> {
    access_token::Entity::find()
        .filter(access_token::Column::UserId.eq(user.0))
        .filter(access_token::Column::RevokedAt.is_null())
        .order_by_desc(access_token::Column::Id)
        .all(db)
        .await
}

/// How many tokens a person can use.
pub async fn count_living_tokens<C: ConnectionTrait>(db: &C, user: UserId, now: Instant) -> Result<u64, DbErr> {
    access_token::Entity::find().filter(access_token::Column::UserId.eq(user.0)).filter(living(now)).count(db).await
}

/// Those of these tokens that can be used, with their owners.
pub async fn living_tokens<C: ConnectionTrait>(
    db: &C,
    ids: Vec<Uuid>,
    now: Instant,
) -> Result<Vec<(Uuid, Uuid)>, DbErr> {
    access_token::Entity::find()
        .select_only()
        .column(access_token::Column::Id)
        .column(access_token::Column::UserId)
        .filter(access_token::Column::Id.is_in(ids))
        .filter(living(now))
        .into_tuple::<(Uuid, Uuid)>()
        .all(db)
        .await
}

/// Neither revoked nor run out.
fn living(now: Instant) -> Condition {
    let no_end = access_token::Column::ExpiresAt.is_null();
    Condition::all()
        .add(access_token::Column::RevokedAt.is_null())
        .add(Condition::any().add(no_end).add(access_token::Column::ExpiresAt.gt(now.0)))
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
    access_token::Entity::find().filter(access_token::Column::TokenHash.eq(hash)).filter(living(now)).one(db).await
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

/// Those of these sessions that have not run out.
pub async fn living_sessions<C: ConnectionTrait>(
    db: &C,
    hashes: Vec<String>,
    now: Instant,
) -> Result<Vec<String>, DbErr> {
    session::Entity::find()
        .select_only()
        .column(session::Column::IdHash)
        .filter(session::Column::IdHash.is_in(hashes))
        .filter(session::Column::ExpiresAt.gt(now.0))
        .into_tuple::<String>()
        .all(db)
        .await
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

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Instant = Instant(1_800_000_000_000_000);

    #[tokio::test]
    async fn the_sessions_used_last_stay() {
        let folder = tempfile::tempdir().unwrap();
        let db = crate::db::Db::fresh(folder.path()).await;
        let (ada, bob) = (UserId(Uuid::from_u128(1)), UserId(Uuid::from_u128(2)));
        for (id, user, touched_at) in [("a", ada, 3), ("b", ada, 1), ("c", ada, 2), ("d", bob, 0)] {
            let row = session::Model {
                id_hash: id.to_owned(),
                user_id: Some(user.0),
                data: "{}".to_owned(),
                created_at: 0,
                touched_at,
                expires_at: NOW.0,
            };
            insert_session(db.write(), row).await.unwrap();
        }
        end_stale_sessions(db.write(), ada, 2).await.unwrap();
        let all = ["a", "b", "c", "d"].map(str::to_owned).to_vec();
        let mut left = living_sessions(db.read(), all, NOW.plus_seconds(-1)).await.unwrap();
        left.sort();
        assert_eq!(left, ["a", "c", "d"]);
    }

    #[tokio::test]
    async fn tokens_that_were_revoked_or_have_run_out_do_not_live() {
        let folder = tempfile::tempdir().unwrap();
        let db = crate::db::Db::fresh(folder.path()).await;
        let owner = UserId(Uuid::from_u128(1));
        let (past, future) = (Some(NOW.plus_seconds(-1).0), Some(NOW.plus_seconds(1).0));
        for (id, expires_at, revoked_at) in
            [(10, None, None), (11, future, None), (12, past, None), (13, None, past), (14, future, past)]
        {
            let row = access_token::Model {
                id: Uuid::from_u128(id),
                user_id: owner.0,
                name: "of a program".to_owned(),
                prefix: "woow_abcd".to_owned(),
                token_hash: id.to_string(),
                scopes: "READ".to_owned(),
                created_at: NOW.0,
                expires_at,
                last_used_at: None,
                revoked_at,
            };
            insert_token(db.write(), row).await.unwrap();
        }
        assert_eq!(count_living_tokens(db.read(), owner, NOW).await.unwrap(), 2);
        let mut living = living_tokens(db.read(), (10..16).map(Uuid::from_u128).collect(), NOW).await.unwrap();
        living.sort();
        assert_eq!(living, [10, 11].map(|id| (Uuid::from_u128(id), owner.0)));
        assert!(find_token_by_hash(db.read(), "11", NOW).await.unwrap().is_some());
        assert!(find_token_by_hash(db.read(), "12", NOW).await.unwrap().is_none());
        assert!(standings(db.read(), [owner.0]).await.unwrap().is_empty(), "there is no such person");
        assert!(living_sessions(db.read(), vec!["none".to_owned()], NOW).await.unwrap().is_empty());
    }
}
