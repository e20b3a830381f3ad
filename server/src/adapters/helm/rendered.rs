//! What a chart makes, checked before it is made.
//!
//! The account that Helm acts as cannot leave its namespace anyway; this check says so earlier, in clear words and
//! before anything has changed. Kinds are allowed by name: a kind that is unknown may be one of the whole cluster.

use serde_json::Value;

use super::error::{Cause, HelmError};
use super::types::Namespace;
use crate::adapters::yaml::{self, Budget};

/// The objects of a rendered chart, hooks too.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rendered {
    /// Kind and name of each.
    pub objects: Vec<(String, String)>,
}

impl Rendered {
    /// How many objects there are.
    pub fn count(&self) -> usize {
        self.objects.len()
    }
}

/// Why a rendered chart is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// It is not a list of Kubernetes objects.
    #[error("the rendered chart cannot be read: {0}")]
    Unreadable(String),
    /// An object belongs to the whole cluster.
    #[error("the chart makes {kind} \"{name}\", which belongs to the whole cluster")]
    ClusterScoped {
        /// The object's kind.
        kind: String,
        /// The object's name.
        name: String,
    },
    /// An object is of a kind that tenants' charts may not make.
    #[error("the chart makes {kind} \"{name}\" ({api_version}), a kind that is not allowed")]
    KindNotAllowed {
        /// The object's kind.
        kind: String,
        /// The object's name.
        name: String,
        /// The object's API group and version.
        api_version: String,
    },
    /// An object belongs to another namespace.
    #[error("the chart makes {kind} \"{name}\" in namespace \"{namespace}\", which is not the release's own")]
    ForeignNamespace {
        /// The object's kind.
        kind: String,
        /// The object's name.
        name: String,
        /// The namespace that it names.
        namespace: String,
    },
}

impl Refused {
    /// The same as a cause.
    pub const fn cause(&self) -> Cause {
        match self {
            Self::Unreadable(_) => Cause::ChartInvalid,
            Self::ClusterScoped { .. } | Self::KindNotAllowed { .. } => Cause::ClusterScoped,
            Self::ForeignNamespace { .. } => Cause::ForeignNamespace,
        }
    }

    /// The same as an error of Helm's; `clean` takes secrets out of a text.
    pub fn told(&self, clean: impl Fn(&str) -> String) -> HelmError {
        let error = HelmError::new(self.cause(), clean(&self.to_string()));
        match self {
            Self::Unreadable(_) => error,
            Self::ClusterScoped { kind, name } => error.with("kind", clean(kind)).with("name", clean(name)),
            Self::KindNotAllowed { kind, name, api_version } => {
                error.with("kind", clean(kind)).with("name", clean(name)).with("apiVersion", clean(api_version))
            }
            Self::ForeignNamespace { kind, name, namespace } => {
                error.with("kind", clean(kind)).with("name", clean(name)).with("namespace", clean(namespace))
            }
        }
    }
}

/// API group and kind of what a tenant's chart may make: what the role of `woow-deployer` allows. Left out on purpose:
/// roles and bindings, quotas and limit ranges.
const ALLOWED: &[(&str, &str)] = &[
    ("", "ConfigMap"),
    ("", "PersistentVolumeClaim"),
    ("", "Secret"),
    ("", "Service"),
    ("", "ServiceAccount"),
    ("apps", "DaemonSet"),
    ("apps", "Deployment"),
    ("apps", "ReplicaSet"),
    ("apps", "StatefulSet"),
    ("autoscaling", "HorizontalPodAutoscaler"),
    ("batch", "CronJob"),
    ("batch", "Job"),
    ("networking.k8s.io", "Ingress"),
    ("networking.k8s.io", "NetworkPolicy"),
    ("policy", "PodDisruptionBudget"),
];

/// Kinds of the whole cluster that charts are known to make, for a clearer sentence.
const CLUSTER_SCOPED: &[(&str, &str)] = &[
    ("", "Namespace"),
    ("", "Node"),
    ("", "PersistentVolume"),
    ("admissionregistration.k8s.io", "MutatingAdmissionPolicy"),
    ("admissionregistration.k8s.io", "MutatingAdmissionPolicyBinding"),
    ("admissionregistration.k8s.io", "MutatingWebhookConfiguration"),
    ("admissionregistration.k8s.io", "ValidatingAdmissionPolicy"),
    ("admissionregistration.k8s.io", "ValidatingAdmissionPolicyBinding"),
    ("admissionregistration.k8s.io", "ValidatingWebhookConfiguration"),
    ("apiextensions.k8s.io", "CustomResourceDefinition"),
    ("apiregistration.k8s.io", "APIService"),
    ("certificates.k8s.io", "CertificateSigningRequest"),
    ("flowcontrol.apiserver.k8s.io", "FlowSchema"),
    ("flowcontrol.apiserver.k8s.io", "PriorityLevelConfiguration"),
    ("networking.k8s.io", "IngressClass"),
    ("node.k8s.io", "RuntimeClass"),
    ("rbac.authorization.k8s.io", "ClusterRole"),
    ("rbac.authorization.k8s.io", "ClusterRoleBinding"),
    ("scheduling.k8s.io", "PriorityClass"),
    ("storage.k8s.io", "CSIDriver"),
    ("storage.k8s.io", "StorageClass"),
    ("storage.k8s.io", "VolumeAttachment"),
];

/// Reads what `helm template` printed and refuses what leaves the namespace.
pub fn check(manifest: &str, namespace: &Namespace) -> Result<Rendered, Refused> {
    let documents =
        yaml::parse_all(manifest, Budget::MANIFEST).map_err(|error| Refused::Unreadable(error.to_string()))?;
    let mut objects = Vec::with_capacity(documents.len());
    for document in &documents {
        object(document, namespace, 0, &mut objects)?;
    }
    Ok(Rendered { objects })
}

