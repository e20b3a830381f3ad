//! What Helm does and says, as the journal tells it.

use crate::{
    adapters::helm::{self, Cause, HelmError, Observer, Started},
    releases::operations::{Params, StepContext, StepError, params},
};
use serde_json::json;
use shared::operation::{JournalCode, JournalLevel};

/// Writes what Helm does into the operation's journal.
pub(super) struct Journal<'a>(pub(super) &'a StepContext);

#[async_trait::async_trait]
impl Observer for Journal<'_> {
    async fn started(&self, process: &Started) -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
        let refused = |error: StepError| format!("the operation's journal cannot be written: {error:?}");
        let remembered = json!({ "machine": helm::machine(), "pid": process.pid, "start": process.start_time });
        let told = [("command", process.command.clone()), ("pid", process.pid.to_string())];
        self.0.note_info(JournalCode::HelmStarted, told);
        self.0.set_process(Some(remembered)).await.map_err(refused)?;
        Ok(())
    }

    async fn line(&self, line: &str) {
        if line.trim().is_empty() {
            return;
        }
        let why: Params = params([("text", line.to_owned())]);
        if let Err(error) = self.0.journal(JournalLevel::Info, JournalCode::HelmOutput, why).await {
            tracing::warn!(?error, "a line of Helm's could not be written to the journal");
        }
    }
}

/// Where it was not us who asked Helm to end, somebody else has: that passes, as a kill does.
pub(super) fn passing_if_ended(mut error: HelmError) -> HelmError {
    if error.cause == Cause::Cancelled {
        error.cause = Cause::Killed(15);
    }
    error
}

/// An error of Helm's as a step's.
pub(super) fn failed(error: HelmError, release: &str, namespace: &str) -> StepError {
    let (code, passing) = (error.code(), error.is_transient());
    if error.cause == Cause::Cancelled {
        return StepError::Interrupted;
    }
    let mut why = params([("release", release.to_owned()), ("namespace", namespace.to_owned())]);
    // What the error itself names goes before what is known anyway.
    why.extend(params(error.params));
    why.insert("message".to_owned(), error.message);
    if passing { StepError::Passing(code, why) } else { StepError::Final(code, why) }
}
