//! All that is known of one release, of one moment.

use super::{
    health::ClusterHealth,
    view::{ClaimView, EventView, NamespaceView, PodView, WorkloadView},
};
use crate::adapters::kube::ReleaseRecord;
use std::{collections::BTreeSet, sync::Arc};

/// A release as the caches know it. Cheap: objects are shared, not copied.
#[derive(Debug, Clone, Default)]
pub struct ReleaseSnapshot {
    /// Whether the cluster answers, and whether the caches were filled once.
    pub health: ClusterHealth,
    /// Its namespace; none where there is none with our label.
    pub namespace: Option<NamespaceView>,
    /// Helm's revisions, oldest first.
    pub records: Vec<ReleaseRecord>,
    /// What makes pods, by kind and name; `ReplicaSet`s are among them.
    pub workloads: Vec<Arc<WorkloadView>>,
    /// Its pods by name.
    pub pods: Vec<Arc<PodView>>,
    /// Its volume claims by name.
    pub claims: Vec<Arc<ClaimView>>,
    /// The newest 50 events about any of these, newest first.
    pub events: Vec<Arc<EventView>>,
    /// Those of its pods' nodes that are not ready.
    pub lost_nodes: BTreeSet<String>,
    /// Those of its pods' nodes that have left the cluster.
    pub gone_nodes: BTreeSet<String>,
}

impl ReleaseSnapshot {
    /// The newest revision.
    pub fn latest(&self) -> Option<&ReleaseRecord> {
        self.records.last()
    }
}
