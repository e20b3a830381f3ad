//! The places at which operations are stopped: requests of the server, requests of Helm, Helm while it renders, transactions
//! of the server, and pods that do not come.

use super::{
    play::{Point, What},
    rules::Seen,
    tap::Asked,
};

/// Whether a request is the one that is meant.
pub type Fits = fn(&Seen) -> bool;

/// Where a launch makes sure of the namespace's limits.
const LIMITS: Fits = |seen| !seen.helm && seen.changes() && seen.path.contains("/resourcequotas/");
/// Where it makes sure of the deployer account.
const ACCESS: Fits = |seen| !seen.helm && seen.changes() && seen.path.contains("/rolebindings/");
/// Where Helm is to render the chart, and where it has.
const TEMPLATE: Fits = |seen| seen.helm && seen.path.ends_with("/template");
const TEMPLATED: Fits = |seen| seen.helm && seen.path.ends_with("/templated");
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

/// Where the server asks for the cluster's version, to render a chart for it. No namespace is named there.
pub const VERSION: Fits = |seen| !seen.helm && seen.path == "/version";

/// Whether a transaction is the one that is meant.
pub type Writes = fn(&Asked) -> bool;

/// Where it is written that a server has taken the operation up.
const TAKEN_UP: Writes = |asked| asked.gives("TAKEN_UP");
/// Where it is written that the step of the web address has begun, and that it is done. Each is written with its neighbour: the
/// end of a step with the begin of the next one.
const ADDRESS_BEGUN: Writes = |asked| asked.gives("STEP_STARTED") && asked.gives("ADDRESS");
const ADDRESS_DONE: Writes = |asked| asked.gives("ADDRESS_RESERVED") && asked.gives("STEP_DONE");
/// Where the step has begun in which our own rows of a service go, and where they go.
const FORGET_BEGUN: Writes = |asked| asked.gives("STEP_STARTED") && asked.gives("FORGET");
const FORGET: Writes = |asked| asked.states("UPDATE \"addresses\"") && asked.states("UPDATE \"services\"");
/// Where an operation ends.
const END: Writes = |asked| asked.gives("SUCCEEDED") || asked.gives("CANCELLED");

/// Those of the steps that only write into the database; on PostgreSQL. Each is behind a transaction: before it, all is as it is
/// behind the one before.
pub fn in_database() -> Vec<(What, &'static str, [Point; 2])> {
    use Point::Committed;
    vec![
        (What::Launch, "address begun", [Committed(ADDRESS_BEGUN), Committed(ADDRESS_DONE)]),
        (What::Launch, "address done", [Committed(ADDRESS_DONE), Committed(TAKEN_UP)]),
        (What::Delete, "forget begun", [Committed(FORGET_BEGUN), Committed(FORGET)]),
        (What::Delete, "forgotten", [Committed(FORGET), Committed(FORGET)]),
    ]
}

/// Transactions whose link is lost.
pub fn transactions() -> Vec<(What, &'static str, Writes)> {
    let mut all = vec![(What::Launch, "address done", ADDRESS_DONE), (What::Delete, "forget", FORGET)];
    let every = [What::Workspace, What::Launch, What::Restart, What::Delete, What::Cancel];
    all.extend(every.map(|what| (what, "end", END)));
    all
}

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

/// The place of this name.
pub fn named(what: What, name: &str) -> [Point; 2] {
    all(what).into_iter().find(|(place, _)| *place == name).expect("there is such a place").1
}

/// Those at which Helm works.
pub fn by_helm(what: What) -> Vec<(&'static str, [Point; 2])> {
    use Point::{After, Before};
    match what {
        What::Workspace | What::Restart => Vec::new(),
        What::Launch => vec![
            ("chart before", [Before(TEMPLATE), Before(TEMPLATE)]),
            ("chart after", [Before(TEMPLATED), Before(TEMPLATED)]),
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
