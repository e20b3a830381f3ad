//! `migrate up` and `migrate status`.

use std::{io::Write, path::PathBuf, process::ExitCode};

use clap::Subcommand;

use super::CliError;
use crate::{
    boot,
    clock::{Clock, SystemClock},
    config::Config,
    db,
};

#[derive(Debug, Subcommand)]
pub(super) enum Action {
    /// Applies what is pending. An SQLite database is copied first.
    Up,
    /// Names what is pending; exit code 1 when anything is.
    Status,
}

pub(super) async fn run(action: Action, config: &Config) -> Result<ExitCode, CliError> {
    config.make_data_dir()?;
    // Under a server that runs, its database must not change.
    let _lock = match action {
        Action::Up => Some(boot::lock(config)?),
        Action::Status => None,
    };
    let db = db::connect(&config.database_url).await?;
    let result = match action {
        Action::Up => db.migrate(Some(&backup_path(config)?)).await,
        Action::Status => db.pending().await,
    };
    db.close().await;
    let (names, mut out) = (result?, std::io::stdout().lock());
    for name in &names {
        writeln!(out, "{name}")?;
    }
    let pending = matches!(action, Action::Status) && !names.is_empty();
    let verdict = match action {
        _ if names.is_empty() => "The database is up to date.".to_owned(),
        Action::Up => format!("{} applied.", names.len()),
        Action::Status => format!("{} pending; `woow-paas migrate up` applies them.", names.len()),
    };
    writeln!(out, "{verdict}")?;
    Ok(if pending { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

/// Where an SQLite database is copied before it is migrated.
pub(super) fn backup_path(config: &Config) -> std::io::Result<PathBuf> {
    let folder = config.data_dir.join("backups");
    std::fs::create_dir_all(&folder)?;
    Ok(folder.join(format!("woow-{}.db", SystemClock.now().0)))
}
