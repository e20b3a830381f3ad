//! Volume claims: <https://kubernetes.io/docs/concepts/storage/persistent-volumes/>.

use super::Meta;
use k8s_openapi::api::core::v1::PersistentVolumeClaim;

/// One volume claim.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ClaimView {
    /// Name, id.
    pub meta: Meta,
    /// Bound, Pending or Lost.
    pub phase: String,
    /// The size it has, or asks for while it has none.
    pub size: String,
    /// The size it asks for. Where volumes come in fixed sizes, it may get more.
    pub asked: String,
}

impl ClaimView {
    /// Reads a claim.
    pub fn read(claim: &PersistentVolumeClaim) -> Self {
        let spec = claim.spec.as_ref();
        let status = claim.status.as_ref();
        let has = status.and_then(|status| status.capacity.as_ref()?.get("storage"));
        let asked = spec.and_then(|spec| spec.resources.as_ref()?.requests.as_ref()?.get("storage"));
        Self {
            meta: Meta::read(&claim.metadata),
            phase: status.and_then(|status| status.phase.clone()).unwrap_or_else(|| "Pending".to_owned()),
            size: has.or(asked).map(|size| size.0.clone()).unwrap_or_default(),
            asked: asked.map(|size| size.0.clone()).unwrap_or_default(),
        }
    }
}
