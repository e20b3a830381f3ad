//! Each error of a step comes with what its sentence names.

use super::{told::failed, *};
use crate::{
    adapters::{helm::rendered::Refused, kube::KubeError},
    domain::catalog::{BadApp, schema::SchemaError},
};

/// The parameters of an error; every one that its sentence needs is there.
fn told(error: StepError) -> Params {
    let (StepError::Passing(code, why) | StepError::Final(code, why)) = error else {
        panic!("a step was interrupted");
    };
    for name in code.params() {
        assert!(why.contains_key(*name), "{} comes without {name}: {why:?}", code.as_str());
    }
    why
}

fn of_helm(error: HelmError) -> Params {
    told(failed(error, "release", "tenant"))
}

#[test]
fn what_helm_says_comes_with_what_its_sentence_names() {
    for cause in [
        Cause::Missing,
        Cause::WrongVersion,
        Cause::Unreachable,
        Cause::Forbidden,
        Cause::NamespaceMissing,
        Cause::NamespaceTerminating,
        Cause::NameInUse,
        Cause::Foreign,
        Cause::InProgress,
        Cause::NotFound,
        Cause::ValuesRefused,
        Cause::ChartInvalid,
        Cause::RecordTooLarge,
        Cause::QuotaExceeded,
        Cause::Conflict,
        Cause::Refused,
        Cause::ClusterFault,
        Cause::Timeout,
        Cause::Killed(9),
        Cause::NotStarted,
        Cause::Other,
    ] {
        let why = of_helm(HelmError::new(cause, "said"));
        assert_eq!((&*why["message"], &*why["release"], &*why["namespace"]), ("said", "release", "tenant"));
    }
    assert_eq!(failed(HelmError::new(Cause::Cancelled, ""), "release", "tenant"), StepError::Interrupted);
}

#[test]
fn what_a_chart_is_refused_for_is_named() {
    let (kind, name) = ("Role".to_owned(), "x".to_owned());
    let namespace = "kube-system".to_owned();
    for refused in [
        Refused::Unreadable("why".to_owned()),
        Refused::ClusterScoped { kind: kind.clone(), name: name.clone() },
        Refused::KindNotAllowed { kind: kind.clone(), name: name.clone(), api_version: "v1".to_owned() },
    ] {
        of_helm(refused.told(str::to_owned));
    }
    let why = of_helm(Refused::ForeignNamespace { kind, name, namespace }.told(str::to_owned));
    assert_eq!(why["namespace"], "kube-system", "the object's, not the release's");

    let (at, reference) = ("/$ref".to_owned(), "http://127.0.0.1:9/".to_owned());
    for bad in [
        BadApp::Wrong("why".to_owned()),
        BadApp::Schema(SchemaError::Invalid("why".to_owned())),
        BadApp::Schema(SchemaError::ForeignRef { at, reference }),
    ] {
        told(StepError::Final(bad.code(), params(bad.params())));
    }
}

#[test]
fn what_the_cluster_says_comes_with_what_its_sentence_names() {
    let message = || "said".to_owned();
    for error in [
        KubeError::Config(message()),
        KubeError::Unreachable(message()),
        KubeError::Unauthorized { message: message() },
        KubeError::Forbidden { message: message() },
        KubeError::QuotaExceeded { message: message() },
        KubeError::NotFound { message: message() },
        KubeError::Conflict { message: message() },
        KubeError::NamespaceTerminating { namespace: message() },
        KubeError::NamespaceForeign { namespace: message() },
        KubeError::TooMany { retry_after: None },
        KubeError::Fault { code: 500, message: message() },
        KubeError::Refused { reason: "Invalid".to_owned(), message: message() },
        KubeError::Malformed(message()),
    ] {
        told(kube(error));
    }
}
