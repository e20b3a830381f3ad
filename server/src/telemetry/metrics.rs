//! Metrics for Prometheus (text format 0.0.4), on a listener of their own: they are not for the public.

use std::time::Duration;

use axum::{Router, response::IntoResponse, routing::get};
use http::{HeaderValue, header};
use metrics_exporter_prometheus::{BuildError, Matcher, PrometheusBuilder, PrometheusHandle};

use crate::http::serve::Life;

/// Bounds of latencies, in seconds: from a cached answer to Helm's slowest.
const SECONDS: &[f64] = &[0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0];

/// Begins to count, once a process.
pub fn install() -> Result<PrometheusHandle, BuildError> {
    let handle = PrometheusBuilder::new()
        .set_buckets_for_metric(Matcher::Suffix("_seconds".to_owned()), SECONDS)?
        .install_recorder()?;
    describe();
    Ok(handle)
}

/// Keeps the memory of histograms small while the server lives.
pub fn keep_tidy(handle: PrometheusHandle, life: &Life) {
    let stopping = life.stopping.clone();
    life.tasks.spawn(async move {
        let mut tick = tokio::time::interval(Duration::from_secs(5));
        while stopping.run_until_cancelled(tick.tick()).await.is_some() {
            handle.run_upkeep();
        }
    });
}

/// The route `/metrics`.
pub fn router(handle: PrometheusHandle) -> Router {
    Router::new().route(
        "/metrics",
        get(async move || {
            super::process::measure();
            let content_type = HeaderValue::from_static("text/plain; version=0.0.4; charset=utf-8");
            ([(header::CONTENT_TYPE, content_type)], handle.render()).into_response()
        }),
    )
}

fn describe() {
    use metrics::{describe_counter, describe_gauge, describe_histogram};
    describe_counter!("woow_http_requests_total", "Requests by method, route and status");
    describe_histogram!("woow_http_request_seconds", "Time until an answer begins");
    describe_counter!("woow_graphql_operations_total", "GraphQL operations by kind and code");
    describe_histogram!(
        "woow_graphql_operation_seconds",
        "Time of a GraphQL operation; of a stream until its first item"
    );
    describe_gauge!("woow_graphql_sockets", "Open WebSockets");
    describe_gauge!("woow_graphql_streams", "Open operations on WebSockets");
    describe_counter!("woow_database_statements_total", "Statements that the database was given");
    describe_gauge!("woow_usage_followers", "Open looks at what a service uses");
    describe_counter!("woow_usage_requests_total", "Requests to the cluster's metrics API by result");
    describe_gauge!("process_resident_memory_bytes", "Memory in use");
    describe_gauge!("process_cpu_seconds", "Processor time used since the start");
    describe_gauge!("process_threads", "Threads");
    describe_gauge!("process_open_fds", "Open files and connections");
    describe_counter!("woow_operations_total", "Operations that ended, by kind and state");
    metrics::gauge!("woow_build_info", "version" => env!("CARGO_PKG_VERSION")).set(1.0);
}
