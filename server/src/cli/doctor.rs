//! `doctor`: looks at all that the server needs, and says what to do.

use std::{fmt::Display, process::ExitCode};

use shared::ids::ClusterId;
use uuid::Uuid;

use crate::{
    adapters::{
        helm::{self, Helm},
        kube::{Access, Cluster, Right},
    },
    config::{Config, KeySource},
    db,
    domain::catalog::Catalog,
    http::console::Console,
};

struct Report {
    healthy: bool,
}

impl Report {
    fn say(&mut self, what: &str, finding: Result<impl Display, impl Display>) {
        match finding {
            Ok(text) => println!("ok       {what}: {text}"),
            Err(text) => {
                self.healthy = false;
                println!("FAILING  {what}: {text}");
            }
        }
    }
}

pub(super) async fn run(config: &Config) -> ExitCode {
    let mut report = Report { healthy: true };
    report.say("data", data(config));
    report.say("master key", master_key(config));
    report.say("database", database(config).await);
    cluster(config, &mut report).await;
    report.say("helm", helm(config).await);
    report.say("catalog", catalog(config));
    report.say("console", console());
    if report.healthy { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn data(config: &Config) -> Result<String, String> {
    let path = config.data_dir.display();
    let probe = config.data_dir.join(format!(".doctor-{}", std::process::id()));
    config.make_data_dir().map_err(|error| error.to_string())?;
    let written = std::fs::write(&probe, b"");
    let _ = std::fs::remove_file(&probe);
    written.map(|()| path.to_string()).map_err(|error| format!("{path} cannot be written ({error}); set data_dir"))
}

fn master_key(config: &Config) -> Result<String, String> {
    match &config.master_key {
        KeySource::Made(path) if !path.exists() => Ok(format!("{} will be made at the first start", path.display())),
        KeySource::Made(path) | KeySource::File(path) => {
            config.load_master_key().map(|_| path.display().to_string()).map_err(|error| error.to_string())
        }
        KeySource::Given(_) => Ok("given in the configuration".to_owned()),
    }
}

async fn database(config: &Config) -> Result<String, String> {
    let db = db::connect(&config.database_url).await.map_err(|error| error.to_string())?;
    let pending = db.pending().await;
    db.close().await;
    match pending {
        Ok(names) if names.is_empty() => Ok("it answers and is up to date".to_owned()),
        Ok(names) => Err(format!("{} migrations are pending; `woow-paas migrate up` applies them", names.len())),
        Err(error) => Err(error.to_string()),
    }
}

async fn cluster(config: &Config, report: &mut Report) {
    let access = match config.require_cluster() {
        Ok(access) => access,
        Err(error) => return report.say("cluster", Err::<&str, _>(error)),
    };
    let cluster = match Cluster::connect(ClusterId(Uuid::nil()), access).await {
        Ok(cluster) => cluster,
        Err(error) => return report.say("cluster", Err::<&str, _>(error)),
    };
    match cluster.version().await {
        Ok(version) => report.say("cluster", Ok::<_, &str>(format!("Kubernetes {version}"))),
        Err(error) => return report.say("cluster", Err::<&str, _>(error)),
    }
    let checks = match cluster.check_rights().await {
        Ok(checks) => checks,
        Err(error) => return report.say("rights", Err::<&str, _>(error)),
    };
    let missing: Vec<_> = checks.iter().filter(|check| !check.allowed).collect();
    let names = |optional: bool| {
        let names: Vec<String> =
            missing.iter().filter(|check| check.right.optional == optional).map(|check| name(&check.right)).collect();
        names.join(", ")
    };
    let (needed, wished) = (names(false), names(true));
    let finding = match (needed.is_empty(), wished.is_empty()) {
        (true, true) => Ok("all that is needed".to_owned()),
        (true, false) => Ok(format!("all that is needed; better with: {wished}")),
        (false, _) => Err(format!("missing: {needed}; apply the ClusterRole of charts/woow-paas")),
    };
    report.say("rights", finding);
}

fn name(right: &Right) -> String {
    let Right { verb, group, resource, name, .. } = right;
    let dot = if group.is_empty() { "" } else { "." };
    match name {
        Some(name) => format!("{verb} {resource}{dot}{group}/{name}"),
        None => format!("{verb} {resource}{dot}{group}"),
    }
}

async fn helm(config: &Config) -> Result<String, String> {
    let kubeconfig = match &config.cluster {
        Some(Access::Kubeconfig { path, .. }) => path.clone(),
        _ => "/dev/null".into(),
    };
    let settings = helm::Settings {
        helm: config.helm.clone(),
        launcher: std::env::current_exe().map_err(|error| error.to_string())?,
        kubeconfig,
        home: config.data_dir.join("helm"),
        limits: helm::Limits::default(),
    };
    let hint = |error: String| format!("{error}; set `helm` to the program of Helm 4");
    let helm = Helm::new(settings).map_err(|error| hint(error.to_string()))?;
    helm.version().await.map(|version| version.to_string()).map_err(|error| hint(error.to_string()))
}

fn catalog(config: &Config) -> Result<String, String> {
    let path = config.catalog_dir.display();
    let catalog = Catalog::load(&config.catalog_dir)
        .map_err(|error| format!("{path} cannot be read ({error}); set catalog_dir"))?;
    let apps = catalog.apps().len();
    if catalog.skipped().is_empty() {
        return Ok(format!("{apps} apps in {path}"));
    }
    let left_out: Vec<String> =
        catalog.skipped().iter().map(|skipped| format!("{} ({})", skipped.folder, skipped.problem)).collect();
    Err(format!("{apps} apps in {path}; left out: {}", left_out.join("; ")))
}

fn console() -> Result<String, String> {
    let console = Console::embedded();
    if console.is_built() {
        Ok(format!("build {}", console.build_id()))
    } else {
        Err("this binary was built without it; build the app first".to_owned())
    }
}
