//! What is played on a stage: one operation, and what must be true when it has ended.

use super::{
    rules::{Held, Seen},
    stage::Stage,
    tap::Asked,
    world,
};
use crate::support::{LAUNCH, hold, let_go, text};
use rustix::process::{Pid, Signal, kill_process};
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// The app that is launched: a deployment with a volume, a web address and a network policy.
const APP: &str = "uptime-kuma";
/// Where an operation is stopped.
#[derive(Clone, Copy)]
pub enum Point {
    /// Before the API server knows of a request.
    Before(fn(&Seen) -> bool),
    /// When the API server has done what a request asks, and who asked does not know yet.
    After(fn(&Seen) -> bool),
    /// When a transaction is committed, and the server does not know yet.
    Committed(fn(&Asked) -> bool),
    /// While no pod is let into the namespace.
    Pods,
}

/// What is played.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum What {
    Workspace,
    Launch,
    Restart,
    Delete,
    /// The undoing of a launch that waits for its pods.
    Cancel,
}

/// One operation, in a workspace of its own.
pub struct Play {
    what: What,
    points: [Point; 2],
    name: String,
    workspace: String,
    pub namespace: String,
    pub service: String,
    release: String,
    pub operation: String,
    held: Vec<Held>,
    /// What was in the namespace before anything was launched there.
    before: BTreeMap<String, String>,
    pods_held: bool,
    pod: Vec<String>,
}

impl Play {
    /// Prepares everything up to the request that begins the operation.
    pub async fn prepare(stage: &Stage, what: What, points: [Point; 2], name: &str) -> Self {
        let mut play = Self {
            what,
            points,
            name: name.to_owned(),
            workspace: String::new(),
            namespace: String::new(),
            service: String::new(),
            release: String::new(),
            operation: String::new(),
            held: Vec::new(),
            before: BTreeMap::new(),
            pods_held: false,
            pod: Vec::new(),
        };
        if what == What::Workspace {
            return play;
        }
        (play.workspace, play.namespace) = stage.make_workspace(name).await;
        play.before = world::objects(&play.namespace).await;
        if matches!(what, What::Restart | What::Delete) {
            play.launch(stage).await;
            assert_eq!(stage.eye.ended(&play.operation).await, "SUCCEEDED");
            play.pod = world::pods(&play.namespace).await;
        }
        if what == What::Cancel || points.iter().any(|point| matches!(point, Point::Pods)) {
            hold(&play.namespace).await;
            play.pods_held = true;
        }
        if what == What::Cancel {
            play.launch(stage).await;
            play.waits_for_pods(stage, 0).await;
        }
        play
    }

    async fn launch(&mut self, stage: &Stage) {
        let input = json!({ "workspaceId": self.workspace, "app": APP, "name": self.name });
        let made = stage.ada.ask(LAUNCH, json!({ "input": input })).await;
        self.service = text(&made["launchService"]["service"]["id"]);
        self.release = text(&made["launchService"]["service"]["releaseName"]);
        self.operation = text(&made["launchService"]["operation"]["id"]);
    }

