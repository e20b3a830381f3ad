//! The life of one socket.

use std::{
    collections::HashMap,
    net::IpAddr,
    ops::ControlFlow,
    panic::AssertUnwindSafe,
    sync::Arc,
    time::{Duration, Instant},
};

use async_graphql::{Data, Executor, Response, parser::types::OperationType};
use axum::extract::ws::{Message, WebSocket};
use futures::{
    FutureExt, StreamExt,
    future::AbortHandle,
    stream::{self, BoxStream, SelectAll},
};
use shared::error::ErrorCode;
use tokio::time::{MissedTickBehavior, interval_at, sleep};
use tokio_util::sync::CancellationToken;
use tracing::Instrument;

use super::{
    super::{
        Caller, Transport,
        answer::is_request_error,
        http::{timed_out, to_its_end},
        operation::{Checked, Params, count, kind_name},
        rates::Place,
    },
    Gauge,
    message::{ClientMessage, Close, ServerMessage},
    writer::{Gone, Outbox, Writer},
};
use crate::{
    graphql::errors::{ApiError, seal},
    http::context::RequestContext,
};

/// How long both sides may take to close.
const FAREWELL: Duration = Duration::from_secs(1);

/// What one operation has to say.
struct Event {
    id: Arc<str>,
    /// Tells an operation from an earlier one of the same id.
    serial: u64,
    what: What,
}

enum What {
    Item(Box<Response>),
    End,
}

struct Open {
    serial: u64,
    abort: AbortHandle,
    _gauge: Gauge,
}

struct Session<E> {
    transport: Arc<Transport<E>>,
    context: RequestContext,
    /// From cookie or header, with the place for the time until then; taken by `connection_init`.
    upgrade: Option<(Place<IpAddr>, Result<Caller, ApiError>)>,
    /// Set by `connection_init`.
    acknowledged: Option<Acknowledged>,
    writer: Writer,
    open: HashMap<Arc<str>, Open>,
    serial: u64,
}

struct Acknowledged {
    data: Arc<Data>,
    rate_key: String,
    _place: Place<IpAddr>,
}

/// Why the loop ends.
enum End {
    Close(Close),
    Gone,
}

impl From<Gone> for End {
    fn from(Gone: Gone) -> Self {
        Self::Gone
    }
}

/// Runs a socket to its end. Without a caller the client did not offer our subprotocol.
pub(super) async fn run<E: Executor>(
    transport: Arc<Transport<E>>,
    context: RequestContext,
    socket: WebSocket,
    place: Place<IpAddr>,
    caller: Option<Result<Caller, ApiError>>,
) {
    let (sink, mut reader) = socket.split();
    let limits = transport.sockets.clone();
    let writer = Writer::new(sink, limits.outbox, limits.outbox_bytes, limits.write_timeout);
    let Some(caller) = caller else {
        return writer.close(Close::Subprotocol).await;
    };
    let span = tracing::info_span!("socket", request_id = &*context.request_id);
    let mut session = Session {
        transport,
        context,
        upgrade: Some((place, caller)),
        acknowledged: None,
        writer,
        open: HashMap::new(),
        serial: 0,
    };
    let end = session.turn(&mut reader).instrument(span).await;
    for open in session.open.values() {
        open.abort.abort();
    }
    if let End::Close(why) = end {
        tracing::debug!(request_id = &*session.context.request_id, code = why.code(), "a socket is closed");
        session.writer.close(why).await;
    }
    // Who closes is answered by a close (RFC 6455, section 7.1.1): reading on sends ours and waits for theirs.
    let farewell = async { while let Some(Ok(_)) = reader.next().await {} };
    let _ = tokio::time::timeout(FAREWELL, farewell).await;
}

impl<E: Executor> Session<E> {
    async fn turn(&mut self, reader: &mut stream::SplitStream<WebSocket>) -> End {
        let limits = self.transport.sockets.clone();
        let stopping = self.transport.stopping.clone();
        let mut ended = match &self.upgrade {
            Some((_, Ok(caller))) => caller.ended.clone(),
            _ => CancellationToken::new(),
        };
        let mut events: SelectAll<BoxStream<'static, Event>> = SelectAll::new();
        let init_timeout = sleep(limits.init_timeout);
        tokio::pin!(init_timeout);
        let idle = sleep(limits.idle_of_nobody);
        tokio::pin!(idle);
        let mut keep_alive = interval_at(tokio::time::Instant::now() + limits.keep_alive, limits.keep_alive);
        keep_alive.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut heard = true;
        loop {
            let outbox = self.writer.outbox();
            let at_rest = self.at_rest();
            let result = tokio::select! {
                // What ends the socket comes first, then the client's words: nothing is said once rights have ended.
                biased;
                () = ended.cancelled() => return End::Close(Close::SessionEnded),
                () = stopping.cancelled() => return End::Close(Close::GoingAway),
                () = outbox.closed() => return End::Gone,
                () = &mut init_timeout, if self.acknowledged.is_none() => return End::Close(Close::InitTimeout),
                () = &mut idle, if at_rest => return End::Close(Close::Idle),
                _ = keep_alive.tick() => {
                    if !std::mem::take(&mut heard) {
                        return End::Close(Close::Silent);
                    }
                    self.writer.send(Message::Ping(axum::body::Bytes::new())).map_err(End::from)
                }
                message = async { outbox.hears().await; reader.next().await } => {
                    heard = true;
                    self.heard(message, &mut events, &mut ended).await
                }
                // Always: what is at work here may hold what others wait for.
                event = events.next(), if !events.is_empty() => match event {
                    Some(event) => self.happened(event).map_err(End::from),
                    None => Ok(()),
                },
            };
            if let Err(end) = result {
                return end;
            }
            if !at_rest && self.at_rest() {
                idle.as_mut().reset(tokio::time::Instant::now() + limits.idle_of_nobody);
            }
        }
    }

