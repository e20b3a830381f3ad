//! Who is told of what: those who wait for one release at once, those who follow many of what was gathered for a moment.
//!
//! Nobody's slowness costs memory: a reader of everything that falls behind is told that everything may have changed, a reader
//! of one release only that it has.

use super::Live;
use std::{
    collections::{BTreeSet, HashMap},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};
use tokio::sync::{Notify, broadcast, watch};

/// Changes come in bursts (a rollout is dozens of them); one burst is told as one.
const GATHER: Duration = Duration::from_millis(50);
/// How many bursts a reader may fall behind.
const BACKLOG: usize = 256;

/// Namespace and release.
pub type ReleaseKey = (Arc<str>, Arc<str>);

/// What has changed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Changed {
    /// Possibly everything, as when the cluster comes or goes.
    pub everything: bool,
    /// All releases of these namespaces.
    pub namespaces: BTreeSet<Arc<str>>,
    /// These.
    pub releases: BTreeSet<ReleaseKey>,
}

impl Changed {
    /// Possibly everything.
    pub fn everything() -> Self {
        Self { everything: true, ..Self::default() }
    }

    /// Whether this release is among it.
    pub fn touches(&self, namespace: &str, release: &str) -> bool {
        self.everything
            || self.namespaces.contains(namespace)
            || self.releases.iter().any(|(of, name)| &**of == namespace && &**name == release)
    }

    /// Whether any release of this namespace is among it.
    pub fn touches_namespace(&self, namespace: &str) -> bool {
        self.everything || self.namespaces.contains(namespace) || self.releases.iter().any(|(of, _)| &**of == namespace)
    }

    /// Whether nothing has changed.
    pub fn is_empty(&self) -> bool {
        !self.everything && self.namespaces.is_empty() && self.releases.is_empty()
    }

    fn add(&mut self, other: Self) {
        self.everything |= other.everything;
        self.namespaces.extend(other.namespaces);
        self.releases.extend(other.releases);
    }
}

/// A reader of all changes.
pub struct Subscription(broadcast::Receiver<Arc<Changed>>);

impl Subscription {
    /// The next changes; none when the caches have ended.
    pub async fn next(&mut self) -> Option<Arc<Changed>> {
        match self.0.recv().await {
            Ok(changed) => Some(changed),
            Err(broadcast::error::RecvError::Lagged(_)) => Some(Arc::new(Changed::everything())),
            Err(broadcast::error::RecvError::Closed) => None,
        }
    }

    /// Forgets what has changed until now: whoever looks at it after this sees it all.
    pub fn catch_up(&mut self) {
        self.0 = self.0.resubscribe();
    }
}

/// A reader of one release's changes.
pub struct ReleaseChanges(watch::Receiver<u64>);

impl ReleaseChanges {
    /// Waits until the release has changed since the last call (or since this was made). Safe to drop midway.
    pub async fn next(&mut self) {
        if self.0.changed().await.is_err() {
            // The caches are gone, so nothing will ever change again.
            std::future::pending::<()>().await;
        }
    }
}

pub(super) struct Notifier {
    pending: Mutex<Changed>,
    wake: Notify,
    all: broadcast::Sender<Arc<Changed>>,
    releases: Mutex<HashMap<ReleaseKey, watch::Sender<u64>>>,
}

impl Default for Notifier {
    fn default() -> Self {
        Self {
            pending: Mutex::default(),
            wake: Notify::new(),
            all: broadcast::Sender::new(BACKLOG),
            releases: Mutex::default(),
        }
    }
}

impl Notifier {
    /// Tells those who wait for one release at once, and the others with the burst: to look at one release is cheap, and
    /// somebody waits for it to be ready.
    pub(super) fn mark(&self, changed: Changed) {
        if !changed.is_empty() {
            self.tell_releases(&changed);
            lock(&self.pending).add(changed);
            self.wake.notify_one();
        }
    }

    pub(super) fn subscribe(&self) -> Subscription {
        Subscription(self.all.subscribe())
    }

    pub(super) fn release(&self, namespace: &str, release: &str) -> ReleaseChanges {
        let key = (Arc::from(namespace), Arc::from(release));
        let mut releases = lock(&self.releases);
        ReleaseChanges(releases.entry(key).or_insert_with(|| watch::Sender::new(0)).subscribe())
    }

    fn tell_releases(&self, changed: &Changed) {
        let releases = lock(&self.releases);
        if changed.everything || !changed.namespaces.is_empty() {
            for ((namespace, release), sender) in releases.iter() {
                if changed.touches(namespace, release) {
                    sender.send_modify(|count| *count += 1);
                }
            }
        } else {
            for key in &changed.releases {
                if let Some(sender) = releases.get(key) {
                    sender.send_modify(|count| *count += 1);
                }
            }
        }
    }

    fn tell(&self, changed: Changed) {
        // Nobody is left to be told of these.
        lock(&self.releases).retain(|_, sender| sender.receiver_count() > 0);
        // Fails when nobody listens, which is fine.
        let _ = self.all.send(Arc::new(changed));
    }
}

/// Tells the changes, burst by burst.
pub(super) async fn run(live: Arc<Live>) {
    loop {
        live.notifier.wake.notified().await;
        tokio::time::sleep(GATHER).await;
        let changed = std::mem::take(&mut *lock(&live.notifier.pending));
        if !changed.is_empty() {
            live.notifier.tell(changed);
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one(release: &str) -> Changed {
        Changed { releases: BTreeSet::from([("ns".into(), release.into())]), ..Changed::default() }
    }

    #[tokio::test]
    async fn a_slow_reader_is_told_to_read_everything_anew() {
        let notifier = Notifier::default();
        let mut slow = notifier.subscribe();
        for number in 0..=BACKLOG {
            notifier.tell(one(&number.to_string()));
        }
        assert!(slow.next().await.unwrap().everything);
        assert!(slow.next().await.unwrap().touches("ns", "1"));
    }

    #[tokio::test]
    async fn who_catches_up_hears_of_what_follows_only() {
        let notifier = Notifier::default();
        let mut reader = notifier.subscribe();
        notifier.tell(one("a"));
        notifier.tell(one("b"));
        reader.catch_up();
        notifier.tell(one("c"));
        assert!(reader.next().await.unwrap().touches("ns", "c"));
    }

    #[tokio::test]
    async fn one_release_hears_of_itself_only() {
        let notifier = Notifier::default();
        let (mut a, mut b) = (notifier.release("ns", "a"), notifier.release("ns", "b"));
        notifier.mark(one("a"));
        a.next().await;
        assert!(futures::FutureExt::now_or_never(b.next()).is_none());
        notifier.mark(Changed { namespaces: BTreeSet::from(["ns".into()]), ..Changed::default() });
        b.next().await;
        drop((a, b));
        notifier.tell(one("c"));
        assert!(lock(&notifier.releases).is_empty());
    }
}
