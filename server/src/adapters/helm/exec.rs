//! The hidden subcommand `exec-helm <parent> <helm> <arguments…>`: becomes Helm, in a way that Helm dies with the server.
//!
//! Helm lives on when the server is killed, and the next server would meet a release that changes under its hands. So
//! the kernel is told to kill this process when its parent ends (`PR_SET_PDEATHSIG`, prctl(2)); `exec` keeps that. It can
//! only be set by the child itself, hence this small step between. Helm begins only when the server says so by one byte
//! on standard input: by then the operation's journal knows of the process. The rest of standard input is Helm's.

use std::ffi::OsString;
use std::io::Write as _;
use std::os::unix::process::CommandExt as _;
use std::process::{Command, ExitCode};

use rustix::process::{Signal, getppid, set_parent_process_death_signal};

/// The subcommand's name.
pub const SUBCOMMAND: &str = "exec-helm";
/// The exit code when the server was gone or took its word back.
pub(super) const GIVEN_UP: u8 = 125;
/// The exit code when there is no such program, as shells have it.
pub(super) const NO_PROGRAM: u8 = 127;

/// Becomes Helm; returns only where that fails. `args` are what stands behind the subcommand. Is to be called first
/// thing in `main`: before threads, logs and configuration.
pub fn run(args: impl IntoIterator<Item = OsString>) -> ExitCode {
    let mut args = args.into_iter();
    let parent = args.next().and_then(|text| text.to_str()?.parse::<i32>().ok());
    let (Some(parent), Some(helm)) = (parent, args.next()) else {
        return give_up(GIVEN_UP, "this subcommand is for the server's own use");
    };
    if let Err(error) = set_parent_process_death_signal(Some(Signal::KILL)) {
        return give_up(GIVEN_UP, &format!("the death signal cannot be set: {error}"));
    }
    // The server may have died before the line above: then there is a new parent, and no signal will come.
    if getppid().map(|pid| pid.as_raw_nonzero().get()) != Some(parent) {
        return give_up(GIVEN_UP, "the server is gone");
    }
    // Not through `std::io::Stdin`, which reads ahead.
    let mut go = [0_u8; 1];
    match rustix::io::read(std::io::stdin(), &mut go) {
        Ok(1) => {}
        Ok(_) => return give_up(GIVEN_UP, "the server took its word back"),
        Err(error) => return give_up(GIVEN_UP, &format!("the server's word cannot be read: {error}")),
    }
    let error = Command::new(&helm).args(args).exec();
    give_up(NO_PROGRAM, &format!("{} cannot be started: {error}", helm.display()))
}

fn give_up(code: u8, why: &str) -> ExitCode {
    // Nothing is left to be done when standard error is closed.
    let _ = writeln!(std::io::stderr(), "Error: {why}");
    ExitCode::from(code)
}
