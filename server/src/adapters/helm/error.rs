//! What can go wrong with Helm, as types: read from how it ended and from what it printed (seen with Helm 4.3 on
//! Kubernetes 1.36).

use shared::operation::OperationErrorCode;

/// The most letters of a message.
const MESSAGE_MAX: usize = 2_000;
/// The most letters of a name in it.
const NAME_MAX: usize = 300;

/// Helm did not do it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct HelmError {
    /// Why.
    pub cause: Cause,
    /// What Helm said, without secrets; for the journal.
    pub message: String,
    /// What it is about, by name, without secrets.
    pub params: Vec<(&'static str, String)>,
}

/// Why Helm did not do it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cause {
    /// The program is not there or is no Helm.
    Missing,
    /// It is another major version.
    WrongVersion,
    /// The cluster does not answer.
    Unreachable,
    /// The cluster does not allow it to the namespace's account, or to ours.
    Forbidden,
    /// The namespace does not exist.
    NamespaceMissing,
    /// The namespace is being deleted.
    NamespaceTerminating,
    /// There is a release of this name.
    NameInUse,
    /// There is an object of this name which does not belong to the release.
    Foreign,
    /// The newest revision is pending: someone works on it, or died while working.
    InProgress,
    /// There is no release, revision or deployed revision of this name.
    NotFound,
    /// The chart's schema refuses the values.
    ValuesRefused,
    /// The chart's schema refers to another document.
    SchemaForeignRef,
    /// The chart cannot be rendered.
    ChartInvalid,
    /// The chart makes an object of the whole cluster, or of a kind that is not allowed.
    ClusterScoped,
    /// The chart makes an object in another namespace.
    ForeignNamespace,
    /// The record of the release is more than a Secret can hold.
    RecordTooLarge,
    /// The namespace's quota is used up.
    QuotaExceeded,
    /// Someone else owns a field that is to be changed (server-side apply).
    Conflict,
    /// The cluster refused an object.
    Refused,
    /// The cluster has a fault of its own, or asks for patience.
    ClusterFault,
    /// It did not end in time; it was ended.
    Timeout,
    /// It was ended because someone asked for it.
    Cancelled,
    /// Something else ended it: signal number.
    Killed(i32),
    /// It was not started: the observer could not note it, or the system had no process for it.
    NotStarted,
    /// Helm failed in another way.
    Other,
}

impl HelmError {
    /// An error; an overlong message is cut.
    pub fn new(cause: Cause, message: impl Into<String>) -> Self {
        Self { cause, message: bounded(message.into(), MESSAGE_MAX), params: Vec::new() }
    }

    /// Adds what it is about.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.params.push((name, bounded(value.into(), NAME_MAX)));
        self
    }

    /// The code for the API.
    pub const fn code(&self) -> OperationErrorCode {
        use OperationErrorCode as Code;
        match self.cause {
            Cause::Missing | Cause::WrongVersion => Code::HelmMissing,
            Cause::Unreachable => Code::ClusterUnreachable,
            Cause::Forbidden => Code::ClusterForbidden,
            Cause::NamespaceMissing => Code::TargetGone,
            Cause::NamespaceTerminating => Code::NamespaceTerminating,
            Cause::NameInUse | Cause::Foreign => Code::ReleaseForeign,
            Cause::ValuesRefused => Code::ValuesRefused,
            Cause::SchemaForeignRef => Code::ChartSchemaForeignRef,
            Cause::ChartInvalid => Code::ChartInvalid,
            Cause::ClusterScoped => Code::ChartClusterScoped,
            Cause::ForeignNamespace => Code::ChartForeignNamespace,
            Cause::RecordTooLarge => Code::ReleaseRecordTooLarge,
            Cause::QuotaExceeded => Code::QuotaExceeded,
            Cause::Conflict | Cause::Refused | Cause::ClusterFault => Code::ClusterRefused,
            Cause::Timeout => Code::HelmTimeout,
            Cause::InProgress | Cause::NotFound | Cause::Cancelled | Cause::Killed(_) | Cause::Other => {
                Code::HelmFailed
            }
            Cause::NotStarted => Code::Internal,
        }
    }

    /// Whether the same call may succeed a little later.
    pub const fn is_transient(&self) -> bool {
        matches!(
            self.cause,
            Cause::Unreachable
                | Cause::InProgress
                | Cause::ClusterFault
                | Cause::NamespaceTerminating
                | Cause::Timeout
                | Cause::Killed(_)
                | Cause::NotStarted
        )
    }

    /// Where only a chart was rendered, an error that is nothing else is the chart's.
    pub(super) fn of_chart(mut self) -> Self {
        if matches!(self.cause, Cause::Other | Cause::NotFound | Cause::Refused) {
            self.cause = Cause::ChartInvalid;
        }
        self
    }

    /// Reads what Helm printed before it ended with an error; `stderr` is clean already.
    pub(super) fn read(exit: i32, stderr: &str) -> Self {
        // The last `Error:` begins the reason, which may have several lines; log lines stand before it.
        let reason = stderr.rfind("Error: ").map_or(stderr, |at| stderr.get(at + "Error: ".len()..).unwrap_or(stderr));
        let reason = reason.trim();
        if reason.is_empty() {
            return Self::new(Cause::Other, format!("helm ended with exit code {exit} and said nothing"));
        }
        let error = Self::new(cause(reason), reason);
        match reason.split_once(FOREIGN_REF).and_then(|(_, after)| after.split_once('"')) {
            Some((reference, _)) if error.cause == Cause::SchemaForeignRef => error.with("reference", reference),
            _ => error,
        }
    }
}

