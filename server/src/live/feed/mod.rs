//! One watch for each kind, into the store.
//!
//! kube's `watcher` lists, watches, and lists anew when the cluster no longer knows where it was (410 Gone). Around it:
//! waiting is cut short when the cluster comes back, links from before an outage are dropped (a link may be dead
//! without knowing), and a namespace that becomes ours later is listed on its own.

mod reader;

use super::{
    Live,
    store::{Kind, Object, Observed},
    view::{ClaimView, EventView, NamespaceView, NodeView, PodView, WorkloadKind, WorkloadView},
};
use crate::adapters::kube::{ReleaseRecord, owner::WORKSPACE_LABEL};
use futures::StreamExt as _;
use k8s_openapi::{
    NamespaceResourceScope,
    api::{
        apps::v1::{DaemonSet, Deployment, ReplicaSet, StatefulSet},
        batch::v1::Job,
        core::v1::{Event, Namespace, Node, PersistentVolumeClaim, Pod, Secret},
    },
};
use kube::{Api, Client, Resource, core::PartialObjectMeta, runtime::watcher};
use reader::{Reader, Source, Watched, came_back, items};
use std::{future::Future, pin::pin, sync::Arc};
use tokio::sync::broadcast;
use tokio_util::sync::CancellationToken;

/// New namespaces that a watch may fall behind before it lists everything anew.
const ADOPTIONS: usize = 256;
/// Starts all watches: first the namespaces, since nothing counts that is not in one of ours.
pub(super) fn start(live: &Arc<Live>, client: &Client, cancel: &CancellationToken) {
    let adoptions = broadcast::Sender::new(ADOPTIONS);
    let names = [
        "namespaces",
        "secrets",
        "pods",
        "deployments",
        "statefulsets",
        "daemonsets",
        "replicasets",
        "jobs",
        "persistentvolumeclaims",
        "events",
        "nodes",
    ];
    for name in names {
        live.health.expect(name);
    }
    let run = |future: futures::future::BoxFuture<'static, ()>| {
        tokio::spawn(cancel.clone().run_until_cancelled_owned(future));
    };
    let namespaces =
        Source { kind: Kind::Namespace, name: "namespaces", selector: Some(WORKSPACE_LABEL), read: namespace };
    let (ready, is_ready) = tokio::sync::oneshot::channel();
    run(Box::pin(watch_namespaces(Arc::clone(live), client.clone(), namespaces, adoptions.clone(), ready)));

    let (live, client, cancel) = (Arc::clone(live), client.clone(), cancel.clone());
    tokio::spawn(async move {
        if is_ready.await.is_err() {
            return;
        }
        let feeds = Feeds { live, client, cancel, adoptions };
        feeds.namespaced(Source { kind: Kind::Record, name: "secrets", selector: Some("owner=helm"), read: record });
        feeds.namespaced(Source { kind: Kind::Pod, name: "pods", selector: None, read: pod });
        feeds.workload(WorkloadKind::Deployment, "deployments", |object: &Deployment| {
            workload(object, WorkloadView::deployment)
        });
        feeds.workload(WorkloadKind::StatefulSet, "statefulsets", |object: &StatefulSet| {
            workload(object, WorkloadView::stateful_set)
        });
        feeds.workload(WorkloadKind::DaemonSet, "daemonsets", |object: &DaemonSet| {
            workload(object, WorkloadView::daemon_set)
        });
        feeds.workload(WorkloadKind::ReplicaSet, "replicasets", |object: &ReplicaSet| {
            workload(object, WorkloadView::replica_set)
        });
        feeds.workload(WorkloadKind::Job, "jobs", |object: &Job| workload(object, WorkloadView::job));
        feeds.namespaced(Source { kind: Kind::Claim, name: "persistentvolumeclaims", selector: None, read: claim });
        feeds.namespaced(Source { kind: Kind::Event, name: "events", selector: None, read: event });
        feeds.nodes();
    });
}

fn namespace(object: &Namespace) -> Option<Observed> {
    object.metadata.name.as_ref()?;
    Some(Observed::Namespace(NamespaceView::read(object)))
}

fn record(secret: &PartialObjectMeta<Secret>) -> Option<Observed> {
    let meta = &secret.metadata;
    let record = ReleaseRecord::read(meta)?;
    Some(Observed::Record { namespace: meta.namespace.clone()?, secret: meta.name.clone()?, record })
}

fn pod(object: &Pod) -> Option<Observed> {
    let namespace = object.metadata.namespace.clone()?;
    Some(Observed::Object { namespace, object: Object::Pod(Arc::new(PodView::read(object))) })
}

