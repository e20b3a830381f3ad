//! The one stream of a container's log.

use super::{
    Inner, LogError, Logs, Times,
    line::{RawLine, Splitter},
    lock,
    pods::{Life, PodStates, life},
    ring::{Replay, Ring},
};
use crate::adapters::kube::{Cluster, KubeError};
use futures::{AsyncBufRead, AsyncBufReadExt as _};
use k8s_openapi::api::core::v1::Pod;
use kube::{Api, api::LogParams};
use shared::{
    ids::{ClusterId, UserId},
    service::LogState,
};
use std::{
    collections::HashMap,
    pin::Pin,
    sync::{Arc, Mutex, MutexGuard},
    time::Duration,
};
use tokio::sync::watch;

/// Lines of before that are read at the start; no reader may ask for more.
pub(super) const BACKLOG_LINES: i64 = 2000;

/// After a pod is gone, what it wrote last may still come.
const LAST_LINES: Duration = Duration::from_secs(2);

/// A pod's id is part of it: the next pod of the same name has another log.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Key {
    pub(super) cluster: ClusterId,
    pub(super) namespace: String,
    pub(super) pod: String,
    pub(super) uid: String,
    pub(super) container: String,
}

pub(super) struct Upstream {
    key: Key,
    ring: Mutex<Ring>,
    /// Moves on whenever the ring does.
    news: watch::Sender<u64>,
    readers: watch::Sender<Readers>,
}

/// Who reads an upstream, and of whose share it is: of whoever was the first, and once they have gone of one who reads on.
struct Readers {
    share: UserId,
    /// How often each reads it.
    each: HashMap<UserId, usize>,
}

impl Readers {
    fn come(&mut self, reader: UserId) {
        *self.each.entry(reader).or_default() += 1;
    }

    fn go(&mut self, reader: UserId) {
        if let Some(times) = self.each.get_mut(&reader) {
            *times -= 1;
            if *times == 0 {
                self.each.remove(&reader);
            }
        }
        if !self.each.contains_key(&self.share)
            && let Some(other) = self.each.keys().next()
        {
            self.share = *other;
        }
    }
}

/// A reader's hold on an upstream.
pub(super) struct Hold {
    pub(super) upstream: Arc<Upstream>,
    reader: UserId,
}

impl Drop for Hold {
    fn drop(&mut self) {
        self.upstream.readers.send_modify(|readers| readers.go(self.reader));
    }
}

impl Upstream {
    pub(super) fn ring(&self) -> MutexGuard<'_, Ring> {
        lock(&self.ring)
    }

    pub(super) fn news(&self) -> watch::Receiver<u64> {
        self.news.subscribe()
    }

    fn change(&self, change: impl FnOnce(&mut Ring)) {
        change(&mut self.ring());
        self.news.send_modify(|version| *version += 1);
    }

    fn set(&self, state: LogState) {
        if self.ring().state != state {
            self.change(|ring| ring.state = state);
        }
    }
}

impl Logs {
    /// Joins the stream of this container, or begins it.
    ///
    /// # Errors
    /// Where it would have to be begun, and there are too many of others.
    pub(super) fn join(
        &self,
        cluster: &Arc<Cluster>,
        states: &Arc<dyn PodStates>,
        key: Key,
        reader: UserId,
    ) -> Result<Hold, LogError> {
        let mut upstreams = lock(&self.inner.upstreams);
        if !upstreams.contains_key(&key) {
            let most = self.inner.most;
            // Those too that nobody reads any more and that are not put away yet: whoever opens and closes takes no more.
            if upstreams.values().filter(|upstream| upstream.readers.borrow().share == reader).count() >= most.each {
                return Err(LogError::OwnShare);
            }
            if upstreams.len() >= most.all {
                return Err(LogError::Crowded);
            }
        }
        let upstream = upstreams.entry(key.clone()).or_insert_with(|| {
            let upstream = Arc::new(Upstream {
                key,
                ring: Mutex::default(),
                news: watch::Sender::new(0),
                readers: watch::Sender::new(Readers { share: reader, each: HashMap::new() }),
            });
            let api = Api::namespaced(cluster.client(), &upstream.key.namespace);
            let feed = Feed {
                upstream: Arc::clone(&upstream),
                api,
                states: Arc::clone(states),
                times: self.inner.times,
                read_to: None,
                failures: 0,
            };
            tokio::spawn(self.inner.cancel.clone().run_until_cancelled_owned(run(Arc::clone(&self.inner), feed)));
            upstream
        });
        // Under the lock, so that it is not put away at this moment.
        upstream.readers.send_modify(|readers| readers.come(reader));
        Ok(Hold { upstream: Arc::clone(upstream), reader })
    }
}

