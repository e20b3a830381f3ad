//! Live logs: one upstream for each container however many watch it, and readers that cost no memory.
//!
//! An upstream follows the container's log (`pods/log`, see "read log of the specified Pod" in
//! <https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/pod-v1/>) into a bounded ring; readers take
//! from the ring at their own pace, and one that falls behind is told how many lines it missed.

mod line;
mod pods;
mod previous;
mod reader;
mod ring;
#[cfg(test)]
mod tests;
mod upstream;
mod whole;

pub use line::{LogCursor, LogLine};
pub use pods::{PodSeen, PodStates};
pub use whole::WholeLog;

use super::Live;
use crate::adapters::kube::{Cluster, Clusters};
use futures::{Stream, StreamExt as _, stream};
use shared::{
    ids::{ClusterId, UserId},
    service::LogState,
};
use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};
use tokio_util::sync::CancellationToken;
use upstream::{Key, Upstream};

/// Whose log, and from where.
#[derive(Debug, Clone)]
pub struct LogRequest {
    /// Who reads: nobody has all the containers that can be followed.
    pub by: UserId,
    /// The cluster.
    pub cluster: ClusterId,
    /// The pod's namespace.
    pub namespace: String,
    /// The pod.
    pub pod: String,
    /// The container.
    pub container: String,
    /// Of the container's run before this one, which has ended.
    pub previous: bool,
    /// The last line that was seen.
    pub after: Option<LogCursor>,
    /// Without `after`: how many lines to begin with.
    pub tail: usize,
}

/// Lines that belong together in time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogBatch {
    /// The lines, oldest first.
    pub lines: Vec<LogLine>,
    /// Lines that this reader was too slow for, and that were left out before these.
    pub dropped: u64,
    /// The stream was interrupted before these lines, and some may be missing.
    pub gap: bool,
    /// How far the log is, after these lines.
    pub state: LogState,
}

/// Why a log is not followed, or not any more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogError {
    /// As many containers are followed as may be at once.
    Crowded,
    /// As many are followed of this reader's share as may be for one.
    OwnShare,
    /// The run before was read too slowly.
    TooSlow,
}

impl LogBatch {
    const fn empty(state: LogState) -> Self {
        Self { lines: Vec::new(), dropped: 0, gap: false, state }
    }
}

/// Containers that are followed at once: each has a link to the cluster and a ring of its last lines, 4 MiB at most. One that
/// is followed already is open to whoever may read it.
const MOST_UPSTREAMS: Most = Most { all: 300, each: MOST_UPSTREAMS_EACH };
/// Those of them that are of one person's share, who was the first to ask for them, or reads on where the first has gone: more
/// than fit on any page, and others have room beside them.
pub const MOST_UPSTREAMS_EACH: usize = 100;

/// How many containers are followed at once.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Most {
    /// Altogether.
    pub(crate) all: usize,
    /// Those of one person's share.
    pub(crate) each: usize,
}

/// Times of the log streams; tests have shorter ones.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Times {
    /// How long an upstream stays when nobody reads it.
    pub(crate) linger: Duration,
    /// A stream that is silent for so long is opened anew: a silent container looks like a follow that has stalled
    /// (at a rotation of the file, or on a dead link).
    pub(crate) silence: Duration,
    /// The first pause after a failure; it doubles up to forty times that.
    pub(crate) retry: Duration,
    /// Lines that come together are sent together.
    pub(crate) gather: Duration,
    /// How long one may read the run before: it holds a link to the cluster.
    pub(crate) previous: Duration,
}

impl Default for Times {
    fn default() -> Self {
        Self {
            linger: Duration::from_secs(10),
            silence: Duration::from_secs(30),
            retry: Duration::from_millis(250),
            gather: Duration::from_millis(50),
            previous: Duration::from_mins(2),
        }
    }
}

/// The logs of all clusters.
#[derive(Clone)]
pub struct Logs {
    inner: Arc<Inner>,
}

struct Inner {
    clusters: HashMap<ClusterId, (Arc<Cluster>, Arc<dyn PodStates>)>,
    upstreams: Mutex<HashMap<Key, Arc<Upstream>>>,
    /// The most of them.
    most: Most,
    cancel: CancellationToken,
    times: Times,
}

impl Logs {
    /// The logs of the cluster that these caches are of; the caches say which containers run, and end it all.
    pub fn new(clusters: Clusters, live: Arc<Live>) -> Self {
        let cancel = live.cancel.clone();
        let cluster = clusters.get(live.cluster).ok();
        let states: Arc<dyn PodStates> = live;
        Self::bounded(cluster.map(|cluster| (cluster, states)), cancel, Times::default(), MOST_UPSTREAMS)
    }

    pub(crate) fn bounded(
        clusters: impl IntoIterator<Item = (Arc<Cluster>, Arc<dyn PodStates>)>,
        cancel: CancellationToken,
        times: Times,
        most: Most,
    ) -> Self {
        let clusters = clusters.into_iter().map(|(cluster, states)| (cluster.id, (cluster, states))).collect();
        Self { inner: Arc::new(Inner { clusters, upstreams: Mutex::default(), most, cancel, times }) }
    }

    /// Follows a log until the container has ended for good. The first batch comes at once, or as soon as it is known
    /// how the log stands; drop the stream to stop. An error is the last item.
    pub fn follow(&self, request: LogRequest) -> impl Stream<Item = Result<LogBatch, LogError>> + Send + use<> {
        match self.inner.clusters.get(&request.cluster) {
            Some((cluster, states)) if request.previous => {
                let times = self.inner.times;
                let lines = previous::stream(Arc::clone(cluster), Arc::clone(states), request, times);
                previous::within(times.previous, lines).boxed()
            }
            Some((cluster, states)) => {
                reader::stream(self.clone(), Arc::clone(cluster), Arc::clone(states), request).boxed()
            }
            None => stream::iter([Ok(LogBatch::empty(LogState::Ended))]).boxed(),
        }
    }

    /// How many containers are followed now.
    pub fn upstreams(&self) -> usize {
        lock(&self.inner.upstreams).len()
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
