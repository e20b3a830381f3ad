//! Queries of workspaces, members and clusters.

use super::entity::{cluster, membership, workspace};
use crate::{clock::Instant, domain::support::repo as support};
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, Condition, ConnectionTrait, DbErr, EntityTrait, ExprTrait,
    PaginatorTrait, QueryFilter, QueryOrder, QuerySelect, Select, sea_query::Expr, sea_query::Query,
};
use shared::{
    ids::{ClusterId, UserId, WorkspaceId},
    policy,
    roles::{PlatformRole, WorkspaceRole},
};
use std::collections::HashMap;
use uuid::Uuid;

/// The one cluster, made at the first start.
///
/// # Errors
/// When the database fails.
pub async fn first_cluster<C: ConnectionTrait>(db: &C, id: Uuid, now: Instant) -> Result<ClusterId, DbErr> {
    if let Some(cluster) = cluster::Entity::find().order_by_asc(cluster::Column::CreatedAt).one(db).await? {
        return Ok(cluster.id.into());
    }
    let row = cluster::ActiveModel { id: Set(id), name: Set("default".to_owned()), created_at: Set(now.0) };
    Ok(row.insert(db).await?.id.into())
}

/// A living workspace and the person's role in it. As much is looked up where there is none, so that the time does not tell.
///
/// # Errors
/// When the database fails.
pub async fn find_with_role<C: ConnectionTrait>(
    db: &C,
    id: WorkspaceId,
    user: UserId,
    hold: Hold,
) -> Result<(Option<workspace::Model>, Option<WorkspaceRole>), DbErr> {
    let query = workspace::Entity::find_by_id(id.0).filter(workspace::Column::DeletedAt.is_null());
    let query = match hold {
        Hold::No => query,
        Hold::ForUpdate => query.lock_exclusive(),
    };
    let row = query.one(db).await?;
    let membership = membership::Entity::find_by_id((id.0, user.0)).one(db).await?;
    let role = membership.filter(|_| row.is_some()).and_then(|membership| WorkspaceRole::parse(&membership.role));
    Ok((row, role))
}

/// Whether a workspace's row is held until the end of the transaction. On SQLite, where one writes at a time, it is anyway.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hold {
    /// To look only.
    No,
    /// Changes in one workspace come one after another: what was checked (a name is free, nothing is open) still holds when
    /// it is written.
    ForUpdate,
}

/// A living workspace.
///
/// # Errors
/// When the database fails.
pub async fn find<C: ConnectionTrait>(db: &C, id: WorkspaceId) -> Result<Option<workspace::Model>, DbErr> {
    workspace::Entity::find_by_id(id.0).filter(workspace::Column::DeletedAt.is_null()).one(db).await
}

/// Which workspaces a list holds.
#[derive(Debug, Clone, Copy)]
pub enum Scope {
    /// Those of which the person is a member; at this instant also those that they support.
    Of(UserId, Option<Instant>),
    /// All of them.
    All,
}

impl Scope {
    /// Those into which someone may look: as a member, or as staff who support them now.
    pub fn open_to(user: UserId, role: PlatformRole, now: Instant) -> Self {
        Self::Of(user, policy::gives_support(role).then_some(now))
    }

    /// The living workspaces of the list, newest first: ids are UUIDs of version 7, and newer ones are greater.
    fn living(self) -> Select<workspace::Entity> {
        let query = workspace::Entity::find()
            .filter(workspace::Column::DeletedAt.is_null())
            .order_by_desc(workspace::Column::Id);
        let Self::Of(user, supports_at) = self else { return query };
        let mine = Query::select()
            .column(membership::Column::WorkspaceId)
            .from(membership::Entity)
            .and_where(Expr::col(membership::Column::UserId).eq(user.0))
            .to_owned();
        let mut seen = Condition::any().add(workspace::Column::Id.in_subquery(mine));
        if let Some(now) = supports_at {
            seen = seen.add(workspace::Column::Id.in_subquery(support::open_workspaces(user, now)));
        }
        query.filter(seen)
    }
}

/// Ids and names of the workspaces of a list, newest first, at most `limit`.
///
/// # Errors
/// When the database fails.
pub async fn named<C: ConnectionTrait>(db: &C, scope: Scope, limit: u64) -> Result<Vec<(Uuid, String)>, DbErr> {
    scope
        .living()
        .select_only()
        .columns([workspace::Column::Id, workspace::Column::Name])
        .limit(limit)
        .into_tuple::<(Uuid, String)>()
        .all(db)
        .await
}

