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
/// So many answers to the client's own messages may wait before the next one is heard.
const REPLIES: usize = 64;

/// The way to the client.
pub(super) struct Writer {
    outbox: Outbox,
    task: JoinHandle<()>,
}

/// The client is gone, or too slow.
pub(super) struct Gone;

/// A message, and what it holds of the room while it waits.
type Waiting = (Message, [Option<OwnedSemaphorePermit>; 2]);

/// What waits for the client. To put something in never waits: whoever has something to say looks for room before it looks
/// for what to say. In between it may hold a connection to the database, which nobody else would get meanwhile.
#[derive(Clone)]
pub(super) struct Outbox {
    messages: mpsc::UnboundedSender<Waiting>,
    places: Arc<Semaphore>,
    bytes: Arc<Semaphore>,
    replies: Arc<Semaphore>,
}

impl Outbox {
    /// Fires when the client is gone.
    pub(super) async fn closed(&self) {
        self.messages.closed().await;
    }

    /// Waits until there is room for something more. All who wait see the same room, so the outbox may come to hold one message
    /// of each, and the last may be larger than the room that is left.
    pub(super) async fn room(&self) {
        drop(self.places.acquire().await);
        drop(self.bytes.acquire().await);
    }

    /// Waits until there is room for an answer to one more message of the client's.
    pub(super) async fn hears(&self) {
        drop(self.replies.acquire().await);
    }

    fn send(&self, message: Message, of: &Arc<Semaphore>) -> Result<(), Gone> {
        let length = match &message {
            Message::Text(text) => text.len(),
            Message::Binary(bytes) | Message::Ping(bytes) | Message::Pong(bytes) => bytes.len(),
            Message::Close(_) => 0,
        };
        let share = length.div_ceil(UNIT).min(self.bytes.available_permits());
        let share = u32::try_from(share).unwrap_or(u32::MAX);
        let held =
            [Arc::clone(of).try_acquire_owned().ok(), Arc::clone(&self.bytes).try_acquire_many_owned(share).ok()];
        self.messages.send((message, held)).map_err(|_| Gone)
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
        let (sender, mut inbox) = mpsc::unbounded_channel::<Waiting>();
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
        let semaphore = |permits: usize| Arc::new(Semaphore::new(permits.clamp(1, Semaphore::MAX_PERMITS)));
        let (places, bytes) = (semaphore(messages), semaphore(bytes.div_ceil(UNIT)));
        Self { outbox: Outbox { messages: sender, places, bytes, replies: semaphore(REPLIES) }, task }
    }

    /// What waits for the client.
    pub(super) fn outbox(&self) -> Outbox {
        self.outbox.clone()
    }

    /// Says what an operation has to say.
    pub(super) fn say(&self, message: &ServerMessage<'_>) -> Result<(), Gone> {
        self.outbox.send(Message::Text(message.to_json().into()), &self.outbox.places)
    }

    /// Answers a message of the client's.
    pub(super) fn reply(&self, message: &ServerMessage<'_>) -> Result<(), Gone> {
        self.send(Message::Text(message.to_json().into()))
    }

    pub(super) fn send(&self, message: Message) -> Result<(), Gone> {
        self.outbox.send(message, &self.outbox.replies)
    }

    /// Says why the socket is closed, and waits until that is written.
    pub(super) async fn close(self, why: Close) {
        let frame = CloseFrame { code: why.code(), reason: why.reason().into() };
        if self.send(Message::Close(Some(frame))).is_ok() {
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
        assert!(writer.send(large()).is_ok());
        assert!(outbox.room().now_or_never().is_some(), "one does not fill it");
        assert!(writer.send(large()).is_ok());
        assert!(writer.send(large()).is_ok());
        // The first two are with the client's side at most; whatever waits is more than a MiB.
        tokio::task::yield_now().await;
        assert!(outbox.room().now_or_never().is_none(), "there is no room for more");
        for _ in 0..3 {
            assert!(matches!(taken.next().await, Some(Message::Text(text)) if text.len() == 700 << 10));
        }
        outbox.room().await;
    }

    #[tokio::test]
    async fn who_does_not_take_the_answers_is_not_heard_without_end() {
        let (sink, _taken) = futures::channel::mpsc::channel::<Message>(0);
        let writer = Writer::new(sink, 16, 1 << 20, Duration::from_mins(1));
        let outbox = writer.outbox();
        for _ in 0..REPLIES + 2 {
            assert!(writer.reply(&ServerMessage::Pong).is_ok());
        }
        tokio::task::yield_now().await;
        assert!(outbox.hears().now_or_never().is_none(), "no more is asked of them");
        assert!(outbox.room().now_or_never().is_some(), "what operations say has room of its own");
    }
}
