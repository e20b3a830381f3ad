//! Labels and annotations by which we know what belongs to whom.

use k8s_openapi::apimachinery::pkg::apis::meta::v1::{ObjectMeta, OwnerReference};

/// On a namespace: the workspace that owns it. Only namespaces with this label are touched.
pub const WORKSPACE_LABEL: &str = "woow.io/workspace";
/// Who made an object: <https://kubernetes.io/docs/concepts/overview/working-with-objects/common-labels/>.
pub const MANAGED_BY_LABEL: &str = "app.kubernetes.io/managed-by";
/// The release, by the convention of charts.
pub const INSTANCE_LABEL: &str = "app.kubernetes.io/instance";
/// The release, as Helm itself writes on everything it makes.
pub const RELEASE_ANNOTATION: &str = "meta.helm.sh/release-name";
/// The kind of hook that a chart's object is.
pub const HOOK_ANNOTATION: &str = "helm.sh/hook";

/// A label's value.
pub fn label<'a>(meta: &'a ObjectMeta, key: &str) -> Option<&'a str> {
    meta.labels.as_ref()?.get(key).map(String::as_str)
}

/// An annotation's value.
pub fn annotation<'a>(meta: &'a ObjectMeta, key: &str) -> Option<&'a str> {
    meta.annotations.as_ref()?.get(key).map(String::as_str)
}

/// The release that an object itself names: Helm's annotation, else the conventional label, which hooks and what a
/// controller copies from a template have only.
pub fn release_of(meta: &ObjectMeta) -> Option<&str> {
    annotation(meta, RELEASE_ANNOTATION).or_else(|| label(meta, INSTANCE_LABEL))
}

/// The owner that controls the object: <https://kubernetes.io/docs/concepts/overview/working-with-objects/owners-dependents/>.
pub fn controller_of(meta: &ObjectMeta) -> Option<&OwnerReference> {
    meta.owner_references.as_ref()?.iter().find(|owner| owner.controller == Some(true))
}
