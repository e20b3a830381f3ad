//! Somebody who watches over a WebSocket (graphql-transport-ws).

use super::process::ORIGIN;
use futures::{SinkExt, StreamExt};
use serde_json::{Value, json};
use std::time::Duration;
use tokio::net::TcpStream;
use tokio_tungstenite::{
    MaybeTlsStream, WebSocketStream, connect_async,
    tungstenite::{Message, client::IntoClientRequest},
};

/// The longest that a test waits for something to happen. The slowest is that a new pod is measured, within about a minute, and
/// then shown, as it is asked for each 15 s; each of these may fail once.
const PATIENCE: Duration = Duration::from_mins(3);

/// A socket.
pub struct Socket {
    stream: WebSocketStream<MaybeTlsStream<TcpStream>>,
    next: u32,
}

impl Socket {
    /// Opens a socket with a token.
    pub async fn open(address: &str, token: &str) -> Self {
        Self::begin(address, None, json!({ "authorization": format!("Bearer {token}") })).await
    }

    /// Opens a socket as a browser does, with the session's cookies.
    pub async fn with_cookies(address: &str, cookies: Option<&str>) -> Self {
        Self::begin(address, cookies, json!({})).await
    }

    async fn begin(address: &str, cookies: Option<&str>, payload: Value) -> Self {
        let mut request = format!("ws://{address}/graphql").into_client_request().unwrap();
        request.headers_mut().insert("sec-websocket-protocol", "graphql-transport-ws".parse().unwrap());
        if let Some(cookies) = cookies {
            request.headers_mut().insert("cookie", cookies.parse().unwrap());
            request.headers_mut().insert("origin", ORIGIN.parse().unwrap());
        }
        let (stream, _) = connect_async(request).await.expect("the server takes sockets");
        let mut socket = Self { stream, next: 0 };
        socket.send(json!({ "type": "connection_init", "payload": payload })).await;
        let answer = socket.receive().await.expect("an answer to the greeting");
        assert_eq!(answer["type"], "connection_ack");
        socket
    }

    /// Opens a socket with a session's cookie, as the console does.
    pub async fn with_cookie(address: &str, cookie: &str) -> Self {
        let mut request = format!("ws://{address}/graphql").into_client_request().unwrap();
        let headers = request.headers_mut();
        headers.insert("sec-websocket-protocol", "graphql-transport-ws".parse().unwrap());
        headers.insert("origin", super::process::ORIGIN.parse().unwrap());
        headers.insert("cookie", cookie.parse().unwrap());
        let (stream, _) = connect_async(request).await.expect("the server takes sockets");
        let mut socket = Self { stream, next: 0 };
        socket.send(json!({ "type": "connection_init" })).await;
        let answer = socket.receive().await.expect("an answer to the greeting");
        assert_eq!(answer["type"], "connection_ack");
        socket
    }

    /// The next message of a subscription.
    pub async fn next_of(&mut self, id: &str) -> Value {
        loop {
            let message = self.receive().await.expect("the socket stays open");
            if message["id"] == id {
                return message;
            }
        }
    }

    async fn send(&mut self, message: Value) {
        self.stream.send(Message::text(message.to_string())).await.expect("the socket is open");
    }

    /// The next message; `None` when the socket is closed.
    pub async fn receive(&mut self) -> Option<Value> {
        loop {
            let message =
                tokio::time::timeout(PATIENCE, self.stream.next()).await.expect("something happens in time")?;
            match message.ok()? {
                Message::Text(text) => {
                    let message: Value = serde_json::from_str(&text).unwrap();
                    if message["type"] == "ping" {
                        self.send(json!({ "type": "pong" })).await;
                        continue;
                    }
                    return Some(message);
                }
                Message::Close(_) => return None,
                _ => {}
            }
        }
    }

    /// Begins a subscription; its id.
    pub async fn subscribe(&mut self, query: &str, variables: Value) -> String {
        self.next += 1;
        let id = self.next.to_string();
        let payload = json!({ "query": query, "variables": variables });
        self.send(json!({ "type": "subscribe", "id": id, "payload": payload })).await;
        id
    }

    /// Watches until the data is as wanted.
    pub async fn until(&mut self, query: &str, variables: Value, fits: impl Fn(&Value) -> bool) -> Value {
        let id = self.subscribe(query, variables).await;
        let deadline = tokio::time::Instant::now() + PATIENCE;
        let mut last = Value::Null;
        loop {
            assert!(tokio::time::Instant::now() < deadline, "not as wanted in time; last seen: {last}");
            let message = self.receive().await.expect("the socket stays open");
            if message["id"] != id.as_str() {
                continue;
            }
            assert_eq!(message["type"], "next", "{message}");
            let data = &message["payload"]["data"];
            assert!(!data.is_null(), "{message}");
            if fits(data) {
                self.send(json!({ "type": "complete", "id": id })).await;
                return data.clone();
            }
            last = data.clone();
        }
    }
}