    /// Sends the request that begins the operation.
    pub async fn begin(&mut self, stage: &Stage) {
        let by_service = json!({ "id": self.service, "name": self.name });
        let made = match self.what {
            What::Launch => return self.launch(stage).await,
            What::Workspace => {
                let query = "mutation($name: String!) { made: createWorkspace(input: { name: $name }) {
                    workspace { id namespace } operation { id } } }";
                let made = stage.ada.ask(query, json!({ "name": self.name })).await;
                self.workspace = text(&made["made"]["workspace"]["id"]);
                self.namespace = text(&made["made"]["workspace"]["namespace"]);
                made
            }
            What::Restart => {
                let query = "mutation($id: ID!) { made: restartService(input: { id: $id }) { operation { id } } }";
                stage.ada.ask(query, json!({ "id": self.service })).await
            }
            What::Delete => {
                let query = "mutation($id: ID!, $name: String!) { made: deleteService(input: {
                    id: $id, confirmName: $name, removeVolumes: true }) { operation { id } } }";
                stage.ada.ask(query, by_service).await
            }
            What::Cancel => {
                let query = "mutation($id: ID!) { made: cancelOperation(input: { id: $id }) { operation { id } } }";
                stage.ada.ask(query, json!({ "id": self.operation })).await
            }
        };
        self.operation = text(&made["made"]["operation"]["id"]);
    }

    /// Nothing of it happens, though it was asked for, until the test lets go: that is the time to say what is to be held.
    /// Helm waits too: it renders a chart while the server still asks for the first time.
    pub fn pause(&self, stage: &Stage) -> Held {
        let namespace = self.namespace.clone();
        // A namespace's name is not known before there is the workspace; it is looked for first.
        let looks_for_one = |seen: &Seen| {
            seen.method == "GET"
                && seen.path.strip_prefix("/api/v1/namespaces/").is_some_and(|name| !name.contains('/'))
        };
        stage.proxy.pause(move |seen| {
            let ours = if namespace.is_empty() { looks_for_one(seen) } else { seen.is_about(&namespace) };
            ours && !seen.watches()
        })
    }

    /// Sends the request that begins the operation, which stops at its first point.
    pub async fn begin_stopped(&mut self, stage: &Stage) {
        let pause = self.pause(stage);
        self.begin(stage).await;
        self.arm(stage, 0);
        pause.let_go();
    }

    /// A transaction of this operation.
    pub fn writes(&self, fits: fn(&Asked) -> bool) -> impl Fn(&Asked) -> bool + Send + Sync + use<> {
        let (operation, service) = (self.operation.clone(), self.service.clone());
        move |asked| (asked.is_about(&operation) || asked.is_about(&service)) && fits(asked)
    }

    /// Sees to it that the operation stops at its first or second point.
    pub fn arm(&mut self, stage: &Stage, round: usize) {
        self.hold_no_more();
        let namespace = self.namespace.clone();
        let asks = move |fits: fn(&Seen) -> bool| move |seen: &Seen| seen.is_about(&namespace) && fits(seen);
        let held = match self.points[round] {
            Point::Before(point) => stage.proxy.hold(asks(point)),
            Point::After(point) => stage.proxy.hold_answer(asks(point)),
            Point::Committed(point) => stage.tap().hold(self.writes(point)),
            Point::Pods => return,
        };
        self.held.push(held);
    }

    /// Waits until it has come to that point.
    pub async fn arrived(&self, stage: &Stage, round: usize) {
        match self.points[round] {
            Point::Pods => self.waits_for_pods(stage, round).await,
            _ if self.held.last().unwrap().arrived().await => {}
            _ => panic!("{} does not come to its place: {}", self.name, self.whereabouts(stage).await),
        }
    }

    /// Whether it is at that point now. A request that is held long is given up, and made again after a pause, in which
    /// nobody has claimed the operation.
    pub fn is_there(&self, round: usize) -> bool {
        matches!(self.points[round], Point::Pods) || self.held.last().unwrap().is_here()
    }

    /// What is known of an operation that is not where it should be: its journal, what was asked of the API server for it,
    /// and what the server has logged.
    async fn whereabouts(&self, stage: &Stage) -> String {
        let journal = world::journal(stage, &self.operation).await;
        let line = |entry: &Value| format!("{} {} {} {}", entry["at"], entry["step"], entry["code"], entry["params"]);
        let journal: Vec<_> = journal.iter().map(line).collect();
        let seen = stage.proxy.seen();
        let seen = seen.iter().filter(|seen| seen.is_about(&self.namespace));
        let seen: Vec<_> = seen.map(|seen| format!("{} {} helm={}", seen.method, seen.path, seen.helm)).collect();
        format!("{}\n{}\n{}", journal.join("\n"), seen.join("\n"), stage.server.log())
    }

    /// Waits until it waits for its pods, at the server that has taken it up as often as rounds were played: what the row says
    /// of the step is left from the server before, and that it is claimed anew is written before what the journal tells of it.
    async fn waits_for_pods(&self, stage: &Stage, round: usize) {
        stage.said(&self.operation, "TAKEN_UP", round).await;
        let waits = |operation: &Value| {
            let steps = operation["steps"].as_array().unwrap();
            steps.iter().any(|step| step["name"] == "READY" && step["state"] == "RUNNING")
        };
        stage.eye.operation_until(&self.operation, waits).await;
    }

    /// What is held is held on, and nothing else.
    pub fn hold_no_more(&self) {
        self.held.iter().for_each(Held::no_more);
    }

    /// Loses what is held.
    pub fn lose(&mut self) {
        self.held.drain(..).for_each(Held::lose);
    }

    /// Lets what is held go on, each when the API server has answered the one before.
    pub async fn let_go_one_by_one(&mut self) {
        for held in self.held.drain(..) {
            held.done().await;
        }
    }

    /// Lets go on what servers have asked. What their Helm has asked is lost, as Helm was ended by who took the step up.
    pub fn let_servers_go(&mut self) {
        for held in self.held.drain(..) {
            if held.asker().helm { held.lose() } else { held.let_go() }
        }
    }

    /// Lets what is held go on.
    pub fn let_go(&mut self) {
        self.held.drain(..).for_each(Held::let_go);
    }

    /// Kills the Helm that works for it: the one that is held, or by what the journal says.
    pub async fn kill_helm(&self, stage: &Stage) {
        let pid = if let Some(pid) = self.held.last().and_then(|held| held.asker().pid) {
            pid
        } else {
            let journal = world::journal(stage, &self.operation).await;
            let started = journal.iter().rev().find(|entry| entry["code"] == "HELM_STARTED").expect("Helm works");
            world::param(started, "pid").unwrap().parse().unwrap()
        };
        kill_process(Pid::from_raw(pid).unwrap(), Signal::KILL).expect("Helm is still there");
    }

    /// Lets the pods come, if they were held.
    pub async fn let_pods_come(&mut self) {
        if std::mem::take(&mut self.pods_held) {
            let_go(&self.namespace).await;
        }
    }

    /// The release's name.
    pub fn release(&self) -> &str {
        &self.release
    }

    /// The workspace's id.
    pub fn workspace(&self) -> &str {
        &self.workspace
    }

    /// Goes on with another operation on the same service.
    pub fn becomes(&mut self, what: What) {
        self.what = what;
    }

    /// Waits for the end, and checks that all is as if nothing had happened; the journal.
    pub async fn ends_well(&mut self, stage: &Stage) -> Vec<Value> {
        if self.what != What::Cancel {
            self.let_pods_come().await;
        }
        let end = if self.what == What::Cancel { "CANCELLED" } else { "SUCCEEDED" };
        let ended = stage.eye.ended(&self.operation).await;
        let journal = world::journal(stage, &self.operation).await;
        assert_eq!(ended, end, "{} of {:?}: {journal:#?}", self.name, self.what);
        world::assert_true(&journal, end);
        assert_eq!(world::namespaces(&self.workspace).await, std::slice::from_ref(&self.namespace));
        assert!(!stage.server.log().contains("panicked"), "{}", stage.server.log());
        match self.what {
            What::Workspace => {
                let found = world::objects(&self.namespace).await;
                let found: Vec<_> = found.keys().map(String::as_str).collect();
                let furniture =
                    ["NetworkPolicy woow-walls", "RoleBinding woow-deployer", "ServiceAccount woow-deployer"];
                assert_eq!(found, furniture);
            }
            What::Launch | What::Restart => self.assert_runs(stage).await,
            What::Delete => {
                assert!(stage.service(&self.service).await.is_null());
                self.assert_left_nothing().await;
            }
            What::Cancel => {
                // A server that was started just now has not read its cluster yet.
                let known = |service: &Value| service["status"]["reason"] != "CACHE_WARMING";
                let shown = stage.service_until(&self.service, known).await;
                assert_eq!(shown["status"]["reason"], "LAUNCH_CANCELLED", "{shown}");
                self.assert_left_nothing().await;
            }
        }
        journal
    }

    /// The same of one that has failed before and was tried again.
    pub async fn ends_well_again(&mut self, stage: &Stage) {
        assert_eq!(stage.eye.ended(&self.operation).await, "SUCCEEDED", "{} of {:?}", self.name, self.what);
        match self.what {
            What::Launch | What::Restart => self.assert_runs(stage).await,
            What::Delete => self.assert_left_nothing().await,
            What::Workspace | What::Cancel => {}
        }
    }

    /// Cancels it where it is, and loses what is held.
    pub async fn cancel(&mut self, stage: &Stage) {
        let cancel = "mutation($id: ID!) { cancelOperation(input: { id: $id }) { operation { state } } }";
        let asked = stage.ada.ask(cancel, json!({ "id": self.operation })).await;
        assert_eq!(asked["cancelOperation"]["operation"]["state"], "CANCELLING");
        self.lose();
    }

    /// Tries it again.
    pub async fn retry(&self, stage: &Stage) {
        let retry = "mutation($id: ID!) { retryOperation(input: { id: $id }) { operation { id } } }";
        stage.ada.ask(retry, json!({ "id": self.operation })).await;
    }

    /// Waits for the end of a launch that was cancelled, and checks that nothing is left of it.
    pub async fn ends_cancelled(&mut self, stage: &Stage) -> Vec<Value> {
        self.what = What::Cancel;
        self.ends_well(stage).await
    }

    async fn assert_runs(&self, stage: &Stage) {
        let shown = stage.service(&self.service).await;
        assert_eq!(shown["status"], json!({ "state": "RUNNING", "reason": "ALL_READY" }), "{}", self.name);
        let last = json!({ "id": self.operation, "state": "SUCCEEDED", "error": null });
        assert_eq!((&shown["lastOperation"], &shown["openOperation"]), (&last, &Value::Null));
        assert_eq!(shown["revision"], 1);
        let records = world::records(&self.namespace, &self.release).await;
        assert_eq!(records, [("deployed".to_owned(), "1".to_owned())], "{}", self.name);
        let mut expected: Vec<String> = self.before.keys().cloned().collect();
        expected.extend(RELEASE.iter().map(|&object| object.to_owned()));
        expected.sort();
        let mut found = world::shape(&self.namespace, &self.release).await;
        found.sort();
        assert_eq!(found, expected, "{}", self.name);
        if self.what == What::Restart {
            let pods = world::pods(&self.namespace).await;
            assert!(
                !pods.is_empty() && pods.iter().all(|pod| !self.pod.contains(pod)),
                "the pods are others: {pods:?}"
            );
        }
    }

    pub async fn assert_left_nothing(&self) {
        let names = |objects: &BTreeMap<String, String>| objects.keys().cloned().collect::<Vec<_>>();
        assert_eq!(names(&world::objects(&self.namespace).await), names(&self.before), "{}", self.name);
        assert_eq!(world::pods(&self.namespace).await, Vec::<String>::new());
    }
}

/// What a release of the app is made of.
const RELEASE: &[&str] = &[
    "Deployment RELEASE",
    "Ingress RELEASE",
    "NetworkPolicy RELEASE",
    "PersistentVolumeClaim RELEASE-data",
    "Secret sh.helm.release.v1.RELEASE.v1",
    "Service RELEASE",
    "ServiceAccount RELEASE",
];
