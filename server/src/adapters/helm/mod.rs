//! The Helm command line (<https://helm.sh/docs/helm/helm/>), run safely.
//!
//! - Arguments are a list, never a shell line; names are checked by type and stand behind `--`.
//! - Values travel as JSON on standard input (JSON is YAML that every version reads alike), so that neither the process
//!   list nor a file holds them.
//! - The environment is empty but for a few lines of ours: no plugins, repositories, proxies or kubeconfig of the machine.
//! - In a namespace Helm acts as that namespace's account `woow-deployer` and so cannot leave it.
//! - It has a deadline, ends with its whole process group when cancelled, and dies with this server ([`exec`]).
//! - What it prints is bounded and cleaned of secrets ([`redact`]), its failures have a type ([`error`]).

mod command;
pub mod error;
pub mod exec;
pub mod heal;
mod output;
pub mod process;
pub mod redact;
pub mod rendered;
mod spawn;
pub mod types;
pub mod version;

#[cfg(test)]
mod tests;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use secrecy::SecretString;
use serde_json::Value;
use tokio_util::sync::CancellationToken;

pub use error::{Cause, HelmError};
pub use process::{Ended, Observer, Started, end_leftover, machine};
pub use rendered::Rendered;
pub use types::{InvalidName, Namespace, ReleaseName};
pub use version::Version;

use redact::Redactor;
use spawn::Spawner;

/// The label of a release's records that says whose it is. Upgrades and rollbacks keep it.
pub const ID_LABEL: &str = "woow.io/id";

/// Where Helm is and how it is run.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The helm program, version 4.
    pub helm: PathBuf,
    /// Our own binary, whose subcommand `exec-helm` starts Helm so that it dies with us.
    pub launcher: PathBuf,
    /// The kubeconfig of the server's own account.
    pub kubeconfig: PathBuf,
    /// A folder of Helm's own, made when missing: its caches and settings.
    pub home: PathBuf,
    /// What Helm may use.
    pub limits: Limits,
}

/// What one run of Helm may use.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Most bytes of each output that are kept.
    pub kept: usize,
    /// Most bytes of a rendered chart.
    pub manifest: usize,
    /// Most lines that are told to the observer.
    pub lines: usize,
    /// Time from the request to end until the kill.
    pub grace: Duration,
    /// The deadline of reading calls: `version` and `template`.
    pub short: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            kept: 1024 * 1024,
            manifest: 8 * 1024 * 1024,
            lines: 200,
            grace: Duration::from_secs(10),
            short: Duration::from_secs(30),
        }
    }
}

/// The Helm program. Cheap to clone.
#[derive(Clone)]
pub struct Helm(Arc<Inner>);

struct Inner {
    settings: Settings,
    spawner: Spawner,
}

/// What every call in a namespace needs.
pub struct Call<'a> {
    /// The release.
    pub release: &'a ReleaseName,
    /// Its namespace.
    pub namespace: &'a Namespace,
    /// What must not be seen in anything that Helm prints.
    pub secrets: &'a [SecretString],
    /// Ends the run when cancelled.
    pub cancel: &'a CancellationToken,
    /// Is told of the process and of its lines.
    pub observer: &'a dyn Observer,
    /// The most time that it may take.
    pub deadline: Duration,
}

/// A chart with its values.
pub struct Chart<'a> {
    /// The chart's folder or archive; an absolute path.
    pub path: &'a Path,
    /// All values, over the chart's own.
    pub values: &'a Value,
    /// Its hooks need ready pods, so Helm waits for them.
    pub wait: bool,
    /// Helm's own check of the values is left out: ours has been made, and Helm's would follow references to other
    /// documents.
    pub skip_schema: bool,
}

impl Helm {
    /// Helm by these settings. Starts the thread that starts processes; nothing is run yet.
    pub fn new(mut settings: Settings) -> std::io::Result<Self> {
        // Helm runs in its own folder, where relative paths would mean something else.
        settings.helm = locate(&settings.helm)?;
        settings.launcher = std::path::absolute(&settings.launcher)?;
        settings.kubeconfig = std::path::absolute(&settings.kubeconfig)?;
        settings.home = std::path::absolute(&settings.home)?;
        for folder in ["cache", "config", "data"] {
            std::fs::create_dir_all(settings.home.join(folder))?;
        }
        Ok(Self(Arc::new(Inner { settings, spawner: Spawner::start()? })))
    }

    /// The settings.
    pub fn settings(&self) -> &Settings {
        &self.0.settings
    }

    /// Helm's version; an error where Helm is missing or of another major version than 4.
    pub async fn version(&self) -> Result<Version, HelmError> {
        let ended = self
            .read_only(&["version", "--short"], None, self.0.settings.limits.kept, &self.redactor(&[], None))
            .await?;
        Version::parse(&ended.stdout)
    }

