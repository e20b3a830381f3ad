//! About this installation.

use super::{context::state, errors::ApiError};
use crate::domain::people::settings;
use async_graphql::{ComplexObject, Context, Object, SimpleObject};
use shared::people::SignUpMode;

/// About this installation.
#[derive(SimpleObject)]
#[graphql(complex)]
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

#[ComplexObject]
impl ServerInfo {
    /// How people get an account.
    async fn sign_up_mode(&self, ctx: &Context<'_>) -> Result<SignUpMode, ApiError> {
        Ok(settings::sign_up_mode(state(ctx)?.db.read()).await?.0)
    }
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
