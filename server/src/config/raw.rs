//! The configuration as it is written.

use std::{net::SocketAddr, num::NonZeroU32, num::NonZeroUsize, path::PathBuf};

use secrecy::SecretString;
use serde::Deserialize;

/// Every key, before defaults that depend on others.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Raw {
    pub data_dir: Option<PathBuf>,
    pub listen: Option<SocketAddr>,
    pub metrics_listen: Option<SocketAddr>,
    pub public_url: Option<String>,
    pub trusted_proxies: Vec<String>,
    pub database: Database,
    pub master_key: Option<SecretString>,
    pub master_key_file: Option<PathBuf>,
    pub kubeconfig: Option<PathBuf>,
    pub sandbox: bool,
    pub catalog_dir: Option<PathBuf>,
    pub helm: Option<PathBuf>,
    pub apps_domain: Option<String>,
    pub ingress_class: Option<String>,
    pub ingress_namespace: Option<String>,
    pub log: Log,
    pub limits: Limits,
    pub operations: Operations,
    pub retention: Retention,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Database {
    pub url: Option<SecretString>,
    pub url_file: Option<PathBuf>,
}

/// How the log is written.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Log {
    /// Text for people, JSON for machines.
    pub format: LogFormat,
    /// A level, or directives such as `info,server=debug`.
    pub level: String,
}

/// The form of the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    /// Lines for people.
    Text,
    /// One JSON object a line.
    Json,
}

impl Default for Log {
    fn default() -> Self {
        Self { format: LogFormat::Text, level: "info".to_owned() }
    }
}

/// What one may ask for, and how often.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Limits {
    /// Largest body of a request, in bytes.
    pub body_bytes: NonZeroUsize,
    /// Levels of fields in a query.
    pub depth: NonZeroUsize,
    /// Fields of a query.
    pub complexity: NonZeroUsize,
    /// Aliases of a query.
    pub aliases: usize,
    /// Open operations on one WebSocket.
    pub streams_per_socket: NonZeroUsize,
    /// Open sockets (WebSocket) altogether.
    pub sockets: NonZeroUsize,
    /// Open sockets of one address (one /64 network in IPv6).
    pub sockets_per_address: NonZeroUsize,
    /// Connections of one address (one /64 network in IPv6); those of trusted proxies are not counted.
    pub connections_per_address: NonZeroUsize,
    /// Requests a minute of one person or token.
    pub requests_per_minute_per_actor: NonZeroU32,
    /// Requests a minute of one address (one /64 network in IPv6).
    pub requests_per_minute_per_address: NonZeroU32,
    /// Sign-ins that may be tried in a minute from one address.
    pub sign_ins_per_minute: NonZeroU32,
    /// Downloads of logs that one person may begin in a minute.
    pub log_downloads_per_minute: NonZeroU32,
    /// Workspaces that one person makes.
    pub workspaces_per_person: NonZeroU32,
}

impl Default for Limits {
    fn default() -> Self {
        let size = |value| NonZeroUsize::new(value).unwrap_or(NonZeroUsize::MIN);
        let count = |value| NonZeroU32::new(value).unwrap_or(NonZeroU32::MIN);
        Self {
            body_bytes: size(1 << 20),
            depth: size(16),
            complexity: size(1000),
            aliases: 30,
            streams_per_socket: size(50),
            sockets: size(2000),
            sockets_per_address: size(100),
            connections_per_address: size(500),
            requests_per_minute_per_actor: count(1200),
            requests_per_minute_per_address: count(3000),
            sign_ins_per_minute: count(10),
            log_downloads_per_minute: count(10),
            workspaces_per_person: count(10),
        }
    }
}

/// How operations are run.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Operations {
    /// Operations at once.
    pub workers: NonZeroUsize,
    /// How long an operation stays with a server that says nothing more.
    pub lease_seconds: NonZeroU32,
    /// How long an app may take until it is ready.
    pub ready_timeout_seconds: NonZeroU32,
}

impl Default for Operations {
    fn default() -> Self {
        let count = |value| NonZeroU32::new(value).unwrap_or(NonZeroU32::MIN);
        Self {
            workers: NonZeroUsize::new(4).unwrap_or(NonZeroUsize::MIN),
            lease_seconds: count(30),
            ready_timeout_seconds: count(600),
        }
    }
}

/// How long records are kept, in days.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Retention {
    /// The journals of operations.
    pub journal_days: NonZeroU32,
}

impl Default for Retention {
    fn default() -> Self {
        let days = |value| NonZeroU32::new(value).unwrap_or(NonZeroU32::MIN);
        Self { journal_days: days(90) }
    }
}
