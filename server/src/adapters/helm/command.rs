//! The argument lists of Helm's commands. Names and paths stand behind `--`, where nothing is a flag.

use std::time::Duration;

use super::types::{Namespace, ReleaseName};
use super::{Call, Chart, ID_LABEL, Settings};
use crate::adapters::kube::DEPLOYER;

/// How Helm reaches the cluster: by our kubeconfig, as the namespace's own account, and never beyond that namespace.
/// The namespace stands here too: Helm puts objects without one into it.
pub(super) fn account(settings: &Settings, namespace: &Namespace) -> Vec<String> {
    vec![
        format!("--kubeconfig={}", settings.kubeconfig.display()),
        format!("--kube-as-user=system:serviceaccount:{namespace}:{DEPLOYER}"),
        format!("--namespace={namespace}"),
    ]
}

/// `helm template`, which needs no cluster. Custom resource definitions are printed so that they are refused by name.
pub(super) fn template(
    release: &ReleaseName,
    namespace: &Namespace,
    chart: &Chart<'_>,
    kube_version: Option<&str>,
) -> Vec<String> {
    let mut args = words(&["template", "--include-crds", "--values=-"]);
    args.push(format!("--namespace={namespace}"));
    args.extend(kube_version.map(|version| format!("--kube-version={version}")));
    of_chart(&mut args, chart);
    behind(args, release, Some(chart))
}

pub(super) fn install(call: &Call<'_>, chart: &Chart<'_>, id: &str, timeout: Duration) -> Vec<String> {
    let mut args = words(&["install", "--skip-crds", "--hide-notes", "--values=-"]);
    args.push(format!("--labels={ID_LABEL}={id}"));
    waiting(&mut args, chart.wait, timeout);
    of_chart(&mut args, chart);
    behind(args, call.release, Some(chart))
}

pub(super) fn upgrade(call: &Call<'_>, chart: &Chart<'_>, timeout: Duration) -> Vec<String> {
    let mut args =
        words(&["upgrade", "--skip-crds", "--hide-notes", "--reset-values", "--history-max=10", "--values=-"]);
    waiting(&mut args, chart.wait, timeout);
    of_chart(&mut args, chart);
    behind(args, call.release, Some(chart))
}

pub(super) fn rollback(call: &Call<'_>, revision: u32, timeout: Duration) -> Vec<String> {
    let mut args = words(&["rollback", "--history-max=10"]);
    waiting(&mut args, false, timeout);
    let mut args = behind(args, call.release, None);
    args.push(revision.to_string());
    args
}

pub(super) fn uninstall(call: &Call<'_>, timeout: Duration) -> Vec<String> {
    let mut args = words(&["uninstall", "--ignore-not-found", "--cascade=background"]);
    waiting(&mut args, false, timeout);
    behind(args, call.release, None)
}

fn words(words: &[&str]) -> Vec<String> {
    words.iter().map(|&word| word.to_owned()).collect()
}

fn waiting(args: &mut Vec<String>, wait: bool, timeout: Duration) {
    // Readiness is watched by us; without `--wait` Helm waits for hooks only.
    args.push(format!("--wait={}", if wait { "watcher" } else { "hookOnly" }));
    args.push(format!("--timeout={}s", timeout.as_secs().max(1)));
}

fn of_chart(args: &mut Vec<String>, chart: &Chart<'_>) {
    if chart.skip_schema {
        args.push("--skip-schema-validation".to_owned());
    }
}

fn behind(mut args: Vec<String>, release: &ReleaseName, chart: Option<&Chart<'_>>) -> Vec<String> {
    args.push("--".to_owned());
    args.push(release.to_string());
    args.extend(chart.map(|chart| chart.path.display().to_string()));
    args
}
