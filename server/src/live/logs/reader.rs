//! One reader of a container's log: pulled, so that it holds no more than the batch it is at.

use super::{
    LogBatch, LogError, LogRequest, Logs,
    pods::{PodSeen, PodStates},
    upstream::{Hold, Key},
};
use crate::adapters::kube::Cluster;
use futures::{Stream, stream};
use shared::service::LogState;
use std::sync::Arc;
use tokio::sync::watch;

struct Reader {
    logs: Logs,
    cluster: Arc<Cluster>,
    states: Arc<dyn PodStates>,
    request: LogRequest,
    told: Option<LogState>,
    at: Place,
}

enum Place {
    /// It is not known yet which pod that is.
    Before,
    /// At the line of this number; none before the upstream has caught up.
    Reading { hold: Hold, news: watch::Receiver<u64>, next: Option<u64>, gap: bool },
    /// It may not be followed, and why is still to be told.
    Refused(LogError),
    /// The end was told.
    Over,
}

pub(super) fn stream(
    logs: Logs,
    cluster: Arc<Cluster>,
    states: Arc<dyn PodStates>,
    request: LogRequest,
) -> impl Stream<Item = Result<LogBatch, LogError>> + Send {
    let reader = Reader { logs, cluster, states, request, told: None, at: Place::Before };
    stream::unfold(reader, |mut reader| async move {
        let batch = reader.next().await?;
        Some((batch, reader))
    })
}

impl Reader {
    async fn next(&mut self) -> Option<Result<LogBatch, LogError>> {
        loop {
            let batch = match &self.at {
                Place::Over => return None,
                Place::Refused(why) => {
                    let why = *why;
                    self.at = Place::Over;
                    return Some(Err(why));
                }
                Place::Before => self.find().await,
                Place::Reading { .. } => self.read().await,
            };
            let Some(batch) = batch else { continue };
            self.told = Some(batch.state);
            if batch.state == LogState::Ended {
                self.at = Place::Over;
            }
            return Some(Ok(batch));
        }
    }

    /// Looks for the pod, and waits for it to be known.
    async fn find(&mut self) -> Option<LogBatch> {
        let LogRequest { namespace, pod: name, container, .. } = &self.request;
        let changed = self.states.changed(namespace);
        match self.states.pod(namespace, name) {
            PodSeen::Gone => return Some(LogBatch::empty(LogState::Ended)),
            PodSeen::Unknown if self.told.is_none() => return Some(LogBatch::empty(LogState::Waiting)),
            PodSeen::Unknown => changed.await,
            PodSeen::Pod(pod) => {
                let Some(container) = pod.container(Some(container)) else {
                    return Some(LogBatch::empty(LogState::Ended));
                };
                let key = Key {
                    cluster: self.request.cluster,
                    namespace: namespace.clone(),
                    pod: name.clone(),
                    uid: pod.meta.uid.clone(),
                    container: container.name.clone(),
                };
                self.at = match self.logs.join(&self.cluster, &self.states, key, self.request.by) {
                    Ok(hold) => Place::Reading { news: hold.upstream.news(), hold, next: None, gap: false },
                    Err(why) => Place::Refused(why),
                };
            }
        }
        None
    }

    /// What there is, or else waits for more.
    async fn read(&mut self) -> Option<LogBatch> {
        let Place::Reading { hold, news, next, gap } = &mut self.at else { return None };
        news.borrow_and_update();
        let pending = {
            let ring = hold.upstream.ring();
            if next.is_none() && (ring.caught_up || ring.state == LogState::Ended) {
                let (place, missing) = ring.place(self.request.after, self.request.tail);
                (*next, *gap) = (Some(place), missing);
            }
            match next {
                Some(next) if !ring.is_read(*next) => Some(!ring.is_plenty(*next)),
                // A change of state is told without lines. Before all is read it is not known yet where we are.
                Some(_) if self.told != Some(ring.state) => return Some(LogBatch::empty(ring.state)),
                _ => None,
            }
        };
        match (pending, next) {
            (Some(few), Some(next)) => {
                if few && self.told.is_some() {
                    tokio::time::sleep(self.logs.inner.times.gather).await;
                }
                let mut batch = hold.upstream.ring().take(next);
                batch.gap |= std::mem::take(gap);
                Some(batch)
            }
            (_, None) if self.told.is_none() => {
                // Told as waiting only where it does wait: the lines of before usually come at once.
                let patience = self.logs.inner.times.gather.saturating_mul(10);
                match tokio::time::timeout(patience, news.changed()).await {
                    Ok(_) => None,
                    Err(_) => Some(LogBatch::empty(LogState::Waiting)),
                }
            }
            _ => {
                if news.changed().await.is_err() {
                    // The upstream was cancelled: the server is going down.
                    self.at = Place::Over;
                }
                None
            }
        }
    }
}