fn object(value: &Value, namespace: &Namespace, depth: u8, objects: &mut Vec<(String, String)>) -> Result<(), Refused> {
    let text = |pointer: &str| value.pointer(pointer).and_then(Value::as_str).unwrap_or_default().to_owned();
    let (api_version, kind, name) = (text("/apiVersion"), text("/kind"), text("/metadata/name"));
    if kind.is_empty() || api_version.is_empty() {
        return Err(Refused::Unreadable("a document without kind or apiVersion".to_owned()));
    }
    // Kubernetes' own clients unfold lists (`List`, `ConfigMapList`, …) into their items.
    if kind.ends_with("List") && depth < 4 {
        let items = value.get("items").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
        return items.iter().try_for_each(|item| object(item, namespace, depth + 1, objects));
    }
    let group = api_version.split_once('/').map_or("", |(group, _)| group);
    let names = |list: &[(&str, &str)]| list.contains(&(group, kind.as_str()));
    if names(CLUSTER_SCOPED) {
        return Err(Refused::ClusterScoped { kind, name });
    }
    if !names(ALLOWED) {
        return Err(Refused::KindNotAllowed { kind, name, api_version });
    }
    match value.pointer("/metadata/namespace") {
        None | Some(Value::Null) => {}
        Some(Value::String(own)) if own.is_empty() || own == namespace.as_str() => {}
        Some(other) => {
            let namespace = other.as_str().map_or_else(|| other.to_string(), str::to_owned);
            return Err(Refused::ForeignNamespace { kind, name, namespace });
        }
    }
    if name.is_empty() {
        return Err(Refused::Unreadable(format!("a {kind} without a name")));
    }
    objects.push((kind, name));
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(manifest: &str) -> String {
        let namespace = Namespace::new("tenant").unwrap();
        check(manifest, &namespace).unwrap_err().to_string()
    }

    #[test]
    fn objects_of_the_namespace_are_listed() {
        let manifest = "---\n# Source: a\napiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\n  namespace: tenant\n---\n---\napiVersion: apps/v1\nkind: Deployment\nmetadata: {name: b}\n---\napiVersion: v1\nkind: List\nitems:\n- {apiVersion: v1, kind: Secret, metadata: {name: c}}\n";
        let rendered = check(manifest, &Namespace::new("tenant").unwrap()).unwrap();
        let expected = [("ConfigMap", "a"), ("Deployment", "b"), ("Secret", "c")];
        assert_eq!(rendered.objects, expected.map(|(kind, name)| (kind.to_owned(), name.to_owned())));
        assert_eq!(rendered.count(), 3);
    }

    #[test]
    fn what_leaves_the_namespace_is_named() {
        assert_eq!(
            refused("apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRoleBinding\nmetadata: {name: root}\n"),
            "the chart makes ClusterRoleBinding \"root\", which belongs to the whole cluster"
        );
        assert_eq!(
            refused("apiVersion: v1\nkind: Namespace\nmetadata: {name: x}\n"),
            "the chart makes Namespace \"x\", which belongs to the whole cluster"
        );
        assert_eq!(
            refused("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: x, namespace: kube-system}\n"),
            "the chart makes ConfigMap \"x\" in namespace \"kube-system\", which is not the release's own"
        );
        assert_eq!(
            refused("apiVersion: rbac.authorization.k8s.io/v1\nkind: RoleBinding\nmetadata: {name: x}\n"),
            "the chart makes RoleBinding \"x\" (rbac.authorization.k8s.io/v1), a kind that is not allowed"
        );
        // A known kind of a foreign group is another kind.
        assert!(refused("apiVersion: evil.example/v1\nkind: Secret\nmetadata: {name: x}\n").contains("not allowed"));
    }

    #[test]
    fn what_is_refused_is_told_by_name_and_without_secrets() {
        let manifest = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a-hunter2, namespace: kube-system}\n";
        let refused = check(manifest, &Namespace::new("tenant").unwrap()).unwrap_err();
        let error = refused.told(|text| text.replace("hunter2", "••••"));
        let expected = [("kind", "ConfigMap"), ("name", "a-••••"), ("namespace", "kube-system")];
        assert_eq!(error.params, expected.map(|(name, value)| (name, value.to_owned())));
        assert!(!error.message.contains("hunter2"), "{error}");
    }

    #[test]
    fn hooks_and_lists_are_no_way_out() {
        let hook = "apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRole\nmetadata:\n  name: h\n  annotations: {helm.sh/hook: pre-install}\n";
        assert!(refused(hook).contains("ClusterRole \"h\""));
        let list = "apiVersion: v1\nkind: List\nitems:\n- {apiVersion: v1, kind: Secret, metadata: {name: c, namespace: other}}\n";
        assert!(refused(list).contains("\"other\""));
        let typed = "apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRoleList\nitems:\n- {apiVersion: rbac.authorization.k8s.io/v1, kind: ClusterRole, metadata: {name: c}}\n";
        assert!(refused(typed).contains("ClusterRole \"c\""));
    }

    #[test]
    fn what_is_no_object_is_refused() {
        for manifest in
            ["a: 1", "[1]", "text", "apiVersion: v1\nkind: Secret\nmetadata: {}\n", "a: [", "kind: Secret\n"]
        {
            assert!(refused(manifest).starts_with("the rendered chart cannot be read"), "{manifest}");
        }
        let twice = "apiVersion: v1\nkind: ConfigMap\nkind: ClusterRole\nmetadata: {name: a}\n";
        assert!(refused(twice).contains("twice"));
    }
}
