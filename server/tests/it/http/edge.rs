//! What every answer carries, and what ends at the edge.

use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};

use super::{LARGE, Options, TestServer};

/// A connection on which one request was answered, so that the server knows of it; none where it was closed instead.
async fn connected(server: &TestServer) -> Option<tokio::net::TcpStream> {
    let mut stream = tokio::net::TcpStream::connect(server.address).await.expect("a connection");
    // A connection that is refused may be closed before we have written.
    let _ = stream.write_all(b"GET /healthz HTTP/1.1\r\nhost: localhost\r\n\r\n").await;
    let mut answer = [0; 1024];
    let length = stream.read(&mut answer).await.unwrap_or(0);
    answer[..length].starts_with(b"HTTP/1.1 200").then_some(stream)
}

#[tokio::test]
async fn every_answer_carries_the_headers() {
    let server = TestServer::start().await;
    for path in ["/", "/healthz", "/readyz", "/nothing.js", "/icons/none.svg", "/graphql", "/panic"] {
        let answer = server.get(path).await;
        let headers = answer.headers();
        for name in [
            "content-security-policy",
            "x-content-type-options",
            "referrer-policy",
            "permissions-policy",
            "cross-origin-opener-policy",
            "cross-origin-resource-policy",
            "strict-transport-security",
            "x-build-id",
            "x-request-id",
        ] {
            assert_eq!(headers.get_all(name).iter().count(), 1, "{path}: {name}");
        }
    }
    let policy = server.get("/").await.headers()["content-security-policy"].to_str().expect("text").to_owned();
    assert!(policy.contains("script-src 'self' 'wasm-unsafe-eval' 'sha256-YWJj';"), "{policy}");
}

#[tokio::test]
async fn a_panic_tells_nothing() {
    let server = TestServer::start().await;
    let answer = server.get("/panic").await;
    assert_eq!(answer.status(), 500);
    let text = answer.text().await.expect("text");
    assert!(text.contains("INTERNAL") && !text.contains("canary"), "{text}");
    assert_eq!(server.get("/healthz").await.status(), 200);
}

#[tokio::test]
async fn readiness_tells_a_missing_cluster_without_failing() {
    let server = TestServer::start().await;
    let answer = server.get("/readyz").await;
    assert_eq!(answer.status(), 200);
    let json: serde_json::Value = answer.json().await.expect("JSON");
    let expected = serde_json::json!({"ready": true, "migrated": true, "listening": true, "cluster": "degraded"});
    assert_eq!(json, expected);
}

#[tokio::test]
async fn an_icon_is_a_picture_and_nothing_else() {
    let server = TestServer::start().await;
    let answer = server.get("/icons/n8n.svg").await;
    assert_eq!(answer.headers()["content-type"], "image/svg+xml");
    assert_eq!(answer.headers()["content-security-policy"], "default-src 'none'; style-src 'unsafe-inline'; sandbox");
    for path in ["/icons/none.svg", "/icons/n8n", "/icons/..%2Fn8n.svg"] {
        assert_eq!(server.get(path).await.status(), 404, "{path}");
    }
}

#[tokio::test]
async fn the_client_is_told_by_trusted_proxies_alone() {
    for (trusted, expected) in [(&["127.0.0.1"][..], "192.0.2.7"), (&[], "127.0.0.1")] {
        let server = TestServer::with(Options { trusted, ..Options::default() }).await;
        let answer = server.post("{ client }").header("x-forwarded-for", "192.0.2.7").send().await.expect("an answer");
        let json: serde_json::Value = answer.json().await.expect("JSON");
        assert_eq!(json["data"]["client"], expected);
    }
}

#[tokio::test]
async fn a_request_under_way_is_finished_before_the_end() {
    let server = TestServer::start().await;
    // Longer than an operation may take: it is ended by its own time, not by the server's end.
    let request = server.post("{ slow }").send();
    let request = tokio::spawn(request);
    tokio::time::timeout(Duration::from_secs(10), server.reached.notified()).await.expect("it is reached");
    server.life.stopping.cancel();
    assert!(server.life.end().await);
    assert_eq!(request.await.expect("no panic").expect("an answer").status(), 503);
    assert!(server.client.get(server.url("/healthz")).send().await.is_err(), "nobody listens any more");
}

#[tokio::test]
async fn garbage_does_not_disturb() {
    let server = TestServer::start().await;
    for garbage in [&b"\x16\x03\x01\x02\x00"[..], b"GET / HTTP/1.1\r\nx: \0\r\n\r\n", b"NONSENSE\r\n\r\n"] {
        let mut stream = tokio::net::TcpStream::connect(server.address).await.expect("a connection");
        stream.write_all(garbage).await.expect("written");
        stream.shutdown().await.expect("shut down");
        let mut answer = Vec::new();
        let _ = stream.read_to_end(&mut answer).await;
        assert!(!answer.starts_with(b"HTTP/1.1 200"));
    }
    assert_eq!(server.get("/healthz").await.status(), 200);
}

#[tokio::test]
async fn one_address_has_a_number_of_connections_and_a_proxy_any() {
    let server = TestServer::with(Options { connections_per_address: 2, ..Options::default() }).await;
    let first = connected(&server).await.expect("there is room");
    let second = connected(&server).await.expect("there is room");
    assert!(connected(&server).await.is_none(), "a third one is closed");
    drop(first);
    let again = async {
        loop {
            if let Some(stream) = connected(&server).await {
                break stream;
            }
        }
    };
    let again = tokio::time::timeout(Duration::from_secs(10), again).await.expect("its place is free again");
    drop((second, again));

    let options = Options { connections_per_address: 1, trusted: &["127.0.0.0/8"], ..Options::default() };
    let server = TestServer::with(options).await;
    let first = connected(&server).await.expect("there is room");
    let second = connected(&server).await.expect("a proxy is not counted");
    drop((first, second));
}

#[tokio::test]
async fn who_takes_nothing_of_an_answer_loses_the_connection() {
    let options = Options { write_patience: Duration::from_secs(1), ..Options::default() };
    let server = TestServer::with(options).await;
    let mut stream = tokio::net::TcpStream::connect(server.address).await.expect("a connection");
    stream.write_all(b"GET /large HTTP/1.1\r\nhost: localhost\r\n\r\n").await.expect("written");
    let mut answer = [0; 12];
    stream.read_exact(&mut answer).await.expect("the answer begins");
    assert_eq!(&answer, b"HTTP/1.1 200");
    // Nothing more is read: the kernel's buffers fill, and then the time runs.
    server.life.tasks.close();
    tokio::time::timeout(Duration::from_secs(10), server.life.tasks.wait()).await.expect("the connection is ended");
    drop(stream);

    let whole = server.get("/large").await.bytes().await.expect("who reads gets all");
    assert_eq!(whole.len(), LARGE);
}
