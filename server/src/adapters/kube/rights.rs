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

/// What the server uses, by verb, group, resources: the rules of `charts/woow-paas/templates/server.yaml`, which has the
/// reasons.
const NEEDED: &[(&[&str], &str, &[&str])] = &[
    (&["get", "list", "watch", "create", "patch"], "", &["namespaces"]),
    (&["create", "patch"], "", &["resourcequotas", "limitranges", "serviceaccounts"]),
    (&["create", "patch"], "networking.k8s.io", &["networkpolicies"]),
    (&["create", "patch"], "rbac.authorization.k8s.io", &["rolebindings"]),
    (&["list", "watch"], "", &["pods", "events"]),
    (&["list", "watch"], "apps", &["replicasets"]),
    (&["list", "watch"], "batch", &["jobs"]),
    (&["list", "watch", "patch"], "apps", &["deployments", "statefulsets", "daemonsets"]),
    (&["list", "watch"], "", &["secrets"]),
    (&["get"], "", &["pods/log"]),
    (&["get", "list", "watch", "delete"], "", &["persistentvolumeclaims"]),
    (&["create"], "authorization.k8s.io", &["selfsubjectaccessreviews"]),
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
    rights.push(Right { verb: "list", group: "metrics.k8s.io", resource: "pods", name: None, optional: true });
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::adapters::yaml::{self, Budget};
    use serde_json::Value;
    use std::collections::BTreeSet;

    type Rule = (String, String, String, Option<String>);

    /// The chart's `ClusterRole`, as Helm renders it by default; all that is rendered elsewhere is left out.
    fn rules_of_the_chart() -> Vec<Value> {
        let template = include_str!("../../../../charts/woow-paas/templates/server.yaml");
        let text: String = template
            .lines()
            .filter(|line| !line.contains("include \"woow-paas.labels\""))
            .map(|line| line.replace("{{ .Values.deployer.name }}", DEPLOYER) + "\n")
            .collect();
        let (role, _binding) = text.split_once("\n---\n").expect("a role and its binding");
        let role = yaml::parse(role, Budget::CHART).expect("nothing of a template is left in the role");
        assert_eq!(role["kind"], "ClusterRole");
        role["rules"].as_array().expect("rules").clone()
    }

    fn texts(rule: &Value, key: &str) -> Vec<String> {
        let list = rule[key].as_array().map(Vec::as_slice).unwrap_or_default();
        list.iter().map(|text| text.as_str().expect("a text").to_owned()).collect()
    }

    #[test]
    fn the_chart_gives_what_is_used_and_no_more() {
        let mut given = BTreeSet::new();
        for rule in rules_of_the_chart() {
            let names = match texts(&rule, "resourceNames") {
                names if names.is_empty() => vec![None],
                names => names.into_iter().map(Some).collect(),
            };
            for group in texts(&rule, "apiGroups") {
                for resource in texts(&rule, "resources") {
                    for verb in texts(&rule, "verbs") {
                        for name in &names {
                            let one: Rule = (group.clone(), resource.clone(), verb.clone(), name.clone());
                            assert!(given.insert(one.clone()), "given twice: {one:?}");
                        }
                    }
                }
            }
        }
        let used: BTreeSet<Rule> = rights()
            .into_iter()
            .map(|right| {
                let name = right.name.map(str::to_owned);
                (right.group.to_owned(), right.resource.to_owned(), right.verb.to_owned(), name)
            })
            .collect();
        let too_much: Vec<_> = given.difference(&used).collect();
        let missing: Vec<_> = used.difference(&given).collect();
        assert!(too_much.is_empty() && missing.is_empty(), "not used: {too_much:?}; not given: {missing:?}");
    }
}
