//! Writes to one socket, in its own task, so that reading goes on while a client is slow.

use std::time::Duration;

use axum::extract::ws::{CloseFrame, Message, WebSocket};
use futures::{SinkExt, stream::SplitSink};
use tokio::{sync::mpsc, task::JoinHandle};

use super::message::{Close, ServerMessage};

/// The way to the client.
pub(super) struct Writer {
    pub(super) outbox: mpsc::Sender<Message>,
    task: JoinHandle<()>,
}

/// The client is gone, or too slow.
pub(super) struct Gone;

impl Writer {
    pub(super) fn new(mut sink: SplitSink<WebSocket, Message>, room: usize, timeout: Duration) -> Self {
        let (outbox, mut inbox) = mpsc::channel(room);
        let task = tokio::spawn(async move {
            while let Some(message) = inbox.recv().await {
                let last = matches!(message, Message::Close(_));
                match tokio::time::timeout(timeout, sink.send(message)).await {
                    Ok(Ok(())) if !last => {}
                    Ok(_) => break,
                    Err(_) => {
                        tracing::debug!("a client did not take a message in time");
                        break;
                    }
                }
            }
        });
        Self { outbox, task }
    }

    /// Says something; waits while the outbox is full.
    pub(super) async fn say(&self, message: &ServerMessage<'_>) -> Result<(), Gone> {
        self.send(Message::Text(message.to_json().into())).await
    }

    pub(super) async fn send(&self, message: Message) -> Result<(), Gone> {
        self.outbox.send(message).await.map_err(|_| Gone)
    }

    /// Says why the socket is closed, and waits until that is written.
    pub(super) async fn close(self, why: Close) {
        let frame = CloseFrame { code: why.code(), reason: why.reason().into() };
        if self.send(Message::Close(Some(frame))).await.is_ok() {
            drop(self.outbox);
            let _ = self.task.await;
        }
    }
}
