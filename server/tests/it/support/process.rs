//! The real binary, as an operator would run it.

use super::{Api, PASSWORD, fresh_database};
use server::adapters::kube::{Access, Cluster};
use shared::ids::ClusterId;
use std::{
    path::{Path, PathBuf},
    process::Stdio,
    time::Duration,
};
use tempfile::TempDir;
use tokio::{
    io::{AsyncBufReadExt, BufReader},
    process::{Child, Command},
};
use uuid::Uuid;

/// The program under test.
const BINARY: &str = env!("CARGO_BIN_EXE_woow-paas");
/// Where it believes that people reach it.
pub const ORIGIN: &str = "http://127.0.0.1:8080";

fn variable(name: &str) -> PathBuf {
    std::env::var_os(name).map_or_else(|| panic!("{name} is not set: run `make test`"), PathBuf::from)
}

/// The cluster, seen by an administrator's eyes.
pub async fn cluster() -> Cluster {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let access = Access::Kubeconfig { path: variable("WOOW_TEST_ADMIN_KUBECONFIG"), context: None };
    Cluster::connect(ClusterId(Uuid::nil()), &access).await.unwrap()
}

/// A server, its data, and what it has logged.
pub struct Server {
    data: TempDir,
    database: String,
    settings: Vec<(String, String)>,
    child: Option<Child>,
    address: String,
    log: std::sync::Arc<std::sync::Mutex<String>>,
    lines: tokio::sync::watch::Sender<usize>,
    password: String,
}

impl Server {
    /// Starts on an empty database with one Admin.
    pub async fn start() -> Self {
        Self::start_with(&[]).await
    }

    /// The same with settings of its own (variables without `WOOW_`).
    pub async fn start_with(settings: &[(&str, &str)]) -> Self {
        let data = tempfile::tempdir().unwrap();
        let database = fresh_database(data.path()).await;
        Self::start_on(data, database, settings).await
    }

    /// The same on this empty database.
    pub async fn start_on(data: TempDir, database: String, settings: &[(&str, &str)]) -> Self {
        let mut server = Self {
            data,
            database,
            settings: settings.iter().map(|(name, value)| (format!("WOOW_{name}"), (*value).to_owned())).collect(),
            child: None,
            address: String::new(),
            log: std::sync::Arc::default(),
            lines: tokio::sync::watch::Sender::default(),
            password: String::new(),
        };
        let migrated = server.command(&["migrate", "up"]).output().await.unwrap();
        assert!(migrated.status.success(), "{}", String::from_utf8_lossy(&migrated.stderr));
        let made = server
            .command(&[
                "admin",
                "create",
                "--email",
                "ada@example.com",
                "--name",
                "Ada",
                "--role",
                "admin",
                "--must-change",
            ])
            .output()
            .await
            .unwrap();
        assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
        let made: serde_json::Value = serde_json::from_slice(&made.stdout).unwrap();
        server.password = super::text(&made["password"]);
        server.run().await;
        server
    }

    /// A server that does not run yet, on a database and with a master key that are there already, however old what is in it may be:
    /// it clears away no journals.
    pub fn existing(data: TempDir, database: String) -> Self {
        Self {
            data,
            database,
            settings: vec![("WOOW_RETENTION__JOURNAL_DAYS".to_owned(), "36500".to_owned())],
            child: None,
            address: String::new(),
            log: std::sync::Arc::default(),
            lines: tokio::sync::watch::Sender::default(),
            password: super::PASSWORD.to_owned(),
        }
    }

    /// Another server on the same database, with the same master key and a data folder of its own.
    pub async fn beside(&self) -> Self {
        let data = tempfile::tempdir().unwrap();
        std::fs::copy(self.data.path().join("master.key"), data.path().join("master.key")).unwrap();
        let mut other = Self {
            data,
            database: self.database.clone(),
            settings: self.settings.clone(),
            child: None,
            address: String::new(),
            log: std::sync::Arc::default(),
            lines: tokio::sync::watch::Sender::default(),
            password: self.password.clone(),
        };
        other.run().await;
        other
    }

    /// Where its rows are.
    pub fn database(&self) -> &str {
        &self.database
    }

