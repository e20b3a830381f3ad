//! GraphQL over HTTP and over WebSocket, on any [`async_graphql::Executor`].
//!
//! [`http`] follows the GraphQL over HTTP specification (draft of 2025); [`ws`] follows `graphql-transport-ws`
//! (PROTOCOL.md of graphql-ws). Who asks is told by [`Authenticate`].

pub mod answer;
mod body;
pub mod http;
mod operation;
pub mod rates;
pub mod ws;

use std::{net::IpAddr, sync::Arc, time::Duration};

use ::http::{HeaderMap, header, request::Parts};
use async_graphql::Data;
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use self::{
    rates::{Places, Rates},
    ws::SocketPlaces,
};
use super::{errors::ApiError, limits::QueryLimits};
use crate::{config::Config, http::serve::Life};

/// Who asks, as far as the transport needs to know.
#[derive(Default)]
pub struct Caller {
    /// What resolvers find in their context.
    pub data: Data,
    /// Fires when session or token end; what is open then is closed.
    pub ended: CancellationToken,
    /// Whether a cookie vouches for the caller: then the request's origin is looked at.
    pub cookie_authenticated: bool,
    /// Whose requests are counted together; empty for nobody, who is counted by address alone.
    pub rate_key: String,
}

impl Caller {
    /// Whether it is somebody.
    pub fn is_known(&self) -> bool {
        !self.rate_key.is_empty()
    }
}

/// Finds out who asks.
#[async_trait::async_trait]
pub trait Authenticate: Send + Sync {
    /// By the headers and extensions of a request. Nobody in particular is a [`Caller`] too; a credential that does not
    /// hold is an error.
    async fn http(&self, parts: &Parts, client: IpAddr, request_id: &str) -> Result<Caller, ApiError>;

    /// By a bearer token (RFC 6750) from a WebSocket's `connection_init`.
    async fn bearer(&self, token: &str, client: IpAddr, request_id: &str) -> Result<Caller, ApiError>;
}

/// About one operation; resolvers find it in their context.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OperationInfo {
    /// Identifies the request in answers, logs and audit.
    pub request_id: String,
    /// Where it comes from.
    pub client: IpAddr,
}

/// Bounds of a WebSocket.
#[derive(Debug, Clone)]
pub struct SocketLimits {
    /// How long a client may take for `connection_init`.
    pub init_timeout: Duration,
    /// How often a silent client is asked whether it still lives; after two silent spans it is let go.
    pub keep_alive: Duration,
    /// How long one message may take to be taken by the client.
    pub write_timeout: Duration,
    /// Messages that wait for a slow client before its streams are no longer polled.
    pub outbox: usize,
    /// Bytes of them: a log's messages are large.
    pub outbox_bytes: usize,
    /// Open operations on one socket.
    pub streams: usize,
    /// How long a socket of nobody may have no open operation.
    pub idle_of_nobody: Duration,
}

impl Default for SocketLimits {
    fn default() -> Self {
        Self {
            init_timeout: Duration::from_secs(10),
            keep_alive: Duration::from_secs(30),
            write_timeout: Duration::from_secs(10),
            outbox: 16,
            outbox_bytes: 1 << 20,
            streams: 50,
            idle_of_nobody: Duration::from_mins(1),
        }
    }
}

/// What both transports need.
pub struct Transport<E> {
    /// The schema.
    pub executor: E,
    /// Finds out who asks.
    pub authenticate: Arc<dyn Authenticate>,
    /// What one query may ask for.
    pub query_limits: QueryLimits,
    /// How often one may ask.
    pub rates: Rates,
    /// Largest body of a request or message of a socket, in bytes.
    pub body_limit: usize,
    /// Bytes of bodies that are on their way, by network.
    pub bodies: Places<IpAddr>,
    /// How long a query or mutation may take.
    pub timeout: Duration,
    /// Bounds of a WebSocket.
    pub sockets: SocketLimits,
    /// The console's origin (RFC 6454), for example `https://paas.example.com`.
    pub origin: String,
    /// Fires when the server stops.
    pub stopping: CancellationToken,
    /// Sockets that are open, by network.
    pub open_sockets: SocketPlaces,
    /// What the server waits for when it stops.
    pub tasks: TaskTracker,
}

impl<E> Transport<E> {
    /// As the configuration says.
    pub fn configured(executor: E, authenticate: Arc<dyn Authenticate>, config: &Config, life: &Life) -> Self {
        let limits = &config.limits;
        Self {
            executor,
            authenticate,
            query_limits: QueryLimits::configured(limits),
            rates: Rates::new(limits.requests_per_minute_per_address, limits.requests_per_minute_per_actor),
            body_limit: limits.body_bytes.get(),
            bodies: body::room(),
            timeout: Duration::from_secs(30),
            sockets: SocketLimits { streams: limits.streams_per_socket.get(), ..SocketLimits::default() },
            origin: config.public_url.origin().to_owned(),
            stopping: life.stopping.clone(),
            open_sockets: SocketPlaces::new(limits.sockets.get(), limits.sockets_per_address.get()),
            tasks: life.tasks.clone(),
        }
    }

    /// Refuses a request that another site may have made a browser send (cross-site request forgery).
    ///
    /// Browsers send `Origin` with every POST and WebSocket. Without one the request does not come from a page, which
    /// is fine as long as no cookie vouches for it. A bearer token is never sent by a browser on its own.
    fn check_origin(&self, headers: &HeaderMap, caller: &Caller) -> Result<(), ApiError> {
        let fits = match headers.get(header::ORIGIN) {
            Some(origin) => {
                let bearer = headers.contains_key(header::AUTHORIZATION) && !caller.cookie_authenticated;
                bearer || origin.as_bytes() == self.origin.as_bytes()
            }
            None => !caller.cookie_authenticated,
        };
        if fits { Ok(()) } else { Err(ApiError::forbidden().with("why", "origin")) }
    }
}
