//! Helm, as the steps use it: told in the journal, healed after a death, and never twice at once.

#[cfg(test)]
mod tests;
mod told;

use self::told::{Journal, failed, passing_if_ended};
use super::{Tools, kube};
use crate::{
    adapters::{
        helm::{
            self, Call, Cause, Chart, HelmError, Namespace, ReleaseName,
            heal::{self, Action, Intent, Record},
        },
        kube::Cluster,
    },
    domain::{
        catalog::{self, App},
        services::{entity::service, jobs::platform_values, repo, values},
    },
    events::Event,
    releases::operations::{Params, StepContext, StepError, params},
};
use secrecy::SecretString;
use serde_json::{Value, json};
use shared::operation::{JournalCode, JournalLevel, OperationErrorCode};
use std::{sync::Arc, time::Duration};
use tokio_util::task::AbortOnDropHandle;

/// Helm works for seconds, as it does not wait for pods.
const DEADLINE: Duration = Duration::from_mins(2);
/// With charts whose hooks need ready pods.
const DEADLINE_WAITING: Duration = Duration::from_mins(10);
/// A release is looked at and healed so often before we give up.
const MOST_LOOKS: usize = 4;

/// A service's release, ready to be worked on.
pub(super) struct Release<'a> {
    tools: &'a Tools,
    context: &'a StepContext,
    cluster: Arc<Cluster>,
    row: service::Model,
    name: ReleaseName,
    namespace: Namespace,
}

/// What Helm is given to install.
pub(super) struct Install {
    pub(super) app: Arc<App>,
    pub(super) values: Value,
    pub(super) secrets: Vec<SecretString>,
}

impl<'a> Release<'a> {
    pub(super) async fn of(tools: &'a Tools, context: &'a StepContext) -> Result<Self, StepError> {
        let row = tools.service(context).await?;
        let bad = |_| StepError::Final(OperationErrorCode::Internal, params([("name", row.release_name.clone())]));
        let name = ReleaseName::new(row.release_name.clone()).map_err(bad)?;
        let namespace = Namespace::new(row.namespace.clone()).map_err(bad)?;
        Ok(Self { tools, context, cluster: tools.cluster(context)?, row, name, namespace })
    }

    pub(super) fn row(&self) -> &service::Model {
        &self.row
    }

    pub(super) fn cluster(&self) -> &Cluster {
        &self.cluster
    }

    /// Everything that Helm needs to install the service; `host` is its web address.
    pub(super) fn install_of(&self, host: Option<&str>) -> Result<Install, StepError> {
        let app = self.tools.catalog.get(&self.row.app_slug).cloned().ok_or_else(|| {
            let why = "the app is not in the marketplace any more".to_owned();
            let told = params([("message", why), ("app", self.row.app_slug.clone())]);
            StepError::Final(OperationErrorCode::ChartInvalid, told)
        })?;
        let checked = values::open(&self.tools.master_key, &self.row).map_err(|error| {
            StepError::Final(OperationErrorCode::SecretUnreadable, params([("message", error.to_string())]))
        })?;
        let mut platform = platform_values(&self.tools.settings, host);
        if app.chart_version != self.row.chart_version {
            // Asked for before an upgrade: the values were checked for another chart.
            let all = catalog::values::merge(&app, &checked, &platform);
            catalog::values::check_again(&app, &checked, &all).map_err(|problems| no_longer_fit(&app, &problems))?;
        }
        // Of this service alone, and the same each time: charts make checksums of secrets with it (`woow-lib.secretChecksum`).
        let key = self.tools.master_key.code_of(format!("checksums of service {}", self.row.id).as_bytes());
        platform["woow"] = json!({ "hashKey": key });
        let values = catalog::values::merge(&app, &checked, &platform);
        let mut secrets = checked.secrets();
        secrets.push(key.into());
        Ok(Install { app, values, secrets })
    }

    /// Begins to render the chart and to check what it makes. Nothing is changed by it.
    pub(super) fn check_chart(&self, install: Install) -> ChartCheck {
        let (name, namespace) = (self.name.clone(), self.namespace.clone());
        let (cluster, helm) = (Arc::clone(&self.cluster), self.tools.helm.clone());
        let app = install.app.slug.clone();
        let checking = async move {
            // The chart may have changed on disk since the start; and Helm's own check, which is left out, would follow
            // references to other documents.
            install.app.check_schemas().map_err(|bad| StepError::Final(bad.code(), params(bad.params())))?;
            let version = cluster.version().await.map_err(kube)?;
            let chart = chart(&install);
            let rendered = helm.template(&name, &namespace, &chart, &install.secrets, Some(&version)).await;
            let told = |error| failed(passing_if_ended(error), name.as_str(), namespace.as_str());
            Ok(rendered.map_err(told)?.count())
        };
        ChartCheck { app, task: AbortOnDropHandle::new(tokio::spawn(checking)) }
    }

