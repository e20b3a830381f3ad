//! Helm dies with the server. No cluster is needed: Helm is a script that hangs.

use std::io::{BufRead as _, BufReader, Read as _};
use std::path::Path;
use std::process::{Command, Stdio};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::process::{Pid, PidfdFlags, Signal, pidfd_open, pidfd_send_signal};
use serde_json::json;
use server::adapters::helm::{Call, Limits, Namespace, Observer, Started};
use tokio_util::sync::CancellationToken;

use super::{FIXTURES, LAUNCHER, chart, release};

/// Tells the process on standard output, for the test that started this program.
struct Teller;

#[async_trait::async_trait]
impl Observer for Teller {
    async fn started(&self, process: &Started) -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
        println!("helm-pid {}", process.pid);
        Ok(())
    }

    async fn line(&self, line: &str) {
        println!("helm-line {line}");
    }
}

/// Not a test of its own: the server that [`a_killed_server_takes_helm_with_it`] kills.
#[tokio::test]
#[ignore = "it is started by another test"]
async fn a_server_whose_helm_hangs() {
    let home = tempfile::tempdir().unwrap();
    let script = Path::new(FIXTURES).join("helm/helm.sh");
    let helm = super::helm(script, home.path().join("none"), home.path(), Limits::default());
    let (name, values) = (release("hangs"), json!({}));
    let call = Call {
        release: &name,
        namespace: &Namespace::new("tenant").unwrap(),
        secrets: &[],
        cancel: &CancellationToken::new(),
        observer: &Teller,
        deadline: std::time::Duration::from_mins(10),
    };
    helm.install(&call, &chart(Path::new("/charts/app"), &values), "0190-id").await.unwrap();
}

#[test]
fn a_killed_server_takes_helm_with_it() {
    let mut server = Command::new(std::env::current_exe().unwrap())
        .args(["helm::death::a_server_whose_helm_hangs", "--exact", "--ignored", "--nocapture"])
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut pid = None;
    for line in BufReader::new(server.stdout.take().unwrap()).lines() {
        let line = line.unwrap();
        // The test runner writes its own words on the same line.
        if let Some((_, number)) = line.split_once("helm-pid ") {
            pid = number.trim().parse::<i32>().ok();
        }
        if line.contains("helm-line begins") {
            break;
        }
    }
    let helm = pidfd_open(Pid::from_raw(pid.unwrap()).unwrap(), PidfdFlags::empty()).unwrap();
    pidfd_send_signal(&helm, Signal::CONT).expect("helm is alive");
    // SIGKILL: no destructor, no signal handler of the server runs.
    server.kill().unwrap();
    server.wait().unwrap();
    let patience = Timespec { tv_sec: 20, tv_nsec: 0 };
    let ended = poll(&mut [PollFd::new(&helm, PollFlags::IN)], Some(&patience)).unwrap();
    assert_eq!(ended, 1, "helm lives on");
}

/// The launcher alone, with these arguments and this word; its exit code and what it printed.
fn launch(args: &[&str], word: &[u8]) -> (Option<i32>, String) {
    use std::io::Write as _;
    let mut launcher = Command::new(LAUNCHER)
        .arg("exec-helm")
        .args(args)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // It may have ended already.
    let _ = launcher.stdin.take().unwrap().write_all(word);
    let status = launcher.wait().unwrap();
    let mut said = String::new();
    launcher.stdout.take().unwrap().read_to_string(&mut said).unwrap();
    launcher.stderr.take().unwrap().read_to_string(&mut said).unwrap();
    (status.code(), said)
}

#[test]
fn the_launcher_begins_only_for_its_own_server_and_on_its_word() {
    let me = std::process::id().to_string();
    let echo = "/bin/cat";
    assert_eq!(launch(&[&me, echo], b"\n{\"a\":1}"), (Some(0), "{\"a\":1}".to_owned()));
    let (code, said) = launch(&[&me, echo], b"");
    assert_eq!((code, said.trim()), (Some(125), "Error: the server took its word back"));
    let (code, said) = launch(&["1", echo], b"\n");
    assert_eq!((code, said.trim()), (Some(125), "Error: the server is gone"));
    let (code, said) = launch(&[&me, "/nowhere/helm"], b"\n");
    assert!(code == Some(127) && said.contains("/nowhere/helm cannot be started"), "{said}");
    assert_eq!(launch(&[], b"").0, Some(125));
}
