//! Helm's release records: Secrets of type `helm.sh/release.v1`, one for each revision.
//!
//! Name, status and version are labels, so a listing needs metadata only; a body is read when someone asks for it.

use super::{Cluster, KubeError, owner::label};
use crate::clock::Instant;
use base64::{Engine as _, engine::general_purpose::STANDARD};
use flate2::read::GzDecoder;
use k8s_openapi::{api::core::v1::Secret, apimachinery::pkg::apis::meta::v1::ObjectMeta};
use kube::{api::ListParams, core::PartialObjectMeta};
use serde::Deserialize;
use std::{collections::BTreeMap, io::Read as _};

/// A record may unfold to this much; Kubernetes bounds only its packed size (1 MiB).
const MAX_BODY: u64 = 32 * 1024 * 1024;

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

/// What we read of a record's body.
#[derive(Debug, Clone, Deserialize)]
pub struct ReleaseBody {
    /// The release's name.
    pub name: String,
    /// The revision.
    #[serde(rename = "version")]
    pub revision: u32,
    /// What became of it.
    pub info: ReleaseInfo,
    /// The chart, without its files.
    pub chart: ReleaseChart,
    /// The values that were given; null for none.
    #[serde(default)]
    pub config: serde_json::Value,
    /// Labels of ours.
    #[serde(default)]
    pub labels: BTreeMap<String, String>,
}

/// Helm's account of a revision.
#[derive(Debug, Clone, Deserialize)]
pub struct ReleaseInfo {
    /// Helm's word for its state.
    pub status: String,
    /// A sentence, such as the error of a failed install.
    #[serde(default)]
    pub description: String,
    /// When the first revision was installed, RFC 3339.
    #[serde(default)]
    pub first_deployed: String,
    /// When this one was, RFC 3339.
    #[serde(default)]
    pub last_deployed: String,
}

/// The chart of a record.
#[derive(Debug, Clone, Deserialize)]
pub struct ReleaseChart {
    /// `Chart.yaml`.
    pub metadata: ChartMetadata,
}

/// The part of `Chart.yaml` that we show.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ChartMetadata {
    /// The chart's name.
    pub name: String,
    /// Its version.
    pub version: String,
    /// The version of the app in it.
    #[serde(default)]
    pub app_version: String,
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

    /// The body of one revision; none where there is no such record.
    pub async fn release_body(
        &self,
        namespace: &str,
        release: &str,
        revision: u32,
    ) -> Result<Option<ReleaseBody>, KubeError> {
        let api = self.api::<Secret>(namespace);
        let name = format!("sh.helm.release.v1.{release}.v{revision}");
        let Some(secret) = self.call(api.get_opt(&name)).await? else { return Ok(None) };
        let packed = secret
            .data
            .as_ref()
            .and_then(|data| data.get("release"))
            .ok_or_else(|| KubeError::Malformed(format!("the record {name} has no key release")))?;
        // A gunzip of megabytes would hold up the other tasks of this thread.
        let packed = packed.0.clone();
        let body = tokio::task::spawn_blocking(move || unpack(&packed)).await;
        body.unwrap_or_else(|error| Err(KubeError::Malformed(error.to_string()))).map(Some)
    }
}

/// Base64 (a second one: the first is Kubernetes' own), gzip, JSON.
fn unpack(packed: &[u8]) -> Result<ReleaseBody, KubeError> {
    let malformed = |what: &str| KubeError::Malformed(format!("release record: {what}"));
    let zipped = STANDARD.decode(packed).map_err(|_| malformed("not base64"))?;
    let json = if zipped.starts_with(&[0x1f, 0x8b, 0x08]) {
        let mut json = Vec::new();
        GzDecoder::new(zipped.as_slice())
            .take(MAX_BODY + 1)
            .read_to_end(&mut json)
            .map_err(|_| malformed("not gzip"))?;
        if json.len() as u64 > MAX_BODY {
            return Err(malformed("more than 32 MiB"));
        }
        json
    } else {
        // Very old ones are not packed; Helm reads them still.
        zipped
    };
    serde_json::from_slice(&json).map_err(|error| malformed(&error.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use flate2::{Compression, write::GzEncoder};
    use std::io::Write as _;

    fn pack(json: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
        encoder.write_all(json).unwrap();
        STANDARD.encode(encoder.finish().unwrap()).into_bytes()
    }

    #[test]
    fn a_body_is_unpacked() {
        let json = br#"{"name":"a","version":3,"info":{"status":"deployed"},"config":{"x":1},
            "chart":{"metadata":{"name":"n8n","version":"1.2.3","appVersion":"2.0"},"templates":[]}}"#;
        let body = unpack(&pack(json)).unwrap();
        assert_eq!((body.revision, body.chart.metadata.app_version.as_str()), (3, "2.0"));
        assert_eq!(body.config["x"], 1);
    }

    #[test]
    fn a_bomb_is_refused() {
        let zeroes = vec![b' '; usize::try_from(MAX_BODY).unwrap() + 2];
        assert!(unpack(&pack(&zeroes)).unwrap_err().to_string().contains("32 MiB"));
    }
}