/// Feeds the ring while there are readers, and for a while after.
async fn run(inner: Arc<Inner>, mut feed: Feed) {
    let upstream = Arc::clone(&feed.upstream);
    let mut work = std::pin::pin!(async move {
        feed.run().await;
        // Ended: what is in the ring stays for those who still read it.
        std::future::pending::<()>().await;
    });
    let mut readers = upstream.readers.subscribe();
    loop {
        let abandoned = async {
            loop {
                if readers.wait_for(|readers| readers.each.is_empty()).await.is_err() {
                    return;
                }
                let back =
                    tokio::time::timeout(inner.times.linger, readers.wait_for(|readers| !readers.each.is_empty()));
                if back.await.is_err() {
                    return;
                }
            }
        };
        tokio::select! {
            () = &mut work => {}
            () = abandoned => {}
        }
        let mut upstreams = lock(&inner.upstreams);
        if upstream.readers.borrow().each.is_empty() {
            upstreams.remove(&upstream.key);
            return;
        }
    }
}

struct Feed {
    upstream: Arc<Upstream>,
    api: Api<Pod>,
    states: Arc<dyn PodStates>,
    times: Times,
    /// The start of the container whose log has been read to its end.
    read_to: Option<u32>,
    failures: u32,
}

/// Waits until the pod is gone and its last lines have come. A kubelet ends the stream by itself; where the node is lost, or
/// simulated, nobody does.
async fn gone(states: Arc<dyn PodStates>, upstream: Arc<Upstream>) {
    let key = &upstream.key;
    loop {
        let changed = states.changed(&key.namespace);
        if matches!(life(&states.pod(&key.namespace, &key.pod), &key.uid, &key.container), Life::Gone) {
            return tokio::time::sleep(LAST_LINES).await;
        }
        changed.await;
    }
}

/// How a read ended.
enum End {
    /// The cluster says that this is all.
    Whole,
    /// Nothing came for too long.
    Silent,
    /// The link broke, or the cluster refused.
    Broken(String),
}

type Lines = Pin<Box<dyn AsyncBufRead + Send>>;

impl Feed {
    /// Until there is nothing more to come.
    async fn run(&mut self) {
        // The start whose lines were read last, to tell a rotated file from a new one.
        let mut reading = None;
        let upstream = Arc::clone(&self.upstream);
        let key = &upstream.key;
        loop {
            let changed = self.states.changed(&key.namespace);
            let now = life(&self.states.pod(&key.namespace, &key.pod), &key.uid, &key.container);
            let (start, has_ended) = match now {
                Life::Gone => return self.upstream.set(LogState::Ended),
                Life::Over { start } if self.read_to == Some(start) => return self.upstream.set(LogState::Ended),
                Life::Unknown | Life::Waiting => {
                    self.upstream.set(LogState::Waiting);
                    changed.await;
                    continue;
                }
                Life::Between { start } if self.read_to == Some(start) => {
                    self.upstream.set(LogState::Waiting);
                    changed.await;
                    continue;
                }
                Life::Running { start } => (start, false),
                Life::Between { start } | Life::Over { start } => (start, true),
            };
            let doubtful = reading.is_some_and(|before| before == start || self.read_to != Some(before));
            reading = Some(start);
            match self.read(doubtful, has_ended).await {
                // Begun after its end and read to the end: that is all of it.
                End::Whole if has_ended => self.read_to = Some(start),
                End::Silent => {}
                End::Whole => self.pause(changed).await,
                End::Broken(why) => {
                    tracing::debug!(pod = key.pod, container = key.container, why, "log stream broke");
                    if self.failures > 0 {
                        self.upstream.set(LogState::Waiting);
                    }
                    self.pause(changed).await;
                }
            }
        }
    }

