//! About this installation.

use super::{context::state, errors::ApiError};
use async_graphql::{Context, Object, SimpleObject};

/// About this installation.
#[derive(SimpleObject)]
pub struct ServerInfo {
    /// The product's version.
    version: String,
    /// Identifies this build; a page of another build should be loaded anew.
    build_id: String,
    /// Whether addresses, logs and resource use are simulated.
    sandbox: bool,
    /// The domain under which services get their addresses.
    apps_domain: String,
    /// Whether the cluster answers.
    cluster_reachable: bool,
}

/// Queries about the installation.
#[derive(Default)]
pub struct ServerQuery;

#[Object]
impl ServerQuery {
    /// About this installation.
    async fn server(&self, ctx: &Context<'_>) -> Result<ServerInfo, ApiError> {
        let state = state(ctx)?;
        Ok(ServerInfo {
            version: env!("CARGO_PKG_VERSION").to_owned(),
            build_id: state.settings.build_id.clone(),
            sandbox: state.settings.sandbox,
            apps_domain: state.settings.apps_domain.clone(),
            cluster_reachable: state.live.health().borrow().reachable,
        })
    }
}
