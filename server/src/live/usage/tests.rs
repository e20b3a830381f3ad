//! The poller against a source that tells what it was asked, and the states as a table.

use super::*;
use crate::{
    adapters::kube::{Amount, ContainerSample},
    clock::Clock,
    live::view::{Condition, ContainerView, Meta, PodPhase},
};
use std::sync::atomic::{AtomicI64, Ordering};

const START: Instant = Instant(1_000_000_000);
const PATIENCE: Duration = Duration::from_secs(20);

struct Hand(AtomicI64);

impl Clock for Hand {
    fn now(&self) -> Instant {
        Instant(self.0.load(Ordering::SeqCst))
    }
}

type Answers = HashMap<String, Result<Vec<PodSample>, KubeError>>;

struct Asked {
    clock: Arc<Hand>,
    answers: Mutex<Answers>,
    /// How often each namespace was asked for.
    requests: watch::Sender<HashMap<String, usize>>,
    /// Answers are held back while this is true.
    held: watch::Sender<bool>,
}

impl Source for Asked {
    fn samples(&self, namespace: &str) -> BoxFuture<'static, Result<Vec<PodSample>, KubeError>> {
        self.requests.send_modify(|requests| *requests.entry(namespace.to_owned()).or_default() += 1);
        let mut answer = self.answers.lock().unwrap().get(namespace).cloned().unwrap_or_else(|| Ok(vec![sample()]));
        for sample in answer.iter_mut().flatten() {
            sample.at = self.clock.now();
        }
        let mut held = self.held.subscribe();
        async move {
            held.wait_for(|held| !*held).await.unwrap();
            answer
        }
        .boxed()
    }

    fn pods(&self, _: &str, release: &str) -> Option<Vec<Arc<PodView>>> {
        (release != "unknown").then(|| vec![pod()])
    }
}

fn sample() -> PodSample {
    let containers = vec![ContainerSample { name: "app".to_owned(), cpu: 5, memory: 6 }];
    PodSample { pod: "web".to_owned(), at: START, containers }
}

fn pod() -> Arc<PodView> {
    let limit = Amount { cpu: Some(10), memory: Some(10) };
    let ready = Condition { holds: true, ..Condition::default() };
    Arc::new(PodView {
        meta: Meta { name: "web".to_owned(), ..Meta::default() },
        phase: PodPhase::Running,
        started: Some(START.plus_seconds(-1000)),
        ready: Some(ready),
        containers: vec![ContainerView { name: "app".to_owned(), limit, ..ContainerView::default() }],
        ..PodView::default()
    })
}

struct Scene {
    source: Arc<Asked>,
    usage: Usage,
    cancel: CancellationToken,
}

const QUICK: Times =
    Times { interval: Duration::from_millis(10), retry: Duration::from_hours(1), keep: Duration::from_hours(1) };

impl Scene {
    fn new(times: Times) -> Self {
        let clock = Arc::new(Hand(AtomicI64::new(START.0)));
        let source = Arc::new(Asked {
            clock: Arc::clone(&clock),
            answers: Mutex::default(),
            requests: watch::Sender::default(),
            held: watch::Sender::new(false),
        });
        let cancel = CancellationToken::new();
        let usage = Usage::with(Arc::clone(&source) as Arc<dyn Source>, clock, cancel.clone(), times);
        Self { source, usage, cancel }
    }

    fn answer(&self, namespace: &str, answer: Result<Vec<PodSample>, KubeError>) {
        self.source.answers.lock().unwrap().insert(namespace.to_owned(), answer);
    }

    fn asked(&self, namespace: &str) -> usize {
        self.source.requests.borrow().get(namespace).copied().unwrap_or(0)
    }

    /// Waits until a namespace was asked for so often, counted from now.
    async fn more(&self, namespace: &str, times: usize) {
        let wanted = self.asked(namespace) + times;
        let mut requests = self.source.requests.subscribe();
        let enough = requests.wait_for(|requests| requests.get(namespace).is_some_and(|count| *count >= wanted));
        tokio::time::timeout(PATIENCE, enough).await.unwrap().unwrap();
    }

    fn pass(&self, seconds: i64) {
        self.source.clock.0.fetch_add(seconds * 1_000_000, Ordering::SeqCst);
    }
}

impl Drop for Scene {
    fn drop(&mut self) {
        self.cancel.cancel();
    }
}

async fn until(follower: &mut Follower, wanted: impl Fn(&UsageView) -> bool) -> UsageView {
    tokio::time::timeout(PATIENCE, follower.until(wanted)).await.expect("it is seen in time")
}

#[tokio::test]
async fn it_asks_while_somebody_looks_and_stops_when_the_last_one_leaves() {
    let scene = Scene::new(QUICK);
    let mut first = scene.usage.follow("a", "web");
    let second = scene.usage.follow("a", "web");
    scene.more("a", 3).await;
    drop(second);
    scene.more("a", 3).await;
    let view = until(&mut first, |view| view.state == UsageState::Current).await;
    assert_eq!(view.reading.used(), Amount { cpu: Some(5), memory: Some(6) });
    drop(first);
    // The same poller goes on for another namespace: had it gone on with this one, it would have asked as often.
    let before = scene.asked("a");
    let _other = scene.usage.follow("b", "web");
    scene.more("b", 10).await;
    assert!(scene.asked("a") <= before + 1, "one request at most was under way");
    assert_eq!(scene.source.requests.borrow().len(), 2, "nothing else was ever asked for");
}

