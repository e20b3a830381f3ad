//! The launcher, through which Helm dies with the server. That it does is seen with the whole product, in
//! `product::crashes`.

use std::io::Read as _;
use std::process::{Command, Stdio};

use super::LAUNCHER;

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
