//! What bodies hold while they are on their way.

use std::time::Duration;

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

use super::{Options, TestServer, verdict};

/// Bytes of a body of which more are promised.
const HALF: usize = 800;

async fn half_sent(server: &TestServer) -> TcpStream {
    let mut stream = TcpStream::connect(server.address).await.expect("a connection");
    let head =
        "POST /graphql HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: 1600\r\n\r\n";
    stream.write_all(format!("{head}{}", " ".repeat(HALF)).as_bytes()).await.expect("written");
    stream
}

/// How an answer begins, once there is one.
async fn answered(stream: &mut TcpStream) -> String {
    let mut start = [0; 12];
    stream.read_exact(&mut start).await.expect("an answer");
    String::from_utf8_lossy(&start).into_owned()
}

#[tokio::test]
async fn bodies_that_do_not_arrive_hold_a_bounded_room() {
    // For two halves, each with a byte for being there, and hardly more.
    let options = Options { bytes_on_their_way: 2 * (HALF + 1) + 5, ..Options::default() };
    let server = TestServer::with(options).await;
    let mut held = Vec::new();
    for _ in 0..3 {
        held.push(half_sent(&server).await);
    }
    let answers = held.iter_mut().map(|stream| Box::pin(answered(stream)));
    let first = tokio::time::timeout(Duration::from_secs(5), futures::future::select_all(answers)).await;
    let (answer, _, others) = first.expect("one of them is refused");
    assert_eq!(answer, "HTTP/1.1 503");
    drop(others);
    assert_eq!(verdict(server.post("{ hello }")).await, (503, "UNAVAILABLE".into()));
    assert_eq!(server.get("/graphql?query=%7Bhello%7D").await.status(), 200, "what has no body needs no room");

    drop(held);
    let again = async { while verdict(server.post("{ hello }")).await.0 != 200 {} };
    tokio::time::timeout(Duration::from_secs(5), again).await.expect("their room is free again");
    // Much more than there is room for at once, one after the other.
    for _ in 0..200 {
        assert_eq!(verdict(server.post("{ hello }")).await.0, 200, "what was read holds nothing");
    }
}
