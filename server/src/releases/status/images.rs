//! Why an image does not come. The kubelet says `ErrImagePull` for everything; what the runtime and the registry said
//! stands in its sentence, and while it waits to try again, in newer versions there too, else in an event only.

use super::{events::about, reason::Reason, text::has};
use crate::live::{
    ReleaseSnapshot,
    view::{ContainerView, EventView, PodView},
};
use shared::service::StatusReason;

/// Why an image cannot be pulled.
pub(super) fn not_pulled(
    pod: &PodView,
    container: &ContainerView,
    message: &str,
    snapshot: &ReleaseSnapshot,
) -> Reason {
    let said = cause(message, container).map(|word| (word, message)).or_else(|| {
        let mut told = of_container(pod, container, snapshot, &["Failed"]);
        told.find_map(|event| Some((cause(&event.message, container)?, event.message.as_str())))
    });
    let (word, message) = said.unwrap_or((StatusReason::ImagePullFailed, message));
    Reason::of(word)
        .with("container", &container.name)
        .with("image", &container.image)
        .with("registry", registry(&container.image))
        .with("message", message)
        .since(pod.started)
}

/// Whether it is being downloaded right now.
pub(super) fn pulling(pod: &PodView, container: &ContainerView, snapshot: &ReleaseSnapshot) -> Option<Reason> {
    let words = ["Pulling", "Pulled", "Failed", "BackOff"];
    let newest = of_container(pod, container, snapshot, &words)
        .find(|event| event.container.is_some())
        .filter(|event| event.reason == "Pulling")?;
    let reason = Reason::of(StatusReason::ImagePulling).with("container", &container.name);
    Some(reason.with("image", &container.image).since(Some(newest.at)))
}

fn of_container<'a>(
    pod: &'a PodView,
    container: &'a ContainerView,
    snapshot: &'a ReleaseSnapshot,
    reasons: &'a [&str],
) -> impl Iterator<Item = &'a EventView> {
    about(snapshot, &pod.meta.uid, reasons)
        .filter(|event| event.container.as_ref().is_none_or(|name| *name == container.name))
}

/// The cause in the words of containerd, CRI-O and the registries. A registry that hides what is private says "denied"
/// for what does not exist, too; the limits of Docker Hub come as a refusal: hence the order.
fn cause(message: &str, container: &ContainerView) -> Option<StatusReason> {
    // The name could hold any word.
    let said = message.replace(&container.image, "").to_lowercase();
    let said = said.as_str();
    Some(if has(said, &["toomanyrequests", "too many requests", "rate limit"]) {
        StatusReason::ImageRateLimited
    } else if has(said, &["no match for platform", "no matching manifest for", "does not match the specified platform"])
    {
        StatusReason::ImageWrongPlatform
    } else if has(
        said,
        &[
            "unauthorized",
            "authentication required",
            "403 forbidden",
            "access denied",
            "access to the requested resource is not authorized",
            "insufficient_scope",
            "authorization failed",
            "no basic auth credentials",
            ": denied",
        ],
    ) {
        StatusReason::ImageAccessDenied
    } else if has(said, &["x509:", "tls: failed to verify", "http response to https client", "certificate signed by"]) {
        StatusReason::RegistryCertificateInvalid
    } else if has(
        said,
        &[
            "no such host",
            "server misbehaving",
            "dial tcp",
            "i/o timeout",
            "connection refused",
            "connection reset",
            "network is unreachable",
            "handshake timeout",
            "deadline exceeded",
            "500 internal",
            "502 bad gateway",
            "503 service unavailable",
            "504 gateway",
            "registry is unavailable",
        ],
    ) {
        StatusReason::RegistryUnreachable
    } else if has(said, &["not found", "manifest unknown", "name unknown", "does not exist"]) {
        StatusReason::ImageNotFound
    } else {
        return None;
    })
}

/// The registry of an image: the part before the first slash, where that is a host
/// (<https://pkg.go.dev/github.com/distribution/reference>).
fn registry(image: &str) -> &str {
    match image.split_once('/') {
        Some((host, _)) if host.contains(['.', ':']) || host == "localhost" => host,
        _ => "docker.io",
    }
}

#[cfg(test)]
mod tests {
    use super::registry;

    #[test]
    fn the_registry_of_an_image() {
        assert_eq!(registry("redis:7"), "docker.io");
        assert_eq!(registry("library/redis"), "docker.io");
        assert_eq!(registry("ghcr.io/a/b:1"), "ghcr.io");
        assert_eq!(registry("localhost:5000/b"), "localhost:5000");
    }
}
