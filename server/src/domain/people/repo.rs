//! Queries of people as the Admins see them, of links for one use, and of settings.

use super::entity::{link, setting};
use crate::{
    clock::Instant,
    db::is_taken,
    domain::{
        identity::entity::user,
        workspaces::entity::{membership, workspace},
    },
};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, Condition, ConnectionTrait, DbErr, EntityTrait, ExprTrait, PaginatorTrait,
    QueryFilter, QueryOrder, QuerySelect,
    sea_query::{Expr, Func, LikeExpr},
};
use shared::{
    ids::{LinkId, UserId},
    people::OneTimeLinkKind,
    roles::{PlatformRole, WorkspaceRole},
};
use std::collections::HashSet;
use uuid::Uuid;

/// One page, newest first, of the people before `before` (an id) in whose name or address the words stand, and how many
/// there are in all.
pub async fn page<C: ConnectionTrait>(
    db: &C,
    search: Option<&str>,
    before: Option<Uuid>,
    limit: u64,
) -> Result<(Vec<user::Model>, u64), DbErr> {
    let mut query = user::Entity::find().filter(user::Column::DeletedAt.is_null());
    if let Some(words) = search {
        query = query.filter(named_like(words));
    }
    let total = query.clone().count(db).await?;
    if let Some(before) = before {
        query = query.filter(user::Column::Id.lt(before));
    }
    // Ids are UUIDs of version 7: newer ones are greater.
    let rows = query.order_by_desc(user::Column::Id).limit(limit).all(db).await?;
    Ok((rows, total))
}

/// Words in which nothing stands for other letters.
fn escaped(words: &str) -> String {
    words.chars().flat_map(|c| matches!(c, '%' | '_' | '\\').then_some('\\').into_iter().chain([c])).collect()
}

/// Whether these words stand in someone's name or address. What LIKE knows, `%`, `_` and `\`, is text in them.
pub fn named_like(words: &str) -> Condition {
    let like = |words: &str| LikeExpr::new(format!("%{}%", escaped(words))).escape('\\');
    let lower = words.to_lowercase();
    Condition::any()
        .add(user::Column::Email.like(like(&lower)))
        .add(Expr::expr(Func::lower(Expr::col((user::Entity, user::Column::Name)))).like(like(&lower)))
        // SQLite knows small and capital letters of English only; as it was typed, a name is found in any language.
        .add(user::Column::Name.like(like(words)))
}

/// Everybody who is an Admin, held until the end of the transaction: what Admins do to people comes one after another, so
/// that two cannot take the right from each other at once.
pub async fn hold_admins<C: ConnectionTrait>(tx: &C) -> Result<Vec<Uuid>, DbErr> {
    user::Entity::find()
        .select_only()
        .column(user::Column::Id)
        .filter(user::Column::PlatformRole.eq(PlatformRole::Admin.as_str()))
        .filter(user::Column::DeletedAt.is_null())
        .order_by_asc(user::Column::Id)
        .lock_exclusive()
        .into_tuple::<Uuid>()
        .all(tx)
        .await
}

/// Changes what someone is to the platform, if the version is still the expected one; `false` when it is not.
pub async fn set_role<C: ConnectionTrait>(
    db: &C,
    id: UserId,
    version: i64,
    role: PlatformRole,
    now: Instant,
) -> Result<bool, DbErr> {
    let done = user::Entity::update_many()
        .col_expr(user::Column::PlatformRole, Expr::value(role.as_str()))
        .col_expr(user::Column::Version, Expr::col(user::Column::Version).add(1))
        .col_expr(user::Column::UpdatedAt, Expr::value(now.0))
        .filter(user::Column::Id.eq(id.0))
        .filter(user::Column::Version.eq(version))
        .filter(user::Column::DeletedAt.is_null())
        .exec(db)
        .await?;
    Ok(done.rows_affected == 1)
}

/// Removes someone, if the version is still the expected one; `false` when it is not. The row stays, for the audit.
pub async fn remove<C: ConnectionTrait>(db: &C, id: UserId, version: i64, now: Instant) -> Result<bool, DbErr> {
    let done = user::Entity::update_many()
        .col_expr(user::Column::DeletedAt, Expr::value(Some(now.0)))
        .col_expr(user::Column::Epoch, Expr::col(user::Column::Epoch).add(1))
        .col_expr(user::Column::Version, Expr::col(user::Column::Version).add(1))
        .col_expr(user::Column::UpdatedAt, Expr::value(now.0))
        .filter(user::Column::Id.eq(id.0))
        .filter(user::Column::Version.eq(version))
        .filter(user::Column::DeletedAt.is_null())
        .exec(db)
        .await?;
    Ok(done.rows_affected == 1)
}