/// One page, newest first, of the workspaces before `before` (an id), and how many there are in all.
///
/// # Errors
/// When the database fails.
pub async fn page<C: ConnectionTrait>(
    db: &C,
    scope: Scope,
    before: Option<Uuid>,
    limit: u64,
) -> Result<(Vec<workspace::Model>, u64), DbErr> {
    let mut query = scope.living();
    let total = query.clone().count(db).await?;
    if let Some(before) = before {
        query = query.filter(workspace::Column::Id.lt(before));
    }
    Ok((query.limit(limit).all(db).await?, total))
}

/// The person's role in each of these workspaces.
///
/// # Errors
/// When the database fails.
pub async fn roles<C: ConnectionTrait>(
    db: &C,
    ids: &[Uuid],
    user: UserId,
) -> Result<HashMap<Uuid, WorkspaceRole>, DbErr> {
    let rows = membership::Entity::find()
        .filter(membership::Column::UserId.eq(user.0))
        .filter(membership::Column::WorkspaceId.is_in(ids.iter().copied()))
        .all(db)
        .await?;
    Ok(rows.into_iter().filter_map(|m| Some((m.workspace_id, WorkspaceRole::parse(&m.role)?))).collect())
}

/// Those of these workspaces that live, by id.
///
/// # Errors
/// When the database fails.
pub async fn find_all<C: ConnectionTrait>(db: &C, ids: &[Uuid]) -> Result<HashMap<Uuid, workspace::Model>, DbErr> {
    let rows = workspace::Entity::find()
        .filter(workspace::Column::Id.is_in(ids.iter().copied()))
        .filter(workspace::Column::DeletedAt.is_null())
        .all(db)
        .await?;
    Ok(rows.into_iter().map(|row| (row.id, row)).collect())
}

/// The roles that these people have in these workspaces, by workspace and person.
///
/// # Errors
/// When the database fails.
pub async fn roles_of<C: ConnectionTrait>(
    db: &C,
    ids: &[Uuid],
    users: &[Uuid],
) -> Result<HashMap<(Uuid, Uuid), WorkspaceRole>, DbErr> {
    let rows = membership::Entity::find()
        .filter(membership::Column::UserId.is_in(users.iter().copied()))
        .filter(membership::Column::WorkspaceId.is_in(ids.iter().copied()))
        .all(db)
        .await?;
    Ok(rows.into_iter().filter_map(|m| Some(((m.workspace_id, m.user_id), WorkspaceRole::parse(&m.role)?))).collect())
}

/// How many living workspaces the person has made.
///
/// # Errors
/// When the database fails.
pub async fn count_made_by<C: ConnectionTrait>(db: &C, user: UserId) -> Result<u64, DbErr> {
    workspace::Entity::find()
        .filter(workspace::Column::CreatedBy.eq(user.0))
        .filter(workspace::Column::DeletedAt.is_null())
        .count(db)
        .await
}

/// Inserts a workspace with its first owner.
///
/// # Errors
/// When the database fails.
pub async fn insert<C: ConnectionTrait>(
    db: &C,
    row: workspace::Model,
    owner: UserId,
) -> Result<workspace::Model, DbErr> {
    let now = row.created_at;
    let row = workspace::ActiveModel::from(row).insert(db).await?;
    let member = membership::ActiveModel {
        workspace_id: Set(row.id),
        user_id: Set(owner.0),
        role: Set(WorkspaceRole::Owner.as_str().to_owned()),
        created_at: Set(now),
    };
    member.insert(db).await?;
    Ok(row)
}

/// Changes name and description, if the version is still the expected one; `false` when it is not.
///
/// # Errors
/// When the database fails.
pub async fn update<C: ConnectionTrait>(
    db: &C,
    id: WorkspaceId,
    version: i64,
    name: &str,
    description: &str,
    now: Instant,
) -> Result<bool, DbErr> {
    let done = workspace::Entity::update_many()
        .col_expr(workspace::Column::Name, Expr::value(name))
        .col_expr(workspace::Column::Description, Expr::value(description))
        .col_expr(workspace::Column::UpdatedAt, Expr::value(now.0))
        .col_expr(workspace::Column::Version, Expr::col(workspace::Column::Version).add(1))
        .filter(workspace::Column::Id.eq(id.0))
        .filter(workspace::Column::Version.eq(version))
        .filter(workspace::Column::DeletedAt.is_null())
        .exec(db)
        .await?;
    Ok(done.rows_affected == 1)
}
