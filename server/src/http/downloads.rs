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
use futures::{Stream, StreamExt, TryStreamExt};
use http::{HeaderValue, Method, StatusCode, header, request::Parts};
use shared::ids::UserId;
use std::{any::TypeId, io, net::IpAddr, sync::Arc, time::Duration};
use tokio::{sync::mpsc, task::JoinHandle};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

/// Downloads at once.
const AT_ONCE: usize = 32;
/// And for one network, and for one person.
const AT_ONCE_EACH: usize = 4;
/// How long one may take: a client that reads slowly holds a connection to the cluster.
const LONGEST: Duration = Duration::from_mins(10);
/// And one piece of it, of some KiB, until there is room for the next.
const LONGEST_PIECE: Duration = Duration::from_mins(1);

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
        let (name, leave, pieces) = downloads::open(&self.state, actor, ticket).await?;
        let ends = Ends { session: caller.ended.clone(), server: self.transport.stopping.clone() };
        let (taker, pieces_taken) = mpsc::channel(1);
        let flow = leave.hold(given(pieces, taker, LONGEST_PIECE));
        let flow = flow.map(|held| held.unwrap_or_else(|_| Err(io::ErrorKind::PermissionDenied.into())));
        // The caller's data hold what tells of their session's end; the places are held as long as the bytes flow.
        let pumping = pump(&self.transport.tasks, flow, ends, (caller, places));
        let disposition = HeaderValue::from_str(&format!("attachment; filename=\"{name}\""));
        let headers = [
            (header::CONTENT_TYPE, HeaderValue::from_static("text/plain; charset=utf-8")),
            (header::CONTENT_DISPOSITION, disposition.map_err(ApiError::internal)?),
            (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
        ];
        Ok((headers, Body::from_stream(body(pieces_taken, pumping))).into_response())
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

/// Passes the bytes on, a piece whenever there is room for it. To wait for room is a part of this stream, so whoever holds it may
/// end it meanwhile, though the client takes nothing.
fn given(
    pieces: impl Stream<Item = io::Result<Vec<u8>>> + Send,
    taker: mpsc::Sender<Vec<u8>>,
    longest_piece: Duration,
) -> impl Stream<Item = io::Result<()>> + Send {
    async_stream::stream! {
        let mut pieces = std::pin::pin!(pieces);
        loop {
            let room = match tokio::time::timeout(longest_piece, taker.reserve()).await {
                Ok(Ok(room)) => room,
                // The client is gone.
                Ok(Err(_)) => return,
                Err(_) => return yield Err(io::ErrorKind::TimedOut.into()),
            };
            let piece = tokio::select! {
                () = taker.closed() => return,
                piece = pieces.next() => piece,
            };
            match piece {
                Some(Ok(piece)) => room.send(piece),
                Some(Err(error)) => return yield Err(error),
                None => return,
            }
            yield Ok(());
        }
    }
}

/// Drives a download in a task of its own: the body of an answer is asked for nothing while its client takes nothing, and then
/// neither time nor session would end it. What is `held` is let go at the end.
fn pump<T: Send + 'static>(
    tasks: &TaskTracker,
    flow: impl Stream<Item = io::Result<()>> + Send + 'static,
    ends: Ends,
    held: T,
) -> JoinHandle<io::Result<()>> {
    tasks.spawn(async move {
        let _held = held;
        let flow = flow.try_for_each(|()| futures::future::ok(()));
        tokio::select! {
            biased;
            () = ends.session.cancelled() => Err(io::Error::from(io::ErrorKind::PermissionDenied)),
            () = ends.server.cancelled() => Err(io::Error::from(io::ErrorKind::ConnectionAborted)),
            () = tokio::time::sleep(LONGEST) => Err(io::Error::from(io::ErrorKind::TimedOut)),
            ended = flow => ended,
        }
    })
}