#[tokio::test]
async fn however_many_look_it_is_one_request() {
    let scene = Scene::new(QUICK);
    scene.source.held.send_replace(true);
    let mut followers: Vec<_> = (0..50).map(|_| scene.usage.follow("a", "web")).collect();
    scene.more("a", 1).await;
    let mut elsewhere = scene.usage.follow("b", "web");
    scene.more("b", 1).await;
    assert_eq!(scene.asked("a"), 1, "no second one while the first is under way");
    scene.source.held.send_replace(false);
    for follower in followers.iter_mut().chain([&mut elsewhere]) {
        until(follower, |view| view.state == UsageState::Current).await;
    }
}

#[tokio::test]
async fn what_cannot_be_had_is_told_and_asked_for_less_often() {
    let scene = Scene::new(QUICK);
    let message = || "no".to_owned();
    scene.answer("none", Err(KubeError::NotFound { message: message() }));
    scene.answer("forbidden", Err(KubeError::Forbidden { message: message() }));
    scene.answer("broken", Err(KubeError::Fault { code: 503, message: message() }));
    let mut none = scene.usage.follow("none", "web");
    until(&mut none, |view| view.state == UsageState::NotInstalled).await;
    let mut forbidden = scene.usage.follow("forbidden", "web");
    until(&mut forbidden, |view| view.state == UsageState::Forbidden).await;
    let mut broken = scene.usage.follow("broken", "web");
    until(&mut broken, |view| view.state == UsageState::Unavailable).await;
    scene.more("broken", 5).await;
    assert_eq!((scene.asked("none"), scene.asked("forbidden")), (1, 1));
    // It comes back.
    scene.answer("broken", Ok(vec![sample()]));
    until(&mut broken, |view| view.state == UsageState::Current).await;
    // One answer that is missing does not take away what is known, until that is old.
    scene.answer("broken", Err(KubeError::Unreachable(message())));
    scene.more("broken", 3).await;
    assert_eq!(broken.view().state, UsageState::Current);
    scene.pass(STALE_SECONDS + 1);
    assert_eq!(broken.view().state, UsageState::Unavailable);
}

#[tokio::test]
async fn a_history_is_kept_for_who_comes_back_and_then_forgotten() {
    let scene = Scene::new(QUICK);
    let mut follower = scene.usage.follow("a", "web");
    until(&mut follower, |view| view.history.len() == 1).await;
    scene.pass(15);
    until(&mut follower, |view| view.history.len() == 2).await;
    drop(follower);
    assert_eq!(scene.usage.follow("a", "web").view().history.len(), 2);

    let scene = Scene::new(Times { keep: Duration::from_millis(30), ..QUICK });
    let mut follower = scene.usage.follow("a", "web");
    until(&mut follower, |view| !view.history.is_empty()).await;
    let _other = scene.usage.follow("b", "web");
    drop(follower);
    let forgotten = async {
        while scene.usage.inner.rooms().contains_key("a") {
            scene.more("b", 1).await;
        }
    };
    tokio::time::timeout(PATIENCE, forgotten).await.expect("it is forgotten");
}

#[test]
fn a_state_says_what_is_known_and_why_not() {
    let pods = [pod()];
    let young = [Arc::new(PodView { started: Some(START.plus_seconds(-10)), ..PodView::clone(&pod()) })];
    let over = [Arc::new(PodView { phase: PodPhase::Succeeded, ..PodView::clone(&pod()) })];
    let measured = |seconds_ago: i64| {
        HashMap::from([("web".to_owned(), PodSample { at: START.plus_seconds(-seconds_ago), ..sample() })])
    };
    let nothing = HashMap::new;
    let cases = [
        (Some(&pods[..]), measured(5), Answer::Samples, UsageState::Current),
        (Some(&pods[..]), measured(5), Answer::Away, UsageState::Current),
        (Some(&pods[..]), measured(5), Answer::NotInstalled, UsageState::NotInstalled),
        (Some(&pods[..]), measured(5), Answer::Forbidden, UsageState::Forbidden),
        (Some(&pods[..]), measured(500), Answer::Samples, UsageState::Stale),
        (Some(&pods[..]), measured(500), Answer::Away, UsageState::Unavailable),
        (Some(&pods[..]), nothing(), Answer::None, UsageState::Waiting),
        (Some(&young[..]), nothing(), Answer::Samples, UsageState::Waiting),
        (Some(&pods[..]), nothing(), Answer::Samples, UsageState::Missing),
        (Some(&over[..]), measured(5), Answer::Samples, UsageState::NothingRuns),
        (Some(&[][..]), nothing(), Answer::None, UsageState::NothingRuns),
        (None, nothing(), Answer::None, UsageState::Waiting),
        (None, nothing(), Answer::Away, UsageState::Unavailable),
    ];
    for (number, (pods, samples, answer, expected)) in cases.into_iter().enumerate() {
        let reading = reading::read(pods.unwrap_or_default(), &samples, START);
        assert_eq!(state(&reading, pods, answer, START), expected, "case {number}");
    }
}