/// The workspaces that someone owns, deleted ones too.
pub async fn owned<C: ConnectionTrait>(db: &C, user: UserId) -> Result<Vec<Uuid>, DbErr> {
    membership::Entity::find()
        .select_only()
        .column(membership::Column::WorkspaceId)
        .filter(membership::Column::UserId.eq(user.0))
        .filter(membership::Column::Role.eq(WorkspaceRole::Owner.as_str()))
        .into_tuple::<Uuid>()
        .all(db)
        .await
}

/// The same, held until the end of the transaction: their members change one after another. It holds those that are owned now,
/// not those that are given to the person before they are held themselves.
pub async fn hold_owned<C: ConnectionTrait>(tx: &C, user: UserId) -> Result<Vec<Uuid>, DbErr> {
    workspace::Entity::find()
        .select_only()
        .column(workspace::Column::Id)
        .filter(workspace::Column::Id.is_in(owned(tx, user).await?))
        .order_by_asc(workspace::Column::Id)
        .lock_exclusive()
        .into_tuple::<Uuid>()
        .all(tx)
        .await
}

/// The names of the living workspaces that have nobody but this person as owner.
pub async fn owned_alone<C: ConnectionTrait>(db: &C, user: UserId) -> Result<Vec<String>, DbErr> {
    let owners = |of: Condition| {
        membership::Entity::find()
            .select_only()
            .column(membership::Column::WorkspaceId)
            .filter(membership::Column::Role.eq(WorkspaceRole::Owner.as_str()))
            .filter(of)
            .into_tuple::<Uuid>()
    };
    let owned = owners(Condition::all().add(membership::Column::UserId.eq(user.0))).all(db).await?;
    let others = Condition::all()
        .add(membership::Column::UserId.ne(user.0))
        .add(membership::Column::WorkspaceId.is_in(owned.iter().copied()));
    let shared: HashSet<Uuid> = owners(others).all(db).await?.into_iter().collect();
    let alone = owned.into_iter().filter(|id| !shared.contains(id));
    workspace::Entity::find()
        .select_only()
        .column(workspace::Column::Name)
        .filter(workspace::Column::Id.is_in(alone))
        .filter(workspace::Column::DeletedAt.is_null())
        .order_by_asc(workspace::Column::Name)
        .into_tuple::<String>()
        .all(db)
        .await
}

/// Takes someone out of every workspace; the workspaces they were in.
pub async fn leave_all<C: ConnectionTrait>(db: &C, user: UserId) -> Result<Vec<Uuid>, DbErr> {
    let of = || membership::Column::UserId.eq(user.0);
    let rows = membership::Entity::find().filter(of()).all(db).await?;
    membership::Entity::delete_many().filter(of()).exec(db).await?;
    Ok(rows.into_iter().map(|row| row.workspace_id).collect())
}

/// Inserts a link.
pub async fn insert_link<C: ConnectionTrait>(db: &C, row: link::Model) -> Result<link::Model, DbErr> {
    link::ActiveModel::from(row).insert(db).await
}

fn open() -> Condition {
    Condition::all().add(link::Column::UsedAt.is_null()).add(link::Column::RevokedAt.is_null())
}

fn good(now: Instant) -> Condition {
    open().add(link::Column::ExpiresAt.gt(now.0))
}

/// A link that can still be used, by the hash of its secret.
pub async fn find_link<C: ConnectionTrait>(
    db: &C,
    kind: OneTimeLinkKind,
    hash: &str,
    now: Instant,
) -> Result<Option<link::Model>, DbErr> {
    link::Entity::find()
        .filter(link::Column::SecretHash.eq(hash))
        .filter(link::Column::Kind.eq(kind.as_str()))
        .filter(good(now))
        .one(db)
        .await
}

/// Uses a link; `false` when it was used, taken back or has run out meanwhile. Of two at once, one wins.
pub async fn use_link<C: ConnectionTrait>(db: &C, id: LinkId, now: Instant) -> Result<bool, DbErr> {
    let done = link::Entity::update_many()
        .col_expr(link::Column::UsedAt, Expr::value(Some(now.0)))
        .filter(link::Column::Id.eq(id.0))
        .filter(good(now))
        .exec(db)
        .await?;
    Ok(done.rows_affected == 1)
}

