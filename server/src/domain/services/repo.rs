//! Queries of services.

use super::entity::{log_download, service};
use crate::clock::Instant;
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, DbErr, EntityTrait, ExprTrait, FromQueryResult, QueryFilter,
    QueryOrder, QuerySelect, sea_query::Expr,
};
use shared::{
    ids::{ServiceId, UserId, WorkspaceId},
    service::DesiredState,
};
use std::{collections::HashMap, sync::Arc};
use uuid::Uuid;

/// Most services of a workspace that one view holds.
pub const MOST: u64 = 500;

/// A living service.
///
/// # Errors
/// When the database fails.
pub async fn find<C: ConnectionTrait>(db: &C, id: ServiceId) -> Result<Option<service::Model>, DbErr> {
    service::Entity::find_by_id(id.0).filter(service::Column::DeletedAt.is_null()).one(db).await
}

/// Living services of each of these workspaces, by name; of each the first [`MOST`].
///
/// # Errors
/// When the database fails.
pub async fn of_workspaces<C: ConnectionTrait>(
    db: &C,
    workspaces: &[WorkspaceId],
) -> Result<HashMap<WorkspaceId, Vec<Arc<service::Model>>>, DbErr> {
    let most = MOST * workspaces.len() as u64;
    let rows = first_of(db, workspaces, most).await?;
    let mut found: HashMap<WorkspaceId, Vec<Arc<service::Model>>> = HashMap::new();
    if rows.len() as u64 == most && workspaces.len() > 1 {
        // Those of one may have taken the room of another's.
        for workspace in workspaces {
            found.insert(*workspace, first_of(db, std::slice::from_ref(workspace), MOST).await?);
        }
        return Ok(found);
    }
    for row in rows {
        let of_it = found.entry(row.workspace_id.into()).or_default();
        if (of_it.len() as u64) < MOST {
            of_it.push(row);
        }
    }
    Ok(found)
}

async fn first_of<C: ConnectionTrait>(
    db: &C,
    workspaces: &[WorkspaceId],
    most: u64,
) -> Result<Vec<Arc<service::Model>>, DbErr> {
    let rows = service::Entity::find()
        .filter(service::Column::WorkspaceId.is_in(workspaces.iter().map(|id| id.0)))
        .filter(service::Column::DeletedAt.is_null())
        .order_by_asc(service::Column::Name)
        .order_by_asc(service::Column::Id)
        .limit(most)
        .all(db)
        .await?;
    Ok(rows.into_iter().map(Arc::new).collect())
}

/// A service by name, and where it is.
#[derive(Debug, Clone, FromQueryResult)]
pub struct Named {
    /// Primary key.
    pub id: Uuid,
    /// What people see.
    pub name: String,
    /// Its app.
    pub app_slug: String,
    /// Its workspace.
    pub workspace_id: Uuid,
}

/// The living services of these workspaces, newest first, at most `limit`: their names only.
///
/// # Errors
/// When the database fails.
pub async fn named_in<C: ConnectionTrait>(db: &C, workspaces: &[Uuid], limit: u64) -> Result<Vec<Named>, DbErr> {
    service::Entity::find()
        .select_only()
        .columns([service::Column::Id, service::Column::Name, service::Column::AppSlug, service::Column::WorkspaceId])
        .filter(service::Column::WorkspaceId.is_in(workspaces.iter().copied()))
        .filter(service::Column::DeletedAt.is_null())
        .order_by_desc(service::Column::Id)
        .limit(limit)
        .into_model::<Named>()
        .all(db)
        .await
}

/// How many living services each of these workspaces has.
///
/// # Errors
/// When the database fails.
pub async fn counts<C: ConnectionTrait>(
    db: &C,
    workspaces: &[WorkspaceId],
) -> Result<HashMap<WorkspaceId, i64>, DbErr> {
    let rows = service::Entity::find()
        .select_only()
        .column(service::Column::WorkspaceId)
        .column_as(service::Column::Id.count(), "count")
        .filter(service::Column::WorkspaceId.is_in(workspaces.iter().map(|id| id.0)))
        .filter(service::Column::DeletedAt.is_null())
        .group_by(service::Column::WorkspaceId)
        .into_tuple::<(Uuid, i64)>()
        .all(db)
        .await?;
    Ok(rows.into_iter().map(|(id, count)| (id.into(), count)).collect())
}

/// The names of the workspace's living services.
///
/// # Errors
/// When the database fails.
pub async fn names<C: ConnectionTrait>(db: &C, workspace: WorkspaceId) -> Result<Vec<String>, DbErr> {
    service::Entity::find()
        .select_only()
        .column(service::Column::Name)
        .filter(service::Column::WorkspaceId.eq(workspace.0))
        .filter(service::Column::DeletedAt.is_null())
        .into_tuple::<String>()
        .all(db)
        .await
}

