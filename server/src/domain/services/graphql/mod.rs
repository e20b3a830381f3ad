//! Services in the API.

pub mod destinations;
mod downloads;
mod inputs;
pub mod list;
mod object;
mod parts;
pub mod update;

pub use downloads::DownloadMutation;
pub use inputs::{ServiceMutation, ServiceQuery};
pub use object::Service;

use super::view::{self, Hosts, ServiceView};
use crate::{
    clock::Instant,
    domain::actor::Permit,
    graphql::{
        context::{actor, loaders, state},
        errors::ApiError,
    },
};
use async_graphql::Context;
use shared::{ids::ServiceId, policy::WorkspaceAction};

/// A service as it is now, for whoever may see it.
///
/// # Errors
/// `NOT_FOUND` where there is none or it may not be seen.
pub async fn visible(ctx: &Context<'_>, id: ServiceId) -> Result<Service, ApiError> {
    visible_until(ctx, id).await.map(|(service, _)| service)
}

/// The same, and when the leave to see it runs out by itself.
///
/// # Errors
/// As [`visible`].
pub async fn visible_until(ctx: &Context<'_>, id: ServiceId) -> Result<(Service, Option<Instant>), ApiError> {
    let reached = super::service::reachable(state(ctx)?, actor(ctx)?, id, WorkspaceAction::SeeServices).await?;
    Ok((shown(ctx, reached.row).await?, reached.until))
}

/// A service's row as it is shown.
pub(super) async fn shown(ctx: &Context<'_>, row: super::entity::service::Model) -> Result<Service, ApiError> {
    let view = view::of(state(ctx)?, loaders(ctx)?, vec![row.into()], Hosts::Wanted).await?;
    view.into_iter().next().map(Service).ok_or_else(ApiError::not_found)
}

/// The services of a workspace by name; `permit` is one to see them.
///
/// # Errors
/// When the database fails.
pub async fn of_workspace(ctx: &Context<'_>, permit: &Permit) -> Result<Vec<Service>, ApiError> {
    // Of a field with services, so its selection is of them.
    let hosts = if ctx.look_ahead().field("address").exists() { Hosts::Wanted } else { Hosts::LeftOut };
    Ok(views(ctx, permit, hosts).await?.into_iter().map(Service).collect())
}

async fn views(ctx: &Context<'_>, permit: &Permit, hosts: Hosts) -> Result<Vec<ServiceView>, ApiError> {
    let loaders = loaders(ctx)?;
    let rows = loaders.services.one(permit.workspace().id.into()).await?.unwrap_or_default();
    view::of(state(ctx)?, loaders, rows, hosts).await
}
