//! Puts the parts together: from a configuration to a running server, or to an open database for the command line.

mod database;
mod janitor;
mod state;

pub use database::{Lock, OpenError, lock, open, open_migrated};

use crate::{
    clock::SystemClock,
    config::{Config, ConfigError},
    domain::identity::{auth::Auth, sessions::Sessions},
    graphql::{limits::QueryLimits, schema, transport::Transport},
    http::{self, HttpState, Icons, Readiness, Ready, console::Console, serve::Life},
};
use axum::{Router, body::Bytes};
use std::sync::Arc;

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
    let schema = schema::build(state.clone(), &QueryLimits::configured(&config.limits));
    let auth = Auth::start(state.clone(), life.stopping.clone());
    let transport = Arc::new(Transport::configured(schema, auth, &config, &life));
    let downloads = http::downloads::routes(state.clone(), Arc::clone(&transport));
    let http_state = HttpState {
        transport,
        console,
        readiness: Arc::new(Probe(state.clone())),
        icons: Arc::new(AppIcons(state.clone())),
        trusted_proxies: config.trusted_proxies.clone(),
        https: config.public_url.https(),
    };
    janitor::start(state.clone(), &config.retention, &life);
    janitor::write_failures(state.clone(), &life);
    state.engine.start(&life.tasks);
    // Other servers may use the database once everything of ours has ended, not before.
    tokio::spawn(async move {
        life.tasks.wait().await;
        drop(lock);
    });
    Ok(http::finish(http::routes(&http_state).merge(downloads).layer(sessions), &http_state))
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
