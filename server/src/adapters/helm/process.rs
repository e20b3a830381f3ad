//! One run of Helm, from the start of its process to its end.

use std::os::fd::AsFd;
use std::os::unix::process::ExitStatusExt as _;
use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use async_trait::async_trait;
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::Errno;
use rustix::process::{Pid, PidfdFlags, Signal, kill_process_group, pidfd_open, pidfd_send_signal};
use tokio::io::AsyncWriteExt as _;
use tokio::process::{Child, ChildStdin, Command};
use tokio::time::{Instant, timeout};
use tokio_util::sync::CancellationToken;

use super::error::{Cause, HelmError};
use super::output::{self, Kept};
use super::redact::Redactor;
use super::spawn::Spawner;
use super::{Settings, exec};

/// A process that was started and waits for our word.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Started {
    /// Its id, which is its process group's too.
    pub pid: u32,
    /// When it was started, in clock ticks since the machine was (proc(5), `/proc/pid/stat`): with this an id is known
    /// again, although the system gives ids anew.
    pub start_time: u64,
    /// The command, for people. Values are not in it.
    pub command: String,
}

/// A run that succeeded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ended {
    /// What it printed, without secrets.
    pub stdout: String,
    /// How many bytes more it printed.
    pub stdout_dropped: u64,
    /// What it printed to standard error, without secrets.
    pub stderr: String,
    /// How long it took.
    pub took: Duration,
}

/// Is told what a run does.
#[async_trait]
pub trait Observer: Send + Sync {
    /// The process is there. Helm begins when this returns; where it returns an error, Helm never begins.
    async fn started(&self, process: &Started) -> Result<(), Box<dyn std::error::Error + Send + Sync>>;

    /// A line of Helm's standard error, without secrets. Helm waits meanwhile if it has much to say.
    async fn line(&self, line: &str);
}

/// Observes nothing.
pub struct Silent;

#[async_trait]
impl Observer for Silent {
    async fn started(&self, _: &Started) -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
        Ok(())
    }

    async fn line(&self, _: &str) {}
}

pub(super) struct Run<'a> {
    pub(super) settings: &'a Settings,
    pub(super) spawner: &'a Spawner,
    pub(super) args: &'a [String],
    pub(super) stdin: Option<String>,
    pub(super) redactor: &'a Redactor,
    pub(super) cancel: &'a CancellationToken,
    pub(super) observer: &'a dyn Observer,
    pub(super) deadline: Duration,
    pub(super) stdout_limit: usize,
    /// Standard output is taken as it is: it is only read by us.
    pub(super) raw: bool,
}

/// How long outputs may stay open after the process has ended: another that it left may hold them.
const DRAIN: Duration = Duration::from_secs(2);

