//! A server behind the proxy.

use super::{helm::Wrapper, proxy::Proxy, tap::Tap, world::says};
use crate::support::{Api, Server, fresh_database, fresh_postgres, make_workspace};
use futures::{StreamExt, stream};
use serde_json::{Value, json};
use std::{cell::Cell, future::Future};
use tokio::sync::Semaphore;

/// So short that a stopped server's work is taken up within the test's patience.
pub const SHORT_LEASE: (&str, &str) = ("OPERATIONS__LEASE_SECONDS", "6");

/// So many plays at once, where none of them waits for the others.
const AT_ONCE: usize = 6;

/// Plays all, some at once: sixteen launches have Helm started some sixty times, and the server gives each chart half a minute,
/// the test each operation one and a half, however many share two cores.
pub async fn some_at_once<F: Future>(plays: impl IntoIterator<Item = F>) -> Vec<F::Output> {
    stream::iter(plays).buffered(AT_ONCE).collect().await
}

/// A server whose API server and Helm do as the test says.
pub struct Stage {
    pub proxy: Proxy,
    pub helm: Wrapper,
    /// Before PostgreSQL, where the test has asked for it.
    tap: Option<Tap>,
    pub server: Server,
    /// An Admin of the platform, signed in.
    pub ada: Api,
    /// The same person's program: it has one token for all that it looks at.
    pub eye: Api,
    /// So many workspaces are made at once. They come one after another in any case, and those that wait for it keep a
    /// connection to the database each, of which there are sixteen.
    making: Semaphore,
}

impl Stage {
    /// On the database that this run of the tests is about.
    pub async fn new(settings: &[(&str, &str)]) -> Self {
        let data = tempfile::tempdir().unwrap();
        let database = fresh_database(data.path()).await;
        Self::on(data, database, settings).await
    }

    /// On PostgreSQL, where several servers can work, and where transactions can be held.
    pub async fn on_postgres(settings: &[(&str, &str)]) -> Self {
        let tap = Tap::before(&fresh_postgres().await).await;
        let stage = Self::on(tempfile::tempdir().unwrap(), tap.url().to_owned(), settings).await;
        Self { tap: Some(tap), ..stage }
    }

    /// On SQLite.
    pub async fn on_sqlite(settings: &[(&str, &str)]) -> Self {
        let data = tempfile::tempdir().unwrap();
        let database = format!("sqlite://{}?mode=rwc", data.path().join("woow.db").display());
        Self::on(data, database, settings).await
    }

    /// On this empty database.
    pub async fn on(data: tempfile::TempDir, database: String, settings: &[(&str, &str)]) -> Self {
        let proxy = Proxy::start().await;
        let helm = Wrapper::new(proxy.port());
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
        Self { proxy, helm, tap: None, server, ada, eye, making: Semaphore::new(6) }
    }

    /// Makes a workspace; its id and its namespace.
    pub async fn make_workspace(&self, name: &str) -> (String, String) {
        let _place = self.making.acquire().await.unwrap();
        make_workspace(&self.ada, name).await
    }

    /// Where transactions are held.
    pub fn tap(&self) -> &Tap {
        self.tap.as_ref().expect("the test is on PostgreSQL")
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

    /// Waits until a service is as wanted, by its stream.
    pub async fn service_until(&self, id: &str, fits: impl Fn(&Value) -> bool) -> Value {
        let query = "subscription($id: ID!) { serviceChanged(id: $id) { status { state reason } pods { name } } }";
        let fits = |data: &Value| fits(&data["serviceChanged"]);
        self.eye.socket().await.until(query, json!({ "id": id }), fits).await["serviceChanged"].clone()
    }

    /// Waits until that is the reason of a service's status.
    pub async fn shown(&self, service: &str, reason: &str) -> Value {
        self.service_until(service, |service| service["status"]["reason"] == reason).await
    }

    /// Waits until an operation's journal has said something so many times.
    pub async fn said(&self, operation: &str, code: &str, times: usize) {
        let query = "subscription($id: ID!) { operationChanged(id: $id) { entries { code } } }";
        let said = Cell::new(0);
        let often = |data: &Value| {
            // Each entry is sent once.
            said.set(said.get() + says(data["operationChanged"]["entries"].as_array().unwrap(), code));
            said.get() >= times
        };
        self.eye.socket().await.until(query, json!({ "id": operation }), often).await;
    }

    pub async fn eye_ask(&self, query: &str, variables: Value) -> Value {
        self.eye.ask(query, variables).await
    }
}
