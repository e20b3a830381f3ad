//! Queries of members, with who they are.

use crate::{
    clock::Instant,
    domain::{identity::entity::user, people::repo as people, workspaces::entity::membership},
};
use sea_orm::{
    ActiveModelTrait,
    ActiveValue::Set,
    ColumnTrait, Condition, ConnectionTrait, DbErr, EntityTrait, ExprTrait, FromQueryResult, JoinType, Order,
    PaginatorTrait, QueryFilter, QueryOrder, QuerySelect, Select,
    sea_query::{Expr, Func, FunctionCall},
};
use shared::{
    ids::{UserId, WorkspaceId},
    roles::WorkspaceRole,
};
use uuid::Uuid;

/// A member, and who they are.
#[derive(Debug, Clone, PartialEq, Eq, FromQueryResult)]
pub struct MemberRow {
    /// The person.
    pub user_id: Uuid,
    /// What people see.
    pub name: String,
    /// E-mail address.
    pub email: String,
    /// A `WorkspaceRole`.
    pub role: String,
    /// Microseconds since 1970.
    pub created_at: i64,
}

impl MemberRow {
    /// Their role. One that this program does not know gives the least.
    pub fn role(&self) -> WorkspaceRole {
        WorkspaceRole::parse(&self.role).unwrap_or(WorkspaceRole::Guest)
    }
}

/// Where a page begins: after this member.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct After {
    /// Their name.
    pub name: String,
    /// Who they are.
    pub id: Uuid,
}

/// Living members of a workspace.
fn of(workspace: WorkspaceId) -> Select<membership::Entity> {
    let person =
        membership::Entity::belongs_to(user::Entity).from(membership::Column::UserId).to(user::Column::Id).into();
    membership::Entity::find()
        .join(JoinType::InnerJoin, person)
        .filter(membership::Column::WorkspaceId.eq(workspace.0))
        .filter(user::Column::DeletedAt.is_null())
}

fn rows(query: Select<membership::Entity>) -> sea_orm::Selector<sea_orm::SelectModel<MemberRow>> {
    query
        .select_only()
        .column(membership::Column::UserId)
        .column(membership::Column::Role)
        .column(membership::Column::CreatedAt)
        .column(user::Column::Name)
        .column(user::Column::Email)
        .into_model::<MemberRow>()
}

fn lower_name() -> FunctionCall {
    Func::lower(Expr::col((user::Entity, user::Column::Name)))
}

/// One page by name, and how many there are in all. `search` is looked for in names and addresses.
pub async fn page<C: ConnectionTrait>(
    db: &C,
    workspace: WorkspaceId,
    search: Option<&str>,
    after: Option<After>,
    limit: u64,
) -> Result<(Vec<MemberRow>, u64), DbErr> {
    let mut query = of(workspace);
    if let Some(words) = search {
        query = query.filter(people::named_like(words));
    }
    let total = query.clone().count(db).await?;
    if let Some(after) = after {
        let name = || Func::lower(Expr::value(after.name.clone()));
        let same =
            Condition::all().add(Expr::expr(lower_name()).eq(name())).add(membership::Column::UserId.gt(after.id));
        query = query.filter(Condition::any().add(Expr::expr(lower_name()).gt(name())).add(same));
    }
    let query = query.order_by(Expr::expr(lower_name()), Order::Asc).order_by_asc(membership::Column::UserId);
    Ok((rows(query.limit(limit)).all(db).await?, total))
}

/// One member.
pub async fn find<C: ConnectionTrait>(
    db: &C,
    workspace: WorkspaceId,
    user: UserId,
) -> Result<Option<MemberRow>, DbErr> {
    rows(of(workspace).filter(membership::Column::UserId.eq(user.0))).one(db).await
}

/// How many living owners a workspace has.
pub async fn count_owners<C: ConnectionTrait>(db: &C, workspace: WorkspaceId) -> Result<u64, DbErr> {
    of(workspace).filter(membership::Column::Role.eq(WorkspaceRole::Owner.as_str())).count(db).await
}

/// Adds a member.
pub async fn insert<C: ConnectionTrait>(
    db: &C,
    workspace: WorkspaceId,
    user: UserId,
    role: WorkspaceRole,
    now: Instant,
) -> Result<(), DbErr> {
    let row = membership::ActiveModel {
        workspace_id: Set(workspace.0),
        user_id: Set(user.0),
        role: Set(role.as_str().to_owned()),
        created_at: Set(now.0),
    };
    row.insert(db).await.map(drop)
}

/// Sets a member's role.
pub async fn set_role<C: ConnectionTrait>(
    db: &C,
    workspace: WorkspaceId,
    user: UserId,
    role: WorkspaceRole,
) -> Result<(), DbErr> {
    membership::Entity::update_many()
        .col_expr(membership::Column::Role, Expr::value(role.as_str()))
        .filter(membership::Column::WorkspaceId.eq(workspace.0))
        .filter(membership::Column::UserId.eq(user.0))
        .exec(db)
        .await
        .map(drop)
}

/// Removes a member.
pub async fn delete<C: ConnectionTrait>(db: &C, workspace: WorkspaceId, user: UserId) -> Result<(), DbErr> {
    membership::Entity::delete_by_id((workspace.0, user.0)).exec(db).await.map(drop)
}
