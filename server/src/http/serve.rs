//! Connections: accepting, bounding and ending them.

use std::{
    net::{IpAddr, SocketAddr},
    pin::pin,
    sync::Arc,
    time::Duration,
};

use axum::{Router, extract::ConnectInfo};
use hyper::{body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::Semaphore,
};
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use tower::ServiceExt;

use super::{cidr::Cidr, stall::Stall};
use crate::{
    config::Config,
    graphql::transport::rates::{Places, network},
};

/// How long a client may take for a request's head.
const HEAD_TIMEOUT: Duration = Duration::from_secs(20);
/// How long a client may take nothing of what is written to it.
const WRITE_PATIENCE: Duration = Duration::from_secs(30);
/// How long everything together may take to end.
const FAREWELL: Duration = Duration::from_secs(20);
/// And what serves the rest until its end.
const LAST_FAREWELL: Duration = Duration::from_secs(3);

/// How many connections there may be.
#[derive(Debug, Clone)]
pub struct Bounds {
    /// Altogether; more wait in the kernel's queue.
    pub connections: usize,
    /// Of one address (one /64 network in IPv6); more are closed at once.
    pub per_address: usize,
    /// Proxies in front of the server, which bring the connections of many.
    pub trusted_proxies: Vec<Cidr>,
    /// How long a client may take nothing of what is written to it.
    pub write_patience: Duration,
}

impl Default for Bounds {
    fn default() -> Self {
        Self { connections: 4096, per_address: 500, trusted_proxies: Vec::new(), write_patience: WRITE_PATIENCE }
    }
}

impl Bounds {
    /// As the configuration says.
    pub fn configured(config: &Config) -> Self {
        Self {
            per_address: config.limits.connections_per_address.get(),
            trusted_proxies: config.trusted_proxies.clone(),
            ..Self::default()
        }
    }

    fn trusts(&self, address: IpAddr) -> bool {
        self.trusted_proxies.iter().any(|proxy| proxy.contains(address))
    }
}

/// The server's life: what begins, what ends it, and what is still to be waited for.
///
/// A part that runs in the background is started with `tasks.spawn`, ends when `stopping` fires, and is waited for.
#[derive(Debug, Clone, Default)]
pub struct Life {
    /// Fires when the server stops.
    pub stopping: CancellationToken,
    /// What is waited for before the process ends.
    pub tasks: TaskTracker,
    /// Fires when all `tasks` have ended.
    pub ended: CancellationToken,
    /// What serves the tasks until their end, ends on `ended`, and is waited for too.
    pub last: TaskTracker,
}

impl Life {
    /// Stops on SIGTERM and SIGINT; a second one ends the process at once.
    pub fn stop_on_signals(&self) -> std::io::Result<()> {
        use tokio::signal::unix::{SignalKind, signal};
        let (mut terminate, mut interrupt) = (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
        let stopping = self.stopping.clone();
        tokio::spawn(async move {
            let name = tokio::select! {
                _ = terminate.recv() => "SIGTERM",
                _ = interrupt.recv() => "SIGINT",
                () = stopping.cancelled() => return,
            };
            tracing::info!(signal = name, "stopping");
            stopping.cancel();
            // Who asks twice is in a hurry.
            tokio::select! {
                _ = terminate.recv() => {}
                _ = interrupt.recv() => {}
            }
            tracing::warn!("stopping at once");
            std::process::exit(1);
        });
        Ok(())
    }

    /// Waits for the end, and then for all parts; returns whether they ended in time.
    pub async fn end(&self) -> bool {
        self.stopping.cancelled().await;
        self.tasks.close();
        let in_time = tokio::time::timeout(FAREWELL, self.tasks.wait()).await.is_ok();
        self.ended.cancel();
        self.last.close();
        let in_time = tokio::time::timeout(LAST_FAREWELL, self.last.wait()).await.is_ok() && in_time;
        if !in_time {
            tracing::warn!(left = self.tasks.len(), "some parts did not end in time");
        }
        in_time
    }
}

/// Serves until the server stops; then accepts no more, and lets running requests finish.
pub async fn serve(listener: TcpListener, router: Router, bounds: Bounds, life: Life) {
    let room = Arc::new(Semaphore::new(bounds.connections));
    let by_network = Places::new(bounds.connections, bounds.per_address);
    loop {
        let place = tokio::select! {
            () = life.stopping.cancelled() => return,
            place = Arc::clone(&room).acquire_owned() => place,
        };
        let accepted = tokio::select! {
            () = life.stopping.cancelled() => return,
            accepted = listener.accept() => accepted,
        };
        match accepted {
            Ok((stream, peer)) => {
                let trusted = bounds.trusts(peer.ip());
                let own_place = if trusted { None } else { by_network.take(network(peer.ip())) };
                if own_place.is_none() && !trusted {
                    tracing::debug!(%peer, "an address has too many connections; one more is closed");
                    continue;
                }
                let (router, stopping) = (router.clone(), life.stopping.clone());
                // Answers are small and written whole.
                let _ = stream.set_nodelay(true);
                let stream = Stall::new(stream, bounds.write_patience);
                life.tasks.spawn(async move {
                    connection(stream, peer, router, stopping).await;
                    drop((place, own_place));
                });
            }
            Err(error) => {
                // Out of file descriptors, most likely: it helps to wait until some are free.
                tracing::warn!(%error, "a connection could not be accepted");
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
        }
    }
}

async fn connection(stream: Stall<TcpStream>, peer: SocketAddr, router: Router, stopping: CancellationToken) {
    let service = service_fn(move |request: http::Request<Incoming>| {
        let mut request = request.map(axum::body::Body::new);
        request.extensions_mut().insert(ConnectInfo(peer));
        router.clone().oneshot(request)
    });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD_TIMEOUT)
        .serve_connection(TokioIo::new(stream), service)
        .with_upgrades();
    let mut connection = pin!(connection);
    let ended = tokio::select! {
        ended = connection.as_mut() => ended,
        () = stopping.cancelled() => {
            connection.as_mut().graceful_shutdown();
            connection.await
        }
    };
    if let Err(error) = ended {
        tracing::trace!(%error, %peer, "a connection ended with an error");
    }
}
