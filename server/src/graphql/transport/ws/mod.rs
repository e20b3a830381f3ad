//! GraphQL over WebSocket: `graphql-transport-ws` (PROTOCOL.md of the graphql-ws repository).
//!
//! One loop per socket polls the client, the open operations in turn, and the timers. What it has to say goes into a
//! bounded outbox; while that is full no operation is asked for more, so a slow client costs little memory.

mod message;
mod places;
mod session;
mod writer;

use std::sync::Arc;

use async_graphql::Executor;
use axum::{
    body::Body,
    extract::{FromRequestParts, State, WebSocketUpgrade, ws::WebSocket},
    response::Response,
};
use http::{HeaderMap, StatusCode, header, request::Parts};
use shared::error::ErrorCode;

use super::{
    Caller, Transport,
    answer::{MediaType, refused, refused_by_code},
};
use crate::{
    graphql::errors::{ApiError, request_error},
    http::context::RequestContext,
};

pub use self::places::SocketPlaces;

/// The only subprotocol.
pub const SUBPROTOCOL: &str = "graphql-transport-ws";

/// Bytes that a socket reads at once, in a buffer that it has as long as it lives. Clients say little; a larger message makes
/// its own room.
const READ_BUFFER: usize = 4 * 1024;

/// Whether a request asks for a WebSocket (RFC 6455, section 4.1).
pub fn is_upgrade(headers: &HeaderMap) -> bool {
    headers.get(header::UPGRADE).is_some_and(|value| value.as_bytes().eq_ignore_ascii_case(b"websocket"))
}

/// Opens a WebSocket. Needs [`RequestContext`] among the request's extensions.
pub async fn handle<E: Executor>(State(transport): State<Arc<Transport<E>>>, request: http::Request<Body>) -> Response {
    let (mut parts, _) = request.into_parts();
    let context = RequestContext::of(&parts);
    let refuse = |error| refused_by_code(error, MediaType::Json, &context.request_id);
    if let Err(error) = transport.rates.address(context.client) {
        return refuse(error);
    }
    let caller = match authenticated(&transport, &parts, &context).await {
        Ok(caller) => caller,
        Err(error) => return refuse(error),
    };
    let Ok(upgrade) = WebSocketUpgrade::from_request_parts(&mut parts, &()).await else {
        let error = request_error(ErrorCode::BadRequest, "This is not a WebSocket handshake");
        return refused(StatusCode::BAD_REQUEST, error, MediaType::Json, &context.request_id);
    };
    let known = caller.as_ref().is_ok_and(Caller::is_known);
    let Some(place) = transport.open_sockets.at_handshake(context.client, known) else {
        return refuse(ApiError::new(ErrorCode::LimitReached).with("limit", "sockets"));
    };
    let limit = transport.body_limit;
    let upgrade = upgrade
        .protocols([SUBPROTOCOL])
        .max_message_size(limit)
        .max_frame_size(limit)
        .read_buffer_size(READ_BUFFER)
        .write_buffer_size(0)
        .max_write_buffer_size(limit.saturating_mul(16));
    let spoken = upgrade.selected_protocol().is_some();
    let guard = transport.tasks.token();
    upgrade.on_upgrade(move |socket: WebSocket| async move {
        let _guard = guard;
        let _open = Gauge::new("woow_graphql_sockets");
        session::run(transport, context, socket, place, spoken.then_some(caller)).await;
    })
}

/// The caller as cookie or header tell; a credential that does not hold is remembered, since a browser cannot read why
/// a handshake was refused, but can read why a socket was closed.
async fn authenticated<E>(
    transport: &Transport<E>,
    parts: &Parts,
    context: &RequestContext,
) -> Result<Result<Caller, ApiError>, ApiError> {
    let foreign =
        parts.headers.get(header::ORIGIN).is_some_and(|value| value.as_bytes() != transport.origin.as_bytes());
    if foreign {
        return Err(ApiError::forbidden().with("why", "origin"));
    }
    match transport.authenticate.http(parts, context.client, &context.request_id).await {
        Ok(caller) => transport.check_origin(&parts.headers, &caller).map(|()| Ok(caller)),
        Err(error) => Ok(Err(error)),
    }
}

/// A gauge that is one higher while this lives.
struct Gauge(&'static str);

impl Gauge {
    fn new(name: &'static str) -> Self {
        metrics::gauge!(name).increment(1.0);
        Self(name)
    }
}

impl Drop for Gauge {
    fn drop(&mut self) {
        metrics::gauge!(self.0).decrement(1.0);
    }
}