    /// Makes the release be there: installs it, or heals what an earlier try has left.
    pub(super) async fn install(&self, install: &Install) -> Result<(), StepError> {
        self.end_leftover().await?;
        for _ in 0..MOST_LOOKS {
            let (action, status) = self.look(Intent::Install).await?;
            match action {
                Action::Keep => return self.context.info(JournalCode::ReleaseKept, []).await,
                Action::Install => return self.run_install(install).await,
                Action::UninstallThenInstall => {
                    self.healed(&status, action).await?;
                    self.run_uninstall(&install.secrets).await?;
                    return self.run_install(install).await;
                }
                Action::RollbackTo(revision) => {
                    self.healed(&status, action).await?;
                    let observer = Journal(self.context);
                    let call = self.call(&install.secrets, &observer, DEADLINE);
                    let ended = self.tools.helm.rollback(&call, revision).await;
                    self.ended(ended).await?;
                }
                Action::RefuseForeign => return Err(self.foreign()),
                Action::Upgrade | Action::Uninstall | Action::Nothing | Action::RefuseMissing => break,
            }
        }
        Err(StepError::Passing(
            OperationErrorCode::HelmFailed,
            params([("message", "the release does not heal".to_owned())]),
        ))
    }

    /// Fails where the release is somebody else's by now: nothing of it is touched.
    pub(super) async fn must_be_ours(&self) -> Result<(), StepError> {
        if self.is_foreign().await? { Err(self.foreign()) } else { Ok(()) }
    }

    /// Whether there is a release of this name that is not ours: nor are the pods and the claims of its name.
    pub(super) async fn is_foreign(&self) -> Result<bool, StepError> {
        Ok(self.look(Intent::Uninstall).await?.0 == Action::RefuseForeign)
    }

    fn foreign(&self) -> StepError {
        StepError::Final(OperationErrorCode::ReleaseForeign, params([("release", self.row.release_name.clone())]))
    }

    /// Makes the release be gone; claims stay. `false` where it is somebody else's and stays, too.
    pub(super) async fn uninstall(&self) -> Result<bool, StepError> {
        self.end_leftover().await?;
        match self.look(Intent::Uninstall).await?.0 {
            Action::Nothing => Ok(true),
            Action::RefuseForeign => {
                // Not ours, so not for us to remove; the service itself can go.
                let why = params([("release", self.row.release_name.clone())]);
                self.context.journal(JournalLevel::Warning, JournalCode::ReleaseKept, why).await?;
                Ok(false)
            }
            _ => {
                self.run_uninstall(&[]).await?;
                self.context.info(JournalCode::ReleaseRemoved, []).await?;
                Ok(true)
            }
        }
    }

    /// Reads the release's records from the cluster itself (the caches may be a moment behind) and decides.
    async fn look(&self, intent: Intent) -> Result<(Action, String), StepError> {
        let found = self.cluster.release_records(&self.row.namespace, &self.row.release_name).await.map_err(kube)?;
        let id = self.row.id.simple().to_string();
        let records: Vec<Record> = found.iter().map(|record| Record::read(record, &id)).collect();
        let status = found.last().map(|record| record.status.clone()).unwrap_or_default();
        Ok((heal::decide(&records, intent), status))
    }

    /// What people are shown is the chart that is installed, not the one that there was when they asked.
    async fn note_version(&self, version: &str) -> Result<(), StepError> {
        if version == self.row.chart_version {
            return Ok(());
        }
        let tx = self.tools.db.begin().await?;
        self.context.hold(&tx).await?;
        repo::set_chart_version(&tx, self.row.id.into(), version, self.context.now()).await?;
        let workspace = self.row.workspace_id.into();
        let changed = Event::Service { id: self.row.id.into(), workspace };
        Ok(self.tools.events.commit(tx, [changed]).await?)
    }

