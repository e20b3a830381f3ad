//! The protocol of `graphql-transport-ws`, message by message.

use std::time::Duration;

use futures::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio_tungstenite::{
    MaybeTlsStream, WebSocketStream, connect_async,
    tungstenite::{self, Message, client::IntoClientRequest},
};

use super::{ORIGIN, TestServer};

/// A client that speaks plainly.
pub struct Socket(pub WebSocketStream<MaybeTlsStream<TcpStream>>);

impl Socket {
    pub async fn try_open(server: &TestServer, headers: &[(&'static str, &str)]) -> tungstenite::Result<Self> {
        let mut request = format!("ws://{}/graphql", server.address).into_client_request()?;
        for (name, value) in headers {
            request.headers_mut().insert(*name, value.parse().expect("a header"));
        }
        connect_async(request).await.map(|(socket, _)| Self(socket))
    }

    pub async fn open(server: &TestServer) -> Self {
        Self::try_open(server, &[("sec-websocket-protocol", "graphql-transport-ws")]).await.expect("a socket")
    }

    /// Open, and acknowledged.
    pub async fn ready(server: &TestServer) -> Self {
        let mut socket = Self::open(server).await;
        socket.say(json!({"type": "connection_init"})).await;
        assert_eq!(socket.hear().await, json!({"type": "connection_ack"}));
        socket
    }

    pub async fn say(&mut self, message: Value) {
        self.0.send(Message::text(message.to_string())).await.expect("sent");
    }

    pub async fn subscribe(&mut self, id: &str, query: &str) {
        self.say(json!({"type": "subscribe", "id": id, "payload": {"query": query}})).await;
    }

    pub async fn next(&mut self) -> Message {
        let message = tokio::time::timeout(Duration::from_secs(5), self.0.next()).await;
        message.expect("something within 5 s").expect("not the end").expect("a message")
    }

    pub async fn hear(&mut self) -> Value {
        loop {
            match self.next().await {
                Message::Text(text) => return serde_json::from_str(&text).expect("JSON"),
                Message::Ping(_) | Message::Pong(_) => {}
                other => panic!("{other:?} instead of a text"),
            }
        }
    }

    /// Waits until the server has said goodbye, and reads nothing: who reads answers pings.
    pub async fn farewell_unread(&self) {
        let MaybeTlsStream::Plain(stream) = self.0.get_ref() else { panic!("there is no TLS here") };
        let farewell = async {
            let mut waiting = [0; 1024];
            loop {
                let length = stream.peek(&mut waiting).await.expect("an open connection");
                // Nothing: the goodbye was read together with a message, and the connection has ended.
                if length == 0 || holds_close(&waiting[..length]) {
                    return;
                }
                // What has been there stays there, so there is nothing to be woken by.
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        };
        tokio::time::timeout(Duration::from_secs(10), farewell).await.expect("a goodbye within 10 s");
    }

    /// The close code and reason.
    pub async fn closed(&mut self) -> (u16, String) {
        loop {
            if let Message::Close(frame) = self.next().await {
                let frame = frame.expect("a reason");
                return (frame.code.into(), frame.reason.to_string());
            }
        }
    }
}

/// Whether a close is among a server's frames, all of them short and not masked (RFC 6455, section 5.2).
fn holds_close(mut frames: &[u8]) -> bool {
    while let [head, length, rest @ ..] = frames {
        if head & 0x0f == 8 {
            return true;
        }
        frames = rest.get(usize::from(*length)..).unwrap_or_default();
    }
    false
}

fn closed(code: u16, reason: &str) -> (u16, String) {
    (code, reason.to_owned())
}

#[tokio::test]
async fn a_stream_is_followed_to_its_end() {
    let server = TestServer::start().await;
    let mut socket = Socket::ready(&server).await;
    socket.subscribe("a", "subscription { count(to: 2) }").await;
    assert_eq!(socket.hear().await, json!({"type": "next", "id": "a", "payload": {"data": {"count": 0}}}));
    assert_eq!(socket.hear().await, json!({"type": "next", "id": "a", "payload": {"data": {"count": 1}}}));
    assert_eq!(socket.hear().await, json!({"type": "complete", "id": "a"}));
    // The id is free again, also for operations of one result.
    socket.subscribe("a", "{ hello }").await;
    assert_eq!(socket.hear().await, json!({"type": "next", "id": "a", "payload": {"data": {"hello": "world"}}}));
    assert_eq!(socket.hear().await, json!({"type": "complete", "id": "a"}));
    socket.say(json!({"type": "ping", "payload": {"x": 1}})).await;
    assert_eq!(socket.hear().await, json!({"type": "pong"}));
}

#[tokio::test]
async fn what_is_completed_falls_silent() {
    let server = TestServer::start().await;
    let mut socket = Socket::ready(&server).await;
    socket.subscribe("a", "subscription { count }").await;
    socket.hear().await;
    socket.say(json!({"type": "complete", "id": "a"})).await;
    socket.say(json!({"type": "complete", "id": "unknown"})).await;
    socket.say(json!({"type": "ping"})).await;
    while socket.hear().await != json!({"type": "pong"}) {}
    socket.subscribe("a", "subscription { wait }").await;
    assert_eq!(socket.hear().await["payload"]["data"], json!({"wait": 1}));
}

#[tokio::test]
async fn a_busy_stream_does_not_starve_another() {
    let server = TestServer::start().await;
    let mut socket = Socket::ready(&server).await;
    socket.subscribe("busy", "subscription { count }").await;
    socket.subscribe("other", "subscription { count(to: 100) }").await;
    let mut heard = 0;
    while socket.hear().await != json!({"type": "complete", "id": "other"}) {
        heard += 1;
        assert!(heard < 2000, "the other stream gets its turn");
    }
}

#[tokio::test]
async fn errors_end_their_operation_alone() {
    let server = TestServer::start().await;
    let mut socket = Socket::ready(&server).await;
    for (query, code) in [
        ("{", "BAD_REQUEST"),
        ("subscription { nothing }", "BAD_REQUEST"),
        ("subscription { leaks }", "INTERNAL"),
        ("subscription { leaksText }", "INTERNAL"),
        ("subscription { leaksLater }", "INTERNAL"),
        ("subscription { panics }", "INTERNAL"),
        ("subscription { fails }", "NOT_FOUND"),
        ("mutation { a: change b: change }", "BAD_REQUEST"),
        ("{ slow }", "UNAVAILABLE"),
    ] {
        socket.subscribe("x", query).await;
        let mut heard = socket.hear().await;
        let errors = if heard["type"] == "error" { heard["payload"].take() } else { heard["payload"]["errors"].take() };
        assert_eq!(errors[0]["extensions"]["code"], code, "{query}");
        assert!(errors[0]["extensions"]["requestId"].is_string());
        assert!(!errors.to_string().contains("canary"), "{errors}");
        if heard["type"] == "next" {
            assert_eq!(socket.hear().await["type"], "complete");
        }
    }
    socket.subscribe("x", "subscription { failsLater }").await;
    assert_eq!(socket.hear().await["payload"]["data"], json!({"failsLater": 1}));
    let heard = socket.hear().await.to_string();
    assert!(heard.contains("NOT_FOUND"), "{heard}");
}

#[tokio::test]
async fn breaches_of_the_protocol_close_the_socket() {
    let server = TestServer::start().await;
    let invalid = closed(4400, "Invalid message");
    for text in [
        "",
        "nonsense",
        "{}",
        "[]",
        r#"{"type":"start"}"#,
        r#"{"type":"subscribe","id":"","payload":{"query":"{hello}"}}"#,
        r#"{"type":"subscribe","id":"a"}"#,
        r#"{"type":"complete"}"#,
        r#"{"type":"connection_init","payload":"x"}"#,
    ] {
        let mut socket = Socket::open(&server).await;
        socket.0.send(Message::text(text)).await.expect("sent");
        assert_eq!(socket.closed().await, invalid, "{text}");
    }
    let mut socket = Socket::ready(&server).await;
    socket.0.send(Message::binary(vec![1, 2, 3])).await.expect("sent");
    assert_eq!(socket.closed().await, invalid);

    let mut socket = Socket::open(&server).await;
    socket.subscribe("a", "{ hello }").await;
    assert_eq!(socket.closed().await, closed(4401, "Unauthorized"));

    let mut socket = Socket::ready(&server).await;
    socket.subscribe("a", "subscription { wait }").await;
    socket.subscribe("a", "subscription { wait }").await;
    assert_eq!(socket.closed().await, closed(4409, "Subscriber already exists"));

    let mut socket = Socket::ready(&server).await;
    socket.say(json!({"type": "connection_init"})).await;
    assert_eq!(socket.closed().await, closed(4429, "Too many initialisation requests"));

    for protocols in [&[][..], &[("sec-websocket-protocol", "graphql-ws")]] {
        // The client library itself refuses a handshake without its protocol in the answer.
        match Socket::try_open(&server, protocols).await {
            Ok(mut socket) => assert_eq!(socket.closed().await.0, 4406),
            Err(error) => assert!(error.to_string().contains("protocol"), "{error}"),
        }
    }
}

#[tokio::test]
async fn who_asks_is_told_by_cookie_or_token() {
    let server = TestServer::start().await;
    let protocol = ("sec-websocket-protocol", "graphql-transport-ws");
    let cookie = ("cookie", "session=good");
    let who = async |headers: &[(&'static str, &str)], payload: Value| {
        let mut socket = Socket::try_open(&server, headers).await.expect("a socket");
        socket.say(json!({"type": "connection_init", "payload": payload})).await;
        let first = socket.next().await;
        if let Message::Close(frame) = first {
            let frame = frame.expect("a reason");
            return format!("{} {}", u16::from(frame.code), frame.reason);
        }
        socket.subscribe("w", "{ who }").await;
        socket.hear().await["payload"]["data"]["who"].as_str().expect("somebody").to_owned()
    };
    assert_eq!(who(&[protocol], Value::Null).await, "nobody");
    assert_eq!(who(&[protocol, cookie, ("origin", ORIGIN)], json!({})).await, "cookie");
    assert_eq!(who(&[protocol], json!({"authorization": "Bearer good"})).await, "token");
    assert_eq!(who(&[protocol, ("authorization", "Bearer good")], Value::Null).await, "token");
    for payload in
        [json!({"authorization": "Bearer bad"}), json!({"authorization": "good"}), json!({"authorization": 1})]
    {
        assert_eq!(who(&[protocol], payload).await, "4403 Forbidden");
    }
    assert_eq!(who(&[protocol, ("authorization", "Bearer bad")], Value::Null).await, "4403 Forbidden");
    for headers in [
        &[protocol, cookie][..],
        &[protocol, cookie, ("origin", "https://evil.example.com")],
        &[protocol, ("origin", "null")],
    ] {
        let Err(tungstenite::Error::Http(answer)) = Socket::try_open(&server, headers).await else {
            panic!("a foreign page was let in: {headers:?}");
        };
        assert_eq!(answer.status(), 403);
    }
}
