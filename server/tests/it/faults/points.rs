//! The places at which operations are stopped: requests of the server, requests of Helm, and pods that do not come.

use super::{
    rules::Seen,
    stage::{Point, What},
};

/// Whether a request is the one that is meant.
pub type Fits = fn(&Seen) -> bool;

/// Where a launch makes sure of the namespace's limits.
const LIMITS: Fits = |seen| !seen.helm && seen.changes() && seen.path.contains("/resourcequotas/");
/// Where it makes sure of the deployer account.
const ACCESS: Fits = |seen| !seen.helm && seen.changes() && seen.path.contains("/rolebindings/");
/// Where Helm writes the first record of a release.
const RECORD: Fits = |seen| seen.helm && seen.method == "POST" && seen.path.ends_with("/secrets");
/// Where Helm makes the workload, after the rest.
const WORKLOAD: Fits =
    |seen| seen.helm && seen.changes() && seen.method != "DELETE" && seen.path.contains("/deployments");
/// Where Helm says of a release that it is there.
const DEPLOYED: Fits = |seen| seen.helm && seen.method == "PUT" && seen.path.contains("/secrets/sh.helm.release.v1.");
/// Where Helm says of a release that it is being removed.
const REMOVING: Fits = DEPLOYED;
/// Where Helm removes the workload.
const REMOVED: Fits = |seen| seen.helm && seen.method == "DELETE" && seen.path.contains("/deployments/");
/// Where Helm removes the record.
const FORGOTTEN: Fits =
    |seen| seen.helm && seen.method == "DELETE" && seen.path.contains("/secrets/sh.helm.release.v1.");
/// Where the server looks which volumes there are.
const VOLUMES: Fits =
    |seen| !seen.helm && seen.method == "GET" && !seen.watches() && seen.path.ends_with("/persistentvolumeclaims");
/// Where it removes one.
const VOLUME: Fits = |seen| !seen.helm && seen.method == "DELETE" && seen.path.contains("/persistentvolumeclaims/");
/// Where it looks what there is of a release.
const LOOK: Fits =
    |seen| !seen.helm && seen.method == "GET" && seen.path.ends_with("/secrets") && seen.query.contains("name%3D");
/// Where it has the pods replaced.
const ROLL: Fits = |seen| !seen.helm && seen.method == "PATCH" && seen.path.contains("/deployments/");
/// Where it makes the namespace.
const NAMESPACE: Fits = |seen| !seen.helm && seen.method == "POST" && seen.path.ends_with("/namespaces");

/// Each place at which an operation is stopped, and where it is stopped again when it was taken up: at the same place where
/// it comes by there once more, else at a later one.
pub fn all(what: What) -> Vec<(&'static str, [Point; 2])> {
    use Point::{After, Before, Pods};
    match what {
        What::Workspace => vec![
            ("a namespace that is not there yet", [Before(NAMESPACE), Before(NAMESPACE)]),
            ("a namespace that is there", [After(NAMESPACE), Before(LIMITS)]),
            ("limits before", [Before(LIMITS), Before(LIMITS)]),
            ("limits after", [After(LIMITS), After(LIMITS)]),
            ("access before", [Before(ACCESS), Before(ACCESS)]),
            ("access after", [After(ACCESS), After(ACCESS)]),
        ],
        What::Launch => {
            let mut all = vec![("limits", [Before(LIMITS), After(ACCESS)]), ("pods", [Pods, Pods])];
            all.extend(by_helm(what));
            all
        }
        What::Restart => {
            vec![("asked for", [Before(ROLL), Before(ROLL)]), ("done", [After(ROLL), Pods]), ("pods", [Pods, Pods])]
        }
        What::Delete => {
            let mut all = vec![
                ("looked for", [Before(LOOK), Before(LOOK)]),
                ("volumes", [Before(VOLUMES), Before(VOLUME)]),
                ("volume", [After(VOLUME), Before(VOLUMES)]),
            ];
            all.extend(by_helm(what));
            all
        }
        What::Cancel => {
            let mut all =
                vec![("looked for", [Before(LOOK), Before(LOOK)]), ("volume", [Before(VOLUME), After(VOLUME)])];
            all.extend(by_helm(what));
            all
        }
    }
}

/// Those at which Helm works.
pub fn by_helm(what: What) -> Vec<(&'static str, [Point; 2])> {
    use Point::{After, Before};
    match what {
        What::Workspace | What::Restart => Vec::new(),
        What::Launch => vec![
            ("record before", [Before(RECORD), Before(RECORD)]),
            ("record after", [After(RECORD), After(RECORD)]),
            ("workload before", [Before(WORKLOAD), Before(WORKLOAD)]),
            ("workload after", [After(WORKLOAD), After(WORKLOAD)]),
            ("not called deployed", [Before(DEPLOYED), Before(DEPLOYED)]),
        ],
        What::Delete | What::Cancel => vec![
            ("removing", [After(REMOVING), After(REMOVING)]),
            ("workload there", [Before(REMOVED), Before(REMOVED)]),
            ("workload gone", [After(REMOVED), Before(FORGOTTEN)]),
        ],
    }
}

/// Where Helm is done and has not been told so: what is taken up finds the release as it should be.
pub fn deployed() -> [Point; 2] {
    [Point::After(DEPLOYED), Point::Pods]
}

/// Requests that are failed by the API server: of each step that asks it something.
pub fn requests(what: What) -> Vec<(&'static str, Fits)> {
    match what {
        What::Workspace => vec![("namespace", NAMESPACE), ("limits", LIMITS), ("access", ACCESS)],
        What::Launch => vec![("limits", LIMITS), ("look", LOOK), ("record", RECORD), ("workload", WORKLOAD)],
        What::Restart => vec![("look", LOOK), ("roll", ROLL)],
        What::Delete | What::Cancel => {
            vec![("look", LOOK), ("workload", REMOVED), ("record", FORGOTTEN), ("volume", VOLUME)]
        }
    }
}

/// Those whose refusal is told by whoever asks. Helm does not say what the cluster had against a removal, so that is tried
/// again.
pub fn refusals(what: What) -> Vec<(&'static str, Fits)> {
    let mut all = requests(what);
    all.retain(|(request, _)| what != What::Delete || matches!(*request, "look" | "volume"));
    all
}
