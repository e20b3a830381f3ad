//! CPU and memory now, with a small history.
//!
//! The metrics API offers no watch, so this polls: one poller for the cluster, and only for the namespaces of services that
//! somebody looks at. A namespace is listed on its own, since a list of the whole cluster would cost metrics-server and us
//! every pod there is, and nothing that all pods of ours carry could be selected by. However many look at a namespace, it is
//! one request in [`Times::interval`]. The poller sleeps as soon as nobody looks; what it had gathered is kept for
//! [`Times::keep`], so that a page that is opened again has its history.

mod history;
mod poller;
mod reading;
#[cfg(test)]
mod tests;

pub use history::{POINTS, Point};
pub use reading::{ContainerUsage, NEAR_PERCENT, NearLimit, PodUsage, Reading, STALE_SECONDS};

use super::Live;
use crate::{
    adapters::kube::{Cluster, KubeError, PodSample},
    clock::{Instant, SharedClock},
    live::view::PodView,
};
use futures::{FutureExt as _, future::BoxFuture};
use history::History;
use shared::service::UsageState;
use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};
use tokio::{
    sync::{Notify, watch},
    time::Instant as Tick,
};
use tokio_util::sync::CancellationToken;

/// Times of the poller; tests have shorter ones.
#[derive(Debug, Clone, Copy)]
struct Times {
    /// Between two requests for a namespace: metrics-server's own manifests have it measure every 15 seconds
    /// (`--metric-resolution`), so asking more often would bring the same.
    interval: Duration,
    /// The same, where the cluster has no metrics API or does not let us use it: until somebody changes that.
    retry: Duration,
    /// How long a history is kept when nobody looks.
    keep: Duration,
}

impl Default for Times {
    fn default() -> Self {
        Self { interval: Duration::from_secs(15), retry: Duration::from_mins(1), keep: Duration::from_mins(5) }
    }
}

/// Where pods and samples come from.
trait Source: Send + Sync + 'static {
    /// What the pods of a namespace use.
    fn samples(&self, namespace: &str) -> BoxFuture<'static, Result<Vec<PodSample>, KubeError>>;
    /// The pods of a release; none where it is not known which there are.
    fn pods(&self, namespace: &str, release: &str) -> Option<Vec<Arc<PodView>>>;
}

struct ClusterSource {
    cluster: Arc<Cluster>,
    live: Arc<Live>,
}

impl Source for ClusterSource {
    fn samples(&self, namespace: &str) -> BoxFuture<'static, Result<Vec<PodSample>, KubeError>> {
        let (cluster, namespace) = (Arc::clone(&self.cluster), namespace.to_owned());
        async move { cluster.pod_usage(&namespace).await }.boxed()
    }

    fn pods(&self, namespace: &str, release: &str) -> Option<Vec<Arc<PodView>>> {
        let snapshot = self.live.snapshot(namespace, release);
        let known = snapshot.health.warm && snapshot.health.reachable;
        Some(snapshot.pods).filter(|pods| known || !pods.is_empty())
    }
}

/// What the cluster answered last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum Answer {
    /// Nothing yet.
    #[default]
    None,
    /// Samples.
    Samples,
    /// There is no metrics API.
    NotInstalled,
    /// Our account may not ask.
    Forbidden,
    /// It does not answer.
    Away,
}

impl From<&KubeError> for Answer {
    fn from(error: &KubeError) -> Self {
        match error {
            KubeError::NotFound { .. } => Self::NotInstalled,
            KubeError::Unauthorized { .. } | KubeError::Forbidden { .. } => Self::Forbidden,
            _ => Self::Away,
        }
    }
}

/// A namespace with services that somebody looks at, or looked at lately.
#[derive(Default)]
struct Room {
    samples: HashMap<String, PodSample>,
    answer: Answer,
    asked: Option<Tick>,
    asking: bool,
    releases: HashMap<String, Followed>,
    /// Moves on with each answer.
    news: watch::Sender<u64>,
}

#[derive(Default)]
struct Followed {
    readers: usize,
    left: Option<Tick>,
    history: History,
}

struct Inner {
    source: Arc<dyn Source>,
    clock: SharedClock,
    times: Times,
    rooms: Mutex<HashMap<String, Room>>,
    wake: Notify,
}

/// What services of a cluster use.
#[derive(Clone)]
pub struct Usage {
    inner: Arc<Inner>,
}

impl Usage {
    /// The use of this cluster, whose caches know the pods. Asks nothing before somebody looks; ends with `cancel`.
    pub fn start(cluster: Arc<Cluster>, live: Arc<Live>, clock: SharedClock, cancel: CancellationToken) -> Self {
        Self::with(Arc::new(ClusterSource { cluster, live }), clock, cancel, Times::default())
    }

