//! What can go wrong between us and a cluster, by what one can do about it.

use kube::core::Status;
use shared::operation::OperationErrorCode;
use std::time::Duration;

/// Why a cluster did not do what it was asked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum KubeError {
    /// How to reach the cluster is not known, or its configuration cannot be read.
    #[error("the access to the cluster is not usable: {0}")]
    Config(String),
    /// No answer: refused, broken or too slow.
    #[error("the cluster does not answer: {0}")]
    Unreachable(String),
    /// Our account is not known there, or its credentials have ended.
    #[error("the cluster does not know our account: {message}")]
    Unauthorized {
        /// What the cluster said.
        message: String,
    },
    /// Our account may not do this.
    #[error("the cluster does not allow it: {message}")]
    Forbidden {
        /// What the cluster said.
        message: String,
    },
    /// A `ResourceQuota` leaves no room for the object.
    #[error("the quota of the namespace is used up: {message}")]
    QuotaExceeded {
        /// What the cluster said.
        message: String,
    },
    /// There is no such object.
    #[error("there is no such object: {message}")]
    NotFound {
        /// What the cluster said.
        message: String,
    },
    /// The object is there already, has changed meanwhile, or is owned by another field manager.
    #[error("the object has changed or belongs to another: {message}")]
    Conflict {
        /// What the cluster said.
        message: String,
    },
    /// The namespace is being deleted.
    #[error("the namespace {namespace} is being deleted")]
    NamespaceTerminating {
        /// Its name.
        namespace: String,
    },
    /// The namespace is there and not ours.
    #[error("the namespace {namespace} is there and does not belong to the platform")]
    NamespaceForeign {
        /// Its name.
        namespace: String,
    },
    /// The cluster asks for patience.
    #[error("the cluster has too many requests")]
    TooMany {
        /// How long it wants us to wait, where it says so.
        retry_after: Option<Duration>,
    },
    /// The cluster has a fault of its own.
    #[error("the cluster failed with {code}: {message}")]
    Fault {
        /// HTTP status.
        code: u16,
        /// What it said.
        message: String,
    },
    /// The object is not valid, or an admission rule is against it.
    #[error("the cluster refused it: {reason}: {message}")]
    Refused {
        /// Kubernetes' word, such as `Invalid`.
        reason: String,
        /// What the cluster said.
        message: String,
    },
    /// The answer or a stored object is not what it should be.
    #[error("the cluster's answer cannot be read: {0}")]
    Malformed(String),
}

impl KubeError {
    /// Whether the same call may succeed later without anybody changing anything.
    pub const fn is_transient(&self) -> bool {
        matches!(
            self,
            Self::Unreachable(_)
                | Self::TooMany { .. }
                | Self::Fault { .. }
                | Self::Conflict { .. }
                | Self::NamespaceTerminating { .. }
        )
    }

    /// Whether the cluster did not answer at all.
    pub const fn is_away(&self) -> bool {
        matches!(self, Self::Unreachable(_))
    }

    /// The word for it in an operation's outcome.
    pub const fn code(&self) -> OperationErrorCode {
        match self {
            Self::Config(_) | Self::Unreachable(_) => OperationErrorCode::ClusterUnreachable,
            Self::Unauthorized { .. } | Self::Forbidden { .. } => OperationErrorCode::ClusterForbidden,
            Self::QuotaExceeded { .. } => OperationErrorCode::QuotaExceeded,
            Self::NamespaceTerminating { .. } => OperationErrorCode::NamespaceTerminating,
            Self::NamespaceForeign { .. } => OperationErrorCode::NamespaceForeign,
            // It answers: what it says helps more than "not reached", and it need not be tried for an hour.
            Self::TooMany { .. }
            | Self::Fault { .. }
            | Self::NotFound { .. }
            | Self::Conflict { .. }
            | Self::Refused { .. }
            | Self::Malformed(_) => OperationErrorCode::ClusterRefused,
        }
    }

    /// What it is about, by name; `message` is what the cluster said, where it said something.
    pub fn params(&self) -> Vec<(&'static str, String)> {
        let said = match self {
            Self::Unauthorized { message }
            | Self::Forbidden { message }
            | Self::QuotaExceeded { message }
            | Self::NotFound { message }
            | Self::Conflict { message }
            | Self::Refused { message, .. }
                if !message.is_empty() =>
            {
                message.clone()
            }
            _ => self.to_string(),
        };
        let mut params = vec![("message", said)];
        match self {
            Self::NamespaceTerminating { namespace } | Self::NamespaceForeign { namespace } => {
                params.push(("namespace", namespace.clone()));
            }
            Self::Refused { reason, .. } => params.push(("reason", reason.clone())),
            Self::Fault { code, .. } => params.push(("status", code.to_string())),
            _ => {}
        }
        params
    }

