//! A proxy before the API server that does as the test says: refuses, fails, waits, forgets answers, ends watches.

use super::{
    door::Door,
    rules::{Asker, Fault, Held, Rules, Seen},
};
use axum::body::{Body, Bytes};
use http::{HeaderMap, Request, Response, StatusCode, header};
use http_body_util::BodyExt;
use hyper::{body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::TokioIo;
use serde_json::{Value, json};
use std::{
    future::pending,
    io,
    path::PathBuf,
    sync::{Arc, Mutex},
};
use tokio::net::TcpStream;
use tokio_util::sync::CancellationToken;

/// Headers that belong to one link, or that the proxy writes itself.
const OWN_HEADERS: [header::HeaderName; 5] =
    [header::HOST, header::AUTHORIZATION, header::CONTENT_LENGTH, header::CONNECTION, header::TRANSFER_ENCODING];

/// Where [`super::helm::Wrapper`] tells that it is at a place at which it asks the API server nothing, or that it hangs: the
/// proxy answers.
const OF_THE_TEST: &str = "/of-the-test/";

/// The proxy. Cloning shares it.
#[derive(Clone)]
pub struct Proxy {
    inner: Arc<Inner>,
    door: Door,
}

struct Inner {
    upstream: String,
    token: String,
    client: reqwest::Client,
    rules: Rules<Seen, Fault>,
    seen: Mutex<Vec<Seen>>,
    folder: tempfile::TempDir,
}

impl Proxy {
    /// Before the API server of the tests, for the server's own account.
    pub async fn start() -> Self {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let path = std::env::var_os("WOOW_TEST_KUBECONFIG").expect("WOOW_TEST_KUBECONFIG is not set: run `make test`");
        let config: Value = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
        let cluster = &config["clusters"][0]["cluster"];
        let authority = decoded(&cluster["certificate-authority-data"]);
        let client = reqwest::Client::builder()
            .tls_certs_only([reqwest::Certificate::from_pem(&authority).unwrap()])
            .http1_only()
            .no_proxy()
            .build()
            .unwrap();
        let folder = tempfile::tempdir().unwrap();
        let inner = Arc::new(Inner {
            upstream: cluster["server"].as_str().unwrap().to_owned(),
            token: config["users"][0]["user"]["token"].as_str().unwrap().to_owned(),
            client,
            rules: Rules::default(),
            seen: Mutex::default(),
            folder,
        });
        let served = Arc::clone(&inner);
        let door = Door::open(move |stream| link(Arc::clone(&served), stream)).await;
        let address = door.address();
        let kubeconfig = json!({
            "apiVersion": "v1", "kind": "Config", "current-context": "proxy",
            "clusters": [{ "name": "proxy", "cluster": { "server": format!("http://{address}") } }],
            "users": [{ "name": "proxy", "user": {} }],
            "contexts": [{ "name": "proxy", "context": { "cluster": "proxy", "user": "proxy" } }],
        });
        std::fs::write(inner.folder.path().join("kubeconfig"), kubeconfig.to_string()).unwrap();
        Self { inner, door }
    }

    /// The port that it listens on, on this machine.
    pub fn port(&self) -> u16 {
        self.door.address().port()
    }

    /// The kubeconfig that leads here; it needs no credentials.
    pub fn kubeconfig(&self) -> PathBuf {
        self.inner.folder.path().join("kubeconfig")
    }

    /// Does this with the next `times` requests that fit.
    pub fn fault(&self, times: usize, fault: Fault, fits: impl Fn(&Seen) -> bool + Send + Sync + 'static) {
        self.inner.rules.add(times, fault, fits);
    }

    /// Holds requests that fit until the test lets go; what becomes of them then is for the rules of that time to say.
    pub fn pause(&self, fits: impl Fn(&Seen) -> bool + Send + Sync + 'static) -> Held {
        let (held, gate) = Held::new();
        self.inner.rules.add_lasting(Fault::Pause(gate), fits);
        held
    }

    /// Holds the next request that fits, before the API server knows of it.
    pub fn hold(&self, fits: impl Fn(&Seen) -> bool + Send + Sync + 'static) -> Held {
        let (held, gate) = Held::new();
        self.inner.rules.add_lasting(Fault::HoldBefore(gate), fits);
        held
    }

    /// Holds the answer to the next request that fits: the API server has done it, and who asked does not know.
    pub fn hold_answer(&self, fits: impl Fn(&Seen) -> bool + Send + Sync + 'static) -> Held {
        let (held, gate) = Held::new();
        self.inner.rules.add_lasting(Fault::HoldAfter(gate), fits);
        held
    }

    /// How many faults have not come as often as they were to.
    pub fn unplayed(&self) -> usize {
        self.inner.rules.unplayed()
    }

    /// Forgets all rules.
    pub fn behave(&self) {
        self.inner.rules.clear();
    }

    /// Cuts every link that is open now, watches among them.
    pub fn cut(&self) {
        self.door.cut();
    }

    /// The API server is gone: links are cut, connections refused.
    pub async fn go_away(&self) {
        self.door.go_away().await;
    }

    /// It is back, at the same address.
    pub async fn come_back(&self) {
        self.door.come_back().await;
    }

    /// What has come so far.
    pub fn seen(&self) -> Vec<Seen> {
        self.inner.seen.lock().unwrap().clone()
    }
}

fn decoded(text: &Value) -> Vec<u8> {
    use base64::Engine;
    base64::engine::general_purpose::STANDARD.decode(text.as_str().unwrap()).unwrap()
}

async fn link(inner: Arc<Inner>, stream: TcpStream) {
    let service = service_fn(move |request| handle(Arc::clone(&inner), request));
    // It ends with an error where a test says so.
    let _ = http1::Builder::new().serve_connection(TokioIo::new(stream), service).await;
}

async fn handle(inner: Arc<Inner>, request: Request<Incoming>) -> io::Result<Response<Body>> {
    let (head, body) = request.into_parts();
    let body = body.collect().await.map_err(io::Error::other)?.to_bytes();
    let seen = Seen {
        method: head.method.to_string(),
        path: head.uri.path().to_owned(),
        query: head.uri.query().unwrap_or_default().to_owned(),
        body: String::from_utf8_lossy(&body).into_owned(),
        helm: head.headers.contains_key("impersonate-user"),
    };
    let asker = Asker::from(&seen);
    inner.seen.lock().unwrap().push(seen.clone());
    let lost = || io::Error::other("the test lets it be lost");
    let fault = loop {
        match inner.rules.take(&seen) {
            Some(Fault::Pause(gate)) => {
                if !gate.pass(asker, pending()).await {
                    return Err(lost());
                }
            }
            fault => break fault,
        }
    };
    // This here is dropped when who has asked gives it up.
    let gone = CancellationToken::new();
    let _asks = gone.clone().drop_guard();
    match fault {
        None | Some(Fault::Pause(_)) => inner.forward(&head, body).await,
        Some(Fault::Answer(status)) => Ok(told(status)),
        Some(Fault::Cut) => Err(lost()),
        Some(Fault::Slow(time)) => {
            // Nothing is awaited: to be slow is the fault.
            tokio::time::sleep(time).await;
            inner.forward(&head, body).await
        }
        Some(Fault::TooOld) => Ok(too_old()),
        // In a task of its own: what is on its way arrives, also when who asked has died.
        Some(Fault::HoldBefore(gate)) => {
            let late = async move {
                if !gate.pass(asker, gone.cancelled()).await {
                    return Err(lost());
                }
                let answer = inner.forward(&head, body).await;
                gate.answered();
                answer
            };
            tokio::spawn(late).await.map_err(io::Error::other)?
        }
        Some(Fault::HoldAfter(gate)) => {
            let late = async move {
                let answer = inner.forward(&head, body).await?;
                if gate.pass(asker, gone.cancelled()).await { Ok(answer) } else { Err(lost()) }
            };
            tokio::spawn(late).await.map_err(io::Error::other)?
        }
    }
}

impl Inner {
    async fn forward(&self, head: &http::request::Parts, body: Bytes) -> io::Result<Response<Body>> {
        if head.uri.path().starts_with(OF_THE_TEST) {
            return Ok(Response::new(Body::empty()));
        }
        let path = head.uri.path_and_query().map_or("/", http::uri::PathAndQuery::as_str);
        let answer = self
            .client
            .request(head.method.clone(), format!("{}{path}", self.upstream))
            .headers(carried(&head.headers))
            .bearer_auth(&self.token)
            .body(body)
            .send()
            .await
            .map_err(io::Error::other)?;
        let mut response = Response::new(Body::empty());
        *response.status_mut() = answer.status();
        *response.headers_mut() = carried(answer.headers());
        *response.body_mut() = Body::from_stream(answer.bytes_stream());
        Ok(response)
    }
}

fn carried(headers: &HeaderMap) -> HeaderMap {
    let mut headers = headers.clone();
    for name in OWN_HEADERS {
        headers.remove(name);
    }
    headers
}

fn status(code: u16, reason: &str, message: &str) -> Value {
    json!({ "kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Failure",
        "message": message, "reason": reason, "code": code })
}

fn told(code: u16) -> Response<Body> {
    let (reason, message) = match code {
        403 => ("Forbidden", "things is forbidden: User \"x\" cannot do this: told by the test"),
        429 => ("TooManyRequests", "the server has received too many requests and has asked us to try again later"),
        503 => ("ServiceUnavailable", "the server is currently unable to handle the request"),
        _ => ("InternalError", "Internal error occurred: told by the test"),
    };
    let mut response = json_body(&status(code, reason, message));
    *response.status_mut() = StatusCode::from_u16(code).unwrap();
    response
}

fn too_old() -> Response<Body> {
    let object = status(410, "Expired", "too old resource version: 1 (2)");
    json_body(&json!({ "type": "ERROR", "object": object }))
}

fn json_body(value: &Value) -> Response<Body> {
    let mut response = Response::new(Body::from(format!("{value}\n")));
    response.headers_mut().insert(header::CONTENT_TYPE, "application/json".parse().unwrap());
    response
}
