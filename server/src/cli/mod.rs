//! The binary's subcommands.

mod config;
mod doctor;
mod migrate;
pub mod serve;

use std::{path::PathBuf, process::ExitCode};

use clap::{Parser, Subcommand};

use crate::config::Config;

/// Why a subcommand failed, as the person who typed it reads it.
pub type CliError = Box<dyn std::error::Error + Send + Sync>;

/// Runs apps on Kubernetes, with a console.
#[derive(Debug, Parser)]
#[command(name = "woow-paas", version)]
struct Cli {
    /// The configuration file (TOML). Variables `WOOW_*` win over it.
    #[arg(long, env = "WOOW_CONFIG", global = true, value_name = "FILE")]
    config: Option<PathBuf>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// The database's schema.
    #[command(subcommand)]
    Migrate(migrate::Action),
    /// The configuration.
    #[command(subcommand)]
    Config(config::Action),
    /// Looks at all that the server needs: database, cluster and its rights, Helm.
    Doctor,
}

/// Runs what the command line says.
pub fn run() -> ExitCode {
    let cli = Cli::parse();
    // Two libraries bring two implementations of TLS: without a choice the first connection would panic. An error says
    // that the choice has been made already.
    let _ = rustls::crypto::ring::default_provider().install_default();
    match dispatch(cli) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("woow-paas: {error}");
            ExitCode::FAILURE
        }
    }
}

fn dispatch(cli: Cli) -> Result<ExitCode, CliError> {
    if let Command::Config(action) = cli.command {
        return config::run(action, cli.config.as_deref());
    }
    let config = Config::load(cli.config.as_deref())?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(async move {
        match cli.command {
            Command::Migrate(action) => migrate::run(action, &config).await,
            Command::Doctor => Ok(doctor::run(&config).await),
            Command::Config(_) => Ok(ExitCode::SUCCESS),
        }
    })
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    #[test]
    fn the_command_line_is_consistent() {
        super::Cli::command().debug_assert();
    }
}