    /// Renders a chart without a cluster and checks what it makes: nothing of the whole cluster, nothing in another
    /// namespace. `kube_version` is what the chart is told (`.Capabilities.KubeVersion`), for example `v1.36.3`.
    pub async fn template(
        &self,
        release: &ReleaseName,
        namespace: &Namespace,
        chart: &Chart<'_>,
        secrets: &[SecretString],
        kube_version: Option<&str>,
    ) -> Result<Rendered, HelmError> {
        local(chart)?;
        let args = command::template(release, namespace, chart, kube_version);
        let limit = self.0.settings.limits.manifest;
        let redactor = self.redactor(secrets, Some(chart));
        let ended = self.read_only(&args, Some(chart.values), limit, &redactor).await.map_err(HelmError::of_chart)?;
        if ended.stdout_dropped > 0 {
            return Err(HelmError::new(Cause::ChartInvalid, format!("the chart makes more than {limit} bytes")));
        }
        rendered::check(&ended.stdout, namespace)
            .map_err(|refused| refused.told(|text| redactor.clean(text).into_owned()))
    }

    /// Installs a release. Its record carries the label `woow.io/id`.
    pub async fn install(&self, call: &Call<'_>, chart: &Chart<'_>, id: &str) -> Result<Ended, HelmError> {
        local(chart)?;
        if id.is_empty() || !id.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-') {
            return Err(HelmError::new(Cause::NotStarted, "the id is not fit for a label"));
        }
        self.change(call, command::install(call, chart, id, self.timeout(call)), Some(chart)).await
    }

    /// Changes a release to this chart and these values; nothing of the earlier values is kept. For upgrade, which no
    /// operation does yet.
    pub async fn upgrade(&self, call: &Call<'_>, chart: &Chart<'_>) -> Result<Ended, HelmError> {
        local(chart)?;
        self.change(call, command::upgrade(call, chart, self.timeout(call)), Some(chart)).await
    }

    /// Changes a release back to an earlier revision: what heals an upgrade that did not end.
    pub async fn rollback(&self, call: &Call<'_>, revision: u32) -> Result<Ended, HelmError> {
        self.change(call, command::rollback(call, revision, self.timeout(call)), None).await
    }

    /// Removes a release; one that is gone already is no error. Claims with the policy `keep` stay.
    pub async fn uninstall(&self, call: &Call<'_>) -> Result<Ended, HelmError> {
        self.change(call, command::uninstall(call, self.timeout(call)), None).await
    }

    fn redactor(&self, secrets: &[SecretString], chart: Option<&Chart<'_>>) -> Redactor {
        let Settings { helm, launcher, kubeconfig, home, .. } = &self.0.settings;
        let redactor = Redactor::new(secrets)
            .calling(helm, "helm")
            .calling(launcher, "woow-paas")
            .calling(kubeconfig, "kubeconfig")
            .calling(home, "~");
        let name = |chart: &Path| chart.file_name().unwrap_or_default().display().to_string();
        chart.iter().fold(redactor, |redactor, chart| redactor.calling(chart.path, &name(chart.path)))
    }

    /// Helm's own deadline is a little earlier than ours, so that it can mark the release as failed by itself.
    fn timeout(&self, call: &Call<'_>) -> Duration {
        call.deadline.saturating_sub(self.0.settings.limits.grace).max(Duration::from_secs(1))
    }

    async fn change(&self, call: &Call<'_>, args: Vec<String>, chart: Option<&Chart<'_>>) -> Result<Ended, HelmError> {
        let mut all = command::account(&self.0.settings, call.namespace);
        all.extend(args);
        process::run(&process::Run {
            settings: &self.0.settings,
            spawner: &self.0.spawner,
            args: &all,
            stdin: chart.map(|chart| chart.values.to_string()),
            redactor: &self.redactor(call.secrets, chart),
            cancel: call.cancel,
            observer: call.observer,
            deadline: call.deadline,
            stdout_limit: self.0.settings.limits.kept,
            raw: false,
        })
        .await
    }

    async fn read_only(
        &self,
        args: &[impl AsRef<str>],
        values: Option<&Value>,
        stdout_limit: usize,
        redactor: &Redactor,
    ) -> Result<Ended, HelmError> {
        let args: Vec<String> = args.iter().map(|arg| arg.as_ref().to_owned()).collect();
        process::run(&process::Run {
            settings: &self.0.settings,
            spawner: &self.0.spawner,
            args: &args,
            stdin: values.map(Value::to_string),
            redactor,
            cancel: &CancellationToken::new(),
            observer: &process::Silent,
            deadline: self.0.settings.limits.short,
            stdout_limit,
            raw: true,
        })
        .await
    }
}

/// A bare program name is looked up in the server's `PATH`; Helm itself gets a shorter one.
fn locate(program: &Path) -> std::io::Result<PathBuf> {
    if program.components().count() == 1 {
        let folders = std::env::var_os("PATH").unwrap_or_default();
        let found = std::env::split_paths(&folders).map(|folder| folder.join(program)).find(|path| path.is_file());
        if let Some(path) = found {
            return std::path::absolute(path);
        }
    }
    std::path::absolute(program)
}

/// A relative path could be read as the name of a repository.
fn local(chart: &Chart<'_>) -> Result<(), HelmError> {
    if chart.path.is_absolute() {
        return Ok(());
    }
    Err(HelmError::new(Cause::ChartInvalid, "the chart's path is not absolute"))
}
