//! Namespaces of workspaces: made and kept, and never a foreign one.

use super::{
    Cluster, KubeError, MANAGER,
    owner::{MANAGED_BY_LABEL, WORKSPACE_LABEL, label},
};
use k8s_openapi::{api::core::v1::Namespace, apimachinery::pkg::apis::meta::v1::ObjectMeta};
use kube::{
    Api,
    api::{Patch, PatchParams, PostParams},
};
use serde_json::json;
use shared::ids::WorkspaceId;
use std::collections::BTreeMap;

/// The level that pods must meet, and the one that charts are warned about:
/// <https://kubernetes.io/docs/concepts/security/pod-security-admission/>.
const POD_SECURITY: [(&str, &str); 2] =
    [("pod-security.kubernetes.io/enforce", "baseline"), ("pod-security.kubernetes.io/warn", "restricted")];

/// What `ensure_namespace` found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ensured {
    /// It was made.
    Created,
    /// It was there and ours.
    Kept,
}

impl Cluster {
    /// Makes the namespace of a workspace, or keeps it where it is ours already.
    pub async fn ensure_namespace(&self, name: &str, workspace: WorkspaceId) -> Result<Ensured, KubeError> {
        let api: Api<Namespace> = Api::all(self.client());
        let labels = labels(workspace);
        if let Some(found) = self.call(api.get_opt(name)).await? {
            return self.keep(&api, &found, name, workspace, &labels).await;
        }
        let namespace = Namespace {
            metadata: ObjectMeta { name: Some(name.to_owned()), labels: Some(labels.clone()), ..ObjectMeta::default() },
            ..Namespace::default()
        };
        // Created, not applied: an apply would take over a namespace that someone else made a moment ago.
        let params = PostParams { field_manager: Some(MANAGER.to_owned()), ..PostParams::default() };
        match self.call(api.create(&params, &namespace)).await {
            Ok(_) => Ok(Ensured::Created),
            Err(KubeError::Conflict { .. }) => {
                let found = self.call(api.get(name)).await?;
                self.keep(&api, &found, name, workspace, &labels).await
            }
            Err(error) => Err(error),
        }
    }

    async fn keep(
        &self,
        api: &Api<Namespace>,
        found: &Namespace,
        name: &str,
        workspace: WorkspaceId,
        labels: &BTreeMap<String, String>,
    ) -> Result<Ensured, KubeError> {
        if !is_of(found, workspace) {
            return Err(KubeError::NamespaceForeign { namespace: name.to_owned() });
        }
        if found.metadata.deletion_timestamp.is_some() {
            return Err(KubeError::NamespaceTerminating { namespace: name.to_owned() });
        }
        let complete = labels.iter().all(|(key, value)| label(&found.metadata, key) == Some(value));
        if !complete {
            // Someone took a label away: the pod security level must not stay lowered.
            let patch = json!({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name, "labels": labels}});
            self.call(api.patch(name, &PatchParams::apply(MANAGER).force(), &Patch::Apply(patch))).await?;
        }
        Ok(Ensured::Kept)
    }
}

fn labels(workspace: WorkspaceId) -> BTreeMap<String, String> {
    let own = [(WORKSPACE_LABEL, workspace.to_string()), (MANAGED_BY_LABEL, MANAGER.to_owned())];
    let security = POD_SECURITY.map(|(key, value)| (key, value.to_owned()));
    own.into_iter().chain(security).map(|(key, value)| (key.to_owned(), value)).collect()
}

fn is_of(namespace: &Namespace, workspace: WorkspaceId) -> bool {
    label(&namespace.metadata, WORKSPACE_LABEL) == Some(workspace.to_string().as_str())
}
