//! What a socket may cost: time, memory, streams.

use std::time::Duration;

use futures::SinkExt;
use serde_json::json;
use server::graphql::transport::SocketLimits;
use tokio_tungstenite::tungstenite::Message;

use super::{Options, TestServer, socket::Socket};

/// After what time a silent client is asked. As long again it has to answer, and it runs in one thread with its server: longer
/// than a busy machine lets that thread wait, or the server lets one go that does answer.
const ASKED_AFTER: Duration = Duration::from_millis(500);

async fn server(change: impl FnOnce(&mut SocketLimits)) -> TestServer {
    let mut sockets = SocketLimits::default();
    change(&mut sockets);
    TestServer::with(Options { sockets, ..Options::default() }).await
}

#[tokio::test]
async fn who_says_nothing_is_let_go() {
    let server = server(|limits| limits.init_timeout = Duration::from_millis(50)).await;
    let mut socket = Socket::open(&server).await;
    assert_eq!(socket.closed().await, (4408, "Connection initialisation timeout".to_owned()));
}

#[tokio::test]
async fn a_silent_client_is_asked_and_then_let_go() {
    let server = server(|limits| limits.keep_alive = ASKED_AFTER).await;
    let mut socket = Socket::ready(&server).await;
    // This client answers pings while it reads.
    for _ in 0..3 {
        assert!(matches!(socket.next().await, Message::Ping(_)));
    }
    // Now it does not read, so it does not answer.
    socket.farewell_unread().await;
    assert_eq!(socket.closed().await.0, 1001);
}

#[tokio::test]
async fn the_fifty_first_stream_is_refused_alone() {
    let server = TestServer::start().await;
    let mut socket = Socket::ready(&server).await;
    for i in 0..50 {
        socket.subscribe(&i.to_string(), "subscription { wait }").await;
    }
    for _ in 0..50 {
        assert_eq!(socket.hear().await["type"], "next");
    }
    socket.subscribe("50", "subscription { wait }").await;
    let refused = socket.hear().await;
    assert_eq!((&refused["type"], &refused["id"]), (&json!("error"), &json!("50")));
    assert_eq!(refused["payload"][0]["extensions"]["code"], "LIMIT_REACHED");
    socket.say(json!({"type": "complete", "id": "7"})).await;
    socket.subscribe("50", "subscription { wait }").await;
    assert_eq!(socket.hear().await["type"], "next");
}

#[tokio::test]
async fn a_message_too_large_closes_the_socket() {
    let server = TestServer::start().await;
    let mut socket = Socket::ready(&server).await;
    let _ = socket.0.send(Message::text("x".repeat(2 << 20))).await;
    assert_eq!(socket.closed().await, (1009, "Message too large".to_owned()));
}

#[tokio::test]
async fn a_reader_that_stops_costs_a_bounded_outbox_and_then_its_socket() {
    let server = server(|limits| limits.write_timeout = Duration::from_millis(300)).await;
    let mut socket = Socket::ready(&server).await;
    socket.subscribe("a", "subscription { flood }").await;
    // The kernel's buffers fill, then the outbox; after the write's time is over the server lets go.
    server.life.tasks.close();
    tokio::time::timeout(Duration::from_secs(10), server.life.tasks.wait()).await.expect("the socket is let go");
    assert_eq!(server.get("/healthz").await.status(), 200);
}

#[tokio::test]
async fn a_session_that_ends_takes_its_sockets_along() {
    let server = TestServer::start().await;
    let mut socket = Socket::open(&server).await;
    socket.say(json!({"type": "connection_init", "payload": {"authorization": "Bearer good"}})).await;
    socket.hear().await;
    socket.subscribe("a", "subscription { wait }").await;
    socket.hear().await;
    server.door.ended.cancel();
    assert_eq!(socket.closed().await, (4403, "Forbidden: session ended".to_owned()));
}

#[tokio::test]
async fn a_server_that_stops_says_so() {
    let server = TestServer::start().await;
    let mut socket = Socket::ready(&server).await;
    socket.subscribe("a", "subscription { wait }").await;
    socket.hear().await;
    server.life.stopping.cancel();
    assert_eq!(socket.closed().await, (1001, "Going away".to_owned()));
    drop(socket);
    assert!(server.life.end().await);
}

#[tokio::test]
async fn operations_on_a_socket_are_counted_too() {
    let server = TestServer::with(Options { requests_a_minute: 5, ..Options::default() }).await;
    let mut socket = Socket::ready(&server).await;
    for i in 0..5 {
        socket.subscribe(&i.to_string(), "{ hello }").await;
    }
    let mut refused = false;
    for _ in 0..9 {
        let heard = socket.hear().await;
        refused |= heard["payload"][0]["extensions"]["code"] == "RATE_LIMITED";
    }
    assert!(refused);
}

#[tokio::test]
async fn nobodys_socket_ends_when_it_asks_for_nothing() {
    let server = server(|limits| {
        limits.keep_alive = ASKED_AFTER;
        limits.idle_of_nobody = ASKED_AFTER * 5 / 2;
    })
    .await;
    let mut nobody = Socket::open(&server).await;
    nobody.say(json!({"type": "connection_init"})).await;
    nobody.subscribe("a", "subscription { wait }").await;
    asked_four_times(&mut nobody).await;
    nobody.say(json!({"type": "complete", "id": "a"})).await;
    assert_eq!(nobody.closed().await, (1000, "Nothing was asked for".to_owned()));

    let mut known = Socket::open(&server).await;
    known.say(json!({"type": "connection_init", "payload": {"authorization": "Bearer good"}})).await;
    assert_eq!(known.hear().await, json!({"type": "connection_ack"}));
    asked_four_times(&mut known).await;
    known.say(json!({"type": "ping"})).await;
    assert_eq!(known.hear().await, json!({"type": "pong"}), "who is known may stay");
}

/// Waits until a socket was asked four times whether it still lives.
async fn asked_four_times(socket: &mut Socket) {
    let mut asked = 0;
    while asked < 4 {
        asked += usize::from(matches!(socket.next().await, Message::Ping(_)));
    }
}

#[tokio::test]
async fn nobody_has_few_sockets_and_somebody_gets_in_beside_them() {
    let server = TestServer::start().await;
    let mut held = Vec::new();
    let refused = loop {
        let mut socket = Socket::open(&server).await;
        socket.say(json!({"type": "connection_init"})).await;
        if let Message::Close(frame) = socket.next().await {
            break frame.expect("a reason");
        }
        held.push(socket);
        assert!(held.len() < 100, "one address has fewer");
    };
    assert_eq!((u16::from(refused.code), refused.reason.as_str()), (1013, "Try again later"));
    let mut somebody = Socket::open(&server).await;
    somebody.say(json!({"type": "connection_init", "payload": {"authorization": "Bearer good"}})).await;
    assert_eq!(somebody.hear().await, json!({"type": "connection_ack"}));
}
