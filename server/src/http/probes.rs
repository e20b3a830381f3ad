//! What Kubernetes and supervisors ask: alive, and ready.

use std::sync::Arc;

use axum::{
    Json,
    extract::State,
    response::{IntoResponse, Response},
};
use http::{HeaderValue, StatusCode, header};
use serde::Serialize;

/// What the server needs in order to work.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ready {
    /// The database answers; at start it had this binary's schema.
    pub migrated: bool,
    /// The cluster answers. Without it the console still works, and says so.
    pub cluster: bool,
}

/// Tells whether the server can work.
#[async_trait::async_trait]
pub trait Readiness: Send + Sync {
    /// Looks now; must answer within a second or so.
    async fn check(&self) -> Ready;
}

#[derive(Serialize)]
struct Report {
    ready: bool,
    migrated: bool,
    listening: bool,
    cluster: &'static str,
}

/// 200 when the server can be sent requests, 503 when not. A cluster that is away is told, but a restart or another
/// route would not bring it back.
pub(super) async fn readyz(State(readiness): State<Arc<dyn Readiness>>) -> Response {
    let Ready { migrated, cluster } = readiness.check().await;
    let report =
        Report { ready: migrated, migrated, listening: true, cluster: if cluster { "ok" } else { "degraded" } };
    let status = if migrated { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    (status, [(header::CACHE_CONTROL, HeaderValue::from_static("no-store"))], Json(report)).into_response()
}
