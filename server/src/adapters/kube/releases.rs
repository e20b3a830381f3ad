//! Helm's release records: Secrets of type `helm.sh/release.v1`, one for each revision.
//!
//! Name, status and version are labels, so a listing needs metadata only; a body is never read.

use super::{Cluster, KubeError, owner::label};
use crate::clock::Instant;
use k8s_openapi::{api::core::v1::Secret, apimachinery::pkg::apis::meta::v1::ObjectMeta};
use kube::{api::ListParams, core::PartialObjectMeta};
use std::collections::BTreeMap;

/// One revision of a release, by its labels.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReleaseRecord {
    /// The release's name.
    pub name: String,
    /// The revision, from 1.
    pub revision: u32,
    /// Helm's word: deployed, failed, pending-install, pending-upgrade, pending-rollback, superseded, uninstalling,
    /// uninstalled, unknown.
    pub status: String,
    /// When Helm last wrote the record.
    pub modified: Option<Instant>,
    /// Labels of ours, given by `helm install --labels`.
    pub labels: BTreeMap<String, String>,
}

impl ReleaseRecord {
    /// The record in a Secret's metadata; none where it is not one.
    pub fn read(meta: &ObjectMeta) -> Option<Self> {
        if label(meta, "owner") != Some("helm") {
            return None;
        }
        let modified = label(meta, "modifiedAt").or_else(|| label(meta, "createdAt"));
        Some(Self {
            name: label(meta, "name")?.to_owned(),
            revision: label(meta, "version")?.parse().ok()?,
            status: label(meta, "status")?.to_owned(),
            modified: modified.and_then(|seconds| seconds.parse().ok()).map(|seconds| Instant(0).plus_seconds(seconds)),
            labels: meta.labels.iter().flatten().filter(|(key, _)| key.contains('/')).map(own_label).collect(),
        })
    }

    /// Whether Helm was at work, or died at it.
    pub fn is_pending(&self) -> bool {
        self.status.starts_with("pending-") || self.status == "uninstalling"
    }
}

fn own_label((key, value): (&String, &String)) -> (String, String) {
    (key.clone(), value.clone())
}

impl Cluster {
    /// All revisions of a release, oldest first, straight from the cluster.
    pub async fn release_records(&self, namespace: &str, release: &str) -> Result<Vec<ReleaseRecord>, KubeError> {
        let api = self.api::<PartialObjectMeta<Secret>>(namespace);
        let params = ListParams::default().labels(&format!("owner=helm,name={release}"));
        let mut records: Vec<_> = self
            .call(api.list(&params))
            .await?
            .into_iter()
            .filter_map(|secret| ReleaseRecord::read(&secret.metadata))
            .collect();
        records.sort_by_key(|record| record.revision);
        Ok(records)
    }
}