/// Inserts a service.
///
/// # Errors
/// When the database fails.
pub async fn insert<C: ConnectionTrait>(db: &C, row: service::Model) -> Result<service::Model, DbErr> {
    service::ActiveModel::from(row).insert(db).await
}

/// Sets what is wanted of a service.
///
/// # Errors
/// When the database fails.
pub async fn set_desired<C: ConnectionTrait>(
    db: &C,
    id: ServiceId,
    desired: DesiredState,
    now: Instant,
) -> Result<(), DbErr> {
    set(db, id, service::Column::Desired, desired.as_str(), now).await
}

/// Sets the version of the chart that a service is installed with.
///
/// # Errors
/// When the database fails.
pub async fn set_chart_version<C: ConnectionTrait>(
    db: &C,
    id: ServiceId,
    chart_version: &str,
    now: Instant,
) -> Result<(), DbErr> {
    set(db, id, service::Column::ChartVersion, chart_version, now).await
}

async fn set<C: ConnectionTrait>(
    db: &C,
    id: ServiceId,
    column: service::Column,
    value: &str,
    now: Instant,
) -> Result<(), DbErr> {
    service::Entity::update_many()
        .col_expr(column, Expr::value(value))
        .col_expr(service::Column::UpdatedAt, Expr::value(now.0))
        .col_expr(service::Column::Version, Expr::col(service::Column::Version).add(1))
        .filter(service::Column::Id.eq(id.0))
        .exec(db)
        .await
        .map(|_| ())
}

/// Marks a service as removed, and forgets its secrets. Done again, it changes nothing: it was removed when it was.
///
/// # Errors
/// When the database fails.
pub async fn forget<C: ConnectionTrait>(db: &C, id: ServiceId, now: Instant) -> Result<(), DbErr> {
    service::Entity::update_many()
        .col_expr(service::Column::DeletedAt, Expr::value(Some(now.0)))
        .col_expr(service::Column::ValuesSecret, Expr::value(None::<Vec<u8>>))
        .filter(service::Column::Id.eq(id.0))
        .filter(service::Column::DeletedAt.is_null())
        .exec(db)
        .await
        .map(|_| ())
}

/// Inserts a download.
///
/// # Errors
/// When the database fails.
pub async fn insert_download<C: ConnectionTrait>(db: &C, row: log_download::Model) -> Result<(), DbErr> {
    log_download::ActiveModel::from(row).insert(db).await.map(|_| ())
}

/// Takes a person's download out by the hash of its secret, if it still holds: of several who ask at once, one gets it.
///
/// # Errors
/// When the database fails.
pub async fn take_download<C: ConnectionTrait>(
    db: &C,
    secret_hash: &str,
    user: UserId,
    now: Instant,
) -> Result<Option<log_download::Model>, DbErr> {
    let found = log_download::Entity::find()
        .filter(log_download::Column::SecretHash.eq(secret_hash))
        .filter(log_download::Column::UserId.eq(user.0))
        .filter(log_download::Column::ExpiresAt.gt(now.0))
        .one(db)
        .await?;
    let Some(row) = found else { return Ok(None) };
    let done = log_download::Entity::delete_by_id(row.id).exec(db).await?;
    Ok((done.rows_affected == 1).then_some(row))
}

/// Removes downloads that nobody has begun in time.
///
/// # Errors
/// When the database fails.
pub async fn delete_expired_downloads<C: ConnectionTrait>(db: &C, now: Instant) -> Result<u64, DbErr> {
    let expired = log_download::Column::ExpiresAt.lte(now.0);
    Ok(log_download::Entity::delete_many().filter(expired).exec(db).await?.rows_affected)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn what_was_forgotten_stays_forgotten_from_then_on() {
        let folder = tempfile::tempdir().unwrap();
        let db = crate::db::Db::fresh(folder.path()).await;
        let id = Uuid::now_v7();
        let row = service::Model {
            id,
            workspace_id: Uuid::nil(),
            cluster_id: Uuid::nil(),
            namespace: "paas-ws-a".to_owned(),
            release_name: "paas-ws-a-b".to_owned(),
            reference: "b".to_owned(),
            app_slug: "valkey".to_owned(),
            chart_version: "1.0.0".to_owned(),
            name: "Cache".to_owned(),
            desired: DesiredState::Deleted.as_str().to_owned(),
            values_public: "{}".to_owned(),
            values_secret: Some(vec![1]),
            created_by: Uuid::nil(),
            version: 1,
            created_at: 1,
            updated_at: 1,
            deleted_at: None,
        };
        insert(db.write(), row).await.unwrap();
        for now in [5, 9] {
            forget(db.write(), id.into(), Instant(now)).await.unwrap();
        }
        let row = service::Entity::find_by_id(id).one(db.write()).await.unwrap().unwrap();
        assert_eq!((row.deleted_at, row.values_secret), (Some(5), None));
        db.close().await;
    }
}
