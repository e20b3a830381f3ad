//! What every domain works with. Cloning shares all of it.

use crate::{
    adapters::kube::Clusters,
    clock::SharedClock,
    crypto::{random::Random, seal::MasterKey},
    db::{self, Db},
    domain::{
        catalog::Catalog,
        identity::{failures::Failures, throttle::Throttle},
        services::logs::Streams,
    },
    events::Events,
    graphql::{errors::ApiError, transport::rates::KeyedLimit},
    live::{Live, logs::Logs, usage::Usage},
    releases::operations::Engine,
};
use sea_orm::DbErr;
use shared::ids::ClusterId;
use std::sync::Arc;

/// What the platform promises and limits; from the configuration.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Addresses, logs and resource use are simulated.
    pub sandbox: bool,
    /// Where people reach the console: scheme, host and port.
    pub public_url: String,
    /// Whether browsers keep secure cookies from there.
    pub secure_cookies: bool,
    /// The domain under which services get their addresses.
    pub apps_domain: String,
    /// Whether services are reached by https.
    pub apps_https: bool,
    /// The ingress class of their web addresses.
    pub ingress_class: String,
    /// The namespace of the ingress controller, which may reach the apps.
    pub ingress_namespace: String,
    /// Most workspaces that one person makes.
    pub workspaces_per_person: u64,
    /// Identifies this build.
    pub build_id: String,
}

/// What every domain works with.
#[derive(Clone)]
pub struct State {
    /// The database.
    pub db: Db,
    /// Tells of changes.
    pub events: Events,
    /// The time.
    pub clock: SharedClock,
    /// Randomness.
    pub random: Random,
    /// Seals secrets.
    pub master_key: MasterKey,
    /// The marketplace.
    pub catalog: Catalog,
    /// Runs operations.
    pub engine: Engine,
    /// The clusters.
    pub clusters: Clusters,
    /// What the cluster says.
    pub live: Arc<Live>,
    /// Containers' logs.
    pub logs: Logs,
    /// Counts those who read them.
    pub log_streams: Arc<Streams>,
    /// What containers use.
    pub usage: Usage,
    /// Slows down guessing of passwords.
    pub throttle: Arc<Throttle>,
    /// Counts the downloads of logs that each person begins.
    pub downloads: Arc<KeyedLimit>,
    /// Counts failed sign-ins until they are written.
    pub failures: Arc<Failures>,
    /// The one cluster there is now.
    pub cluster_id: ClusterId,
    /// What is promised and limited.
    pub settings: Arc<Settings>,
}

impl From<DbErr> for ApiError {
    fn from(error: DbErr) -> Self {
        Self::from(&error)
    }
}

impl From<&DbErr> for ApiError {
    fn from(error: &DbErr) -> Self {
        if db::is_away(error) {
            return Self::unavailable(format!("database: {error}"));
        }
        Self::internal(format!("database: {error}"))
    }
}
