//! GraphQL over HTTP (specification: graphql.github.io/graphql-over-http/draft).
//!
//! POST takes `application/json` alone, so that no form of another site can send one; GET takes queries alone. One
//! operation a request; no batches.

use std::{sync::Arc, time::Instant};

use async_graphql::{Executor, Response as GraphqlResponse, parser::types::OperationType};
use axum::{body::Body, extract::State, response::Response};
use futures::FutureExt;
use http::{HeaderValue, Method, StatusCode, header, request::Parts};
use shared::error::ErrorCode;
use tracing::Instrument;

use super::{
    Caller, Transport,
    answer::{MediaType, executed, refused, refused_by_code},
    body::{Received, Refusal, receive},
    operation::{Params, count, kind_name},
    rates::network,
};
use crate::{
    graphql::errors::{ApiError, request_error, seal},
    http::context::RequestContext,
};

/// Answers POST and GET. Needs [`RequestContext`] among the request's extensions.
pub async fn handle<E: Executor>(State(transport): State<Arc<Transport<E>>>, request: http::Request<Body>) -> Response {
    let (parts, body) = request.into_parts();
    let context = RequestContext::of(&parts);
    let Some(media) = MediaType::negotiate(&parts.headers) else {
        let message = "Accept application/graphql-response+json or application/json";
        let error = request_error(ErrorCode::BadRequest, message);
        return refused(StatusCode::NOT_ACCEPTABLE, error, MediaType::Json, &context.request_id);
    };
    let exchange = Exchange { transport: &transport, context: &context, media };
    match exchange.run(parts, body).await {
        Ok(answer) => answer,
        Err(Refused(answer)) => *answer,
    }
}

struct Exchange<'a, E> {
    transport: &'a Transport<E>,
    context: &'a RequestContext,
    media: MediaType,
}

/// A refusal, boxed because it is large and rare.
struct Refused(Box<Response>);

