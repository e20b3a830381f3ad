//! Why there are no figures of what a service uses, in English.

use crate::i18n::texts::Explained;
use shared::service::UsageState;

pub fn usage_state(state: UsageState) -> Explained {
    let (sentence, next) = match state {
        UsageState::Current => ("The figures are of now.", ""),
        UsageState::Waiting => ("Nothing has been measured yet.", "A new pod is measured within about a minute."),
        UsageState::NothingRuns => ("No pod runs, so nothing is used.", ""),
        UsageState::Stale => (
            "The cluster's figures are more than two minutes old.",
            "The metrics server may be in trouble: ask the person who runs the cluster. New figures appear here by themselves.",
        ),
        UsageState::Missing => (
            "The cluster measures, but not the pods of this service.",
            "Their machine may not answer the metrics server: ask the person who runs the cluster.",
        ),
        UsageState::NotInstalled => (
            "This cluster does not measure: it has no metrics API.",
            "Ask the person who runs the cluster to install metrics-server. Figures appear here by themselves.",
        ),
        UsageState::Forbidden => (
            "The cluster does not let this console read its metrics.",
            "Ask the person who runs this console to apply the rights of its chart again.",
        ),
        UsageState::Unavailable => (
            "The cluster's metrics API does not answer.",
            "It is asked again by itself. If this lasts, ask the person who runs the cluster about its metrics server.",
        ),
    };
    Explained { sentence, next }
}
