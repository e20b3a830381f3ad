//! Where the viewer can go, by name: for a search that answers while one types.

use crate::{
    clock::Instant,
    domain::{
        services::repo as services,
        workspaces::repo::{self as workspaces, Scope},
    },
    graphql::{
        context::{actor, loaders},
        errors::ApiError,
    },
};
use async_graphql::{Context, ID, SimpleObject};
use sea_orm::{ConnectionTrait, DbErr};
use shared::{
    ids::UserId,
    policy::{PlatformAction, WorkspaceAction},
    roles::PlatformRole,
};
use std::{collections::HashMap, sync::Arc};
use uuid::Uuid;

/// Most workspaces, and most services, in one answer.
const MOST: u64 = 1000;

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

/// The workspaces and services that the viewer can go to.
#[derive(Default, SimpleObject)]
pub struct Destinations {
    /// The workspaces that the viewer is a member of or supports, newest first; for an Admin all others follow. At most 1000.
    workspaces: Vec<WorkspaceDestination>,
    /// The services of the workspaces that the viewer is a member of or supports, newest first; at most 1000.
    services: Vec<ServiceDestination>,
}

/// Who can go somewhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Goer {
    /// The person.
    user: UserId,
    /// What they are to the company.
    role: PlatformRole,
    /// Whether they are shown the workspaces of others too.
    sees_all: bool,
}

/// Everything that the viewer can go to. However often it stands in a query, it is looked up once.
///
/// # Errors
/// When the policy says no, or the database fails.
pub async fn of_viewer(ctx: &Context<'_>) -> Result<Arc<Destinations>, ApiError> {
    let actor = actor(ctx)?;
    actor.may(PlatformAction::SeeCatalog)?;
    actor.may_anywhere(WorkspaceAction::SeeServices)?;
    let sees_all = actor.may(PlatformAction::SeeAllWorkspaces).is_ok();
    let goer = Goer { user: actor.id, role: actor.platform_role, sees_all };
    Ok(loaders(ctx)?.destinations.one(goer).await?.unwrap_or_default())
}

/// Everything that somebody can go to at this instant.
///
/// # Errors
/// When the database fails.
pub async fn of<C: ConnectionTrait>(db: &C, goer: Goer, now: Instant) -> Result<Destinations, DbErr> {
    let mut seen = workspaces::named(db, Scope::open_to(goer.user, goer.role, now), MOST).await?;
    let names: HashMap<Uuid, String> = seen.iter().cloned().collect();
    // Staff see that a workspace is there; what is in it is for its members, and for whoever supports it.
    let within: Vec<Uuid> = names.keys().copied().collect();
    let services = services::named_in(db, &within, MOST)
        .await?
        .into_iter()
        .map(|service| ServiceDestination {
            id: service.id.simple().to_string().into(),
            name: service.name,
            app_slug: service.app_slug,
            workspace_id: service.workspace_id.simple().to_string().into(),
            workspace_name: names.get(&service.workspace_id).cloned().unwrap_or_default(),
        })
        .collect();
    if goer.sees_all {
        let all = workspaces::named(db, Scope::All, MOST).await?;
        seen.extend(all.into_iter().filter(|(id, _)| !names.contains_key(id)));
        seen.truncate(usize::try_from(MOST).unwrap_or(usize::MAX));
    }
    let workspaces =
        seen.into_iter().map(|(id, name)| WorkspaceDestination { id: id.simple().to_string().into(), name }).collect();
    Ok(Destinations { workspaces, services })
}