pub(super) async fn run(run: &Run<'_>) -> Result<Ended, HelmError> {
    if run.cancel.is_cancelled() {
        return Err(HelmError::new(Cause::Cancelled, "cancelled before helm was started"));
    }
    let begun = Instant::now();
    let not_started = |why: String| HelmError::new(Cause::NotStarted, format!("helm was not started: {why}"));
    let mut child = run.spawner.spawn(command(run)).await.map_err(|error| not_started(error.to_string()))?;
    let pid = child.id().ok_or_else(|| not_started("it ended at once".to_owned()))?;
    // Dropped before the child is, so the id is still its own.
    let mut group = Group { pid, armed: true };
    let (Some(stdin), Some(stdout), Some(stderr)) = (child.stdin.take(), child.stdout.take(), child.stderr.take())
    else {
        return Err(not_started("its pipes are missing".to_owned()));
    };
    let start_time = start_time(pid).ok_or_else(|| not_started("it is not in /proc".to_owned()))?;
    let command = run.redactor.clean(&format!("helm {}", run.args.join(" "))).into_owned();
    match timeout(run.deadline, run.observer.started(&Started { pid, start_time, command })).await {
        Ok(Ok(())) => {}
        Ok(Err(error)) => return Err(not_started(error.to_string())),
        Err(_) => return Err(not_started("the start could not be noted in time".to_owned())),
    }

    let limits = &run.settings.limits;
    let ended = CancellationToken::new();
    let wait = async {
        let result = wait(&mut child, pid, run, begun).await;
        group.armed = false;
        ended.cancel();
        result
    };
    let outputs = async {
        let mut kept = (Kept::default(), Kept::default());
        let reading = async {
            tokio::join!(
                output::keep(stdout, run.stdout_limit, &mut kept.0),
                output::tell(stderr, limits.kept, limits.lines, run.redactor, run.observer, &mut kept.1),
            );
        };
        let over = async {
            ended.cancelled().await;
            tokio::time::sleep(DRAIN).await;
        };
        tokio::select! {
            () = reading => {}
            () = over => { let _ = signal(pid, Signal::KILL); }
        }
        kept
    };
    let write = async {
        tokio::select! {
            () = write(stdin, run.stdin.as_deref()) => {}
            () = ended.cancelled() => {}
        }
    };
    let (result, (stdout, stderr), ()) = tokio::join!(wait, outputs, write);
    let (status, why) = result.map_err(|error| HelmError::new(Cause::Other, format!("helm is lost: {error}")))?;
    let stderr = stderr.clean(run.redactor);
    if status.success() {
        return Ok(Ended {
            stdout: if run.raw {
                String::from_utf8_lossy(&stdout.bytes).into_owned()
            } else {
                stdout.clean(run.redactor)
            },
            stdout_dropped: stdout.dropped,
            stderr,
            took: begun.elapsed(),
        });
    }
    Err(failure(status, why, &stderr, run.deadline))
}

/// Why we ended it.
#[derive(Clone, Copy)]
enum Why {
    Cancelled,
    Deadline,
}

async fn wait(
    child: &mut Child,
    pid: u32,
    run: &Run<'_>,
    begun: Instant,
) -> std::io::Result<(ExitStatus, Option<Why>)> {
    let why = tokio::select! {
        status = child.wait() => return Ok((status?, None)),
        () = run.cancel.cancelled() => Why::Cancelled,
        () = tokio::time::sleep_until(begun + run.deadline) => Why::Deadline,
    };
    // Helm marks the release as failed when it is asked to end, so it gets a little time for that.
    let _ = signal(pid, Signal::TERM);
    if let Ok(status) = timeout(run.settings.limits.grace, child.wait()).await {
        return Ok((status?, Some(why)));
    }
    let _ = signal(pid, Signal::KILL);
    Ok((child.wait().await?, Some(why)))
}

/// The word to begin, then the values. Helm may end without reading: that is told by its exit code.
async fn write(mut stdin: ChildStdin, values: Option<&str>) {
    let _ = stdin.write_all(b"\n").await;
    let _ = stdin.write_all(values.unwrap_or_default().as_bytes()).await;
    let _ = stdin.shutdown().await;
}

fn failure(status: ExitStatus, why: Option<Why>, stderr: &str, deadline: Duration) -> HelmError {
    let said = HelmError::read(status.code().unwrap_or_default(), stderr).message;
    match (why, status.code(), status.signal()) {
        (Some(Why::Cancelled), ..) => HelmError::new(Cause::Cancelled, "helm was ended because of a cancellation"),
        (Some(Why::Deadline), ..) => {
            HelmError::new(Cause::Timeout, format!("helm did not end in {} s: {said}", deadline.as_secs()))
        }
        (None, Some(code), _) if code == i32::from(exec::NO_PROGRAM) => HelmError::new(Cause::Missing, said),
        (None, Some(code), _) if code == i32::from(exec::GIVEN_UP) => HelmError::new(Cause::NotStarted, said),
        // Shells and containers tell a signal as an exit code.
        (None, Some(code), _) if code > 128 => {
            HelmError::new(Cause::Killed(code - 128), format!("helm was ended by signal {}", code - 128))
        }
        (None, Some(code), _) => HelmError::read(code, stderr),
        (None, None, number) => {
            let number = number.unwrap_or_default();
            HelmError::new(Cause::Killed(number), format!("helm was ended by signal {number}"))
        }
    }
}