    fn with(source: Arc<dyn Source>, clock: SharedClock, cancel: CancellationToken, times: Times) -> Self {
        let inner = Arc::new(Inner { source, clock, times, rooms: Mutex::default(), wake: Notify::new() });
        tokio::spawn(cancel.run_until_cancelled_owned(poller::run(Arc::clone(&inner))));
        Self { inner }
    }

    /// Looks at a service for as long as the follower lives.
    pub fn follow(&self, namespace: &str, release: &str) -> Follower {
        let mut rooms = self.inner.rooms();
        let room = rooms.entry(namespace.to_owned()).or_default();
        let followed = room.releases.entry(release.to_owned()).or_default();
        followed.readers += 1;
        followed.left = None;
        let news = room.news.subscribe();
        drop(rooms);
        metrics::gauge!("woow_usage_followers").increment(1.0);
        self.inner.wake.notify_one();
        let inner = Arc::clone(&self.inner);
        Follower { inner, namespace: namespace.to_owned(), release: release.to_owned(), news }
    }

    /// How often the cluster is asked, while somebody looks.
    pub fn interval(&self) -> Duration {
        self.inner.times.interval
    }
}

impl Inner {
    fn rooms(&self) -> MutexGuard<'_, HashMap<String, Room>> {
        // A panic under the lock leaves at worst one answer half told, which the next one repairs.
        self.rooms.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What is known of a service's use, of one moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UsageView {
    /// Whether the figures are of now, and why not.
    pub state: UsageState,
    /// The figures.
    pub reading: Reading,
    /// The last points, oldest first.
    pub history: Vec<Point>,
}

/// Somebody who looks at a service's use.
pub struct Follower {
    inner: Arc<Inner>,
    namespace: String,
    release: String,
    news: watch::Receiver<u64>,
}

impl Follower {
    /// What is known now.
    pub fn view(&mut self) -> UsageView {
        self.news.borrow_and_update();
        let (now, pods) = (self.inner.clock.now(), self.inner.source.pods(&self.namespace, &self.release));
        let rooms = self.inner.rooms();
        let nothing = Room::default();
        let room = rooms.get(&self.namespace).unwrap_or(&nothing);
        let reading = reading::read(pods.as_deref().unwrap_or_default(), &room.samples, now);
        let history = room.releases.get(&self.release).map(|followed| followed.history.points()).unwrap_or_default();
        UsageView { state: state(&reading, pods.as_deref(), room.answer, now), reading, history }
    }

    /// Waits until what is known is as wanted, and returns it. Safe to drop midway.
    pub async fn until(&mut self, wanted: impl Fn(&UsageView) -> bool) -> UsageView {
        loop {
            let view = self.view();
            if wanted(&view) {
                return view;
            }
            self.changed().await;
        }
    }

    /// Waits until there may be something new since the last look. Safe to drop midway.
    pub async fn changed(&mut self) {
        if self.news.changed().await.is_err() {
            std::future::pending::<()>().await;
        }
    }
}

impl Drop for Follower {
    fn drop(&mut self) {
        metrics::gauge!("woow_usage_followers").decrement(1.0);
        let mut rooms = self.inner.rooms();
        let followed = rooms.get_mut(&self.namespace).and_then(|room| room.releases.get_mut(&self.release));
        if let Some(followed) = followed {
            followed.readers -= 1;
            if followed.readers == 0 {
                followed.left = Some(Tick::now());
            }
        }
        drop(rooms);
        self.inner.wake.notify_one();
    }
}

/// Whether the figures are of now, and why not. What nobody can mend by waiting comes first.
fn state(reading: &Reading, pods: Option<&[Arc<PodView>]>, answer: Answer, now: Instant) -> UsageState {
    let settled = |pod: &Arc<PodView>| {
        let long_ago = pod.started.is_some_and(|start| start.plus_seconds(STALE_SECONDS) < now);
        !pod.phase.is_over() && pod.is_ready() && long_ago
    };
    match (answer, pods) {
        (Answer::NotInstalled, _) => UsageState::NotInstalled,
        (Answer::Forbidden, _) => UsageState::Forbidden,
        (_, Some(_)) if reading.pods.is_empty() => UsageState::NothingRuns,
        // One answer that did not come does not make the last one wrong.
        _ if reading.is_measured() => UsageState::Current,
        (Answer::Away, _) => UsageState::Unavailable,
        _ if reading.outdated => UsageState::Stale,
        (Answer::Samples, Some(pods)) if pods.iter().any(settled) => UsageState::Missing,
        (Answer::None | Answer::Samples, _) => UsageState::Waiting,
    }
}