    /// Whether it is nobody's, and nothing is open.
    fn at_rest(&self) -> bool {
        self.open.is_empty() && self.acknowledged.as_ref().is_some_and(|acknowledged| acknowledged.rate_key.is_empty())
    }

    /// A message of the client's.
    async fn heard(
        &mut self,
        message: Option<Result<Message, axum::Error>>,
        events: &mut SelectAll<BoxStream<'static, Event>>,
        ended: &mut CancellationToken,
    ) -> Result<(), End> {
        // The end and a message may come at the same moment.
        if ended.is_cancelled() {
            return Err(End::Close(Close::SessionEnded));
        }
        let text = match message {
            None | Some(Ok(Message::Close(_))) => return Err(End::Gone),
            Some(Err(error)) => {
                // The capacity error of tungstenite; its type is not part of axum's interface.
                let large = error.to_string().contains("too long");
                return Err(if large { End::Close(Close::TooLarge) } else { End::Gone });
            }
            Some(Ok(Message::Ping(_) | Message::Pong(_))) => return Ok(()),
            Some(Ok(Message::Binary(_))) => return Err(End::Close(Close::Invalid)),
            Some(Ok(Message::Text(text))) => text,
        };
        match ClientMessage::parse(&text).ok_or(End::Close(Close::Invalid))? {
            ClientMessage::ConnectionInit { payload } => self.init(payload, ended).await,
            ClientMessage::Ping => Ok(self.writer.reply(&ServerMessage::Pong)?),
            ClientMessage::Pong => Ok(()),
            ClientMessage::Complete { id } => {
                if let Some(open) = self.open.remove(id.as_str()) {
                    open.abort.abort();
                }
                Ok(())
            }
            ClientMessage::Subscribe { id, payload } => {
                if let ControlFlow::Continue(stream) = self.subscribe(id, payload)? {
                    events.push(stream);
                }
                Ok(())
            }
        }
    }

    async fn init(
        &mut self,
        payload: Option<serde_json::Map<String, serde_json::Value>>,
        ended: &mut CancellationToken,
    ) -> Result<(), End> {
        let Some((place, upgrade)) = self.upgrade.take() else {
            return Err(End::Close(Close::TooManyInits));
        };
        let was_known = upgrade.as_ref().is_ok_and(Caller::is_known);
        let caller = match payload.as_ref().and_then(|payload| payload.get("authorization")) {
            None | Some(serde_json::Value::Null) => upgrade,
            Some(value) => match value.as_str().and_then(bearer) {
                Some(token) => {
                    let context = &self.context;
                    self.transport.authenticate.bearer(token, context.client, &context.request_id).await
                }
                None => Err(ApiError::unauthenticated()),
            },
        };
        let Ok(caller) = caller else {
            return Err(End::Close(Close::Forbidden));
        };
        let place = if was_known {
            place
        } else {
            // The one that it had is for those that have not said yet who they are.
            let places = &self.transport.open_sockets;
            places.after_greeting(self.context.client, caller.is_known()).ok_or(End::Close(Close::Full))?
        };
        *ended = caller.ended;
        self.acknowledged =
            Some(Acknowledged { data: Arc::new(caller.data), rate_key: caller.rate_key, _place: place });
        Ok(self.writer.reply(&ServerMessage::ConnectionAck)?)
    }

