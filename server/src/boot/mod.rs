//! Puts the parts together: from a configuration to a running server, or to an open database for the command line.

mod database;
mod janitor;
mod state;

pub use database::{OpenError, open, open_migrated};

use crate::{
    clock::SystemClock,
    config::{Config, ConfigError},
    domain::identity::{auth::Auth, sessions::Sessions},
    graphql::{
        limits::QueryLimits,
        schema,
        transport::{
            SocketLimits, Transport,
            rates::{Rates, Sockets},
        },
    },
    http::{self, HttpState, Icons, Readiness, Ready, console::Console, serve::Life},
};
use axum::{Router, body::Bytes};
use std::{sync::Arc, time::Duration};

/// How long a query or mutation may take.
const REQUEST_TIMEOUT: Duration = Duration::from_secs(30);

/// Why the server does not start.
#[derive(Debug, thiserror::Error)]
pub enum BootError {
    /// The configuration has a mistake.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// The database cannot be used.
    #[error(transparent)]
    Database(#[from] OpenError),
    /// The access to the cluster cannot be used.
    #[error(transparent)]
    Cluster(#[from] crate::adapters::kube::KubeError),
    /// The folder of the marketplace cannot be read.
    #[error("the marketplace's folder {folder} cannot be read ({source}); set `catalog_dir`")]
    Catalog {
        /// Which.
        folder: String,
        /// Why not.
        source: std::io::Error,
    },
    /// Something of the machine failed.
    #[error("{what}: {source}")]
    Machine {
        /// What was tried.
        what: &'static str,
        /// Why not.
        source: std::io::Error,
    },
}

/// Makes the server's router; what runs in the background goes into `life`.
///
/// # Errors
/// When something that the server cannot do without is not there.
pub async fn compose(config: Arc<Config>, life: Life) -> Result<Router, BootError> {
    let console = Arc::new(Console::embedded());
    let (state, lock) = state::build(&config, &life, console.build_id()).await?;
    let sessions = Sessions::new(state.db.clone(), Arc::new(SystemClock)).layer(&config.public_url);
    let limits = &config.limits;
    let query_limits = QueryLimits {
        depth: limits.depth.get(),
        complexity: limits.complexity.get(),
        aliases: limits.aliases,
        ..QueryLimits::default()
    };
    let transport = Transport {
        executor: schema::build(state.clone(), &query_limits),
        authenticate: Auth::start(state.clone(), life.stopping.clone()),
        query_limits,
        rates: Rates::new(limits.requests_per_minute_per_address, limits.requests_per_minute_per_actor),
        body_limit: limits.body_bytes.get(),
        timeout: REQUEST_TIMEOUT,
        sockets: SocketLimits { streams: limits.streams_per_socket.get(), ..SocketLimits::default() },
        origin: config.public_url.origin().to_owned(),
        stopping: life.stopping.clone(),
        open_sockets: Sockets::new(limits.sockets.get(), limits.sockets_per_address.get()),
        tasks: life.tasks.clone(),
    };
    let http_state = HttpState {
        transport: Arc::new(transport),
        console,
        readiness: Arc::new(Probe(state.clone())),
        icons: Arc::new(AppIcons(state.clone())),
        trusted_proxies: config.trusted_proxies.clone(),
        https: config.public_url.https(),
    };
    janitor::start(state.clone(), &config.retention, &life);
    state.engine.start(&life.tasks);
    // Other servers may use the database once everything of ours has ended, not before.
    tokio::spawn(async move {
        life.tasks.wait().await;
        drop(lock);
    });
    Ok(http::finish(http::routes(&http_state).layer(sessions), &http_state))
}

struct Probe(crate::domain::state::State);

#[async_trait::async_trait]
impl Readiness for Probe {
    async fn check(&self) -> Ready {
        let migrated = self.0.db.answers().await;
        Ready { migrated, cluster: self.0.live.health().borrow().reachable }
    }
}

struct AppIcons(crate::domain::state::State);

impl Icons for AppIcons {
    fn icon(&self, slug: &str) -> Option<Bytes> {
        self.0.catalog.get(slug).map(|app| Bytes::from(app.icon.clone()))
    }
}
