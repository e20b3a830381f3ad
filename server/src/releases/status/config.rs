//! What a container's configuration lacks.

use super::{reason::Reason, text::named};
use shared::service::StatusReason;

/// What is missing, as the kubelet says it of variables and of volumes.
pub(super) fn missing(message: &str) -> Option<Reason> {
    let named_in = |word, words: &[&str]| named(message, words).map(|name| Reason::of(word).with("name", name));
    if message.contains("not found") {
        let map = named_in(StatusReason::ConfigMapMissing, &["configmap", "configmaps"]);
        if let Some(reason) = map.or_else(|| named_in(StatusReason::SecretMissing, &["secret", "secrets"])) {
            return Some(reason);
        }
    }
    // "couldn't find key PORT in ConfigMap ns/web"
    if let Some((_, rest)) = message.split_once("couldn't find key ") {
        let (key, place) = rest.split_once(" in ")?;
        let name = place.rsplit('/').next().unwrap_or_default();
        return Some(Reason::of(StatusReason::ConfigKeyMissing).with("key", key).with("name", name));
    }
    // "references non-existent secret key: tls.crt"
    if let Some((_, key)) = message.split_once("references non-existent ") {
        let key = key.split_once("key: ").map_or(key, |(_, key)| key);
        return Some(Reason::of(StatusReason::ConfigKeyMissing).with("key", key));
    }
    message.contains("runAsNonRoot").then(|| Reason::of(StatusReason::RunsAsRoot))
}
