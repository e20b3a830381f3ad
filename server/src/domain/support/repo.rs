//! Queries of support grants.

use super::entity::support_grant;
use crate::clock::Instant;
use sea_orm::{
    ActiveModelTrait, ColumnTrait, Condition, ConnectionTrait, DbErr, EntityTrait, ExprTrait, PaginatorTrait,
    QueryFilter, QueryOrder, QuerySelect,
    sea_query::{Expr, Query, SelectStatement},
};
use shared::ids::{SupportGrantId, UserId, WorkspaceId};
use std::collections::HashMap;
use uuid::Uuid;

/// Neither ended nor run out.
fn open(now: Instant) -> Condition {
    Condition::all().add(support_grant::Column::EndedAt.is_null()).add(support_grant::Column::ExpiresAt.gt(now.0))
}

/// When the person's open grant in a workspace runs out; none where they have none.
///
/// # Errors
/// When the database fails.
pub async fn open_until<C: ConnectionTrait>(
    db: &C,
    workspace: WorkspaceId,
    user: UserId,
    now: Instant,
) -> Result<Option<Instant>, DbErr> {
    find_open(db, workspace, user, now).await.map(|row| row.map(|row| Instant(row.expires_at)))
}

/// When the open grants of these people in these workspaces run out, by workspace and person.
///
/// # Errors
/// When the database fails.
pub async fn open_untils<C: ConnectionTrait>(
    db: &C,
    workspaces: &[Uuid],
    users: &[Uuid],
    now: Instant,
) -> Result<HashMap<(Uuid, Uuid), Instant>, DbErr> {
    let rows = support_grant::Entity::find()
        .filter(support_grant::Column::WorkspaceId.is_in(workspaces.iter().copied()))
        .filter(support_grant::Column::UserId.is_in(users.iter().copied()))
        .filter(open(now))
        .all(db)
        .await?;
    Ok(rows.into_iter().map(|row| ((row.workspace_id, row.user_id), Instant(row.expires_at))).collect())
}

/// The person's open grant in a workspace.
///
/// # Errors
/// When the database fails.
pub async fn find_open<C: ConnectionTrait>(
    db: &C,
    workspace: WorkspaceId,
    user: UserId,
    now: Instant,
) -> Result<Option<support_grant::Model>, DbErr> {
    support_grant::Entity::find()
        .filter(support_grant::Column::WorkspaceId.eq(workspace.0))
        .filter(support_grant::Column::UserId.eq(user.0))
        .filter(open(now))
        .one(db)
        .await
}

/// Ids of the workspaces in which the person has an open grant, for a query of workspaces.
pub fn open_workspaces(user: UserId, now: Instant) -> SelectStatement {
    Query::select()
        .column(support_grant::Column::WorkspaceId)
        .from(support_grant::Entity)
        .and_where(Expr::col(support_grant::Column::UserId).eq(user.0))
        .and_where(Expr::col(support_grant::Column::EndedAt).is_null())
        .and_where(Expr::col(support_grant::Column::ExpiresAt).gt(now.0))
        .to_owned()
}

/// Notes which of the person's grants in a workspace have run out, so that there is room for a new one.
///
/// # Errors
/// When the database fails.
pub async fn note_expired<C: ConnectionTrait>(
    db: &C,
    workspace: WorkspaceId,
    user: UserId,
    now: Instant,
) -> Result<(), DbErr> {
    support_grant::Entity::update_many()
        .col_expr(support_grant::Column::EndedAt, Expr::col(support_grant::Column::ExpiresAt))
        .filter(support_grant::Column::WorkspaceId.eq(workspace.0))
        .filter(support_grant::Column::UserId.eq(user.0))
        .filter(support_grant::Column::EndedAt.is_null())
        .filter(support_grant::Column::ExpiresAt.lte(now.0))
        .exec(db)
        .await
        .map(drop)
}

/// Inserts a grant.
///
/// # Errors
/// When the database fails.
pub async fn insert<C: ConnectionTrait>(db: &C, row: support_grant::Model) -> Result<support_grant::Model, DbErr> {
    support_grant::ActiveModel::from(row).insert(db).await
}

/// A grant, open or not.
///
/// # Errors
/// When the database fails.
pub async fn find<C: ConnectionTrait>(db: &C, id: SupportGrantId) -> Result<Option<support_grant::Model>, DbErr> {
    support_grant::Entity::find_by_id(id.0).one(db).await
}

/// Ends a grant; `false` when it has ended or run out already.
///
/// # Errors
/// When the database fails.
pub async fn end<C: ConnectionTrait>(db: &C, id: SupportGrantId, by: UserId, now: Instant) -> Result<bool, DbErr> {
    let done = support_grant::Entity::update_many()
        .col_expr(support_grant::Column::EndedAt, Expr::value(Some(now.0)))
        .col_expr(support_grant::Column::EndedBy, Expr::value(Some(by.0)))
        .filter(support_grant::Column::Id.eq(id.0))
        .filter(open(now))
        .exec(db)
        .await?;
    Ok(done.rows_affected == 1)
}

/// One page, newest first, of a workspace's grants before `before` (an id), and how many there are in all.
///
/// # Errors
/// When the database fails.
pub async fn page<C: ConnectionTrait>(
    db: &C,
    workspace: WorkspaceId,
    before: Option<Uuid>,
    limit: u64,
) -> Result<(Vec<support_grant::Model>, u64), DbErr> {
    let mut query = support_grant::Entity::find().filter(support_grant::Column::WorkspaceId.eq(workspace.0));
    let total = query.clone().count(db).await?;
    if let Some(before) = before {
        query = query.filter(support_grant::Column::Id.lt(before));
    }
    // Ids are UUIDs of version 7: newer ones are greater.
    let rows = query.order_by_desc(support_grant::Column::Id).limit(limit).all(db).await?;
    Ok((rows, total))
}

/// Ends all that a person has open; in which workspaces that was.
///
/// # Errors
/// When the database fails.
pub async fn end_all_of<C: ConnectionTrait>(
    tx: &C,
    user: UserId,
    by: UserId,
    now: Instant,
) -> Result<Vec<Uuid>, DbErr> {
    let rows = support_grant::Entity::find()
        .filter(support_grant::Column::UserId.eq(user.0))
        .filter(open(now))
        .all(tx)
        .await?;
    for row in &rows {
        end(tx, row.id.into(), by, now).await?;
    }
    Ok(rows.into_iter().map(|row| row.workspace_id).collect())
}
