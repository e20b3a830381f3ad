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
    /// What the list that is being read has named; none while none is read.
    seen: Option<HashSet<(String, String)>>,
    backoff: DefaultBackoff,
}

impl<'a, K> Reader<'a, K>
where
    K: Resource + Watched,
{
    pub(super) fn new(live: &'a Live, source: &'a Source<K>) -> Self {
        Self { live, source, seen: None, backoff: DefaultBackoff::default() }
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
            watcher::Event::Init => self.seen = Some(HashSet::new()),
            watcher::Event::InitApply(object) => {
                if let Some(observed) = self.read(&object) {
                    if let Some(seen) = &mut self.seen {
                        seen.insert(observed.id());
                    }
                    self.live.update(|store| store.apply(observed));
                }
            }
            watcher::Event::InitDone => {
                if let Some(seen) = self.seen.take() {
                    self.live.update(|store| store.retain(self.source.kind, &seen));
                }
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
                    // Where the list of all is being read, its pages of before the namespace was ours have left these out.
                    if let Some(seen) = &mut self.seen {
                        seen.extend(observed.iter().map(Observed::id));
                    }
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        clock::SystemClock,
        live::{feed::pod, view::NamespaceView},
    };
    use k8s_openapi::api::core::v1::Pod;
    use kube::client::{Body, Client};
    use serde_json::{Value, json};
    use std::{convert::Infallible, sync::Arc};
    use tokio_util::sync::CancellationToken;
    use uuid::Uuid;

    fn a_pod(namespace: &str) -> Value {
        json!({ "metadata": { "name": "p", "namespace": namespace, "uid": namespace } })
    }

    fn own(live: &Live, namespace: &str) {
        let view = NamespaceView { name: namespace.to_owned(), ..NamespaceView::default() };
        live.update(|store| store.apply(Observed::Namespace(view)));
    }

    /// An API server that answers each request with a list of this pod.
    fn cluster(pod: &Value) -> Client {
        let list = json!({ "kind": "PodList", "apiVersion": "v1", "metadata": {}, "items": [pod] }).to_string();
        let answer = move |_: http::Request<Body>| {
            let body = Body::from(list.clone().into_bytes());
            async move { Ok::<_, Infallible>(http::Response::new(body)) }
        };
        Client::new(tower::service_fn(answer), "default")
    }

    #[tokio::test]
    async fn what_is_adopted_in_the_middle_of_a_list_stays() {
        let live = Live::empty(Uuid::nil().into(), Arc::new(SystemClock), CancellationToken::new());
        own(&live, "early");
        let source = Source { kind: Kind::Pod, name: "pods", selector: None, read: pod };
        let mut reader = Reader::new(&live, &source);
        let list = |reader: &mut Reader<'_, Pod>, namespace| {
            reader.event(watcher::Event::InitApply(serde_json::from_value(a_pod(namespace)).unwrap()));
        };
        reader.event(watcher::Event::Init);
        // A page with the pod, whose namespace is not ours yet.
        list(&mut reader, "late");
        own(&live, "late");
        let client = cluster(&a_pod("late"));
        assert!(!reader.adopt(&Api::namespaced(client.clone(), "late")).await);
        list(&mut reader, "early");
        reader.event(watcher::Event::InitDone);
        assert!(live.pod("early", "p").is_some());
        assert!(live.pod("late", "p").is_some(), "it was listed by itself");

        // One that is adopted between two lists is forgotten as any other.
        assert!(!reader.adopt(&Api::namespaced(client, "late")).await);
        reader.event(watcher::Event::Init);
        list(&mut reader, "early");
        reader.event(watcher::Event::InitDone);
        assert!(live.pod("late", "p").is_none());
    }
}
