//! Serves what is too large for an answer of the API: `GET /downloads/log?ticket=…`, once for each ticket.

use super::context::RequestContext;
use crate::{
    domain::{
        actor::Actor,
        services::downloads::{self, PATH},
        state,
    },
    graphql::{
        errors::ApiError,
        transport::{
            Transport,
            answer::{MediaType, refused_by_code},
            rates::{Places, network},
        },
    },
};
use async_graphql::Executor;
use axum::{
    Router,
    body::Body,
    extract::State,
    response::{IntoResponse, Response},
    routing::get,
};
use futures::{Stream, StreamExt};
use http::{HeaderValue, Method, StatusCode, header, request::Parts};
use shared::ids::UserId;
use std::{any::TypeId, io, net::IpAddr, sync::Arc, time::Duration};
use tokio_util::sync::CancellationToken;

/// Downloads at once.
const AT_ONCE: usize = 32;
/// And for one network, and for one person.
const AT_ONCE_EACH: usize = 4;
/// How long one may take: a client that reads slowly holds a connection to the cluster.
const LONGEST: Duration = Duration::from_mins(10);

/// What the route needs.
struct Downloads<E> {
    state: state::State,
    transport: Arc<Transport<E>>,
    by_network: Places<IpAddr>,
    by_person: Places<UserId>,
}

/// The route.
pub fn routes<E: Executor>(state: state::State, transport: Arc<Transport<E>>) -> Router {
    let (by_network, by_person) = (Places::new(AT_ONCE, AT_ONCE_EACH), Places::new(AT_ONCE, AT_ONCE_EACH));
    Router::new().route(PATH, get(handle::<E>)).with_state(Arc::new(Downloads {
        state,
        transport,
        by_network,
        by_person,
    }))
}

async fn handle<E: Executor>(State(downloads): State<Arc<Downloads<E>>>, request: http::Request<Body>) -> Response {
    let (parts, _) = request.into_parts();
    if parts.method != Method::GET {
        // A HEAD would use the ticket up.
        return (StatusCode::METHOD_NOT_ALLOWED, [(header::ALLOW, "GET")]).into_response();
    }
    let context = RequestContext::of(&parts);
    match downloads.serve(&parts, &context).await {
        Ok(answer) => answer,
        Err(error) => refused_by_code(error, MediaType::Json, &context.request_id),
    }
}

impl<E: Executor> Downloads<E> {
    async fn serve(&self, parts: &Parts, context: &RequestContext) -> Result<Response, ApiError> {
        self.transport.rates.address(context.client)?;
        let caller = self.transport.authenticate.http(parts, context.client, &context.request_id).await?;
        self.transport.rates.actor(&caller.rate_key)?;
        let actor = caller.data.get(&TypeId::of::<Actor>()).and_then(|actor| actor.downcast_ref::<Actor>());
        let actor = actor.ok_or_else(ApiError::unauthenticated)?;
        let places = self.by_network.take(network(context.client)).zip(self.by_person.take(actor.id));
        let places = places.ok_or_else(|| ApiError::rate_limited(10))?;
        let ticket = ticket(parts.uri.query().unwrap_or_default()).ok_or_else(ApiError::not_found)?;
        let (name, bytes) = downloads::open(&self.state, actor, ticket).await?;
        let ends = Ends { session: caller.ended.clone(), server: self.transport.stopping.clone() };
        // The caller's data hold what tells of their session's end; the places are held as long as the bytes flow.
        let bytes = until(bytes, ends, (caller, places));
        let disposition = HeaderValue::from_str(&format!("attachment; filename=\"{name}\""));
        let headers = [
            (header::CONTENT_TYPE, HeaderValue::from_static("text/plain; charset=utf-8")),
            (header::CONTENT_DISPOSITION, disposition.map_err(ApiError::internal)?),
            (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
        ];
        Ok((headers, Body::from_stream(bytes)).into_response())
    }
}

fn ticket(query: &str) -> Option<&str> {
    query.split('&').find_map(|pair| pair.strip_prefix("ticket=")).filter(|ticket| !ticket.is_empty())
}

/// What ends a download before its end.
struct Ends {
    session: CancellationToken,
    server: CancellationToken,
}

/// The bytes, broken off with an error when the session or the server ends, or it takes too long: the client sees then
/// that it has not got all.
fn until<T: Send>(
    bytes: impl Stream<Item = io::Result<Vec<u8>>> + Send,
    ends: Ends,
    held: T,
) -> impl Stream<Item = io::Result<Vec<u8>>> + Send {
    async_stream::stream! {
        let _held = held;
        let mut bytes = std::pin::pin!(bytes);
        let mut longest = std::pin::pin!(tokio::time::sleep(LONGEST));
        loop {
            let piece = tokio::select! {
                biased;
                () = ends.session.cancelled() => Some(Err(io::ErrorKind::PermissionDenied.into())),
                () = ends.server.cancelled() => Some(Err(io::ErrorKind::ConnectionAborted.into())),
                () = &mut longest => Some(Err(io::ErrorKind::TimedOut.into())),
                piece = bytes.next() => piece,
            };
            let Some(piece) = piece else { return };
            let broken = piece.is_err();
            yield piece;
            if broken {
                return;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ticket_is_read_from_the_query() {
        assert_eq!(ticket("ticket=abc"), Some("abc"));
        assert_eq!(ticket("x=1&ticket=abc&y"), Some("abc"));
        assert_eq!(ticket("ticket="), None);
        assert_eq!(ticket("tickets=abc"), None);
    }

    #[tokio::test]
    async fn a_session_that_ends_breaks_its_download_off() {
        let session = CancellationToken::new();
        let ends = Ends { session: session.clone(), server: CancellationToken::new() };
        let endless = futures::stream::repeat_with(|| Ok(vec![b'x']));
        let mut bytes = Box::pin(until(endless, ends, ()));
        assert_eq!(bytes.next().await.unwrap().unwrap(), b"x");
        session.cancel();
        assert_eq!(bytes.next().await.unwrap().unwrap_err().kind(), io::ErrorKind::PermissionDenied);
        assert!(bytes.next().await.is_none());
    }
}
