//! What has changed, told to whoever shows it: kind and id after the commit, never the thing itself.
//!
//! A listener that falls behind is told to read everything anew, so no queue grows. Several servers on one PostgreSQL
//! database tell each other ([`notify`]).

pub mod notify;

use sea_orm::{DatabaseTransaction, DbErr};
use serde::{Deserialize, Serialize};
use shared::ids::{OperationId, ServiceId, UserId, WorkspaceId};
use tokio::sync::broadcast;

/// Something has changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Event {
    /// A workspace's own row, or which services it has.
    Workspace(WorkspaceId),
    /// A service's row.
    Service {
        /// The service.
        id: ServiceId,
        /// Its workspace.
        workspace: WorkspaceId,
    },
    /// An operation or its journal, and so the service or workspace it works on.
    Operation {
        /// The operation.
        id: OperationId,
        /// The service or workspace it works on.
        target: uuid::Uuid,
        /// The workspace it works in.
        workspace: WorkspaceId,
    },
    /// Someone's rights: sign-out, password, token, membership.
    Rights(UserId),
    /// The listener was too slow and has missed some: everything may have changed.
    Missed,
}

/// The bus.
#[derive(Debug, Clone)]
pub struct Events {
    /// What this server has changed, and what others have told.
    all: broadcast::Sender<Event>,
    /// What this server has changed: for the other servers.
    ours: broadcast::Sender<Event>,
}

/// So many events a listener may be behind.
const CAPACITY: usize = 1024;

impl Default for Events {
    fn default() -> Self {
        Self { all: broadcast::channel(CAPACITY).0, ours: broadcast::channel(CAPACITY).0 }
    }
}

impl Events {
    /// Tells everyone of a change that this server has made; nobody listening is fine.
    pub fn publish(&self, event: Event) {
        self.all.send(event).ok();
        self.ours.send(event).ok();
    }

    /// Commits a change and tells everyone of it: also where the answer to the commit is lost. It may have been done, and who
    /// watches, or has lost a right by it, would not hear of it before the next change.
    ///
    /// # Errors
    /// When the database fails; whether the change was made is not known then.
    pub async fn commit(&self, tx: DatabaseTransaction, changed: impl IntoIterator<Item = Event>) -> Result<(), DbErr> {
        let committed = tx.commit().await;
        for event in changed {
            self.publish(event);
        }
        committed
    }

    /// Tells everyone here of a change that another server has made.
    fn pass_on(&self, event: Event) {
        self.all.send(event).ok();
    }

    /// Listens from now on.
    pub fn listen(&self) -> Listener {
        Listener(self.all.subscribe())
    }

    fn listen_to_ours(&self) -> Listener {
        Listener(self.ours.subscribe())
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

    /// Forgets what has happened until now: whoever looks at it after this sees it all.
    pub fn catch_up(&mut self) {
        self.0 = self.0.resubscribe();
    }

    /// A change that has happened already, if there is one.
    fn waiting(&mut self) -> Option<Event> {
        match self.0.try_recv() {
            Ok(event) => Some(event),
            Err(broadcast::error::TryRecvError::Lagged(_)) => Some(Event::Missed),
            Err(broadcast::error::TryRecvError::Empty | broadcast::error::TryRecvError::Closed) => None,
        }
    }
}
