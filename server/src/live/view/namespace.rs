//! Namespaces and nodes.

use super::{bounded, instant};
use crate::{
    adapters::kube::owner::{WORKSPACE_LABEL, label},
    clock::Instant,
};
use k8s_openapi::api::core::v1::{Namespace, Node};

/// One of our namespaces.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct NamespaceView {
    /// Its name.
    pub name: String,
    /// The workspace that it is labelled with.
    pub workspace: String,
    /// Since when it is being deleted.
    pub deleting: Option<Instant>,
    /// What keeps it from being deleted, in the cluster's words.
    pub remaining: String,
}

impl NamespaceView {
    /// Reads a namespace.
    pub fn read(namespace: &Namespace) -> Self {
        let meta = &namespace.metadata;
        let mut conditions = namespace.status.iter().filter_map(|status| status.conditions.as_ref()).flatten();
        // What is left is only on its way; these do not go by themselves.
        let stuck =
            ["NamespaceFinalizersRemaining", "NamespaceDeletionContentFailure", "NamespaceDeletionDiscoveryFailure"];
        let remaining =
            conditions.find(|condition| condition.status == "True" && stuck.contains(&condition.type_.as_str()));
        Self {
            name: meta.name.clone().unwrap_or_default(),
            workspace: label(meta, WORKSPACE_LABEL).unwrap_or_default().to_owned(),
            deleting: instant(meta.deletion_timestamp.as_ref()),
            remaining: bounded(remaining.and_then(|condition| condition.message.as_ref())),
        }
    }
}

/// One node, where we may see nodes.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct NodeView {
    /// Its name.
    pub name: String,
    /// Whether its kubelet says it is ready; also false when it has stopped saying anything.
    pub ready: bool,
    /// Since when.
    pub since: Option<Instant>,
}

impl NodeView {
    /// Reads a node.
    pub fn read(node: &Node) -> Self {
        let conditions = node.status.as_ref().and_then(|status| status.conditions.as_ref());
        let ready = conditions.into_iter().flatten().find(|condition| condition.type_ == "Ready");
        Self {
            name: node.metadata.name.clone().unwrap_or_default(),
            ready: ready.is_some_and(|condition| condition.status == "True"),
            since: ready.and_then(|condition| instant(condition.last_transition_time.as_ref())),
        }
    }
}