fn claim(object: &PersistentVolumeClaim) -> Option<Observed> {
    let namespace = object.metadata.namespace.clone()?;
    Some(Observed::Object { namespace, object: Object::Claim(Arc::new(ClaimView::read(object))) })
}

fn event(object: &Event) -> Option<Observed> {
    Some(Observed::Event { namespace: object.metadata.namespace.clone()?, event: Arc::new(EventView::read(object)) })
}

fn workload<K: Resource>(object: &K, read: impl FnOnce(&K) -> WorkloadView) -> Option<Observed> {
    let namespace = object.meta().namespace.clone()?;
    Some(Observed::Object { namespace, object: Object::Workload(Arc::new(read(object))) })
}

fn node(object: &Node) -> Option<Observed> {
    object.metadata.name.as_ref()?;
    Some(Observed::Node(NodeView::read(object)))
}

struct Feeds {
    live: Arc<Live>,
    client: Client,
    cancel: CancellationToken,
    adoptions: broadcast::Sender<Arc<str>>,
}

impl Feeds {
    fn run(&self, feed: impl Future<Output = ()> + Send + 'static) {
        tokio::spawn(self.cancel.clone().run_until_cancelled_owned(feed));
    }

    fn workload<K>(&self, kind: WorkloadKind, name: &'static str, read: fn(&K) -> Option<Observed>)
    where
        K: Resource<Scope = NamespaceResourceScope, DynamicType = ()> + Watched,
    {
        self.namespaced(Source { kind: Kind::Workload(kind), name, selector: None, read });
    }

    fn namespaced<K>(&self, source: Source<K>)
    where
        K: Resource<Scope = NamespaceResourceScope> + Watched,
        K::DynamicType: Default + Send + Sync,
    {
        let (live, client, mut adoptions) = (Arc::clone(&self.live), self.client.clone(), self.adoptions.subscribe());
        self.run(async move {
            loop {
                let mut watch = pin!(items(Api::<K>::all(client.clone()), &source));
                let mut reader = Reader::new(&live, &source);
                let mut epoch = live.health();
                epoch.mark_unchanged();
                loop {
                    tokio::select! {
                        adopted = adoptions.recv() => match adopted {
                            Ok(namespace) => {
                                if reader.adopt(&Api::<K>::namespaced(client.clone(), &namespace)).await {
                                    break;
                                }
                            }
                            Err(broadcast::error::RecvError::Lagged(_)) => break,
                            Err(broadcast::error::RecvError::Closed) => return,
                        },
                        () = came_back(&mut epoch) => break,
                        item = watch.next() => match item {
                            Some(item) => if reader.take(item).await { break },
                            None => break,
                        },
                    }
                }
            }
        });
    }

    fn nodes(&self) {
        let (live, client) = (Arc::clone(&self.live), self.client.clone());
        let source = Source { kind: Kind::Node, name: "nodes", selector: None, read: node };
        self.run(async move {
            loop {
                let mut watch = pin!(items(Api::<Node>::all(client.clone()), &source));
                let mut reader = Reader::new(&live, &source);
                let mut epoch = live.health();
                epoch.mark_unchanged();
                loop {
                    tokio::select! {
                        () = came_back(&mut epoch) => break,
                        item = watch.next() => match item {
                            Some(item) => if reader.take(item).await { break },
                            None => break,
                        },
                    }
                }
            }
        });
    }
}

async fn watch_namespaces(
    live: Arc<Live>,
    client: Client,
    source: Source<Namespace>,
    adoptions: broadcast::Sender<Arc<str>>,
    ready: tokio::sync::oneshot::Sender<()>,
) {
    let mut ready = Some(ready);
    loop {
        let mut watch = pin!(items(Api::<Namespace>::all(client.clone()), &source));
        let mut reader = Reader::new(&live, &source);
        let mut epoch = live.health();
        epoch.mark_unchanged();
        loop {
            let item = tokio::select! {
                () = came_back(&mut epoch) => break,
                item = watch.next() => item,
            };
            let Some(item) = item else { break };
            let adopted = match &item {
                Ok(watcher::Event::Apply(object) | watcher::Event::InitApply(object)) => {
                    object.metadata.name.clone().filter(|name| !live.read().owns(name))
                }
                _ => None,
            };
            let done = matches!(item, Ok(watcher::Event::InitDone));
            let broken = reader.take(item).await;
            if let Some(name) = adopted
                && ready.is_none()
            {
                // After it was taken into the store, so that the lists count. Nobody listens only at the end.
                let _ = adoptions.send(Arc::from(name));
            }
            if done && let Some(ready) = ready.take() {
                let _ = ready.send(());
            }
            if broken {
                break;
            }
        }
    }
}
