//! Runs of a fake helm that hangs, floods, dies and leaks. The death signal needs the real binary: see the integration
//! tests.

use std::path::Path;
use std::sync::Mutex;

use serde_json::json;
use tokio::sync::Notify;

use super::*;

const FIXTURES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/helm");

/// Remembers what it is told.
#[derive(Default)]
struct Recorder {
    started: Mutex<Vec<Started>>,
    lines: Mutex<Vec<String>>,
    line: Notify,
    refuse: bool,
}

#[async_trait::async_trait]
impl Observer for Recorder {
    async fn started(&self, process: &Started) -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
        self.started.lock().unwrap().push(process.clone());
        if self.refuse { Err("the journal is away".into()) } else { Ok(()) }
    }

    async fn line(&self, line: &str) {
        self.lines.lock().unwrap().push(line.to_owned());
        self.line.notify_one();
    }
}

impl Recorder {
    fn pid(&self) -> Started {
        self.started.lock().unwrap()[0].clone()
    }
}

fn helm(home: &Path) -> Helm {
    Helm::new(Settings {
        helm: Path::new(FIXTURES).join("helm.sh"),
        launcher: Path::new(FIXTURES).join("launcher.sh"),
        kubeconfig: home.join("kubeconfig"),
        home: home.join("helm"),
        limits: Limits { grace: Duration::from_millis(300), ..Limits::default() },
    })
    .unwrap()
}

struct Scene {
    helm: Helm,
    recorder: Recorder,
    cancel: CancellationToken,
    secrets: Vec<SecretString>,
    deadline: Duration,
    _home: tempfile::TempDir,
}

impl Scene {
    fn new() -> Self {
        let home = tempfile::tempdir().unwrap();
        Self {
            helm: helm(home.path()),
            recorder: Recorder::default(),
            cancel: CancellationToken::new(),
            secrets: vec!["canary-\"4711\"-<x>".to_owned().into()],
            deadline: Duration::from_mins(1),
            _home: home,
        }
    }

    async fn install(&self, name: &str) -> Result<Ended, HelmError> {
        let call = Call {
            release: &ReleaseName::new(name).unwrap(),
            namespace: &Namespace::new("tenant").unwrap(),
            secrets: &self.secrets,
            cancel: &self.cancel,
            observer: &self.recorder,
            deadline: self.deadline,
        };
        let values = json!({ "password": "canary-\"4711\"-<x>", "answer": "n", "hash": "12e4" });
        let chart = Chart { path: Path::new("/charts/app"), values: &values, wait: false, skip_schema: true };
        self.helm.install(&call, &chart, "0190").await
    }
}

fn alive(pid: u32) -> bool {
    // A zombie has ended.
    std::fs::read_to_string(format!("/proc/{pid}/stat")).is_ok_and(|stat| !stat.contains(") Z "))
}

#[tokio::test]
async fn a_bare_version_is_read() {
    assert_eq!(Scene::new().helm.version().await.unwrap().to_string(), "4.3");
}

