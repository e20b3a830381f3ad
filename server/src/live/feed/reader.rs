//! Reading one kind's watch into the store.

use crate::{
    adapters::kube::KubeError,
    live::{
        Changed, ClusterHealth, Live,
        store::{Kind, Observed, Store},
    },
};
use futures::Stream;
use kube::{
    Api, Resource,
    api::ListParams,
    runtime::{
        WatchStreamExt as _,
        watcher::{self, DefaultBackoff},
    },
};
use serde::de::DeserializeOwned;
use std::{collections::HashSet, fmt::Debug, time::Duration};

/// Where rights are missing, they may be given later.
const FORBIDDEN_RETRY: Duration = Duration::from_mins(1);
/// A list takes a second at most; on a dead link it would wait for the kernel's patience.
const LIST_TIMEOUT: Duration = Duration::from_secs(20);
/// So many objects of a list come at once. All eleven kinds are listed at the start, and a page is held as text and as objects:
/// memory that was needed once is not all given back.
const PAGE: u32 = 100;
/// The server ends a watch after this, and we notice a dead link 5 s later. The health question is quicker.
const WATCH_SECONDS: u32 = 290;

/// How one kind is read.
pub(super) struct Source<K> {
    pub(super) kind: Kind,
    pub(super) name: &'static str,
    pub(super) selector: Option<&'static str>,
    pub(super) read: fn(&K) -> Option<Observed>,
}

/// What a watch needs of a kind.
pub(super) trait Watched: Clone + Debug + DeserializeOwned + Send + Sync + 'static {}
impl<K: Clone + Debug + DeserializeOwned + Send + Sync + 'static> Watched for K {}

pub(super) fn items<K>(
    api: Api<K>,
    source: &Source<K>,
) -> impl Stream<Item = watcher::Result<watcher::Event<K>>> + Send + use<K>
where
    K: Resource + Watched,
    K::DynamicType: Default + Send + Sync,
{
    let mut config = watcher::Config::default().timeout(WATCH_SECONDS).page_size(PAGE);
    if let Some(selector) = source.selector {
        config = config.labels(selector);
    }
    // Managed fields are half of many objects, and a page holds all of them until they are read.
    watcher::watcher(api, config).modify(|object| object.meta_mut().managed_fields = None)
}

/// Waits for the cluster to come back from an outage.
pub(super) async fn came_back(health: &mut tokio::sync::watch::Receiver<ClusterHealth>) {
    let epoch = health.borrow().epoch;
    if health.wait_for(|health| health.epoch != epoch).await.is_err() {
        std::future::pending::<()>().await;
    }
}

/// Reads one kind's watch.
pub(super) struct Reader<'a, K> {
    live: &'a Live,
    source: &'a Source<K>,
    seen: HashSet<(String, String)>,
    backoff: DefaultBackoff,
}

impl<'a, K> Reader<'a, K>
where
    K: Resource + Watched,
{
    pub(super) fn new(live: &'a Live, source: &'a Source<K>) -> Self {
        Self { live, source, seen: HashSet::new(), backoff: DefaultBackoff::default() }
    }

    /// Takes one item in; waits where it is an error. Returns whether the watch has to be made anew.
    pub(super) async fn take(&mut self, item: watcher::Result<watcher::Event<K>>) -> bool {
        match item {
            Ok(event) => {
                self.event(event);
                false
            }
            Err(error) => self.failed(error).await,
        }
    }

    fn event(&mut self, event: watcher::Event<K>) {
        match event {
            watcher::Event::Init => self.seen.clear(),
            watcher::Event::InitApply(object) => {
                if let Some(observed) = self.read(&object) {
                    self.seen.insert(observed.id());
                    self.live.update(|store| store.apply(observed));
                }
            }
            watcher::Event::InitDone => {
                let seen = std::mem::take(&mut self.seen);
                self.live.update(|store| store.retain(self.source.kind, &seen));
                self.backoff = DefaultBackoff::default();
                if self.live.health.read(self.source.name, true) {
                    self.live.notifier.mark(Changed::everything());
                }
            }
            watcher::Event::Apply(object) => {
                self.backoff = DefaultBackoff::default();
                if let Some(observed) = self.read(&object) {
                    self.live.update(|store| store.apply(observed));
                }
            }
            watcher::Event::Delete(object) => {
                if let Some(observed) = self.read(&object) {
                    self.live.update(|store| store.remove(&observed));
                }
            }
        }
    }

    /// Most objects of a shared cluster are not ours: not worth reading.
    fn read(&self, object: &K) -> Option<Observed> {
        match &object.meta().namespace {
            Some(namespace) if !self.live.read().owns(namespace) => None,
            _ => (self.source.read)(object),
        }
    }

    async fn failed(&mut self, error: watcher::Error) -> bool {
        let mut health = self.live.health();
        let kind = self.source.name;
        if let Some(KubeError::Forbidden { message }) = cause(error).as_ref() {
            if self.live.health.read(kind, false) {
                tracing::warn!(kind, message, "may not be watched");
                self.live.notifier.mark(Changed::everything());
            }
            let _ = tokio::time::timeout(FORBIDDEN_RETRY, came_back(&mut health)).await;
            return true;
        }
        self.live.health.suspect();
        let pause = self.backoff.next().unwrap_or(FORBIDDEN_RETRY);
        tokio::time::timeout(pause, came_back(&mut health)).await.is_ok()
    }

    /// Lists a namespace that has just become ours. The watch is not read meanwhile, and nothing goes back in time.
    ///
    /// Whether the watch has to be made anew: the cluster was away meanwhile, and a link that says nothing may be dead.
    pub(super) async fn adopt(&mut self, api: &Api<K>) -> bool {
        let selector = self.source.selector.map(str::to_owned);
        let params = ListParams { label_selector: selector, ..ListParams::default() };
        let mut health = self.live.health();
        health.mark_unchanged();
        loop {
            let listed = tokio::select! {
                listed = tokio::time::timeout(LIST_TIMEOUT, api.list(&params)) => listed,
                () = came_back(&mut health) => return true,
            };
            match listed.unwrap_or_else(|_| Err(kube::Error::Service("the list did not come in time".into()))) {
                Ok(list) => {
                    let observed: Vec<_> = list.iter().filter_map(|object| (self.source.read)(object)).collect();
                    let apply = |store: &mut Store| observed.into_iter().for_each(|observed| store.apply(observed));
                    self.live.update(apply);
                    return false;
                }
                Err(error) => {
                    let error = KubeError::from(error);
                    if !error.is_transient() {
                        return false;
                    }
                    self.live.health.suspect();
                    let pause = self.backoff.next().unwrap_or(FORBIDDEN_RETRY);
                    if tokio::time::timeout(pause, came_back(&mut health)).await.is_ok() {
                        return true;
                    }
                }
            }
        }
    }
}

fn cause(error: watcher::Error) -> Option<KubeError> {
    match error {
        watcher::Error::InitialListFailed(error)
        | watcher::Error::WatchStartFailed(error)
        | watcher::Error::WatchFailed(error) => Some(error.into()),
        watcher::Error::WatchError(status) => Some(kube::Error::Api(status).into()),
        watcher::Error::NoResourceVersion => None,
    }
}
