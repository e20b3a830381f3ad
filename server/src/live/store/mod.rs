//! The caches' store: objects of our namespaces, with an index by release, so that a snapshot costs what the release
//! has and not what the cluster has.
//!
//! Watches are separate connections, so a pod may come before its owner and an event before its pod: whatever cannot
//! be placed yet is placed when the missing piece comes.

mod space;
#[cfg(test)]
mod tests;

use super::{
    changes::Changed,
    health::ClusterHealth,
    snapshot::ReleaseSnapshot,
    view::{ClaimView, EventView, Meta, NamespaceView, NodeView, PodView, WorkloadKind, WorkloadView},
};
use crate::adapters::kube::ReleaseRecord;
use space::Space;
use std::{
    collections::{HashMap, HashSet, VecDeque},
    sync::Arc,
};

/// Nodes that are remembered after they have left.
const MAX_GONE_NODES: usize = 256;

/// The kinds, as far as the store tells them apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) enum Kind {
    Namespace,
    Node,
    Record,
    Event,
    Pod,
    Claim,
    Workload(WorkloadKind),
}

/// Something seen in the cluster.
#[derive(Debug, Clone)]
pub(super) enum Observed {
    Namespace(NamespaceView),
    Node(NodeView),
    Record { namespace: String, secret: String, record: ReleaseRecord },
    Event { namespace: String, event: Arc<EventView> },
    Object { namespace: String, object: Object },
}

impl Observed {
    /// What tells it from all others of its kind.
    pub(super) fn id(&self) -> (String, String) {
        match self {
            Self::Namespace(namespace) => (String::new(), namespace.name.clone()),
            Self::Node(node) => (String::new(), node.name.clone()),
            Self::Record { namespace, secret, .. } => (namespace.clone(), secret.clone()),
            Self::Event { namespace, event } => (namespace.clone(), event.uid.clone()),
            Self::Object { namespace, object } => (namespace.clone(), object.meta().name.clone()),
        }
    }
}

/// An object that belongs to a release.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Object {
    Pod(Arc<PodView>),
    Claim(Arc<ClaimView>),
    Workload(Arc<WorkloadView>),
}

impl Object {
    fn meta(&self) -> &Meta {
        match self {
            Self::Pod(pod) => &pod.meta,
            Self::Claim(claim) => &claim.meta,
            Self::Workload(workload) => &workload.meta,
        }
    }

    fn kind(&self) -> Kind {
        match self {
            Self::Pod(_) => Kind::Pod,
            Self::Claim(_) => Kind::Claim,
            Self::Workload(workload) => Kind::Workload(workload.kind),
        }
    }

    /// Whether it says the same as what was known, but for the version: many updates touch only what we do not keep. What has
    /// just arrived is nobody else's yet, so it takes the other's version for the comparison, and nothing is copied.
    fn says_the_same(&mut self, known: &Self) -> bool {
        let version = self.replace_version(known.meta().version);
        let same = *self == *known;
        self.replace_version(version);
        same
    }

    fn replace_version(&mut self, version: u64) -> u64 {
        let meta = match self {
            Self::Pod(pod) => &mut Arc::make_mut(pod).meta,
            Self::Claim(claim) => &mut Arc::make_mut(claim).meta,
            Self::Workload(workload) => &mut Arc::make_mut(workload).meta,
        };
        std::mem::replace(&mut meta.version, version)
    }
}

/// Everything.
#[derive(Default)]
pub(super) struct Store {
    spaces: HashMap<String, Space>,
    nodes: HashMap<String, NodeView>,
    /// Nodes that have left, for the pods that still name them.
    gone_nodes: VecDeque<String>,
    changed: Changed,
}

impl Store {
    /// Whether the namespace is ours.
    pub(super) fn owns(&self, namespace: &str) -> bool {
        self.spaces.contains_key(namespace)
    }

    /// What has changed since this was last asked.
    pub(super) fn take_changed(&mut self) -> Changed {
        std::mem::take(&mut self.changed)
    }

    /// Takes in what was seen. What is not in one of our namespaces is dropped.
    pub(super) fn apply(&mut self, observed: Observed) {
        match observed {
            Observed::Namespace(view) => self.apply_namespace(view),
            Observed::Node(node) => self.apply_node(node),
            Observed::Record { namespace, secret, record } => {
                if let Some(space) = self.spaces.get_mut(&namespace) {
                    space.apply_record(secret, record, &mut self.changed);
                }
            }
            Observed::Event { namespace, event } => {
                if let Some(space) = self.spaces.get_mut(&namespace) {
                    space.apply_event(event, &mut self.changed);
                }
            }
            Observed::Object { namespace, object } => {
                if let Some(space) = self.spaces.get_mut(&namespace) {
                    space.apply_object(object, &mut self.changed);
                }
            }
        }
    }