fn command(run: &Run<'_>) -> Command {
    let Settings { helm, launcher, home, .. } = run.settings;
    let mut command = Command::new(launcher);
    command
        .arg(exec::SUBCOMMAND)
        .arg(std::process::id().to_string())
        .arg(helm)
        .args(run.args)
        .env_clear()
        .envs([("PATH", "/usr/local/bin:/usr/bin:/bin"), ("LANG", "C.UTF-8"), ("TZ", "UTC"), ("NO_COLOR", "1")])
        // Helm must find no cluster but the one that it is told.
        .env("KUBECONFIG", "/dev/null")
        .env("HOME", home)
        .env("HELM_CACHE_HOME", home.join("cache"))
        .env("HELM_CONFIG_HOME", home.join("config"))
        .env("HELM_DATA_HOME", home.join("data"))
        .current_dir(home)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        // Ctrl-C in a terminal goes to the server alone, and one signal reaches all that Helm starts.
        .process_group(0)
        .kill_on_drop(true);
    command
}

/// Kills the group when a run is dropped before its end.
struct Group {
    pid: u32,
    armed: bool,
}

impl Drop for Group {
    fn drop(&mut self) {
        if self.armed {
            let _ = signal(self.pid, Signal::KILL);
        }
    }
}

fn signal(pid: u32, signal: Signal) -> rustix::io::Result<()> {
    kill_process_group(to_pid(pid).ok_or(Errno::SRCH)?, signal)
}

fn to_pid(pid: u32) -> Option<Pid> {
    // 0 and 1 would be our own group and everyone.
    i32::try_from(pid).ok().filter(|&pid| pid > 1).and_then(Pid::from_raw)
}

/// When a process was started: field 22 of `/proc/<pid>/stat`. The second field, the name, may hold anything.
fn start_time(pid: u32) -> Option<u64> {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    stat.rsplit_once(") ")?.1.split(' ').nth(19)?.parse().ok()
}

/// Names the machine, since when it runs, and the container on it: a process id means something only there.
pub fn machine() -> Option<String> {
    let boot = std::fs::read_to_string("/proc/sys/kernel/random/boot_id").ok()?;
    let namespace = std::fs::read_link("/proc/self/ns/pid").ok()?;
    Some(format!("{} {}", boot.trim(), namespace.display()))
}

/// Ends a process that an earlier attempt has left, if it is still the same one; returns whether there was one.
pub async fn end_leftover(pid: u32, start: u64) -> std::io::Result<bool> {
    let Some(id) = to_pid(pid) else { return Ok(false) };
    // The descriptor keeps meaning the same process, also when its id is given anew after the look at its start.
    let process = match pidfd_open(id, PidfdFlags::empty()) {
        Ok(process) => process,
        Err(Errno::SRCH) => return Ok(false),
        Err(error) => return Err(error.into()),
    };
    if start_time(pid) != Some(start) || has_ended(&process, Duration::ZERO)? {
        return Ok(false);
    }
    tokio::task::spawn_blocking(move || {
        for number in [Signal::TERM, Signal::KILL] {
            match pidfd_send_signal(&process, number) {
                Ok(()) => {}
                Err(Errno::SRCH) => return Ok(true),
                Err(error) => return Err(error.into()),
            }
            let _ = signal(pid, number);
            if has_ended(&process, Duration::from_secs(5))? {
                return Ok(true);
            }
        }
        Err(std::io::Error::other(format!("process {pid} does not end")))
    })
    .await?
}

/// Waits for the end of a process: then its descriptor is readable (`pidfd_open(2)`).
fn has_ended(process: &impl AsFd, patience: Duration) -> std::io::Result<bool> {
    let patience = Timespec::try_from(patience).map_err(std::io::Error::other)?;
    loop {
        match poll(&mut [PollFd::new(process, PollFlags::IN)], Some(&patience)) {
            Ok(ready) => return Ok(ready > 0),
            Err(Errno::INTR) => {}
            Err(error) => return Err(error.into()),
        }
    }
}
