//! Images that do not come.

use super::*;

const IMAGE: &str = "container=app image=example.org/app:1 registry=example.org";

fn pull(message: &str) -> String {
    of_pod(waiting("ErrImagePull", message))
}

#[test]
fn images_that_do_not_come() {
    let is = |word: &str, message: &str| format!("ERROR {word} {IMAGE} message={message} [0/1]");
    let absent = "rpc error: code = NotFound desc = failed to pull and unpack image \"example.org/app:1\": failed to resolve reference \"example.org/app:1\": example.org/app:1: not found";
    let waits = "Back-off pulling image \"example.org/app:1\": ErrImagePull: manifest unknown";
    let private = "failed to authorize: failed to fetch anonymous token: unexpected status: 401 Unauthorized";
    let hidden = "pull access denied, repository does not exist or may require authorization: server message: insufficient_scope: authorization failed";
    let rate = "toomanyrequests: You have reached your unauthenticated pull rate limit. https://www.docker.com/increase-rate-limit";
    let certificate = "failed to do request: Head \"https://example.org/v2/\": tls: failed to verify certificate: x509: certificate signed by unknown authority";
    let plain = "http: server gave HTTP response to HTTPS client";
    let name = "failed to do request: Head \"https://example.org/v2/\": dial tcp: lookup example.org: no such host";
    let down = "unexpected status from HEAD request: 503 Service Unavailable";
    let platform = "no match for platform in manifest: not found";
    check(&[
        ("it does not exist", pull(absent), &is("IMAGE_NOT_FOUND", absent)),
        (
            "the same, while the kubelet waits to try again",
            of_pod(waiting("ImagePullBackOff", waits)),
            &is("IMAGE_NOT_FOUND", waits),
        ),
        (
            "the same, as older kubelets say it",
            changed(vec![waiting("ImagePullBackOff", "Back-off pulling image")], 1, |snapshot| {
                snapshot.events = vec![event("p", "Failed", absent, 3)];
            }),
            &is("IMAGE_NOT_FOUND", absent),
        ),
        ("sign-in is wanted", pull(private), &is("IMAGE_ACCESS_DENIED", private)),
        ("the registry hides what is private", pull(hidden), &is("IMAGE_ACCESS_DENIED", hidden)),
        ("too many pulls", pull(rate), &is("IMAGE_RATE_LIMITED", rate)),
        ("a certificate of nobody", pull(certificate), &is("REGISTRY_CERTIFICATE_INVALID", certificate)),
        ("no TLS at all", pull(plain), &is("REGISTRY_CERTIFICATE_INVALID", plain)),
        ("no such registry", pull(name), &is("REGISTRY_UNREACHABLE", name)),
        ("the registry is down", pull(down), &is("REGISTRY_UNREACHABLE", down)),
        (
            "the registry is down, as CRI-O says it",
            of_pod(waiting("RegistryUnavailable", "image pull failed because the registry is unavailable")),
            &is("REGISTRY_UNREACHABLE", "image pull failed because the registry is unavailable"),
        ),
        ("another kind of processor", pull(platform), &is("IMAGE_WRONG_PLATFORM", platform)),
        ("nobody says why", pull(""), &format!("ERROR IMAGE_PULL_FAILED {IMAGE} [0/1]")),
        (
            "a signature that does not hold",
            of_pod(waiting("SignatureValidationFailed", "the signature validation failed")),
            &is("IMAGE_PULL_FAILED", "the signature validation failed"),
        ),
        (
            "a name that could be a reason is none",
            of_pod({
                let mut pod = waiting("ErrImagePull", "cannot pull unauthorized:1");
                pod.containers[0].image = "unauthorized:1".to_owned();
                pod
            }),
            "ERROR IMAGE_PULL_FAILED container=app image=unauthorized:1 registry=docker.io message=cannot pull unauthorized:1 [0/1]",
        ),
        (
            "no image name",
            of_pod(waiting("InvalidImageName", "")),
            "ERROR IMAGE_NAME_INVALID container=app image=example.org/app:1 [0/1]",
        ),
        (
            "it is on its way",
            changed(vec![waiting("ContainerCreating", "")], 1, |snapshot| {
                let mut begun = event("p", "Pulling", "Pulling image \"example.org/app:1\"", 1);
                Arc::make_mut(&mut begun).container = Some("app".to_owned());
                snapshot.events = vec![begun];
            }),
            "DEPLOYING IMAGE_PULLING container=app image=example.org/app:1 [0/1]",
        ),
    ]);
}
