//! Other people.

use super::{Api, PASSWORD, Server};
use std::process::Stdio;
use tokio::io::AsyncWriteExt;

/// Makes another person on a server, and signs them in.
pub async fn person(server: &Server, email: &str) -> Api {
    let mut child = server
        .command(&["admin", "create", "--email", email, "--name", "Bob", "--password-stdin"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(PASSWORD.as_bytes()).await.unwrap();
    let made = child.wait_with_output().await.unwrap();
    assert!(made.status.success());
    assert!(!String::from_utf8_lossy(&made.stdout).contains(PASSWORD), "a given password is not printed");
    let mut api = server.visitor();
    api.sign_in(email, PASSWORD).await.unwrap();
    api
}
