//! `config check` and `config example`.

use std::{io::Write, path::Path, process::ExitCode};

use clap::Subcommand;

use super::CliError;
use crate::config::{Config, EXAMPLE};

#[derive(Debug, Subcommand)]
pub(super) enum Action {
    /// Reads the configuration and says every mistake.
    Check,
    /// Prints every key with its default, as TOML.
    Example,
}

pub(super) fn run(action: Action, file: Option<&Path>) -> Result<ExitCode, CliError> {
    let mut out = std::io::stdout().lock();
    match action {
        Action::Example => out.write_all(EXAMPLE.as_bytes())?,
        Action::Check => {
            let config = Config::load(file)?;
            config.require_cluster()?;
            let sandbox = if config.sandbox { " (a sandbox)" } else { "" };
            writeln!(out, "The configuration is good{sandbox}: the console is at {}.", config.public_url)?;
        }
    }
    Ok(ExitCode::SUCCESS)
}
