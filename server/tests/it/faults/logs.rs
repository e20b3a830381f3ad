//! The log cannot be written: its disk is full, whoever read it is gone, or reads no more. The server goes on.

use super::door::free_port;
use crate::support::{Api, PASSWORD, Server, make_workspace};
use serde_json::json;
use std::{fs::File, process::Stdio, time::Duration};
use tokio::{net::TcpStream, process::Child};

/// Starts the server again with this for its log; it listens where is said, since its log tells nobody.
async fn started(server: &Server, log: Stdio, level: &str) -> (Child, Api) {
    let (_port, free) = free_port();
    let free = free.to_string();
    let mut child = server
        .command(&["serve"])
        .env("WOOW_LISTEN", &free)
        .env("WOOW_LOG__LEVEL", level)
        .stdout(Stdio::null())
        .stderr(log)
        .spawn()
        .unwrap();
    let listens = async {
        while TcpStream::connect(&free).await.is_err() {
            // Nothing tells when it listens: that stands in the log, which is what is taken away here.
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::select! {
        listens = tokio::time::timeout(Duration::from_mins(1), listens) => listens.expect("the server listens"),
        ended = child.wait() => panic!("the server has ended: {ended:?}"),
    }
    let mut ada = Api::new(&free);
    ada.sign_in("ada@example.com", PASSWORD).await.unwrap();
    (child, ada)
}

/// A server that has an Admin, and is not running.
async fn prepared() -> Server {
    let mut server = Server::start().await;
    server.admin().await;
    assert!(server.stop().await);
    server
}

/// It answers, and does what it is asked for in the background.
async fn works(child: &mut Child, ada: &Api) {
    make_workspace(ada, "Shop").await;
    // What is wrong is logged, which must not be worse.
    assert!(ada.try_ask("{ nothing }", json!({})).await.is_err());
    assert!(child.try_wait().unwrap().is_none(), "it still runs");
}

#[tokio::test]
async fn a_full_disk() {
    let server = prepared().await;
    let full = File::options().write(true).open("/dev/full").unwrap();
    let (mut child, ada) = started(&server, full.into(), "debug").await;
    works(&mut child, &ada).await;
}

#[tokio::test]
async fn a_reader_that_is_gone() {
    let server = prepared().await;
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    let (mut child, ada) = started(&server, writer.into(), "debug").await;
    works(&mut child, &ada).await;
}

#[tokio::test]
async fn a_reader_that_reads_no_more() {
    let server = prepared().await;
    let (reader, writer) = std::io::pipe().unwrap();
    let (mut child, ada) = started(&server, writer.into(), "trace").await;
    // A pipe holds 64 KiB (pipe(7)), which is soon full.
    works(&mut child, &ada).await;
    for _ in 0..50 {
        assert!(ada.ask("{ viewer { email } }", json!({})).await["viewer"].is_object());
    }
    drop(reader);
}
