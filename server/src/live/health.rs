//! Whether the cluster answers. A watch that is silent looks like one whose link is dead, so this alone asks at
//! intervals: one small request every ten seconds, at once when a watch fails, and more often while the cluster is away.

use super::{Changed, Live};
use crate::{
    adapters::kube::KubeError,
    clock::{Instant, SharedClock},
};
use k8s_openapi::api::core::v1::Namespace;
use kube::{Api, Client, api::ListParams};
use std::{collections::BTreeSet, sync::Arc, time::Duration};
use tokio::sync::{Notify, watch};

/// Between two questions while all is well.
const BEAT: Duration = Duration::from_secs(10);
/// How long an answer may take.
const PATIENCE: Duration = Duration::from_secs(5);
/// Between two questions while the cluster is away: it may come back any moment.
const RETRY: Duration = Duration::from_secs(1);

/// How the cluster is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClusterHealth {
    /// Whether it answers our account's requests.
    pub reachable: bool,
    /// Whether all that may be read has been read once since we started.
    pub warm: bool,
    /// Since when it is (not) reachable.
    pub since: Instant,
    /// What it does not let us see; these are missing from every snapshot.
    pub unreadable: BTreeSet<&'static str>,
    /// Counts the times that the cluster came back: links of before are then dead, even if they do not know it.
    pub epoch: u64,
}

impl Default for ClusterHealth {
    fn default() -> Self {
        Self { reachable: true, warm: false, since: Instant(0), unreadable: BTreeSet::new(), epoch: 0 }
    }
}

pub(super) struct HealthSender {
    clock: SharedClock,
    sender: watch::Sender<ClusterHealth>,
    suspect: Notify,
    cold: std::sync::Mutex<BTreeSet<&'static str>>,
}

impl HealthSender {
    pub(super) fn new(clock: SharedClock) -> Self {
        let health = ClusterHealth { since: clock.now(), ..ClusterHealth::default() };
        Self { clock, sender: watch::Sender::new(health), suspect: Notify::new(), cold: std::sync::Mutex::default() }
    }

    pub(super) fn now(&self) -> ClusterHealth {
        self.sender.borrow().clone()
    }

    pub(super) fn subscribe(&self) -> watch::Receiver<ClusterHealth> {
        self.sender.subscribe()
    }

    /// A watch failed: ask now.
    pub(super) fn suspect(&self) {
        self.suspect.notify_one();
    }

    /// A kind that has to be read before the caches are warm.
    pub(super) fn expect(&self, kind: &'static str) {
        self.cold.lock().unwrap_or_else(std::sync::PoisonError::into_inner).insert(kind);
    }

    /// A kind was read, or cannot be. Returns whether that made a difference.
    pub(super) fn read(&self, kind: &'static str, readable: bool) -> bool {
        let mut cold = self.cold.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        cold.remove(kind);
        let warm = cold.is_empty();
        drop(cold);
        self.sender.send_if_modified(|health| {
            let listed = if readable { health.unreadable.remove(kind) } else { health.unreadable.insert(kind) };
            let warmed = warm && !health.warm;
            health.warm |= warm;
            listed || warmed
        })
    }

    fn reached(&self, reachable: bool) -> bool {
        let since = self.clock.now();
        self.sender.send_if_modified(|health| {
            let changed = health.reachable != reachable;
            if changed {
                health.reachable = reachable;
                health.since = since;
                health.epoch += u64::from(reachable);
            }
            changed
        })
    }
}

/// Asks, for as long as it runs.
pub(super) async fn run(live: Arc<Live>, client: Client) {
    let api: Api<Namespace> = Api::all(client);
    loop {
        // A kept-alive connection may have died of age: only two failures in a row mean something.
        let reachable = ask(&api).await || ask(&api).await;
        if live.health.reached(reachable) {
            if reachable {
                tracing::info!("the cluster answers again");
            } else {
                tracing::warn!("the cluster does not answer");
            }
            live.notifier.mark(Changed::everything());
        }
        let pause = if reachable { BEAT } else { RETRY };
        tokio::select! {
            () = tokio::time::sleep(pause) => {}
            () = live.health.suspect.notified(), if reachable => {}
        }
    }
}

/// One namespace from the API server's own cache: cheap, and only an account that it knows gets an answer.
async fn ask(api: &Api<Namespace>) -> bool {
    let params = ListParams::default().limit(1).match_any();
    let answer = tokio::time::timeout(PATIENCE, api.list_metadata(&params)).await;
    match answer.map(|result| result.map_err(KubeError::from)) {
        Ok(Ok(_)) => true,
        Ok(Err(error)) => !matches!(
            error,
            KubeError::Unreachable(_) | KubeError::Fault { .. } | KubeError::Unauthorized { .. } | KubeError::Config(_)
        ),
        Err(_) => false,
    }
}
