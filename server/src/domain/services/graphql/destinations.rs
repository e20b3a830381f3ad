//! Where the viewer can go, by name: for a search that answers while one types.

use crate::{
    domain::{services::repo as services, workspaces::repo as workspaces},
    graphql::{
        context::{actor, state},
        errors::ApiError,
    },
};
use async_graphql::{Context, ID, SimpleObject};
use shared::policy::{PlatformAction, WorkspaceAction};
use std::collections::HashMap;
use uuid::Uuid;

/// Most workspaces in one answer.
const MOST_WORKSPACES: u64 = 200;
/// Most services in one answer.
const MOST_SERVICES: u64 = 1000;

/// A workspace by name.
#[derive(SimpleObject)]
pub struct WorkspaceDestination {
    /// Opaque id.
    id: ID,
    /// What people see.
    name: String,
}

/// A service by name.
#[derive(SimpleObject)]
pub struct ServiceDestination {
    /// Opaque id.
    id: ID,
    /// What people see.
    name: String,
    /// Its app's slug.
    app_slug: String,
    /// The workspace it is in.
    workspace_id: ID,
    /// The name of the workspace it is in.
    workspace_name: String,
}

/// The workspaces and services that the viewer can go to, newest first.
#[derive(SimpleObject)]
pub struct Destinations {
    /// The workspaces that the viewer is a member of (an Admin sees all); at most 200.
    workspaces: Vec<WorkspaceDestination>,
    /// The services of those of which the viewer is a member; at most 1000.
    services: Vec<ServiceDestination>,
}

/// Everything that the viewer can go to.
///
/// # Errors
/// When the policy says no.
pub async fn of_viewer(ctx: &Context<'_>) -> Result<Destinations, ApiError> {
    let (state, actor) = (state(ctx)?, actor(ctx)?);
    actor.may(PlatformAction::SeeCatalog)?;
    actor.may_anywhere(WorkspaceAction::SeeServices)?;
    let all = actor.may(PlatformAction::SeeAllWorkspaces).is_ok();
    let scope = if all { workspaces::Scope::All } else { workspaces::Scope::Of(actor.id, None) };
    let db = state.db.read();
    let (rows, _) = workspaces::page(db, scope, None, MOST_WORKSPACES).await?;
    let ids: Vec<Uuid> = rows.iter().map(|row| row.id).collect();
    // Staff see that a workspace is there; what is in it is for its members.
    let mine: Vec<Uuid> = workspaces::roles(db, &ids, actor.id).await?.into_keys().collect();
    let names: HashMap<Uuid, &str> = rows.iter().map(|row| (row.id, row.name.as_str())).collect();
    let services = services::named_in(db, &mine, MOST_SERVICES)
        .await?
        .into_iter()
        .map(|service| ServiceDestination {
            id: service.id.simple().to_string().into(),
            name: service.name,
            app_slug: service.app_slug,
            workspace_id: service.workspace_id.simple().to_string().into(),
            workspace_name: names.get(&service.workspace_id).copied().unwrap_or_default().to_owned(),
        })
        .collect();
    let workspaces = rows
        .iter()
        .map(|row| WorkspaceDestination { id: row.id.simple().to_string().into(), name: row.name.clone() })
        .collect();
    Ok(Destinations { workspaces, services })
}
