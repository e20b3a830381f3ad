//! The account that Helm acts as, in one namespace only.

use super::{Cluster, KubeError, MANAGER};
use k8s_openapi::api::{core::v1::ServiceAccount, rbac::v1::RoleBinding};
use kube::api::{Patch, PatchParams};
use serde_json::json;

/// The name of the service account in each namespace, and of the `ClusterRole` that it is bound to.
pub const DEPLOYER: &str = "woow-deployer";

impl Cluster {
    /// Applies the deployer account and binds it in this namespace. The role itself comes with our chart.
    pub async fn apply_deployer(&self, namespace: &str) -> Result<(), KubeError> {
        let params = PatchParams::apply(MANAGER).force();
        let metadata = json!({"name": DEPLOYER, "labels": {"app.kubernetes.io/managed-by": MANAGER}});
        let account = json!({
            "apiVersion": "v1", "kind": "ServiceAccount", "metadata": metadata,
            // It is acted as, never used by a pod.
            "automountServiceAccountToken": false,
        });
        let binding = json!({
            "apiVersion": "rbac.authorization.k8s.io/v1", "kind": "RoleBinding", "metadata": metadata,
            "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": DEPLOYER},
            "subjects": [{"kind": "ServiceAccount", "name": DEPLOYER, "namespace": namespace}],
        });
        let (accounts, bindings) = (self.api::<ServiceAccount>(namespace), self.api::<RoleBinding>(namespace));
        let (account, binding) = (Patch::Apply(account), Patch::Apply(binding));
        tokio::try_join!(
            self.call(accounts.patch(DEPLOYER, &params, &account)),
            self.call(bindings.patch(DEPLOYER, &params, &binding)),
        )?;
        Ok(())
    }
}
