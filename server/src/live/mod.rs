//! What is watched: cluster caches, change events, logs, use of CPU and memory.
//!
//! One cluster-wide watch for each kind (kube's client speaks HTTP/1.1, so a watch is a connection), kept to the
//! namespaces that carry our label and to the few fields that are read. Nobody polls the cluster for a status: a
//! snapshot is a look into memory, and whoever waits is woken by a change.

mod changes;
mod feed;
mod health;
pub mod logs;
mod snapshot;
mod store;
pub mod usage;
pub mod view;

pub use changes::{Changed, ReleaseChanges, Subscription};
pub use health::ClusterHealth;
pub use snapshot::ReleaseSnapshot;

use crate::{adapters::kube::Cluster, clock::SharedClock};
use changes::Notifier;
use health::HealthSender;
use shared::ids::ClusterId;
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};
use store::Store;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;
use view::PodView;

/// The caches of one cluster.
pub struct Live {
    cluster: ClusterId,
    cancel: CancellationToken,
    store: RwLock<Store>,
    notifier: Notifier,
    health: HealthSender,
}

impl Live {
    /// Starts watching; returns at once with empty caches. All tasks end with `cancel`.
    pub fn start(cluster: &Cluster, clock: SharedClock, cancel: CancellationToken) -> Arc<Self> {
        let live = Self::empty(cluster.id, clock, cancel.clone());
        tokio::spawn(cancel.clone().run_until_cancelled_owned(changes::run(Arc::clone(&live))));
        tokio::spawn(cancel.clone().run_until_cancelled_owned(health::run(Arc::clone(&live), cluster.client())));
        feed::start(&live, &cluster.client(), &cancel);
        live
    }

    fn empty(cluster: ClusterId, clock: SharedClock, cancel: CancellationToken) -> Arc<Self> {
        Arc::new(Self {
            cluster,
            cancel,
            store: RwLock::new(Store::default()),
            notifier: Notifier::default(),
            health: HealthSender::new(clock),
        })
    }

    /// All that is known of a release, of one moment.
    pub fn snapshot(&self, namespace: &str, release: &str) -> ReleaseSnapshot {
        let health = self.health.now();
        self.read().snapshot(namespace, release, health)
    }

    /// One pod, whatever release it is of.
    pub fn pod(&self, namespace: &str, name: &str) -> Option<Arc<PodView>> {
        self.read().pod(namespace, name)
    }

    /// Every change, coalesced, for those who follow many releases.
    pub fn subscribe(&self) -> Subscription {
        self.notifier.subscribe()
    }

    /// The changes of one release. Look at the snapshot after having called this, and nothing is missed.
    pub fn changed(&self, namespace: &str, release: &str) -> ReleaseChanges {
        self.notifier.release(namespace, release)
    }

    /// Waits until a snapshot is as wanted, and returns that one.
    pub async fn wait(
        &self,
        namespace: &str,
        release: &str,
        mut wanted: impl FnMut(&ReleaseSnapshot) -> bool + Send,
    ) -> ReleaseSnapshot {
        let mut changes = self.changed(namespace, release);
        loop {
            let snapshot = self.snapshot(namespace, release);
            if wanted(&snapshot) {
                return snapshot;
            }
            changes.next().await;
        }
    }

    /// Whether the cluster answers and the caches are filled.
    pub fn health(&self) -> watch::Receiver<ClusterHealth> {
        self.health.subscribe()
    }

    fn read(&self) -> RwLockReadGuard<'_, Store> {
        // A panic under the lock leaves at worst one object stale, which the next list repairs.
        self.store.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> RwLockWriteGuard<'_, Store> {
        self.store.write().unwrap_or_else(PoisonError::into_inner)
    }

    /// Changes the store and wakes those whom it concerns.
    fn update(&self, change: impl FnOnce(&mut Store)) {
        let changed = {
            let mut store = self.write();
            change(&mut store);
            store.take_changed()
        };
        self.notifier.mark(changed);
    }
}
