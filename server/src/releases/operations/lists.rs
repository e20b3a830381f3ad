//! Lists of operations in the API: a workspace's history, and what runs now wherever the viewer may look.

use super::{
    graphql::Operation,
    repo::{self, Filter},
};
use crate::{
    domain::{actor::Permit, workspaces::repo as workspaces},
    graphql::{
        context::{actor, state},
        errors::ApiError,
        page::{Asked, Page},
        scalars::int,
    },
};
use async_graphql::{Context, SimpleObject};
use shared::policy::{PlatformAction, WorkspaceAction};
use std::collections::{HashMap, HashSet};
use uuid::Uuid;

/// Most operations that are shown at once as running.
const MOST_OPEN: u64 = 50;
/// Most workspaces of a person that are looked into.
const MOST_WORKSPACES: u64 = 500;

/// A page of a workspace's operations, newest first; `permit` is one to see its services.
///
/// # Errors
/// When `first` or `after` are wrong, or the database fails.
pub async fn of_workspace(
    ctx: &Context<'_>,
    permit: &Permit,
    filter: Filter,
    first: Option<i32>,
    after: Option<String>,
) -> Result<Page<Operation>, ApiError> {
    let (db, id) = (state(ctx)?.db.read(), permit.workspace().id);
    let asked = Asked::by_id(first, after.as_deref())?;
    let (rows, total) = repo::page(db, id, filter, asked.after(), asked.limit()).await?;
    Ok(asked.page(rows.into_iter().map(|row| (row.id.simple().to_string(), Operation(row))), total))
}

/// An operation that is open, and where.
#[derive(SimpleObject)]
pub struct OpenOperation {
    /// The operation.
    operation: Operation,
    /// The name of the workspace that it works in.
    workspace_name: String,
}

/// What runs now in the workspaces that the viewer is a member of.
#[derive(SimpleObject)]
pub struct OpenOperations {
    /// How many there are in all.
    total_count: i32,
    /// The newest of them, at most 50.
    newest: Vec<OpenOperation>,
}

/// What runs now, and what a change of it would come from.
pub struct OpenView {
    /// To be sent.
    pub shown: OpenOperations,
    /// The workspaces that were looked into.
    pub workspaces: HashSet<Uuid>,
}

/// What runs now in the workspaces that the viewer is a member of.
///
/// # Errors
/// When the policy says no.
pub async fn open_of_viewer(ctx: &Context<'_>) -> Result<OpenView, ApiError> {
    let (state, actor) = (state(ctx)?, actor(ctx)?);
    actor.may(PlatformAction::SeeCatalog)?;
    actor.may_anywhere(WorkspaceAction::SeeServices)?;
    let db = state.db.read();
    // Every role in a workspace may see its services, and so what is done to them.
    let mine = workspaces::named(db, workspaces::Scope::Of(actor.id, None), MOST_WORKSPACES).await?;
    let names: HashMap<Uuid, String> = mine.into_iter().collect();
    let ids: Vec<Uuid> = names.keys().copied().collect();
    let (rows, total) = repo::open_in(db, &ids, MOST_OPEN).await?;
    let newest = rows
        .into_iter()
        .map(|row| OpenOperation {
            workspace_name: names.get(&row.workspace_id).cloned().unwrap_or_default(),
            operation: Operation(row),
        })
        .collect();
    let shown = OpenOperations { total_count: int(i64::try_from(total).unwrap_or(i64::MAX)), newest };
    Ok(OpenView { shown, workspaces: ids.into_iter().collect() })
}