    async fn run_install(&self, install: &Install) -> Result<(), StepError> {
        self.note_version(&install.app.chart_version).await?;
        let observer = Journal(self.context);
        let deadline = if install.app.needs_wait { DEADLINE_WAITING } else { DEADLINE };
        let call = self.call(&install.secrets, &observer, deadline);
        let id = self.row.id.simple().to_string();
        match self.tools.helm.install(&call, &chart(install), &id).await {
            // There was none when we looked: what an earlier Helm had on its way has arrived since. It is healed next.
            Err(error)
                if error.cause == Cause::NameInUse && self.look(Intent::Install).await?.0 != Action::RefuseForeign =>
            {
                Err(StepError::Passing(OperationErrorCode::HelmFailed, params([("message", error.message)])))
            }
            ended => self.ended(ended).await,
        }
    }

    async fn run_uninstall(&self, secrets: &[SecretString]) -> Result<(), StepError> {
        let observer = Journal(self.context);
        let ended = self.tools.helm.uninstall(&self.call(secrets, &observer, DEADLINE)).await;
        self.ended(ended).await
    }

    fn call<'c>(&'c self, secrets: &'c [SecretString], observer: &'c Journal<'_>, deadline: Duration) -> Call<'c> {
        Call {
            release: &self.name,
            namespace: &self.namespace,
            secrets,
            cancel: &self.context.cancel,
            observer,
            deadline,
        }
    }

    async fn ended(&self, result: Result<helm::Ended, HelmError>) -> Result<(), StepError> {
        match result {
            Ok(ended) => {
                self.context.note_info(JournalCode::HelmFinished, [("millis", ended.took.as_millis().to_string())]);
                Ok(())
            }
            Err(error) => Err(self.failed(error)),
        }
    }

    fn failed(&self, error: HelmError) -> StepError {
        let error = if self.context.cancel.is_cancelled() { error } else { passing_if_ended(error) };
        failed(error, &self.row.release_name, &self.row.namespace)
    }

    async fn healed(&self, status: &str, action: Action) -> Result<(), StepError> {
        let why = params([("status", status.to_owned()), ("action", action.as_str().to_owned())]);
        self.context.journal(JournalLevel::Warning, JournalCode::ReleaseHealed, why).await
    }

    /// Ends the Helm process that a server which died has left. It dies with its server; but where only the server's
    /// thread or the launcher was caught in between, it may live on, and two at once would break the release.
    async fn end_leftover(&self) -> Result<(), StepError> {
        let Some(left) = self.context.left_process() else { return Ok(()) };
        let (Some(pid), Some(start)) =
            (left["pid"].as_u64().and_then(|pid| u32::try_from(pid).ok()), left["start"].as_u64())
        else {
            return Ok(());
        };
        if left["machine"].as_str() != helm::machine().as_deref() {
            // A server elsewhere started it; the same number means another process here. It dies with its server.
            return self.context.set_process(None).await;
        }
        let ended = helm::end_leftover(pid, start).await.map_err(|error| {
            StepError::Passing(OperationErrorCode::Internal, params([("message", error.to_string())]))
        })?;
        if ended {
            let told = params([("pid", pid.to_string())]);
            self.context.note(JournalLevel::Warning, JournalCode::HelmEndedLeftover, told);
        }
        self.context.set_process(None).await
    }
}

/// A chart that is being checked; the check ends when this is dropped.
pub(super) struct ChartCheck {
    app: String,
    task: AbortOnDropHandle<Result<usize, StepError>>,
}

impl ChartCheck {
    /// The app's slug, and how many objects its chart makes.
    pub(super) async fn ended(self, context: &StepContext) -> Result<(String, usize), StepError> {
        tokio::select! {
            checked = self.task => match checked {
                Ok(checked) => Ok((self.app, checked?)),
                // It has panicked, which is in the log.
                Err(_) => Err(StepError::Final(OperationErrorCode::Internal, Params::new())),
            },
            () = context.cancel.cancelled() => Err(StepError::Interrupted),
        }
    }
}

/// Names the fields and what is wrong with each, never a value.
fn no_longer_fit(app: &App, problems: &catalog::values::Problems) -> StepError {
    let told: Vec<String> =
        problems.iter().map(|(path, problem)| format!("{path}: {}", problem.code.as_str())).collect();
    let message = format!("It is version {} by now. {}", app.chart_version, told.join(", "));
    StepError::Final(OperationErrorCode::ValuesRefused, params([("message", message)]))
}

fn chart(install: &Install) -> Chart<'_> {
    Chart { path: &install.app.chart, values: &install.values, wait: install.app.needs_wait, skip_schema: true }
}
