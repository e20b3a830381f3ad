//! What a workspace may use, and whom its pods may talk to.

use super::{Cluster, KubeError, MANAGER};
use k8s_openapi::api::{
    core::v1::{LimitRange, ResourceQuota},
    networking::v1::NetworkPolicy,
};
use kube::api::{Patch, PatchParams};
use serde_json::{Value, json};

/// The bounds of one workspace, as Kubernetes writes quantities.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// CPU that pods may ask for.
    pub cpu_requests: String,
    /// CPU that pods may take.
    pub cpu_limits: String,
    /// Memory that pods may ask for.
    pub memory_requests: String,
    /// Memory that pods may take.
    pub memory_limits: String,
    /// How many volumes.
    pub volumes: u32,
    /// Their size together.
    pub storage: String,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            cpu_requests: "8".to_owned(),
            cpu_limits: "16".to_owned(),
            memory_requests: "16Gi".to_owned(),
            memory_limits: "32Gi".to_owned(),
            volumes: 10,
            storage: "100Gi".to_owned(),
        }
    }
}

impl Cluster {
    /// Applies quota, default limits and the network's walls of a namespace.
    pub async fn apply_limits(&self, namespace: &str, limits: &Limits) -> Result<(), KubeError> {
        let params = PatchParams::apply(MANAGER).force();
        // The limit range first: with a quota alone, pods that name no limits are refused.
        let range = self.api::<LimitRange>(namespace);
        self.call(range.patch("woow-defaults", &params, &Patch::Apply(limit_range()))).await?;
        let (quota, policy) = (self.api::<ResourceQuota>(namespace), self.api::<NetworkPolicy>(namespace));
        let (bounds, walls) = (Patch::Apply(resource_quota(limits)), Patch::Apply(network_policy()));
        tokio::try_join!(
            self.call(quota.patch("woow-quota", &params, &bounds)),
            self.call(policy.patch("woow-walls", &params, &walls)),
        )?;
        Ok(())
    }
}

fn metadata(name: &str) -> Value {
    json!({"name": name, "labels": {"app.kubernetes.io/managed-by": MANAGER}})
}

fn limit_range() -> Value {
    json!({
        "apiVersion": "v1", "kind": "LimitRange", "metadata": metadata("woow-defaults"),
        "spec": {"limits": [{
            "type": "Container",
            "defaultRequest": {"cpu": "100m", "memory": "128Mi"},
            "default": {"cpu": "500m", "memory": "512Mi"},
        }]},
    })
}

/// <https://kubernetes.io/docs/concepts/policy/resource-quotas/>. Services that take something of the whole cluster
/// (node ports, load balancers) are counted to none. Of objects there is room for a hundred services: each has ten records of
/// Helm's, which are secrets, and a few objects more of each kind.
fn resource_quota(limits: &Limits) -> Value {
    json!({
        "apiVersion": "v1", "kind": "ResourceQuota", "metadata": metadata("woow-quota"),
        "spec": {"hard": {
            "requests.cpu": limits.cpu_requests, "limits.cpu": limits.cpu_limits,
            "requests.memory": limits.memory_requests, "limits.memory": limits.memory_limits,
            "persistentvolumeclaims": limits.volumes.to_string(), "requests.storage": limits.storage,
            "services.nodeports": "0", "services.loadbalancers": "0",
            "services": "300", "count/pods": "500", "count/configmaps": "500", "count/secrets": "1500",
        }},
    })
}

/// Nothing in, and out to name servers only. Policies add up
/// (<https://kubernetes.io/docs/concepts/services-networking/network-policies/>), so what an app needs beyond, its own
/// chart allows, for its own pods.
fn network_policy() -> Value {
    json!({
        "apiVersion": "networking.k8s.io/v1", "kind": "NetworkPolicy", "metadata": metadata("woow-walls"),
        "spec": {
            "podSelector": {},
            "policyTypes": ["Ingress", "Egress"],
            "ingress": [],
            "egress": [{
                "to": [
                    {"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "kube-system"}}},
                    // NodeLocal DNSCache listens on a link-local address.
                    {"ipBlock": {"cidr": "169.254.20.10/32"}},
                ],
                "ports": [{"protocol": "UDP", "port": 53}, {"protocol": "TCP", "port": 53}],
            }],
        },
    })
}
