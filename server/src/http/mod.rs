//! The HTTP server: routes, headers, the embedded console.
//!
//! [`routes`] are wrapped by [`finish`]; what needs a layer of its own, such as sessions, goes between the two.

pub mod cidr;
pub mod console;
pub mod context;
pub mod downloads;
pub mod edge;
pub mod headers;
mod probes;
pub mod serve;
mod stall;

use std::sync::Arc;

use async_graphql::Executor;
use axum::{
    Router,
    body::{Body, Bytes},
    extract::{Path, State},
    middleware,
    response::{IntoResponse, Response},
    routing::{get, post},
};
use http::{HeaderValue, Method, StatusCode, header};

pub use self::probes::{Readiness, Ready};
use self::{cidr::Cidr, console::Console, edge::Edge, headers::StandardHeaders};
use crate::graphql::transport::{Transport, http as graphql_http, ws};

/// Icons of apps.
pub trait Icons: Send + Sync {
    /// The SVG of an app, by its slug.
    fn icon(&self, slug: &str) -> Option<Bytes>;
}

/// What the routes need.
pub struct HttpState<E> {
    /// The API.
    pub transport: Arc<Transport<E>>,
    /// The console's files.
    pub console: Arc<Console>,
    /// Tells whether the server can work.
    pub readiness: Arc<dyn Readiness>,
    /// Icons of apps.
    pub icons: Arc<dyn Icons>,
    /// Proxies whose headers are believed.
    pub trusted_proxies: Vec<Cidr>,
    /// Whether people reach the console by https.
    pub https: bool,
}

/// Everything in one.
pub fn router<E: Executor>(state: &HttpState<E>) -> Router {
    finish(routes(state), state)
}

/// The bare routes.
pub fn routes<E: Executor>(state: &HttpState<E>) -> Router {
    let graphql = post(graphql_http::handle::<E>).get(graphql_get::<E>).with_state(Arc::clone(&state.transport));
    let console = Arc::clone(&state.console);
    Router::new()
        .route("/graphql", graphql)
        .route("/healthz", get(|| async { "ok\n" }))
        .route("/readyz", get(probes::readyz).with_state(Arc::clone(&state.readiness)))
        .route("/icons/{file}", get(icon).with_state(Arc::clone(&state.icons)))
        .fallback(async move |request: http::Request<Body>| match *request.method() {
            Method::GET | Method::HEAD => console.answer(request.uri().path(), request.headers()),
            _ => StatusCode::METHOD_NOT_ALLOWED.into_response(),
        })
}

/// Puts the edge around routes: request id, client address, log, metrics, headers, panics.
pub fn finish<E>(routes: Router, state: &HttpState<E>) -> Router {
    let edge = Edge {
        trusted_proxies: state.trusted_proxies.clone(),
        headers: StandardHeaders::new(state.console.scripts(), state.console.build_id(), state.https),
    };
    routes.layer(middleware::from_fn_with_state(Arc::new(edge), edge::pass))
}

/// A GET is a query, or the handshake of a WebSocket.
async fn graphql_get<E: Executor>(state: State<Arc<Transport<E>>>, request: http::Request<Body>) -> Response {
    if ws::is_upgrade(request.headers()) {
        ws::handle(state, request).await
    } else {
        graphql_http::handle(state, request).await
    }
}

/// An SVG may hold scripts; as a picture they do not run, and opened by itself the policy stops them.
async fn icon(State(icons): State<Arc<dyn Icons>>, Path(file): Path<String>) -> Response {
    let Some(bytes) = file.strip_suffix(".svg").and_then(|slug| icons.icon(slug)) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("image/svg+xml")),
        (header::CACHE_CONTROL, HeaderValue::from_static("public, max-age=3600")),
        (
            header::CONTENT_SECURITY_POLICY,
            HeaderValue::from_static("default-src 'none'; style-src 'unsafe-inline'; sandbox"),
        ),
    ];
    (headers, bytes).into_response()
}
