//! The frame of `serve`: log, metrics, listeners, signals, and an end that waits for what is under way.

use std::{net::SocketAddr, process::ExitCode, sync::Arc};

use axum::Router;
use tokio::net::TcpListener;

use super::CliError;
use crate::{
    config::{Config, Mistake},
    http::serve::{Bounds, Life, serve},
    telemetry,
};

/// Serves what `compose` makes until a signal ends it.
///
/// The port is bound before, so that a second server on it ends before it touches the database, and early visitors wait
/// in the kernel's queue. What `compose` starts in the background goes into `life.tasks` and ends on `life.stopping`.
pub async fn run<F, R>(config: Arc<Config>, compose: F) -> Result<ExitCode, CliError>
where
    F: FnOnce(Arc<Config>, Life) -> R,
    R: Future<Output = Result<Router, CliError>>,
{
    let _log = telemetry::open_log(&config.log)?;
    let metrics = telemetry::metrics::install()?;
    let life = Life::default();
    life.stop_on_signals()?;
    let listener = bind("listen", config.listen).await?;
    if let Some(address) = config.metrics_listen {
        let listener = bind("metrics_listen", address).await?;
        tracing::info!(address = %listener.local_addr()?, "metrics");
        let router = telemetry::metrics::router(metrics.clone());
        life.tasks.spawn(serve(listener, router, Bounds::configured(&config), life.clone()));
    }
    telemetry::metrics::keep_tidy(metrics, &life);
    let router = compose(Arc::clone(&config), life.clone()).await?;
    tracing::info!(address = %listener.local_addr()?, public_url = %config.public_url, "listening");
    serve(listener, router, Bounds::configured(&config), life.clone()).await;
    let in_time = life.end().await;
    tracing::info!("stopped");
    Ok(if in_time { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

async fn bind(key: &str, address: SocketAddr) -> Result<TcpListener, CliError> {
    let bound = TcpListener::bind(address).await;
    bound.map_err(|error| {
        let mistake = Mistake::new(key, format!("{address} cannot be listened on ({error})"), "choose another port");
        crate::config::ConfigError::from(mistake).into()
    })
}