impl<E: Executor> Exchange<'_, E> {
    async fn run(&self, parts: Parts, body: Body) -> Result<Response, Refused> {
        let post = parts.method == Method::POST;
        if post && !is_json(&parts) {
            let message = "Send the request as content-type application/json";
            return Err(self.refuse(StatusCode::UNSUPPORTED_MEDIA_TYPE, message));
        }
        self.transport.rates.address(self.context.client).map_err(|error| self.refuse_by(error))?;
        // The whole request before who asks: a body that is held back must not hold rights that end meanwhile.
        let body = if post { Some(self.body(&parts, body).await?) } else { None };
        let caller = self.caller(&parts, post).await?;
        let params = match body {
            // Its room is free again when it was read.
            Some(received) => self.posted(&received.bytes)?,
            None => self.of_query_string(&parts)?,
        };
        self.execute(params, caller, post).await
    }

    async fn caller(&self, parts: &Parts, post: bool) -> Result<Caller, Refused> {
        let context = self.context;
        let caller = self.transport.authenticate.http(parts, context.client, &context.request_id).await;
        let caller = caller.map_err(|error| self.refuse_by(error))?;
        if post {
            self.transport.check_origin(&parts.headers, &caller).map_err(|error| self.refuse_by(error))?;
        } else if caller.cookie_authenticated && is_cross_site(parts) {
            return Err(self.refuse_by(ApiError::forbidden().with("why", "origin")));
        }
        self.transport.rates.actor(&caller.rate_key).map_err(|error| self.refuse_by(error))?;
        Ok(caller)
    }

    async fn body(&self, parts: &Parts, body: Body) -> Result<Received, Refused> {
        let limit = self.transport.body_limit;
        let told = parts.headers.get(header::CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse::<u64>().ok());
        let too_large = told.is_some_and(|length| length > limit as u64);
        // No detail: who fills the room would fill the log too.
        let no_room = || self.refuse_by(ApiError::new(ErrorCode::Unavailable));
        let place = self.transport.bodies.take(network(self.context.client)).ok_or_else(no_room)?;
        receive(body, limit, too_large, place).await.map_err(|refusal| match refusal {
            Refusal::TooLarge => {
                let error = ApiError::new(ErrorCode::TooComplex).with("limit", "bytes").with("max", limit);
                let message = format!("The request's body is larger than {limit} bytes");
                let error = async_graphql::ServerError { message, ..error.into() };
                let answer = refused(StatusCode::PAYLOAD_TOO_LARGE, error, self.media, &self.context.request_id);
                Refused(Box::new(answer))
            }
            Refusal::NoRoom => no_room(),
            Refusal::Broken(message) => self.refuse(StatusCode::BAD_REQUEST, message),
        })
    }

    fn posted(&self, bytes: &[u8]) -> Result<Params, Refused> {
        if bytes.iter().find(|byte| !byte.is_ascii_whitespace()) == Some(&b'[') {
            return Err(self.refuse(StatusCode::BAD_REQUEST, "Batches are not supported: send one request for each"));
        }
        serde_json::from_slice(bytes).map_err(|error| {
            let message = match error.classify() {
                serde_json::error::Category::Data => {
                    "The body is not {\"query\": text, \"operationName\": text, \"variables\": object}"
                }
                _ => "The body is not JSON",
            };
            self.refuse(StatusCode::BAD_REQUEST, message)
        })
    }

    fn of_query_string(&self, parts: &Parts) -> Result<Params, Refused> {
        Params::of_query_string(parts.uri.query().unwrap_or_default())
            .map_err(|message| self.refuse(StatusCode::BAD_REQUEST, message))
    }

    async fn execute(&self, params: Params, caller: Caller, post: bool) -> Result<Response, Refused> {
        let started = Instant::now();
        let id: &str = &self.context.request_id;
        let checked = match params.check(&self.transport.query_limits) {
            Ok(checked) => checked,
            Err(error) => {
                let mut response = GraphqlResponse::from_errors(vec![error]);
                seal(&mut response, id);
                count("invalid", &response, started.elapsed());
                return Ok(executed(response, self.media));
            }
        };
        let kind = checked.chosen.kind;
        if kind == OperationType::Subscription {
            return Err(self.refuse(StatusCode::BAD_REQUEST, "Subscriptions go by WebSocket (graphql-transport-ws)"));
        }
        if kind == OperationType::Mutation && !post {
            let mut answer = self.refuse(StatusCode::METHOD_NOT_ALLOWED, "Mutations go by POST");
            answer.0.headers_mut().insert(header::ALLOW, HeaderValue::from_static("POST"));
            return Err(answer);
        }
        if caller.ended.is_cancelled() {
            return Err(self.refuse_by(ApiError::unauthenticated()));
        }
        let span = tracing::info_span!("graphql", kind = kind_name(kind), operation = checked.chosen.name);
        let mut request = checked.request;
        request.data = caller.data;
        let request =
            super::operation::Checked { request, chosen: checked.chosen }.told(id, self.context.client).request;
        let executor = self.transport.executor.clone();
        let execution = async move { executor.execute(request).await }.instrument(span);
        let execution = if kind == OperationType::Mutation { to_its_end(execution).boxed() } else { execution.boxed() };
        let Ok(mut response) = tokio::time::timeout(self.transport.timeout, execution).await else {
            count(kind_name(kind), &GraphqlResponse::from_errors(vec![timed_out().into()]), started.elapsed());
            return Err(self.refuse_by(timed_out()));
        };
        seal(&mut response, id);
        count(kind_name(kind), &response, started.elapsed());
        Ok(executed(response, self.media))
    }

    fn refuse(&self, status: StatusCode, message: &str) -> Refused {
        let error = request_error(ErrorCode::BadRequest, message);
        Refused(Box::new(refused(status, error, self.media, &self.context.request_id)))
    }

    fn refuse_by(&self, error: ApiError) -> Refused {
        Refused(Box::new(refused_by_code(error, self.media, &self.context.request_id)))
    }
}

/// Runs a change to its end though nobody may wait for the answer any more: one that is dropped in the middle of its commit
/// would be stored, and nobody told.
pub(super) async fn to_its_end<T: Send + 'static>(change: impl Future<Output = T> + Send + 'static) -> T {
    match tokio::spawn(change).await {
        Ok(answer) => answer,
        Err(error) => match error.try_into_panic() {
            Ok(panic) => std::panic::resume_unwind(panic),
            // Only the end of the runtime cancels it.
            Err(_) => std::future::pending().await,
        },
    }
}

/// An operation that took too long. A query was dropped; a change goes on to its end.
pub(super) fn timed_out() -> ApiError {
    ApiError::unavailable("the operation took longer than it may")
}

fn is_json(parts: &Parts) -> bool {
    let mut values = parts.headers.get_all(header::CONTENT_TYPE).iter();
    let (Some(value), None) = (values.next(), values.next()) else { return false };
    let Ok(text) = value.to_str() else { return false };
    let mut pieces = text.split(';').map(str::trim);
    let named = pieces.next().is_some_and(|name| name.eq_ignore_ascii_case("application/json"));
    // JSON is UTF-8 (RFC 8259, section 8.1).
    let utf8 = |piece: &str| match piece.split_once('=') {
        Some((name, value)) if name.trim().eq_ignore_ascii_case("charset") => {
            value.trim().trim_matches('"').eq_ignore_ascii_case("utf-8")
        }
        _ => true,
    };
    named && pieces.all(utf8)
}

/// Whether a browser says that another site asks (Fetch Metadata, section 2.3).
fn is_cross_site(parts: &Parts) -> bool {
    parts.headers.get("sec-fetch-site").is_some_and(|site| !matches!(site.as_bytes(), b"same-origin" | b"none"))
}
