//! The binary's subcommands.

mod admin;
mod config;
mod doctor;
mod migrate;
pub mod serve;

use std::{path::PathBuf, process::ExitCode, sync::Arc};

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
    /// Serves console and API until it is told to end.
    Serve,
    /// People: the first admin, and a password that was lost.
    #[command(subcommand)]
    Admin(admin::Action),
    /// The API's schema.
    #[command(subcommand)]
    Schema(SchemaAction),
    /// The database's schema.
    #[command(subcommand)]
    Migrate(migrate::Action),
    /// The configuration.
    #[command(subcommand)]
    Config(config::Action),
    /// Looks at all that the server needs: database, cluster and its rights, Helm.
    Doctor,
}

#[derive(Debug, Subcommand)]
enum SchemaAction {
    /// Prints it in GraphQL's schema language.
    Print,
}

/// Runs what the command line says.
pub fn run() -> ExitCode {
    let cli = Cli::parse();
    // Database, key and logs are for our account only, also where the folder was made by someone else.
    rustix::process::umask(rustix::fs::Mode::RWXG | rustix::fs::Mode::RWXO);
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
    if let Command::Schema(SchemaAction::Print) = cli.command {
        print!("{}", crate::graphql::schema::sdl());
        return Ok(ExitCode::SUCCESS);
    }
    let config = Config::load(cli.config.as_deref())?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(async move {
        match cli.command {
            Command::Migrate(action) => migrate::run(action, &config).await,
            Command::Doctor => Ok(doctor::run(&config).await),
            Command::Serve => {
                let compose = |config, life| async { Ok(crate::boot::compose(config, life).await?) };
                serve::run(Arc::new(config), compose).await
            }
            Command::Admin(action) => admin::run(action, &config).await,
            Command::Config(_) | Command::Schema(_) => Ok(ExitCode::SUCCESS),
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
