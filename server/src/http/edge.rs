//! What every request passes first and every answer last: id, client address, log, metrics, headers; a panic or an
//! endless handler ends here too.

use std::{panic::AssertUnwindSafe, sync::Arc, time::Duration, time::Instant};

use axum::{
    body::Body,
    extract::{MatchedPath, State},
    middleware::Next,
    response::Response,
};
use futures::FutureExt;
use http::{HeaderValue, Method, StatusCode};
use shared::error::ErrorCode;
use tracing::Instrument;

use super::{
    cidr::Cidr,
    context::{REQUEST_ID, RequestContext},
    headers::StandardHeaders,
};
use crate::graphql::{
    errors::ApiError,
    transport::answer::{MediaType, refused},
};

/// How long a request may take until its answer begins; GraphQL operations have their own, shorter time.
const TIMEOUT: Duration = Duration::from_mins(1);

/// What [`pass`] needs.
pub struct Edge {
    /// Proxies whose headers are believed.
    pub trusted_proxies: Vec<Cidr>,
    /// Headers of every answer.
    pub headers: StandardHeaders,
}

/// The middleware.
pub async fn pass(State(edge): State<Arc<Edge>>, request: http::Request<Body>, next: Next) -> Response {
    let started = Instant::now();
    let (mut parts, body) = request.into_parts();
    let context = RequestContext::made(&parts, &edge.trusted_proxies);
    parts.extensions.insert(context.clone());
    let method = parts.method.clone();
    // The pattern, not the path: paths are many and may hold ids.
    let route =
        parts.extensions.get::<MatchedPath>().map_or_else(|| "other".to_owned(), |path| path.as_str().to_owned());
    let span = tracing::info_span!(
        "request",
        request_id = &*context.request_id,
        client = %context.client,
        method = method_name(&method),
        path = parts.uri.path(),
    );
    let handled = AssertUnwindSafe(next.run(http::Request::from_parts(parts, body))).catch_unwind();
    let answer = tokio::time::timeout(TIMEOUT, handled).instrument(span.clone()).await;
    let mut answer = span.in_scope(|| match answer {
        Ok(Ok(answer)) => answer,
        Ok(Err(panic)) => {
            tracing::error!(detail = panic_text(&*panic), "a request made the server panic");
            refusal(StatusCode::INTERNAL_SERVER_ERROR, ErrorCode::Internal, &context)
        }
        Err(_) => {
            tracing::error!("a request took too long");
            refusal(StatusCode::SERVICE_UNAVAILABLE, ErrorCode::Unavailable, &context)
        }
    });
    edge.headers.apply(answer.headers_mut());
    if let Ok(id) = HeaderValue::from_str(&context.request_id) {
        answer.headers_mut().insert(REQUEST_ID, id);
    }
    let (status, took) = (answer.status().as_u16(), started.elapsed());
    span.in_scope(|| tracing::debug!(status, millis = took.as_secs_f64() * 1000.0, "answered"));
    let labels = [("method", method_name(&method).to_owned()), ("route", route), ("status", status.to_string())];
    metrics::counter!("woow_http_requests_total", &labels).increment(1);
    metrics::histogram!("woow_http_request_seconds", &labels[..2]).record(took.as_secs_f64());
    answer
}

fn refusal(status: StatusCode, code: ErrorCode, context: &RequestContext) -> Response {
    refused(status, ApiError::new(code), MediaType::Json, &context.request_id)
}

/// A closed set: a client could fill the metrics with methods of its own.
const fn method_name(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::POST => "POST",
        Method::OPTIONS => "OPTIONS",
        _ => "other",
    }
}

fn panic_text(panic: &(dyn std::any::Any + Send)) -> &str {
    panic
        .downcast_ref::<&str>()
        .copied()
        .or_else(|| panic.downcast_ref::<String>().map(String::as_str))
        .unwrap_or("no text")
}