/// Which links are taken back.
#[derive(Debug, Clone, Copy)]
pub enum Links<'a> {
    /// This invitation.
    Invitation(LinkId),
    /// Those to this address.
    To(&'a str),
    /// Those that reset this person's password.
    ResetsOf(UserId),
    /// Those that this person has made.
    MadeBy(UserId),
}

/// Takes back what is open of these; how many.
pub async fn revoke_links<C: ConnectionTrait>(db: &C, which: Links<'_>, now: Instant) -> Result<u64, DbErr> {
    let which = match which {
        Links::Invitation(id) => Condition::all()
            .add(link::Column::Id.eq(id.0))
            .add(link::Column::Kind.eq(OneTimeLinkKind::Invitation.as_str())),
        Links::To(email) => Condition::all().add(link::Column::Email.eq(email)),
        Links::ResetsOf(user) => Condition::all().add(link::Column::UserId.eq(user.0)),
        Links::MadeBy(user) => Condition::all().add(link::Column::CreatedBy.eq(user.0)),
    };
    let done = link::Entity::update_many()
        .col_expr(link::Column::RevokedAt, Expr::value(Some(now.0)))
        .filter(which)
        .filter(open())
        .exec(db)
        .await?;
    Ok(done.rows_affected)
}

/// Whether someone is invited at this address.
pub async fn is_invited<C: ConnectionTrait>(db: &C, email: &str, now: Instant) -> Result<bool, DbErr> {
    let found = link::Entity::find().filter(link::Column::Email.eq(email)).filter(good(now)).count(db).await?;
    Ok(found > 0)
}

/// One page, newest first, of the invitations before `before` (an id) that can still be used, and how many there are.
pub async fn open_invitations<C: ConnectionTrait>(
    db: &C,
    before: Option<Uuid>,
    limit: u64,
    now: Instant,
) -> Result<(Vec<link::Model>, u64), DbErr> {
    let mut query =
        link::Entity::find().filter(link::Column::Kind.eq(OneTimeLinkKind::Invitation.as_str())).filter(good(now));
    let total = query.clone().count(db).await?;
    if let Some(before) = before {
        query = query.filter(link::Column::Id.lt(before));
    }
    let rows = query.order_by_desc(link::Column::Id).limit(limit).all(db).await?;
    Ok((rows, total))
}

/// An invitation, whatever became of it.
pub async fn find_invitation<C: ConnectionTrait>(db: &C, id: LinkId) -> Result<Option<link::Model>, DbErr> {
    link::Entity::find_by_id(id.0).filter(link::Column::Kind.eq(OneTimeLinkKind::Invitation.as_str())).one(db).await
}

/// Forgets links that ended before `end`.
pub async fn delete_links_before<C: ConnectionTrait>(db: &C, end: Instant) -> Result<u64, DbErr> {
    let done = link::Entity::delete_many().filter(link::Column::ExpiresAt.lt(end.0)).exec(db).await?;
    Ok(done.rows_affected)
}

/// A setting, once it was changed.
pub async fn find_setting<C: ConnectionTrait>(db: &C, name: &str) -> Result<Option<setting::Model>, DbErr> {
    setting::Entity::find_by_id(name.to_owned()).one(db).await
}

/// Writes a setting, if the version is still the one before; `false` when it is not.
pub async fn write_setting<C: ConnectionTrait>(db: &C, row: setting::Model) -> Result<bool, DbErr> {
    if row.version == 1 {
        return match setting::ActiveModel::from(row).insert(db).await {
            Ok(_) => Ok(true),
            Err(error) if is_taken(&error) => Ok(false),
            Err(error) => Err(error),
        };
    }
    let done = setting::Entity::update_many()
        .col_expr(setting::Column::Value, Expr::value(row.value))
        .col_expr(setting::Column::Version, Expr::value(row.version))
        .col_expr(setting::Column::UpdatedAt, Expr::value(row.updated_at))
        .col_expr(setting::Column::UpdatedBy, Expr::value(row.updated_by))
        .filter(setting::Column::Name.eq(row.name))
        .filter(setting::Column::Version.eq(row.version - 1))
        .exec(db)
        .await?;
    Ok(done.rows_affected == 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_that_stand_for_others_are_taken_as_they_are() {
        assert_eq!(escaped(r"50%_a\b"), r"50\%\_a\\b");
    }
}