#[tokio::test]
async fn values_come_by_standard_input_and_the_environment_is_ours_alone() {
    let mut scene = Scene::new();
    let shown = scene.install("echoes").await.unwrap();
    assert!(shown.stdout.contains(r#""hash":"12e4""#) && shown.stdout.contains(r#""answer":"n""#), "{}", shown.stdout);
    assert!(!shown.stdout.contains("4711"), "{}", shown.stdout);
    let names: Vec<&str> = shown.stdout.lines().filter_map(|line| line.split_once('=')).map(|(name, _)| name).collect();
    for name in &names {
        assert!(
            ["PATH", "LANG", "TZ", "NO_COLOR", "KUBECONFIG", "HOME", "PWD", "OLDPWD", "_", "SHLVL"].contains(name)
                || name.starts_with("HELM_"),
            "{name}"
        );
    }
    assert!(shown.stdout.contains("KUBECONFIG=/dev/null"));
    assert_eq!(*scene.recorder.lines.lock().unwrap(), ["line one"]);
    let started = scene.recorder.pid();
    assert!(started.command.contains("--kube-as-user=system:serviceaccount:tenant:woow-deployer"));
    assert!(started.command.contains("--labels=woow.io/id=0190") && started.command.ends_with("-- echoes app"));
    assert!(started.command.starts_with("helm --kubeconfig=kubeconfig "), "{}", started.command);
    assert!(!started.command.contains("4711"));
    // A secret that is in the command by mistake is not told.
    scene.secrets = vec!["woow-deployer".to_owned().into()];
    scene.recorder = Recorder::default();
    scene.install("fine").await.unwrap();
    assert!(scene.recorder.pid().command.contains(&format!("serviceaccount:tenant:{} ", redact::MARK)));
}

#[tokio::test]
async fn a_secret_in_an_error_is_taken_out() {
    let scene = Scene::new();
    let error = scene.install("leaks").await.unwrap_err();
    assert_eq!(error.cause, Cause::ValuesRefused);
    assert!(error.message.contains(redact::MARK) && !error.message.contains("4711"), "{error}");
    let lines = scene.recorder.lines.lock().unwrap().join("\n");
    assert!(lines.contains(redact::MARK) && !lines.contains("4711"), "{lines}");
}

#[tokio::test]
async fn a_flood_is_counted_and_not_kept() {
    let scene = Scene::new();
    let error = scene.install("floods").await.unwrap_err();
    assert_eq!(error.cause, Cause::Other);
    assert!(error.message.chars().count() <= 2_001);
    let lines = scene.recorder.lines.lock().unwrap();
    assert_eq!(lines.len(), 2);
    assert!(lines[0].len() <= 8 * 1024 && lines[1] == "Error: flooded");
}

#[tokio::test]
async fn an_exit_like_a_signal_is_one() {
    let error = Scene::new().install("killed").await.unwrap_err();
    assert_eq!(error.cause, Cause::Killed(9));
}

#[tokio::test]
async fn a_hanging_helm_is_ended_at_the_deadline() {
    let mut scene = Scene::new();
    scene.deadline = Duration::from_millis(400);
    let error = scene.install("hangs").await.unwrap_err();
    assert_eq!((error.cause, error.code()), (Cause::Timeout, shared::operation::OperationErrorCode::HelmTimeout));
    assert!(!alive(scene.recorder.pid().pid));
}

#[tokio::test]
async fn a_cancelled_helm_is_ended_even_if_it_does_not_want_to() {
    let scene = Scene::new();
    let cancel = async {
        scene.recorder.line.notified().await;
        scene.cancel.cancel();
    };
    let (result, ()) = tokio::join!(scene.install("stubborn"), cancel);
    assert_eq!(result.unwrap_err().cause, Cause::Cancelled);
    assert!(!alive(scene.recorder.pid().pid));
    // The next is not even started.
    assert_eq!(scene.install("fine").await.unwrap_err().cause, Cause::Cancelled);
    assert_eq!(scene.recorder.started.lock().unwrap().len(), 1);
}

#[tokio::test]
async fn a_dropped_run_leaves_no_process() {
    let scene = Scene::new();
    tokio::select! {
        _ = scene.install("hangs") => unreachable!("it hangs"),
        () = scene.recorder.line.notified() => {}
    }
    let started = scene.recorder.pid();
    // It was killed; this waits for its end.
    end_leftover(started.pid, started.start_time).await.unwrap();
    assert!(!alive(started.pid));
}

#[tokio::test]
async fn what_cannot_be_noted_is_not_begun() {
    let mut scene = Scene::new();
    scene.recorder.refuse = true;
    let error = scene.install("hangs").await.unwrap_err();
    assert_eq!(error.cause, Cause::NotStarted);
    assert!(error.message.contains("the journal is away"));
    assert!(scene.recorder.lines.lock().unwrap().is_empty());
}

#[tokio::test]
async fn a_child_that_helm_leaves_behind_does_not_hold_us_up() {
    let scene = Scene::new();
    let ended = tokio::time::timeout(Duration::from_secs(30), scene.install("litters")).await.unwrap().unwrap();
    assert_eq!(ended.stdout.trim(), "STATUS: deployed");
}

#[tokio::test]
async fn a_leftover_is_ended_only_if_it_is_the_same() {
    let scene = Scene::new();
    let end = async {
        scene.recorder.line.notified().await;
        let started = scene.recorder.pid();
        assert!(!end_leftover(started.pid, started.start_time + 1).await.unwrap());
        assert!(alive(started.pid));
        assert!(end_leftover(started.pid, started.start_time).await.unwrap());
        assert!(!end_leftover(started.pid, started.start_time).await.unwrap() || !alive(started.pid));
    };
    let (result, ()) = tokio::join!(scene.install("hangs"), end);
    assert_eq!(result.unwrap_err().cause, Cause::Killed(15));
    for pid in [0, 1, u32::MAX] {
        assert!(!end_leftover(pid, 0).await.unwrap());
    }
}

#[tokio::test]
async fn a_missing_helm_is_said_so() {
    let home = tempfile::tempdir().unwrap();
    let mut settings = helm(home.path()).settings().clone();
    settings.helm = home.path().join("none");
    // The shell of the stand-in for the launcher says 127 too.
    let error = Helm::new(settings).unwrap().version().await.unwrap_err();
    assert_eq!((error.cause, error.code()), (Cause::Missing, shared::operation::OperationErrorCode::HelmMissing));
}

#[tokio::test]
async fn ids_and_charts_that_could_be_more_than_they_seem_are_refused() {
    let scene = Scene::new();
    let call = Call {
        release: &ReleaseName::new("fine").unwrap(),
        namespace: &Namespace::new("tenant").unwrap(),
        secrets: &[],
        cancel: &scene.cancel,
        observer: &scene.recorder,
        deadline: scene.deadline,
    };
    let values = json!({});
    let chart = Chart { path: Path::new("/charts/app"), values: &values, wait: false, skip_schema: true };
    for id in ["", "a,b=c", "a=b", "a b"] {
        assert_eq!(scene.helm.install(&call, &chart, id).await.unwrap_err().cause, Cause::NotStarted);
    }
    let chart = Chart { path: Path::new("repo/app"), ..chart };
    assert_eq!(scene.helm.install(&call, &chart, "a").await.unwrap_err().cause, Cause::ChartInvalid);
    assert!(scene.recorder.started.lock().unwrap().is_empty());
}