    /// Forgets what was deleted.
    pub(super) fn remove(&mut self, observed: &Observed) {
        match observed {
            Observed::Namespace(view) => self.remove_namespace(&view.name),
            Observed::Node(node) => self.remove_node(&node.name),
            Observed::Record { namespace, secret, .. } => {
                if let Some(space) = self.spaces.get_mut(namespace) {
                    space.remove_record(secret, &mut self.changed);
                }
            }
            Observed::Event { namespace, event } => {
                if let Some(space) = self.spaces.get_mut(namespace) {
                    space.remove_events(|other| other.uid == event.uid, &mut self.changed);
                }
            }
            Observed::Object { namespace, object } => {
                if let Some(space) = self.spaces.get_mut(namespace) {
                    let key = (object.kind(), object.meta().name.clone());
                    space.remove_object(&key, object.meta().version, &mut self.changed);
                }
            }
        }
    }

    /// After a whole list of a kind: forgets what was not in it.
    pub(super) fn retain(&mut self, kind: Kind, seen: &HashSet<(String, String)>) {
        let is_seen = |namespace: &str, name: &str| seen.contains(&(namespace.to_owned(), name.to_owned()));
        match kind {
            Kind::Namespace => {
                let gone: Vec<_> = self.spaces.keys().filter(|name| !is_seen("", name)).cloned().collect();
                for name in &gone {
                    self.remove_namespace(name);
                }
            }
            Kind::Node => {
                let gone: Vec<_> = self.nodes.keys().filter(|name| !is_seen("", name)).cloned().collect();
                for name in gone {
                    self.remove_node(&name);
                }
            }
            _ => {
                for (namespace, space) in &mut self.spaces {
                    space.retain(kind, |name| is_seen(namespace, name), &mut self.changed);
                }
            }
        }
    }

    fn apply_namespace(&mut self, view: NamespaceView) {
        let name: Arc<str> = Arc::from(view.name.as_str());
        match self.spaces.get_mut(&view.name) {
            Some(space) if space.view == view => return,
            Some(space) => space.view = view,
            None => {
                self.spaces.insert(view.name.clone(), Space::new(Arc::clone(&name), view));
            }
        }
        self.changed.namespaces.insert(name);
    }

    fn remove_namespace(&mut self, name: &str) {
        if let Some(space) = self.spaces.remove(name) {
            self.changed.namespaces.insert(space.name);
        }
    }

    fn apply_node(&mut self, node: NodeView) {
        let name = node.name.clone();
        self.gone_nodes.retain(|gone| *gone != name);
        let before = self.nodes.insert(name.clone(), node);
        // Nodes send heartbeats; only readiness is news.
        if before.map(|node| node.ready) != self.nodes.get(&name).map(|node| node.ready) {
            self.touch_node(&name);
        }
    }

    fn remove_node(&mut self, name: &str) {
        if self.nodes.remove(name).is_some() {
            self.gone_nodes.push_back(name.to_owned());
            if self.gone_nodes.len() > MAX_GONE_NODES {
                self.gone_nodes.pop_front();
            }
        }
        self.touch_node(name);
    }

    fn touch_node(&mut self, node: &str) {
        for space in self.spaces.values() {
            for entry in space.objects.values() {
                let Object::Pod(pod) = &entry.object else { continue };
                if let (Some(release), Some(of)) = (&entry.release, &pod.node)
                    && of == node
                {
                    self.changed.releases.insert((Arc::clone(&space.name), Arc::clone(release)));
                }
            }
        }
    }

    /// All that is known of a release.
    pub(super) fn snapshot(&self, namespace: &str, release: &str, health: ClusterHealth) -> ReleaseSnapshot {
        let mut snapshot = ReleaseSnapshot { health, ..ReleaseSnapshot::default() };
        let Some(space) = self.spaces.get(namespace) else { return snapshot };
        snapshot.namespace = Some(space.view.clone());
        let Some(members) = space.releases.get(release) else { return snapshot };
        snapshot.records = members.records.values().cloned().collect();
        snapshot.events = members.events.iter().cloned().collect();
        for entry in members.objects.iter().filter_map(|key| space.objects.get(key)) {
            match &entry.object {
                Object::Pod(pod) => snapshot.pods.push(Arc::clone(pod)),
                Object::Claim(claim) => snapshot.claims.push(Arc::clone(claim)),
                Object::Workload(workload) => snapshot.workloads.push(Arc::clone(workload)),
            }
        }
        for node in snapshot.pods.iter().filter_map(|pod| pod.node.as_ref()) {
            if self.nodes.get(node).is_some_and(|node| !node.ready) {
                snapshot.lost_nodes.insert(node.clone());
            } else if self.gone_nodes.contains(node) {
                snapshot.gone_nodes.insert(node.clone());
            }
        }
        snapshot
    }

    /// One pod.
    pub(super) fn pod(&self, namespace: &str, name: &str) -> Option<Arc<PodView>> {
        match &self.spaces.get(namespace)?.objects.get(&(Kind::Pod, name.to_owned()))?.object {
            Object::Pod(pod) => Some(Arc::clone(pod)),
            _ => None,
        }
    }
}