/// What the client gets: the pieces, and an error where they were broken off, so that it sees that it has not got all.
fn body(
    mut pieces: mpsc::Receiver<Vec<u8>>,
    pumping: JoinHandle<io::Result<()>>,
) -> impl Stream<Item = io::Result<Vec<u8>>> + Send {
    async_stream::stream! {
        while let Some(piece) = pieces.recv().await {
            yield Ok(piece);
        }
        match pumping.await {
            Ok(Ok(())) => {}
            Ok(Err(error)) => yield Err(error),
            Err(error) => yield Err(io::Error::other(error)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures::{FutureExt as _, stream};

    #[test]
    fn a_ticket_is_read_from_the_query() {
        assert_eq!(ticket("ticket=abc"), Some("abc"));
        assert_eq!(ticket("x=1&ticket=abc&y"), Some("abc"));
        assert_eq!(ticket("ticket="), None);
        assert_eq!(ticket("tickets=abc"), None);
    }

    fn endless() -> impl Stream<Item = io::Result<Vec<u8>>> + Send {
        stream::repeat_with(|| Ok(vec![b'x']))
    }

    fn ends() -> Ends {
        Ends { session: CancellationToken::new(), server: CancellationToken::new() }
    }

    /// Waits until a download's task has ended, and that it has let go what it held.
    async fn ended(tasks: &TaskTracker, held: &Arc<()>) {
        tasks.close();
        tokio::time::timeout(Duration::from_secs(10), tasks.wait())
            .await
            .expect("it ends though nobody takes anything");
        assert_eq!(Arc::strong_count(held), 1, "what it held is free");
    }

    /// How a body breaks off; a piece at most was left in it.
    async fn broken_by(body: impl Stream<Item = io::Result<Vec<u8>>>) -> io::ErrorKind {
        let mut rest: Vec<_> = body.collect().await;
        assert!(rest.len() <= 2, "{rest:?}");
        rest.pop().unwrap().unwrap_err().kind()
    }

    #[tokio::test]
    async fn a_log_is_given_whole() {
        let (tasks, (taker, pieces)) = (TaskTracker::new(), mpsc::channel(1));
        let log = stream::iter([b"one ", b"two "].map(|piece| Ok(piece.to_vec())));
        let pumping = pump(&tasks, given(log, taker, LONGEST_PIECE), ends(), ());
        let got: Vec<_> = body(pieces, pumping).map(Result::unwrap).collect().await;
        assert_eq!(got.concat(), b"one two ");
    }

    #[tokio::test]
    async fn a_session_that_ends_breaks_its_download_off_though_nobody_takes_it() {
        let (tasks, held, (taker, pieces)) = (TaskTracker::new(), Arc::new(()), mpsc::channel(1));
        let ends = ends();
        let session = ends.session.clone();
        let pumping = pump(&tasks, given(endless(), taker, LONGEST_PIECE), ends, Arc::clone(&held));
        let mut body = Box::pin(body(pieces, pumping));
        assert_eq!(body.next().await.unwrap().unwrap(), b"x");
        session.cancel();
        ended(&tasks, &held).await;
        assert_eq!(broken_by(body).await, io::ErrorKind::PermissionDenied);
    }

    #[tokio::test]
    async fn a_right_that_ends_is_heard_while_nobody_takes_anything() {
        let (tasks, held, (taker, pieces)) = (TaskTracker::new(), Arc::new(()), mpsc::channel(1));
        let right = CancellationToken::new();
        let over = right.clone().cancelled_owned().map(|()| Err(io::ErrorKind::PermissionDenied.into()));
        let flow = stream::select(given(endless(), taker, LONGEST_PIECE), stream::once(over));
        let body = body(pieces, pump(&tasks, flow, ends(), Arc::clone(&held)));
        right.cancel();
        ended(&tasks, &held).await;
        assert_eq!(broken_by(body).await, io::ErrorKind::PermissionDenied);
    }

    #[tokio::test]
    async fn a_piece_waits_no_longer_than_it_may_and_nobody_is_waited_for_who_is_gone() {
        let (tasks, held, (taker, pieces)) = (TaskTracker::new(), Arc::new(()), mpsc::channel(1));
        let flow = given(endless(), taker, Duration::from_millis(20));
        let body = body(pieces, pump(&tasks, flow, ends(), Arc::clone(&held)));
        ended(&tasks, &held).await;
        assert_eq!(broken_by(body).await, io::ErrorKind::TimedOut);

        let (tasks, (taker, pieces)) = (TaskTracker::new(), mpsc::channel(1));
        let silent = stream::pending::<io::Result<Vec<u8>>>();
        let body = self::body(pieces, pump(&tasks, given(silent, taker, LONGEST_PIECE), ends(), Arc::clone(&held)));
        tokio::task::yield_now().await;
        drop(body);
        ended(&tasks, &held).await;
    }
}
