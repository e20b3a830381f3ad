//! Logs and metrics.
//!
//! Logs go to standard error, metrics to a listener of their own. Neither holds secrets: a type that is one has no
//! `Debug` that shows it, and the bodies of requests are never logged.
//!
//! A thread of its own writes the log. Where its disk is full, or nobody reads it, lines are lost and the server goes on.

pub mod metrics;
mod process;

use tracing_appender::non_blocking::{NonBlockingBuilder, WorkerGuard};
use tracing_subscriber::{EnvFilter, filter::ParseError, util::TryInitError};

use crate::config::{Log, LogFormat};

/// So many lines wait for the thread that writes; more are lost.
const LINES_WAITING: usize = 8192;

/// Why the log cannot be written.
#[derive(Debug, thiserror::Error)]
pub enum LogError {
    /// The level is not understood.
    #[error("log.level: {0}")]
    Level(#[from] ParseError),
    /// There is a log already.
    #[error("the log has been opened already: {0}")]
    Twice(#[from] TryInitError),
}

/// Opens the log, once a process. Every line of a request carries its `request_id`. The last lines are written when the
/// guard is dropped.
pub fn open_log(log: &Log) -> Result<WorkerGuard, LogError> {
    use tracing_subscriber::util::SubscriberInitExt;

    let filter = EnvFilter::try_new(directives(&log.level))?;
    let (writer, guard) =
        NonBlockingBuilder::default().lossy(true).buffered_lines_limit(LINES_WAITING).finish(std::io::stderr());
    // What cannot be logged would be told on standard error by a macro that panics where that fails.
    let lines = tracing_subscriber::fmt().with_env_filter(filter).with_writer(writer).log_internal_errors(false);
    match log.format {
        LogFormat::Text => {
            use std::io::IsTerminal;
            lines.with_target(false).with_ansi(std::io::stderr().is_terminal()).finish().try_init()?;
        }
        // The list holds the request's span around the operation's.
        LogFormat::Json => {
            lines.json().flatten_event(true).with_current_span(false).with_span_list(true).finish().try_init()?;
        }
    }
    Ok(guard)
}

/// kube's client calls every try to reach a cluster that is away an error; the server itself says once that it is away.
fn directives(level: &str) -> String {
    if level.contains("kube_client") { level.to_owned() } else { format!("{level},kube_client=off") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_who_asks_for_the_clusters_client_hears_it() {
        assert_eq!(directives("info"), "info,kube_client=off");
        assert_eq!(directives("info,kube_client=debug"), "info,kube_client=debug");
    }
}
