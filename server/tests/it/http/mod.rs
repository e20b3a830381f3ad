//! The HTTP server and both GraphQL transports, on a small schema of their own.

mod bodies;
mod console;
mod edge;
mod life;
mod post;
mod schema;
mod socket;
mod socket_limits;

use std::{
    borrow::Cow,
    net::{IpAddr, SocketAddr},
    num::NonZeroU32,
    sync::Arc,
    time::Duration,
};

use async_graphql::Data;
use axum::body::Bytes;
use http::{header, request::Parts};
use server::{
    graphql::{
        errors::ApiError,
        limits::QueryLimits,
        transport::{
            Authenticate, Caller, SocketLimits, Transport,
            rates::{Places, Rates},
            ws::SocketPlaces,
        },
    },
    http::{
        HttpState, Icons, Readiness, Ready,
        console::Console,
        serve::{Bounds, Life, serve},
    },
};
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

/// The console's origin in these tests.
pub const ORIGIN: &str = "https://paas.example.com";

/// Bytes of what `/large` answers: more than the kernel's buffers take on their own.
pub const LARGE: usize = 32 << 20;

/// Who asks, as resolvers see it.
pub struct Who(pub &'static str);

/// Knows one token, one cookie, and when both end.
pub struct Door {
    pub ended: CancellationToken,
}

impl Door {
    fn caller(&self, who: &'static str, cookie_authenticated: bool) -> Caller {
        let mut data = Data::default();
        data.insert(Who(who));
        Caller { data, ended: self.ended.clone(), cookie_authenticated, rate_key: who.to_owned() }
    }
}

#[async_trait::async_trait]
impl Authenticate for Door {
    async fn http(&self, parts: &Parts, client: IpAddr, request_id: &str) -> Result<Caller, ApiError> {
        if let Some(value) = parts.headers.get(header::AUTHORIZATION) {
            let token = value.to_str().ok().and_then(|value| value.strip_prefix("Bearer ")).unwrap_or_default();
            return self.bearer(token, client, request_id).await;
        }
        match parts.headers.get(header::COOKIE).map(http::HeaderValue::as_bytes) {
            Some(b"session=good") => Ok(self.caller("cookie", true)),
            Some(_) => Err(ApiError::unauthenticated()),
            None => Ok(Caller::default()),
        }
    }

    async fn bearer(&self, token: &str, _client: IpAddr, _request_id: &str) -> Result<Caller, ApiError> {
        if token == "good" { Ok(self.caller("token", false)) } else { Err(ApiError::unauthenticated()) }
    }
}

struct Pictures;

impl Icons for Pictures {
    fn icon(&self, slug: &str) -> Option<Bytes> {
        (slug == "n8n").then(|| Bytes::from_static(b"<svg xmlns='http://www.w3.org/2000/svg'/>"))
    }
}

struct NoCluster;

#[async_trait::async_trait]
impl Readiness for NoCluster {
    async fn check(&self) -> Ready {
        Ready { migrated: true, cluster: false }
    }
}

/// What a test may choose.
pub struct Options {
    pub sockets: SocketLimits,
    pub requests_a_minute: u32,
    pub trusted: &'static [&'static str],
    pub connections_per_address: usize,
    pub write_patience: Duration,
    pub bytes_on_their_way: usize,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            sockets: SocketLimits::default(),
            requests_a_minute: 100_000,
            trusted: &[],
            connections_per_address: 1000,
            write_patience: Bounds::default().write_patience,
            bytes_on_their_way: 64 << 20,
        }
    }
}

/// A server on a free port; it stops when dropped.
pub struct TestServer {
    pub address: SocketAddr,
    pub life: Life,
    pub door: Arc<Door>,
    /// Told when `{ slow }` is being answered.
    pub reached: Arc<Notify>,
    pub client: reqwest::Client,
}

impl Drop for TestServer {
    fn drop(&mut self) {
        self.life.stopping.cancel();
    }
}

impl TestServer {
    pub async fn start() -> Self {
        Self::with(Options::default()).await
    }

    pub async fn with(options: Options) -> Self {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let life = Life::default();
        let door = Arc::new(Door { ended: CancellationToken::new() });
        let reached = Arc::new(Notify::new());
        let rate = NonZeroU32::new(options.requests_a_minute).expect("not zero");
        let transport = Transport {
            executor: schema::build(Arc::clone(&reached)),
            authenticate: Arc::clone(&door) as Arc<dyn Authenticate>,
            query_limits: QueryLimits::default(),
            rates: Rates::new(rate, rate),
            body_limit: 1 << 20,
            bodies: Places::new(options.bytes_on_their_way, options.bytes_on_their_way),
            timeout: Duration::from_millis(500),
            sockets: options.sockets,
            origin: ORIGIN.to_owned(),
            stopping: life.stopping.clone(),
            open_sockets: SocketPlaces::new(1000, 1000),
            tasks: life.tasks.clone(),
        };
        let state = HttpState {
            transport: Arc::new(transport),
            console: Arc::new(Console::of(files())),
            readiness: Arc::new(NoCluster),
            icons: Arc::new(Pictures),
            trusted_proxies: options.trusted.iter().map(|text| text.parse().expect("a network")).collect(),
            https: true,
        };
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("an address");
        let extreme = axum::Router::new()
            .route("/panic", axum::routing::get(panics))
            .route("/large", axum::routing::get(async || Bytes::from(vec![b'x'; LARGE])));
        let routes = server::http::routes(&state).merge(extreme);
        let bounds = Bounds {
            per_address: options.connections_per_address,
            trusted_proxies: state.trusted_proxies.clone(),
            write_patience: options.write_patience,
            ..Bounds::default()
        };
        tokio::spawn(serve(listener, server::http::finish(routes, &state), bounds, life.clone()));
        Self { address, life, door, reached, client: reqwest::Client::new() }
    }

    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// A well-formed POST, to be changed.
    pub fn post(&self, query: &str) -> reqwest::RequestBuilder {
        self.client
            .post(self.url("/graphql"))
            .header("accept", "application/graphql-response+json")
            .json(&serde_json::json!({ "query": query }))
    }

    pub async fn get(&self, path: &str) -> reqwest::Response {
        self.client.get(self.url(path)).send().await.expect("an answer")
    }
}

async fn panics() -> &'static str {
    panic!("canary-in-a-panic")
}

/// A console as Trunk builds it.
fn files() -> Vec<(String, Cow<'static, [u8]>)> {
    [
        ("index.html", "<!doctype html><title>Woow</title>"),
        ("app-0123456789abcdef.js", "export {}"),
        ("app-0123456789abcdef.js.br", "brotli"),
        ("favicon.svg", "<svg/>"),
        (".csp.json", r#"{"script-src": ["'sha256-YWJj'"]}"#),
    ]
    .into_iter()
    .map(|(path, text)| (path.to_owned(), Cow::Borrowed(text.as_bytes())))
    .collect()
}

/// The status code and the first error's code.
pub async fn verdict(answer: reqwest::RequestBuilder) -> (u16, String) {
    let answer = answer.send().await.expect("an answer");
    let status = answer.status().as_u16();
    let json: serde_json::Value = answer.json().await.expect("JSON");
    let extensions = &json["errors"][0]["extensions"];
    if json.get("errors").is_some() {
        assert!(extensions["requestId"].as_str().is_some_and(|id| !id.is_empty()), "{json}");
    }
    (status, extensions["code"].as_str().unwrap_or("OK").to_owned())
}
