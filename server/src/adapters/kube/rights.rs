//! Which of the rights that we need the cluster gives us: `SelfSubjectAccessReview`,
//! <https://kubernetes.io/docs/reference/access-authn-authz/authorization/>.

use super::{Cluster, DEPLOYER, KubeError};
use futures::{StreamExt as _, TryStreamExt as _, stream};
use k8s_openapi::api::authorization::v1::{ResourceAttributes, SelfSubjectAccessReview, SelfSubjectAccessReviewSpec};
use kube::{Api, api::PostParams};

/// A right over the whole cluster.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Right {
    /// What is done.
    pub verb: &'static str,
    /// The API group; empty for the core.
    pub group: &'static str,
    /// The resource, such as `pods` or `pods/log`.
    pub resource: &'static str,
    /// The one object that it is limited to.
    pub name: Option<&'static str>,
    /// Whether we do without it.
    pub optional: bool,
}

/// A right and whether we have it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RightCheck {
    /// The right.
    pub right: Right,
    /// Whether the cluster gives it to us.
    pub allowed: bool,
}

/// What the server uses, by verb, group, resources.
const NEEDED: &[(&[&str], &str, &[&str])] = &[
    (&["get", "list", "watch", "create", "patch", "delete"], "", &["namespaces"]),
    (&["create", "patch"], "", &["resourcequotas", "limitranges", "serviceaccounts"]),
    (&["create", "patch"], "networking.k8s.io", &["networkpolicies"]),
    (&["create", "patch"], "rbac.authorization.k8s.io", &["rolebindings"]),
    (&["list", "watch"], "", &["pods", "events"]),
    (&["get", "list", "watch", "delete"], "", &["persistentvolumeclaims"]),
    (&["get", "list", "watch"], "", &["secrets"]),
    (&["list", "watch", "patch"], "apps", &["deployments", "statefulsets", "daemonsets"]),
    (&["list", "watch"], "apps", &["replicasets"]),
    (&["list", "watch"], "batch", &["jobs"]),
    (&["get"], "", &["pods/log"]),
];

fn rights() -> Vec<Right> {
    let mut rights = Vec::new();
    for (verbs, group, resources) in NEEDED {
        for resource in *resources {
            for verb in *verbs {
                rights.push(Right { verb, group, resource, name: None, optional: false });
            }
        }
    }
    let named = |verb, group, resource| Right { verb, group, resource, name: Some(DEPLOYER), optional: false };
    rights.push(named("bind", "rbac.authorization.k8s.io", "clusterroles"));
    rights.push(named("impersonate", "", "serviceaccounts"));
    for verb in ["list", "watch"] {
        rights.push(Right { verb, group: "", resource: "nodes", name: None, optional: true });
    }
    rights
}

impl Cluster {
    /// Asks for every right that the server uses.
    pub async fn check_rights(&self) -> Result<Vec<RightCheck>, KubeError> {
        stream::iter(rights()).map(|right| self.check_right(right)).buffered(8).try_collect().await
    }

    async fn check_right(&self, right: Right) -> Result<RightCheck, KubeError> {
        let (resource, subresource) = match right.resource.split_once('/') {
            Some((resource, subresource)) => (resource, Some(subresource.to_owned())),
            None => (right.resource, None),
        };
        let review = SelfSubjectAccessReview {
            spec: SelfSubjectAccessReviewSpec {
                resource_attributes: Some(ResourceAttributes {
                    verb: Some(right.verb.to_owned()),
                    group: Some(right.group.to_owned()),
                    resource: Some(resource.to_owned()),
                    subresource,
                    name: right.name.map(str::to_owned),
                    ..ResourceAttributes::default()
                }),
                ..SelfSubjectAccessReviewSpec::default()
            },
            ..SelfSubjectAccessReview::default()
        };
        let api: Api<SelfSubjectAccessReview> = Api::all(self.client());
        let answer = self.call(api.create(&PostParams::default(), &review)).await?;
        Ok(RightCheck { right, allowed: answer.status.is_some_and(|status| status.allowed) })
    }
}