fn bounded(mut text: String, letters: usize) -> String {
    if let Some((cut, _)) = text.char_indices().nth(letters) {
        text.truncate(cut);
        text.push('…');
    }
    text
}

/// Helm says so of a schema that refers to another document; what follows is its address.
const FOREIGN_REF: &str = "failing loading \"";

/// Phrases of Helm and Kubernetes, the more special ones first.
const PHRASES: &[(&str, Cause)] = &[
    ("kubernetes cluster unreachable", Cause::Unreachable),
    (FOREIGN_REF, Cause::SchemaForeignRef),
    ("values don't meet the specifications of the schema", Cause::ValuesRefused),
    ("because it is being terminated", Cause::NamespaceTerminating),
    ("exceeded quota", Cause::QuotaExceeded),
    ("must specify limits", Cause::QuotaExceeded),
    ("another operation (install/upgrade/rollback) is in progress", Cause::InProgress),
    ("cannot reuse a name that is still in use", Cause::NameInUse),
    ("cannot be imported into the current release", Cause::Foreign),
    ("release: not found", Cause::NotFound),
    ("has no deployed releases", Cause::NotFound),
    ("release has no ", Cause::NotFound),
    ("Request entity too large", Cause::RecordTooLarge),
    ("request is too large", Cause::RecordTooLarge),
    ("Too long: may not be more than 1048576 bytes", Cause::RecordTooLarge),
    ("Too long: must have at most 1048576 bytes", Cause::RecordTooLarge),
    ("context deadline exceeded", Cause::Timeout),
    ("timed out waiting for the condition", Cause::Timeout),
    ("has been cancelled", Cause::Cancelled),
    ("context canceled", Cause::Cancelled),
    ("conflict with ", Cause::Conflict),
    ("conflicts with ", Cause::Conflict),
    ("YAML parse error", Cause::ChartInvalid),
    ("execution error at", Cause::ChartInvalid),
    ("parse error at", Cause::ChartInvalid),
    ("Chart.yaml file is missing", Cause::ChartInvalid),
    ("chart requires kubeVersion", Cause::ChartInvalid),
    ("found in Chart.yaml, but missing in charts/ directory", Cause::ChartInvalid),
    ("no matches for kind", Cause::Refused),
    ("failed to check CRD", Cause::Refused),
    ("error validating data", Cause::Refused),
    ("server-side apply requires", Cause::Refused),
    ("denied the request", Cause::Refused),
    ("violates PodSecurity", Cause::Refused),
    ("is invalid: ", Cause::Refused),
    ("release: already exists", Cause::NameInUse),
    ("already exists", Cause::Foreign),
    // Whatever the cluster had against it, Helm does not say; what is left is removed by the next try.
    ("failed to delete release: ", Cause::ClusterFault),
    (" is forbidden: ", Cause::Forbidden),
    ("Unauthorized", Cause::Forbidden),
    ("the server has asked for the client to provide credentials", Cause::Forbidden),
    ("connection refused", Cause::Unreachable),
    ("no such host", Cause::Unreachable),
    ("i/o timeout", Cause::Unreachable),
    ("TLS handshake timeout", Cause::Unreachable),
    ("connection reset by peer", Cause::Unreachable),
    ("http2: client connection lost", Cause::Unreachable),
    ("etcdserver: request timed out", Cause::Unreachable),
    ("the server is currently unable to handle the request", Cause::Unreachable),
    // A link that ended before the answer, as Go tells it.
    (": EOF", Cause::Unreachable),
    ("unexpected EOF", Cause::Unreachable),
    ("Internal error occurred", Cause::ClusterFault),
    ("an error on the server (", Cause::ClusterFault),
    ("too many requests", Cause::ClusterFault),
];

