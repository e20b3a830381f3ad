//! What has changed, told to whoever shows it: kind and id after the commit, never the thing itself.
//!
//! A listener that falls behind is told to read everything anew, so no queue grows.

use shared::ids::{OperationId, ServiceId, UserId, WorkspaceId};
use tokio::sync::broadcast;

/// Something has changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Event {
    /// A workspace's own row, or which services it has.
    Workspace(WorkspaceId),
    /// A service's row.
    Service(ServiceId),
    /// An operation or its journal, and so the service or workspace it works on.
    Operation {
        /// The operation.
        id: OperationId,
        /// The service or workspace it works on.
        target: uuid::Uuid,
    },
    /// Someone's rights: sign-out, password, token, membership.
    Rights(UserId),
    /// The listener was too slow and has missed some: everything may have changed.
    Missed,
}

/// The bus.
#[derive(Debug, Clone)]
pub struct Events(broadcast::Sender<Event>);

impl Default for Events {
    fn default() -> Self {
        Self(broadcast::channel(1024).0)
    }
}

impl Events {
    /// Tells everyone; nobody listening is fine.
    pub fn publish(&self, event: Event) {
        self.0.send(event).ok();
    }

    /// Listens from now on.
    pub fn listen(&self) -> Listener {
        Listener(self.0.subscribe())
    }
}

/// Hears of changes.
pub struct Listener(broadcast::Receiver<Event>);

impl Listener {
    /// The next change; `None` when the server ends.
    pub async fn next(&mut self) -> Option<Event> {
        match self.0.recv().await {
            Ok(event) => Some(event),
            Err(broadcast::error::RecvError::Lagged(_)) => Some(Event::Missed),
            Err(broadcast::error::RecvError::Closed) => None,
        }
    }
}
