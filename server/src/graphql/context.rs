//! What resolvers find in their context.

use super::{errors::ApiError, loaders::Loaders, transport::OperationInfo};
use crate::domain::{
    actor::Actor,
    identity::{
        device::Device,
        sessions::{Browser, Visit},
    },
    state::State,
};
use async_graphql::Context;
use tower_sessions::Session;

/// What every domain works with.
///
/// # Errors
/// Never, once the schema is built by [`super::schema::build`].
pub fn state<'a>(ctx: &Context<'a>) -> Result<&'a State, ApiError> {
    ctx.data::<State>().map_err(|_| ApiError::internal("the schema has no state"))
}

/// Reads for many rows at once.
///
/// # Errors
/// Never, once the schema is built by [`super::schema::build`].
pub fn loaders<'a>(ctx: &Context<'a>) -> Result<&'a Loaders, ApiError> {
    ctx.data::<Loaders>().map_err(|_| ApiError::internal("the schema has no loaders"))
}

/// Who asks.
///
/// # Errors
/// `UNAUTHENTICATED` when nobody is signed in.
pub fn actor<'a>(ctx: &Context<'a>) -> Result<&'a Actor, ApiError> {
    ctx.data_opt::<Actor>().ok_or_else(ApiError::unauthenticated)
}

/// The session of the request, for signing in and out.
///
/// # Errors
/// `FORBIDDEN` where there can be none: with a token, or over a WebSocket.
pub fn session<'a>(ctx: &Context<'a>) -> Result<&'a Session, ApiError> {
    ctx.data_opt::<Session>().ok_or_else(|| ApiError::forbidden().with("why", "session"))
}

/// The session of the request and its browser, for what begins a session.
///
/// # Errors
/// As [`session`].
pub fn visit<'a>(ctx: &Context<'a>) -> Result<Visit<'a>, ApiError> {
    let session = session(ctx)?;
    let browser = ctx.data::<Browser>().map_err(|_| ApiError::internal("a session without a browser"))?;
    Ok(Visit { session, browser })
}

/// What the browser says to be known by; none where there is no browser.
pub fn device<'a>(ctx: &Context<'a>) -> Option<&'a Device> {
    ctx.data_opt::<Device>()
}

/// Request id and client address.
///
/// # Errors
/// Never, behind our transports.
pub fn info<'a>(ctx: &Context<'a>) -> Result<&'a OperationInfo, ApiError> {
    ctx.data::<OperationInfo>().map_err(|_| ApiError::internal("the request has no id"))
}
