//! The binary of Woow PaaS. What it does stands in [`server::cli`].

use std::process::ExitCode;

use mimalloc::MiMalloc;
use server::{adapters::helm::exec, cli};

/// An answer is made of thousands of small things that live for a millisecond. The system's allocator spends a third of the
/// time on them (`docs/performance.md`); this one stands in for SQLite too, which asks the C library. It does not ask for huge
/// pages: a server with nothing to do would hold 69 MB in place of 43.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

fn main() -> ExitCode {
    // The step between the server and Helm comes before threads, logs and configuration.
    let mut args = std::env::args_os().skip(1);
    if args.next().is_some_and(|first| first == exec::SUBCOMMAND) {
        return exec::run(args);
    }
    cli::run()
}
