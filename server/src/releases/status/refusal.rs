//! Why the cluster does not let pods be made. A Deployment says it by the condition `ReplicaFailure`, all others by an
//! event `FailedCreate`; both quote what the API server answered.

use super::{
    events::about,
    reason::Reason,
    text::{between, has, named},
};
use crate::live::{ReleaseSnapshot, view::WorkloadView};
use shared::service::StatusReason;

/// Pods of the workload are missing: does something forbid them?
pub(super) fn refused(workload: &WorkloadView, snapshot: &ReleaseSnapshot) -> Option<Reason> {
    let condition = workload.failure.as_ref().filter(|failure| failure.holds);
    let (message, since) = condition.map(|failure| (failure.message.as_str(), failure.since)).or_else(|| {
        // Only Deployments have the condition; the others say it by an event, until they succeed.
        let sets =
            snapshot.workloads.iter().filter(|other| other.meta.controller.as_deref() == Some(&workload.meta.uid));
        let uids = sets.map(|set| set.meta.uid.as_str()).chain([workload.meta.uid.as_str()]);
        let newest = uids
            .filter_map(|uid| about(snapshot, uid, &["FailedCreate", "SuccessfulCreate"]).next())
            .max_by_key(|event| event.at)?;
        (newest.reason == "FailedCreate").then_some((newest.message.as_str(), Some(newest.at)))
    })?;
    Some(of_answer(message).with("message", message).with("workload", &workload.meta.name).since(since))
}

/// The words are those of the admission plugins (`plugin/pkg/admission`, `k8s.io/apiserver/pkg/admission/plugin`,
/// `k8s.io/pod-security-admission`).
fn of_answer(message: &str) -> Reason {
    if let Some(rest) = message.split_once("exceeded quota: ").map(|(_, rest)| rest) {
        return over_quota(rest);
    }
    if let Some((_, rest)) = message.split_once("failed quota: ") {
        // "failed quota: q: must specify limits.cpu for: app; limits.memory for: app"
        let asked = rest.split_once("must specify ").map(|(_, asked)| asked).unwrap_or_default();
        let asked: Vec<_> = asked.split("; ").filter_map(|part| part.split(" for: ").next()).collect();
        return Reason::of(StatusReason::LimitsMissing).with("resource", asked.join(", "));
    }
    if message.contains("violates PodSecurity") {
        return Reason::of(StatusReason::PodSecurityRefused);
    }
    if message.contains("failed calling webhook") {
        let rule = named(message, &["failed calling webhook"]).unwrap_or_default();
        return Reason::of(StatusReason::WebhookFailed).with("rule", rule);
    }
    let webhook = named(message, &["admission webhook"]);
    let policy = between(message, "ValidatingAdmissionPolicy '", "'");
    if let Some(rule) = webhook.or(policy) {
        return Reason::of(StatusReason::AdmissionRefused).with("rule", rule);
    }
    if message.contains("error looking up service account") {
        let account = named(message, &["serviceaccount", "serviceaccounts"]).unwrap_or_default();
        return Reason::of(StatusReason::ServiceAccountMissing).with("account", account);
    }
    let of_range = ["maximum ", "minimum ", " max limit to request ratio "];
    if has(message, &of_range) && has(message, &[" per Container ", " per Pod ", " per PersistentVolumeClaim "]) {
        return Reason::of(StatusReason::LimitRangeRefused);
    }
    let forbidden = message.contains("forbidden");
    Reason::of(if forbidden { StatusReason::PodsForbidden } else { StatusReason::PodsNotMade })
}

/// "q, requested: limits.memory=64Gi, used: limits.memory=1Gi, limited: limits.memory=32Gi"; several resources stand
/// with commas between them.
fn over_quota(said: &str) -> Reason {
    let part = |name: &str| said.split_once(name).map(|(_, rest)| rest).unwrap_or_default();
    let requested = part(", requested: ").split(", used: ").next().unwrap_or_default();
    let used = part(", used: ").split(", limited: ").next().unwrap_or_default();
    let (names, asked) = pairs(requested);
    Reason::of(StatusReason::QuotaExceeded)
        .with("resource", names)
        .with("requested", asked)
        .with("used", pairs(used).1)
        .with("limited", pairs(part(", limited: ")).1)
}

/// Names and values of "a=1,b=2", each in one line.
fn pairs(list: &str) -> (String, String) {
    let pairs: Vec<_> = list.split(',').filter_map(|pair| pair.trim().split_once('=')).collect();
    let join = |side: fn(&(&str, &str)) -> String| pairs.iter().map(side).collect::<Vec<_>>().join(", ");
    (join(|(name, _)| (*name).to_owned()), join(|(_, value)| (*value).to_owned()))
}