    /// Longer after each failure in a row; cut short when the caches have news, though never to nothing.
    async fn pause(&mut self, changed: impl Future<Output = ()>) {
        let least = self.times.retry;
        let most = least.saturating_mul(40).min(least.saturating_mul(1 << self.failures.min(6)));
        self.failures += 1;
        tokio::time::sleep(least).await;
        let _ = tokio::time::timeout(most.saturating_sub(least), changed).await;
    }

    async fn read(&mut self, mut doubtful: bool, has_ended: bool) -> End {
        if !self.upstream.ring().has_begun() {
            // What was before, in one piece: so it is known when a new reader has caught up. What a break has left of it
            // goes: nobody has read it yet, and it comes again.
            self.upstream.ring().begin_anew();
            let params = LogParams { tail_lines: Some(BACKLOG_LINES), ..self.params() };
            let end = self.copy(&params, Replay::default(), true).await;
            if !matches!(end, End::Whole) {
                return end;
            }
            self.upstream.change(|ring| {
                // Only the first time: an empty log is read as a whole again and again.
                if !ring.caught_up {
                    self.failures = 0;
                }
                ring.caught_up = true;
                ring.state = LogState::Following;
            });
            if has_ended {
                return end;
            }
            doubtful = true;
        }
        let (since_time, replay) = {
            let ring = self.upstream.ring();
            (ring.since(), ring.replay(doubtful))
        };
        let params = LogParams { follow: true, since_time, ..self.params() };
        self.copy(&params, replay, has_ended).await
    }

    fn params(&self) -> LogParams {
        LogParams { container: Some(self.upstream.key.container.clone()), timestamps: true, ..LogParams::default() }
    }

    /// Copies one stream into the ring. A last line without its end counts only where nothing more can come: else it
    /// was torn, and comes again whole.
    async fn copy(&mut self, params: &LogParams, mut replay: Replay, last_counts: bool) -> End {
        let silence = self.times.silence;
        let mut stream = match tokio::time::timeout(silence, self.open(params)).await {
            Ok(Ok(stream)) => stream,
            Ok(Err(error)) => return End::Broken(error.to_string()),
            // A kubelet answers with the first line: a silent container looks like this as well.
            Err(_) => return End::Silent,
        };
        let mut splitter = Splitter::default();
        let mut lines = Vec::new();
        let mut gone = std::pin::pin!(gone(Arc::clone(&self.states), Arc::clone(&self.upstream)));
        loop {
            let piece = tokio::select! {
                piece = tokio::time::timeout(silence, stream.fill_buf()) => piece,
                () = &mut gone => return End::Whole,
            };
            let piece = match piece {
                Ok(Ok(piece)) => piece,
                Ok(Err(error)) => return End::Broken(error.to_string()),
                Err(_) => return End::Silent,
            };
            if piece.is_empty() {
                if last_counts {
                    lines.extend(splitter.finish());
                    self.push(&mut lines, &mut replay);
                }
                return End::Whole;
            }
            splitter.feed(piece, &mut lines);
            let read = piece.len();
            stream.consume_unpin(read);
            self.push(&mut lines, &mut replay);
        }
    }

    fn push(&mut self, lines: &mut Vec<RawLine>, replay: &mut Replay) {
        if lines.is_empty() {
            return;
        }
        self.upstream.change(|ring| {
            // Not before: a long log that breaks each time is asked for less and less often.
            if ring.caught_up {
                ring.state = LogState::Following;
                self.failures = 0;
            }
            for line in lines.drain(..) {
                ring.push(line, replay);
            }
        });
    }

    async fn open(&self, params: &LogParams) -> Result<Lines, KubeError> {
        let stream = self.api.log_stream(&self.upstream.key.pod, params).await?;
        Ok(Box::pin(stream))
    }
}
