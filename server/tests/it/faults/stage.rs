//! A server behind the proxy, and what is played on it.

use super::{
    helm::Wrapper,
    proxy::Proxy,
    rules::{Held, Seen},
    world,
};
use crate::support::{Api, LAUNCH, Server, fresh_database, fresh_postgres, hold, let_go, make_workspace, text};
use rustix::process::{Pid, Signal, kill_process};
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// The app that is launched: a deployment with a volume, a web address and a network policy.
pub const APP: &str = "uptime-kuma";
/// So short that a stopped server's work is taken up within the test's patience.
pub const SHORT_LEASE: (&str, &str) = ("OPERATIONS__LEASE_SECONDS", "6");

/// A server whose API server and Helm do as the test says.
pub struct Stage {
    pub proxy: Proxy,
    pub helm: Wrapper,
    pub server: Server,
    /// An Admin of the platform, signed in.
    pub ada: Api,
    /// The same person's program: it has one token for all that it looks at.
    pub eye: Api,
}

impl Stage {
    /// On the database that this run of the tests is about.
    pub async fn new(settings: &[(&str, &str)]) -> Self {
        let data = tempfile::tempdir().unwrap();
        let database = fresh_database(data.path()).await;
        Self::on(data, database, settings).await
    }

    /// On PostgreSQL, where several servers can work.
    pub async fn on_postgres(settings: &[(&str, &str)]) -> Self {
        Self::on(tempfile::tempdir().unwrap(), fresh_postgres().await, settings).await
    }

    /// On SQLite.
    pub async fn on_sqlite(settings: &[(&str, &str)]) -> Self {
        let data = tempfile::tempdir().unwrap();
        let database = format!("sqlite://{}?mode=rwc", data.path().join("woow.db").display());
        Self::on(data, database, settings).await
    }

    /// On this empty database.
    pub async fn on(data: tempfile::TempDir, database: String, settings: &[(&str, &str)]) -> Self {
        let (proxy, helm) = (Proxy::start().await, Wrapper::new());
        let (kubeconfig, program) = (proxy.kubeconfig(), helm.program());
        let mut all = vec![
            ("KUBECONFIG", kubeconfig.to_str().unwrap()),
            ("HELM", program.to_str().unwrap()),
            ("OPERATIONS__WORKERS", "16"),
            ("LIMITS__WORKSPACES_PER_PERSON", "100"),
        ];
        all.extend(settings);
        let server = Server::start_on(data, database, &all).await;
        let ada = server.admin().await;
        let eye = Api::with_token(server.address(), &ada.token(&["READ"]).await);
        Self { proxy, helm, server, ada, eye }
    }

    /// Starts the server that was killed, and goes on with it.
    pub async fn run_again(&mut self) {
        self.server.run().await;
        self.follow();
    }

    /// Starts another server beside, and goes on with that; the first is handed back.
    pub async fn beside(&mut self) -> Server {
        let other = self.server.beside().await;
        let first = std::mem::replace(&mut self.server, other);
        self.follow();
        first
    }

    fn follow(&mut self) {
        self.ada.moved(self.server.address());
        self.eye.moved(self.server.address());
    }

    /// A service as the API shows it.
    pub async fn service(&self, id: &str) -> Value {
        let query = "query($id: ID!) { service(id: $id) { releaseName revision status { state reason }
            openOperation { id } lastOperation { id state error { code params { name value } } } } }";
        self.eye_ask(query, json!({ "id": id })).await["service"].clone()
    }

    pub async fn eye_ask(&self, query: &str, variables: Value) -> Value {
        self.eye.ask(query, variables).await
    }
}

/// Where an operation is stopped.
#[derive(Clone, Copy)]
pub enum Point {
    /// Before the API server knows of a request.
    Before(fn(&Seen) -> bool),
    /// When the API server has done what a request asks, and who asked does not know yet.
    After(fn(&Seen) -> bool),
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
        (play.workspace, play.namespace) = make_workspace(&stage.ada, name).await;
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

    /// Sees to it that the operation stops at its first or second point.
    pub fn arm(&mut self, stage: &Stage, round: usize) {
        self.hold_no_more();
        let namespace = self.namespace.clone();
        let fits = move |fits: fn(&Seen) -> bool| move |seen: &Seen| seen.is_about(&namespace) && fits(seen);
        let held = match self.points[round] {
            // Where the namespace is not known yet, the plays begin one after another.
            Point::Before(point) if self.namespace.is_empty() => stage.proxy.hold(point),
            Point::After(point) if self.namespace.is_empty() => stage.proxy.hold_answer(point),
            Point::Before(point) => stage.proxy.hold(fits(point)),
            Point::After(point) => stage.proxy.hold_answer(fits(point)),
            Point::Pods => return,
        };
        self.held.push(held);
    }

    /// Waits until it has come to that point.
    pub async fn arrived(&self, stage: &Stage, round: usize) {
        match self.points[round] {
            Point::Pods => self.waits_for_pods(stage, round).await,
            _ => self.held.last().unwrap().arrived().await,
        }
    }

    /// Waits until it waits for its pods, at the server that has begun with it as often as rounds were played: what the row
    /// says of the step is left from the server before.
    async fn waits_for_pods(&self, stage: &Stage, round: usize) {
        let waits = |operation: &Value| {
            let steps = operation["steps"].as_array().unwrap();
            let begun = operation["attempts"].as_u64().unwrap() > round as u64;
            begun && steps.iter().any(|step| step["name"] == "READY" && step["state"] == "RUNNING")
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
            if held.by_helm() { held.lose() } else { held.let_go() }
        }
    }

    /// Lets what is held go on.
    pub fn let_go(&mut self) {
        self.held.drain(..).for_each(Held::let_go);
    }

    /// Kills the Helm that works for it, by what the journal says.
    pub async fn kill_helm(&self, stage: &Stage) {
        let journal = world::journal(stage, &self.operation).await;
        let started = journal.iter().rev().find(|entry| entry["code"] == "HELM_STARTED").expect("Helm works");
        let pid = Pid::from_raw(world::param(started, "pid").unwrap().parse().unwrap()).unwrap();
        kill_process(pid, Signal::KILL).expect("Helm is still there");
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
                let shown = stage.service(&self.service).await;
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