fn cause(reason: &str) -> Cause {
    if reason.contains("namespaces \"") && reason.ends_with("not found") {
        return Cause::NamespaceMissing;
    }
    PHRASES.iter().find(|(phrase, _)| reason.contains(phrase)).map_or(Cause::Other, |&(_, cause)| cause)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_helm_says_becomes_a_cause() {
        for (said, expected) in [
            (
                "level=ERROR msg=\"release name check failed\" error=\"cannot reuse a name that is still in use\"\nError: INSTALLATION FAILED: release name check failed: cannot reuse a name that is still in use",
                Cause::NameInUse,
            ),
            (
                "Error: INSTALLATION FAILED: values don't meet the specifications of the schema(s) in the following chart(s):\nn8n:\n- at '/n8n/timezone': '!!!' does not match pattern\n",
                Cause::ValuesRefused,
            ),
            (
                "Error: INSTALLATION FAILED: values don't meet the specifications of the schema(s) in the following chart(s):\nforeign-ref:\nfailing loading \"http://127.0.0.1:9/schema.json\": HTTP request failed: connection refused",
                Cause::SchemaForeignRef,
            ),
            (
                "Error: INSTALLATION FAILED: unable to continue with install: could not get information about the resource ClusterRoleBinding \"a\" in namespace \"\": clusterrolebindings.rbac.authorization.k8s.io \"a\" is forbidden: User \"system:serviceaccount:t:woow-deployer\" cannot get resource",
                Cause::Forbidden,
            ),
            ("Error: uninstall: Release not loaded: nothere: release: not found", Cause::NotFound),
            ("Error: release has no 9 version", Cause::NotFound),
            ("Error: UPGRADE FAILED: \"nothere\" has no deployed releases", Cause::NotFound),
            (
                "Error: INSTALLATION FAILED: unable to continue with install: ConfigMap \"rel4\" in namespace \"t\" exists and cannot be imported into the current release: invalid ownership metadata",
                Cause::Foreign,
            ),
            (
                "Error: INSTALLATION FAILED: create: failed to create: namespaces \"nons\" not found",
                Cause::NamespaceMissing,
            ),
            (
                "Error: INSTALLATION FAILED: cluster reachability check failed: kubernetes cluster unreachable: Get \"https://127.0.0.1:9/version\": dial tcp 127.0.0.1:9: connect: connection refused",
                Cause::Unreachable,
            ),
            (
                "Error: INSTALLATION FAILED: create: failed to create: secrets \"s\" is forbidden: unable to create new content in namespace dying because it is being terminated",
                Cause::NamespaceTerminating,
            ),
            (
                "Error: INSTALLATION FAILED: server-side apply failed for object quo/rel1 /v1, Kind=Secret: secrets \"rel1\" is forbidden: exceeded quota: q, requested: secrets=1",
                Cause::QuotaExceeded,
            ),
            (
                "Error: INSTALLATION FAILED: create: failed to create: Request entity too large: limit is 3145728",
                Cause::RecordTooLarge,
            ),
            (
                "Error: INSTALLATION FAILED: create: failed to create: Secret \"s\" is invalid: data: Too long: may not be more than 1048576 bytes",
                Cause::RecordTooLarge,
            ),
            (
                "Error: INSTALLATION FAILED: server-side apply failed for object t/a_B /v1, Kind=ConfigMap: ConfigMap \"a_B\" is invalid: metadata.name: Invalid value",
                Cause::Refused,
            ),
            ("Error: UPGRADE FAILED: another operation (install/upgrade/rollback) is in progress", Cause::InProgress),
            (
                "Error: UPGRADE FAILED: conflict occurred while applying object t/r apps/v1, Kind=Deployment: Apply failed with 1 conflict: conflict with \"kubectl\" with subresource \"scale\" using apps/v1: .spec.replicas",
                Cause::Conflict,
            ),
            ("Error: INSTALLATION FAILED: execution error at (badc/templates/a.yaml:1:3): no way", Cause::ChartInvalid),
            ("Error: INSTALLATION FAILED: create: failed to create: release: already exists", Cause::NameInUse),
            (
                "Error: INSTALLATION FAILED: create: failed to create: Post \"http://127.0.0.1:9/api/v1/namespaces/t/secrets\": EOF",
                Cause::Unreachable,
            ),
            (
                "Error: INSTALLATION FAILED: create: failed to create: Internal error occurred: etcd is full",
                Cause::ClusterFault,
            ),
            (
                "Error: INSTALLATION FAILED: create: failed to create: the server has received too many requests and has asked us to try again later",
                Cause::ClusterFault,
            ),
            ("Error: failed to delete release: rel", Cause::ClusterFault),
            ("Error: something new", Cause::Other),
            ("", Cause::Other),
        ] {
            assert_eq!(HelmError::read(1, said).cause, expected, "{said}");
        }
    }

    #[test]
    fn the_message_is_the_reason_and_bounded() {
        let said = "level=INFO msg=x\nError: INSTALLATION FAILED: why\nmore\n";
        assert_eq!(HelmError::read(1, said).message, "INSTALLATION FAILED: why\nmore");
        assert_eq!(HelmError::new(Cause::Other, "ä".repeat(5_000)).message.chars().count(), MESSAGE_MAX + 1);
    }

    #[test]
    fn the_document_that_a_schema_refers_to_is_named() {
        let said = "Error: INSTALLATION FAILED: values don't meet the specifications of the schema(s) in the following chart(s):\nforeign-ref:\nfailing loading \"http://127.0.0.1:9/schema.json\": HTTP request failed";
        assert_eq!(HelmError::read(1, said).params, [("reference", "http://127.0.0.1:9/schema.json".to_owned())]);
        assert!(HelmError::read(1, "Error: something new").params.is_empty());
    }
}