    /// A subcommand of the program with this server's settings and nothing of the tester's own.
    pub fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(BINARY);
        command
            .args(args)
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            // Where a program that was compiled with counters leaves them (`make coverage`).
            .envs(std::env::var_os("LLVM_PROFILE_FILE").map(|file| ("LLVM_PROFILE_FILE", file)))
            .env("WOOW_DATA_DIR", self.data.path())
            .env("WOOW_DATABASE__URL", &self.database)
            .env("WOOW_LISTEN", "127.0.0.1:0")
            .env("WOOW_PUBLIC_URL", ORIGIN)
            .env("WOOW_SANDBOX", "true")
            .env("WOOW_KUBECONFIG", variable("WOOW_TEST_KUBECONFIG"))
            .env("WOOW_HELM", variable("WOOW_HELM"))
            .env("WOOW_CATALOG_DIR", variable("WOOW_CATALOG_DIR"))
            .env("WOOW_LOG__FORMAT", "json")
            .envs(self.settings.iter().cloned())
            .stdin(Stdio::null())
            .kill_on_drop(true);
        command
    }

    /// Starts it (again), and waits until it listens.
    pub async fn run(&mut self) {
        let mut child =
            self.command(&["serve"]).stdout(Stdio::null()).stderr(Stdio::piped()).spawn().expect("the server starts");
        let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
        let (log, told) = (std::sync::Arc::clone(&self.log), self.lines.clone());
        let (found, address) = tokio::sync::oneshot::channel();
        tokio::spawn(async move {
            let mut found = Some(found);
            while let Ok(Some(line)) = lines.next_line().await {
                let parsed: serde_json::Value = serde_json::from_str(&line).unwrap_or_default();
                if parsed["message"] == "listening"
                    && let Some(found) = found.take()
                {
                    let _ = found.send(super::text(&parsed["address"]));
                }
                {
                    let mut log = log.lock().unwrap();
                    log.push_str(&line);
                    log.push('\n');
                }
                told.send_modify(|lines| *lines += 1);
            }
        });
        // One that has ended is told at once: then nothing can be said any more.
        let address = tokio::time::timeout(Duration::from_mins(2), address).await;
        let address = address.ok().and_then(Result::ok);
        self.address = address.unwrap_or_else(|| panic!("the server does not listen:\n{}", self.log()));
        self.child = Some(child);
    }

    /// Kills it at once, without a word (SIGKILL).
    pub async fn kill(&mut self) {
        self.child.take().expect("it runs").kill().await.unwrap();
    }

    /// Asks it to end (SIGTERM) and waits; whether it ended well.
    pub async fn stop(&mut self) -> bool {
        let mut child = self.child.take().expect("it runs");
        let pid = i32::try_from(child.id().unwrap()).unwrap();
        rustix::process::kill_process(rustix::process::Pid::from_raw(pid).unwrap(), rustix::process::Signal::TERM)
            .unwrap();
        child.wait().await.unwrap().success()
    }

    /// Its process.
    pub fn pid(&self) -> u32 {
        self.child.as_ref().and_then(Child::id).expect("it runs")
    }

    /// Waits until it has logged one of these of an operation.
    pub async fn logs(&self, operation: &str, any: &[&str]) {
        let mut lines = self.lines.subscribe();
        let logged = lines.wait_for(|_| any.iter().any(|what| self.log_of(operation).contains(what)));
        let logged = tokio::time::timeout(Duration::from_mins(1), logged).await;
        assert!(matches!(logged, Ok(Ok(_))), "none of {any:?} is logged of {operation}:\n{}", self.log());
    }

    /// What it has logged of an operation.
    pub fn log_of(&self, operation: &str) -> String {
        let operation = operation.replace('-', "");
        let log = self.log();
        log.lines().filter(|line| line.replace('-', "").contains(&operation)).collect()
    }

    /// Where it listens: `127.0.0.1:12345`.
    pub fn address(&self) -> &str {
        &self.address
    }

    /// Its data folder.
    pub fn data(&self) -> &Path {
        self.data.path()
    }

    /// All that it has logged.
    pub fn log(&self) -> String {
        self.log.lock().unwrap().clone()
    }

    /// Somebody who has not signed in.
    pub fn visitor(&self) -> Api {
        Api::new(&self.address)
    }

    /// The Admin, signed in, with a password of their own.
    pub async fn admin(&self) -> Api {
        let mut api = self.visitor();
        api.sign_in("ada@example.com", &self.password).await.unwrap();
        api.change_password(&self.password, PASSWORD).await;
        api
    }

    /// The password that the command line has made.
    pub fn first_password(&self) -> &str {
        &self.password
    }
}
