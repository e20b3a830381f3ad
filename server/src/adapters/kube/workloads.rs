//! What a release runs and what it stores: restarting the one, listing and deleting the other.

use super::{
    Cluster, KubeError, MANAGER,
    owner::{INSTANCE_LABEL, RELEASE_ANNOTATION, annotation, release_of},
};
use crate::clock::Instant;
use k8s_openapi::{
    api::{
        apps::v1::{DaemonSet, Deployment, StatefulSet},
        core::v1::{PersistentVolumeClaim, PodTemplateSpec},
    },
    apimachinery::pkg::apis::meta::v1::ObjectMeta,
};
use kube::{
    Resource, ResourceExt,
    api::{DeleteParams, ListParams, Patch, PatchParams},
    core::NamespaceResourceScope,
};
use serde::de::DeserializeOwned;
use serde_json::json;

/// What `kubectl rollout restart` writes, so that both mean the same.
const RESTARTED_AT: &str = "kubectl.kubernetes.io/restartedAt";

/// A workload that was asked to restart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Restarted {
    /// `Deployment`, `StatefulSet` or `DaemonSet`.
    pub kind: &'static str,
    /// Its name.
    pub name: String,
    /// Its resource version with the request in it: caches that are older do not know of it yet.
    pub version: u64,
}

/// A volume claim of a release.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claim {
    /// Its name.
    pub name: String,
    /// The size asked for, such as `10Gi`.
    pub size: String,
    /// Whether it is on its way out, which takes as long as a pod uses it.
    pub deleting: bool,
}

/// The three kinds whose pods follow a template.
trait Templated: Resource<Scope = NamespaceResourceScope> {
    const KIND: &'static str;
    fn template(&self) -> Option<&PodTemplateSpec>;
}

macro_rules! templated {
    ($($kind:ident),+) => {$(
        impl Templated for $kind {
            const KIND: &'static str = stringify!($kind);
            fn template(&self) -> Option<&PodTemplateSpec> {
                self.spec.as_ref().map(|spec| &spec.template)
            }
        }
    )+};
}

templated!(Deployment, StatefulSet, DaemonSet);

/// See [`crate::live::view::Meta::version`].
fn version_of<K: Resource>(object: &K) -> u64 {
    object.meta().resource_version.as_deref().and_then(|version| version.parse().ok()).unwrap_or(0)
}

impl Cluster {
    /// Has all pods of a release replaced. Done again with the same `at`, it changes nothing.
    pub async fn restart(&self, namespace: &str, release: &str, at: Instant) -> Result<Vec<Restarted>, KubeError> {
        let at = at.to_string();
        let mut restarted = self.restart_kind::<Deployment>(namespace, release, &at).await?;
        restarted.extend(self.restart_kind::<StatefulSet>(namespace, release, &at).await?);
        restarted.extend(self.restart_kind::<DaemonSet>(namespace, release, &at).await?);
        Ok(restarted)
    }

    async fn restart_kind<K>(&self, namespace: &str, release: &str, at: &str) -> Result<Vec<Restarted>, KubeError>
    where
        K: Templated + Clone + std::fmt::Debug + DeserializeOwned,
        K::DynamicType: Default,
    {
        let api = self.api::<K>(namespace);
        let mut restarted = Vec::new();
        // All of the namespace: charts need not set the label, and Helm's annotation cannot be selected by.
        for workload in self.call(api.list(&ListParams::default())).await? {
            if release_of(workload.meta()) != Some(release) {
                continue;
            }
            let before = workload
                .template()
                .and_then(|template| annotation(template.metadata.as_ref()?, RESTARTED_AT).map(str::to_owned));
            let name = workload.name_any();
            let mut version = version_of(&workload);
            if before.as_deref() != Some(at) {
                let patch = json!({"spec": {"template": {"metadata": {"annotations": {RESTARTED_AT: at}}}}});
                let params = PatchParams { field_manager: Some(MANAGER.to_owned()), ..PatchParams::default() };
                version = version_of(&self.call(api.patch(&name, &params, &Patch::Strategic(patch))).await?);
            }
            restarted.push(Restarted { kind: K::KIND, name, version });
        }
        Ok(restarted)
    }

    /// The volume claims of a release, also after it was uninstalled: the labels stay (a `StatefulSet` labels its
    /// claims by its selector).
    pub async fn claims(&self, namespace: &str, release: &str) -> Result<Vec<Claim>, KubeError> {
        let api = self.api::<PersistentVolumeClaim>(namespace);
        let all = self.call(api.list(&ListParams::default())).await?;
        Ok(all.into_iter().filter(|claim| is_of(&claim.metadata, release)).map(|claim| read_claim(&claim)).collect())
    }

    /// Has a claim of this release deleted, and with it the data where the volume's reclaim policy says so. The live caches say
    /// when it is gone.
    pub async fn delete_claim(&self, namespace: &str, release: &str, name: &str) -> Result<(), KubeError> {
        let api = self.api::<PersistentVolumeClaim>(namespace);
        let Some(claim) = self.call(api.get_opt(name)).await? else { return Ok(()) };
        if !is_of(&claim.metadata, release) {
            return Err(KubeError::NotFound { message: format!("the volume {name} is not of {release}") });
        }
        if claim.metadata.deletion_timestamp.is_some() {
            return Ok(());
        }
        match self.call(api.delete(name, &DeleteParams::default())).await {
            Ok(_) | Err(KubeError::NotFound { .. }) => Ok(()),
            Err(error) => Err(error),
        }
    }
}

fn is_of(meta: &ObjectMeta, release: &str) -> bool {
    annotation(meta, RELEASE_ANNOTATION) == Some(release) || super::owner::label(meta, INSTANCE_LABEL) == Some(release)
}

fn read_claim(claim: &PersistentVolumeClaim) -> Claim {
    let asked = claim.spec.as_ref().and_then(|spec| spec.resources.as_ref()?.requests.as_ref()?.get("storage"));
    Claim {
        name: claim.name_any(),
        size: asked.map(|size| size.0.clone()).unwrap_or_default(),
        deleting: claim.metadata.deletion_timestamp.is_some(),
    }
}