    fn from_status(status: &Status) -> Self {
        let message = status.message.clone();
        // A `Status` names its reason; only servers in between (proxies, load balancers) leave it out.
        match (status.reason.as_str(), status.code) {
            ("Unauthorized", _) | (_, 401) => Self::Unauthorized { message },
            // The same 403 stands for a missing right, a quota and a namespace on its way out.
            ("Forbidden", _) | (_, 403) if message.contains("exceeded quota") => Self::QuotaExceeded { message },
            ("Forbidden", _) | (_, 403) if is_terminating(status) => {
                Self::NamespaceTerminating { namespace: terminating(status).unwrap_or_default() }
            }
            ("Forbidden", _) | (_, 403) if message.contains("violates PodSecurity") => {
                Self::Refused { reason: "Forbidden".to_owned(), message }
            }
            ("Forbidden", _) | (_, 403) => Self::Forbidden { message },
            ("NotFound", _) | (_, 404) => Self::NotFound { message },
            ("Conflict" | "AlreadyExists", _) | (_, 409) => Self::Conflict { message },
            ("TooManyRequests", _) | (_, 429) => Self::TooMany {
                retry_after: status
                    .details
                    .as_ref()
                    .map(|details| details.retry_after_seconds)
                    .filter(|seconds| *seconds > 0)
                    .map(|seconds| Duration::from_secs(seconds.into())),
            },
            (_, code @ 500..) => Self::Fault { code, message },
            (reason, _) => Self::Refused { reason: reason.to_owned(), message },
        }
    }
}

/// The API server says so by a cause: <https://kubernetes.io/docs/reference/using-api/api-concepts/>.
fn is_terminating(status: &Status) -> bool {
    status.details.iter().flat_map(|details| &details.causes).any(|cause| cause.reason == "NamespaceTerminating")
        || status.message.contains("because it is being terminated")
}

/// The namespace that is being deleted. `details` name the object that was to be made in it, so it stands in the
/// sentences only.
fn terminating(status: &Status) -> Option<String> {
    let causes = status.details.iter().flat_map(|details| &details.causes).map(|cause| &cause.message);
    std::iter::once(&status.message).chain(causes).find_map(|text| {
        let ends = [" because it is being terminated", " is being terminated"];
        let (before, _) = ends.into_iter().find_map(|end| text.split_once(end))?;
        before.split(' ').next_back().map(ToOwned::to_owned)
    })
}

impl From<kube::Error> for KubeError {
    fn from(error: kube::Error) -> Self {
        match error {
            kube::Error::Api(status) => Self::from_status(&status),
            kube::Error::SerdeError(error) => Self::Malformed(error.to_string()),
            kube::Error::FromUtf8(error) => Self::Malformed(error.to_string()),
            kube::Error::BuildRequest(error) => Self::Malformed(error.to_string()),
            kube::Error::InferConfig(error) => Self::Config(error.to_string()),
            kube::Error::InferKubeconfig(error) => Self::Config(error.to_string()),
            kube::Error::Auth(error) => Self::Unauthorized { message: chain(&error) },
            other => Self::Unreachable(chain(&other)),
        }
    }
}

/// An error with its causes: hyper's own text is only "client error (Connect)".
fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        let cause_text = cause.to_string();
        if !text.contains(&cause_text) {
            text.push_str(": ");
            text.push_str(&cause_text);
        }
        source = cause.source();
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn status(code: u16, reason: &str, message: &str) -> KubeError {
        kube::Error::Api(Status::failure(message, reason).with_code(code).boxed()).into()
    }

    #[test]
    fn a_status_is_read_by_what_one_can_do_about_it() {
        let quota = status(403, "Forbidden", "pods \"a\" is forbidden: exceeded quota: woow, requested: pods=1");
        assert_eq!(quota.code(), OperationErrorCode::QuotaExceeded);
        let right = status(403, "Forbidden", "pods is forbidden: User \"x\" cannot list resource \"pods\"");
        assert_eq!(right.code(), OperationErrorCode::ClusterForbidden);
        let leaving =
            status(403, "Forbidden", "unable to create new content in namespace w because it is being terminated");
        assert_eq!(leaving.code(), OperationErrorCode::NamespaceTerminating);
        assert!(leaving.is_transient());
        assert_eq!(leaving, KubeError::NamespaceTerminating { namespace: "w".to_owned() });
        assert!(matches!(status(409, "AlreadyExists", ""), KubeError::Conflict { .. }));
        assert!(matches!(status(502, "", "bad gateway"), KubeError::Fault { code: 502, .. }));
        assert!(matches!(status(429, "TooManyRequests", ""), KubeError::TooMany { retry_after: None }));
        // A webhook that fails, or a server with too much to do, is not a cluster that is away.
        let webhook = status(500, "InternalError", "failed calling webhook \"policy.example.com\"");
        assert!(webhook.is_transient() && !webhook.is_away());
        assert_eq!(webhook.code(), OperationErrorCode::ClusterRefused);
        assert!(webhook.to_string().contains("policy.example.com"));
        assert!(!status(422, "Invalid", "spec.replicas: Invalid value").is_transient());
    }

    #[test]
    fn what_it_is_about_is_told_by_name() {
        let refused = status(422, "Invalid", "spec.replicas: Invalid value");
        let expected = [("message", "spec.replicas: Invalid value"), ("reason", "Invalid")];
        assert_eq!(refused.params(), expected.map(|(name, value)| (name, value.to_owned())));
        let foreign = KubeError::NamespaceForeign { namespace: "w".to_owned() };
        assert!(foreign.params().contains(&("namespace", "w".to_owned())));
        assert_eq!(status(404, "NotFound", "").params(), [("message", "there is no such object: ".to_owned())]);
    }
}
