//! The binary of Woow PaaS. What it does stands in [`server::cli`].

use std::process::ExitCode;

use server::{adapters::helm::exec, cli};

fn main() -> ExitCode {
    // The step between the server and Helm comes before threads, logs and configuration.
    let mut args = std::env::args_os().skip(1);
    if args.next().is_some_and(|first| first == exec::SUBCOMMAND) {
        return exec::run(args);
    }
    cli::run()
}
