//! Writes to one socket, in its own task, so that reading goes on while a client is slow.

use std::{sync::Arc, time::Duration};

use axum::extract::ws::{CloseFrame, Message};
use futures::{Sink, SinkExt};
use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore, mpsc},
    task::JoinHandle,
};

use super::message::{Close, ServerMessage};

/// In what bytes are counted.
const UNIT: usize = 1024;

/// The way to the client.
pub(super) struct Writer {
    outbox: Outbox,
    task: JoinHandle<()>,
}

/// The client is gone, or too slow.
pub(super) struct Gone;

/// A message, and its share of the bytes that may wait.
type Waiting = (Message, Option<OwnedSemaphorePermit>);

/// What waits for the client.
#[derive(Clone)]
pub(super) struct Outbox {
    messages: mpsc::Sender<Waiting>,
    bytes: Arc<Semaphore>,
}

impl Outbox {
    /// Fires when the client is gone.
    pub(super) async fn closed(&self) {
        self.messages.closed().await;
    }

    /// Waits until there is room for something more. The last message may be larger than the room that is left.
    pub(super) async fn room(&self) -> Result<(), Gone> {
        drop(self.messages.reserve().await.map_err(|_| Gone)?);
        drop(self.bytes.acquire().await.map_err(|_| Gone)?);
        Ok(())
    }

    /// Only the socket's own loop sends, so nobody takes the room that was seen a moment ago.
    async fn send(&self, message: Message) -> Result<(), Gone> {
        let length = match &message {
            Message::Text(text) => text.len(),
            Message::Binary(bytes) | Message::Ping(bytes) | Message::Pong(bytes) => bytes.len(),
            Message::Close(_) => 0,
        };
        let share = length.div_ceil(UNIT).min(self.bytes.available_permits());
        let share = u32::try_from(share).unwrap_or(u32::MAX);
        let held = Arc::clone(&self.bytes).try_acquire_many_owned(share).ok();
        self.messages.send((message, held)).await.map_err(|_| Gone)
    }
}

impl Writer {
    /// So many messages and bytes may wait, and so long may each message take.
    pub(super) fn new(
        mut sink: impl Sink<Message> + Unpin + Send + 'static,
        messages: usize,
        bytes: usize,
        timeout: Duration,
    ) -> Self {
        let (sender, mut inbox) = mpsc::channel::<Waiting>(messages);
        let task = tokio::spawn(async move {
            while let Some((message, held)) = inbox.recv().await {
                let last = matches!(message, Message::Close(_));
                let sent = tokio::time::timeout(timeout, sink.send(message)).await;
                drop(held);
                match sent {
                    Ok(Ok(())) if !last => {}
                    Ok(_) => break,
                    Err(_) => {
                        tracing::debug!("a client did not take a message in time");
                        break;
                    }
                }
            }
        });
        let bytes = Arc::new(Semaphore::new(bytes.div_ceil(UNIT).clamp(1, Semaphore::MAX_PERMITS)));
        Self { outbox: Outbox { messages: sender, bytes }, task }
    }

    /// What waits for the client.
    pub(super) fn outbox(&self) -> Outbox {
        self.outbox.clone()
    }

    /// Says something; waits while the outbox is full.
    pub(super) async fn say(&self, message: &ServerMessage<'_>) -> Result<(), Gone> {
        self.send(Message::Text(message.to_json().into())).await
    }

    pub(super) async fn send(&self, message: Message) -> Result<(), Gone> {
        self.outbox.send(message).await
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

#[cfg(test)]
mod tests {
    use super::*;
    use futures::{FutureExt as _, StreamExt as _};

    #[tokio::test]
    async fn large_messages_fill_the_outbox_before_it_has_many() {
        let (sink, mut taken) = futures::channel::mpsc::channel::<Message>(0);
        let writer = Writer::new(sink, 16, 1 << 20, Duration::from_mins(1));
        let outbox = writer.outbox();
        let large = || Message::Text("x".repeat(700 << 10).into());
        assert!(writer.send(large()).await.is_ok());
        assert!(outbox.room().now_or_never().is_some_and(|room| room.is_ok()), "one does not fill it");
        assert!(writer.send(large()).await.is_ok());
        assert!(writer.send(large()).await.is_ok());
        // The first two are with the client's side at most; whatever waits is more than a MiB.
        tokio::task::yield_now().await;
        assert!(outbox.room().now_or_never().is_none(), "there is no room for more");
        for _ in 0..3 {
            assert!(matches!(taken.next().await, Some(Message::Text(text)) if text.len() == 700 << 10));
        }
        assert!(outbox.room().await.is_ok());
    }
}