    /// Starts an operation, or refuses it alone.
    fn subscribe(&mut self, id: String, params: Params) -> Result<ControlFlow<(), BoxStream<'static, Event>>, End> {
        let Some(acknowledged) = &self.acknowledged else {
            return Err(End::Close(Close::Unauthorized));
        };
        if self.open.contains_key(id.as_str()) {
            return Err(End::Close(Close::SubscriberExists));
        }
        self.serial += 1;
        let serial = self.serial;
        let request_id = format!("{}-{serial}", self.context.request_id);
        let limits = &self.transport.sockets;
        let rates = &self.transport.rates;
        let admitted =
            rates.address(self.context.client).and_then(|()| rates.actor(&acknowledged.rate_key)).and_then(|()| {
                if self.open.len() < limits.streams {
                    Ok(())
                } else {
                    Err(ApiError::new(ErrorCode::LimitReached).with("limit", "streams").with("max", limits.streams))
                }
            });
        let checked = admitted.map_err(Into::into).and_then(|()| params.check(&self.transport.query_limits));
        let checked = match checked {
            Ok(checked) => checked.told(&request_id, self.context.client),
            Err(error) => {
                let mut response = Response::from_errors(vec![error]);
                seal(&mut response, &request_id);
                count("invalid", &response, Duration::ZERO);
                self.writer.reply(&ServerMessage::Error { id: &id, payload: &response.errors })?;
                return Ok(ControlFlow::Break(()));
            }
        };
        let responses = self.responses(checked, Arc::clone(&acknowledged.data), request_id);
        let id: Arc<str> = id.into();
        let (abort, registration) = AbortHandle::new_pair();
        self.open.insert(Arc::clone(&id), Open { serial, abort, _gauge: Gauge::new("woow_graphql_streams") });
        let end = Event { id: Arc::clone(&id), serial, what: What::End };
        let items = roomy(self.writer.outbox(), responses).map(move |response| Event {
            id: Arc::clone(&id),
            serial,
            what: What::Item(Box::new(response)),
        });
        let stream = items.chain(stream::once(async { end }));
        Ok(ControlFlow::Continue(stream::Abortable::new(stream, registration).boxed()))
    }

    /// The answers of an operation, sealed.
    fn responses(&self, checked: Checked, data: Arc<Data>, request_id: String) -> BoxStream<'static, Response> {
        let Checked { request, chosen } = checked;
        let kind = kind_name(chosen.kind);
        let span = tracing::info_span!("graphql", kind, operation = chosen.name, request_id);
        let executor = self.transport.executor.clone();
        let timeout = self.transport.timeout;
        let started = Instant::now();
        // A resolver's panic ends its own operation and no other.
        let guarded = AssertUnwindSafe(executor.execute_stream(request, Some(data))).catch_unwind();
        let guarded = tracing_futures(guarded, span);
        let responses = guarded.map(|item| item.unwrap_or_else(|_| panicked()));
        let responses = if chosen.kind == OperationType::Subscription {
            responses.boxed()
        } else {
            let first = async move {
                let mut responses = responses;
                let first = async move { responses.next().await };
                let first =
                    if chosen.kind == OperationType::Mutation { to_its_end(first).boxed() } else { first.boxed() };
                match tokio::time::timeout(timeout, first).await {
                    Ok(response) => response,
                    Err(_) => Some(Response::from_errors(vec![timed_out().into()])),
                }
            };
            stream::once(first).filter_map(futures::future::ready).boxed()
        };
        let mut first = true;
        responses
            .map(move |mut response| {
                seal(&mut response, &request_id);
                if std::mem::take(&mut first) || !response.errors.is_empty() {
                    count(kind, &response, started.elapsed());
                }
                response
            })
            .boxed()
    }

    /// Passes on what an operation says, unless the client has ended it meanwhile.
    fn happened(&mut self, event: Event) -> Result<(), Gone> {
        if self.open.get(&event.id).is_none_or(|open| open.serial != event.serial) {
            return Ok(());
        }
        let id = &event.id;
        match event.what {
            What::Item(response) if is_request_error(&response) => {
                if let Some(open) = self.open.remove(id) {
                    open.abort.abort();
                }
                self.writer.say(&ServerMessage::Error { id, payload: &response.errors })
            }
            What::Item(response) => self.writer.say(&ServerMessage::Next { id, payload: &response }),
            What::End => {
                self.open.remove(id);
                self.writer.say(&ServerMessage::Complete { id })
            }
        }
    }
}

/// The stream, asked for an item only where there is room for it; from then on the item is not waited for by anything but itself.
fn roomy<S: stream::Stream + Unpin>(outbox: Outbox, stream: S) -> impl stream::Stream<Item = S::Item> {
    stream::unfold((outbox, stream), async |(outbox, mut stream)| {
        outbox.room().await;
        stream.next().await.map(|item| (item, (outbox, stream)))
    })
}

/// The stream, with the span entered whenever it is polled.
fn tracing_futures<S: stream::Stream + Unpin + Send + 'static>(
    mut stream: S,
    span: tracing::Span,
) -> impl stream::Stream<Item = S::Item> + Unpin + Send + 'static {
    stream::poll_fn(move |cx| span.in_scope(|| stream.poll_next_unpin(cx)))
}

fn panicked() -> Response {
    Response::from_errors(vec![ApiError::internal("a resolver panicked").into()])
}

/// The token of `Bearer <token>` (RFC 6750, section 2.1).
fn bearer(value: &str) -> Option<&str> {
    let (scheme, token) = value.split_once(' ')?;
    (scheme.eq_ignore_ascii_case("bearer") && !token.is_empty()).then_some(token)
}
