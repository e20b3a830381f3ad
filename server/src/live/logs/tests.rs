//! Logs against an API server of our own that breaks in the ways that real ones do.

use super::*;
use crate::live::view::{ContainerState, ContainerView, Meta, PodPhase, PodView, Termination};
use axum::{
    Router,
    body::Body,
    extract::{Query, State},
    http::StatusCode,
    response::{IntoResponse as _, Response},
    routing::get,
};
use bytes::Bytes;
use futures::{FutureExt as _, StreamExt as _, future::BoxFuture};
use std::{
    collections::VecDeque,
    fmt::Write as _,
    sync::atomic::{AtomicBool, Ordering},
};
use tokio::sync::watch;
use uuid::Uuid;

const SECOND: i64 = 1_000_000_000;
const START: i64 = 1_767_225_600 * SECOND;

/// How the API server answers one request.
#[derive(Debug, Clone, Copy)]
enum Answer {
    /// Breaks the connection after so many bytes.
    Break(usize),
    /// Ends well after so many bytes, as a proxy does that is shut down.
    End(usize),
    /// Sends what there is and then nothing, whatever is written.
    Stall,
    /// Refuses.
    Refuse(StatusCode),
}

#[derive(Default)]
struct Log {
    lines: Vec<(i64, String)>,
    ended: bool,
}

struct Api {
    log: watch::Sender<Log>,
    /// To requests that follow, and for the run before.
    answers: Mutex<VecDeque<Answer>>,
    /// To those for what was before.
    backlog: Mutex<VecDeque<Answer>>,
    requests: Mutex<Vec<HashMap<String, String>>>,
    pod: watch::Sender<PodSeen>,
    /// Whether there was a run before this one.
    previous: AtomicBool,
}

impl Api {
    fn write(&self, at: i64, text: &str) {
        self.log.send_modify(|log| log.lines.push((START + at, text.to_owned())));
    }

    fn show(&self, state: ContainerState, restarts: u32) {
        let container = ContainerView { name: "app".to_owned(), state, restarts, ..ContainerView::default() };
        let pod = PodView {
            meta: Meta { uid: "uid".to_owned(), ..Meta::default() },
            phase: PodPhase::Running,
            containers: vec![container],
            ..PodView::default()
        };
        self.pod.send_replace(PodSeen::Pod(Arc::new(pod)));
    }

    fn run(&self, restarts: u32) {
        self.show(ContainerState::Running { since: None }, restarts);
    }

    fn follows(&self) -> usize {
        lock(&self.requests).iter().filter(|request| request.contains_key("follow")).count()
    }
}

impl PodStates for Api {
    fn pod(&self, _: &str, _: &str) -> PodSeen {
        self.pod.borrow().clone()
    }

    fn changed(&self, _: &str) -> BoxFuture<'static, ()> {
        let mut receiver = self.pod.subscribe();
        async move {
            let _ = receiver.changed().await;
        }
        .boxed()
    }
}

/// `GET .../pods/{pod}/log`, as a kubelet answers it.
async fn serve(State(api): State<Arc<Api>>, Query(query): Query<HashMap<String, String>>) -> Response {
    lock(&api.requests).push(query.clone());
    let since = query
        .get("sinceTime")
        .map_or(0, |since| i64::try_from(since.parse::<jiff::Timestamp>().unwrap().as_nanosecond()).unwrap());
    let follow = query.contains_key("follow");
    let answers = if follow || query.contains_key("previous") { &api.answers } else { &api.backlog };
    let answer = lock(answers).pop_front();
    let budget = match answer {
        Some(Answer::Refuse(status)) => {
            let body = format!(r#"{{"kind":"Status","status":"Failure","code":{}}}"#, status.as_u16());
            return (status, body).into_response();
        }
        Some(Answer::Break(bytes) | Answer::End(bytes)) => bytes,
        _ => usize::MAX,
    };
    if query.contains_key("previous") && !api.previous.load(Ordering::Relaxed) {
        let body = r#"{"kind":"Status","status":"Failure","reason":"BadRequest","code":400}"#;
        return (StatusCode::BAD_REQUEST, body).into_response();
    }
    let tail = query.get("tailLines").map_or(usize::MAX, |tail| tail.parse().unwrap());
    let receiver = api.log.subscribe();
    let first = receiver.borrow().lines.len().saturating_sub(tail);
    let state = (receiver, first, budget, false);
    let stream = futures::stream::unfold(state, move |(mut receiver, mut next, budget, over)| async move {
        if over {
            return None;
        }
        loop {
            let (text, ended) = {
                let log = receiver.borrow_and_update();
                let mut text = String::new();
                for (nanos, line) in log.lines.iter().skip(next).filter(|(nanos, _)| *nanos >= since) {
                    let stamp = jiff::Timestamp::from_nanosecond(i128::from(*nanos)).unwrap();
                    writeln!(text, "{stamp:.9} {line}").unwrap();
                }
                next = log.lines.len().max(next);
                (text, log.ended)
            };
            if text.len() >= budget {
                let piece = Bytes::from(text.into_bytes()).slice(..budget);
                let broken = matches!(answer, Some(Answer::Break(_)));
                // First the bytes, then the break: an error at once would swallow them.
                if broken && budget == 0 {
                    return Some((Err(std::io::Error::other("broken")), (receiver, next, 0, true)));
                }
                return Some((Ok(piece), (receiver, next, 0, !broken)));
            }
            if !text.is_empty() {
                let left = if budget == usize::MAX { budget } else { budget - text.len() };
                return Some((Ok(Bytes::from(text)), (receiver, next, left, false)));
            }
            if ended || !follow {
                return None;
            }
            if matches!(answer, Some(Answer::Stall)) {
                std::future::pending::<()>().await;
            }
            receiver.changed().await.ok()?;
        }
    });
    Response::new(Body::from_stream(stream))
}

/// So long that no log is opened anew because a slow machine has brought nothing for a while.
const PATIENT: Duration = Duration::from_mins(1);
/// For logs that really have nothing to bring.
const IMPATIENT: Duration = Duration::from_millis(300);

async fn start(answers: &[Answer]) -> (Arc<Api>, Logs) {
    start_with(answers, MOST_UPSTREAMS, PATIENT).await
}

async fn start_bounded(answers: &[Answer], most: Most) -> (Arc<Api>, Logs) {
    start_with(answers, most, PATIENT).await
}

async fn start_with(answers: &[Answer], most: Most, silence: Duration) -> (Arc<Api>, Logs) {
    let api = Arc::new(Api {
        log: watch::Sender::new(Log::default()),
        answers: Mutex::new(answers.iter().copied().collect()),
        backlog: Mutex::default(),
        requests: Mutex::default(),
        pod: watch::Sender::new(PodSeen::Unknown),
        previous: AtomicBool::new(false),
    });
    let app = Router::new().route("/api/v1/namespaces/ns/pods/p/log", get(serve)).with_state(Arc::clone(&api));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move { axum::serve(listener, app).await });
    let mut config = kube::Config::new(format!("http://{address}").parse().unwrap());
    config.default_retry = false;
    let _ = rustls::crypto::ring::default_provider().install_default();
    let cluster = Arc::new(Cluster::from_client(Uuid::nil().into(), kube::Client::try_from(config).unwrap()));
    let times = Times {
        linger: Duration::from_millis(100),
        silence,
        retry: Duration::from_millis(5),
        gather: Duration::from_millis(5),
        previous: Duration::from_secs(30),
    };
    let states: Arc<dyn PodStates> = Arc::clone(&api) as _;
    let logs = Logs::bounded([(cluster, states)], CancellationToken::new(), times, most);
    api.run(0);
    (api, logs)
}

fn follow(logs: &Logs, request: LogRequest) -> impl Stream<Item = LogBatch> + Send + use<> {
    logs.follow(request).map(Result::unwrap)
}

fn request(tail: usize) -> LogRequest {
    LogRequest {
        by: Uuid::nil().into(),
        cluster: Uuid::nil().into(),
        namespace: "ns".to_owned(),
        pod: "p".to_owned(),
        container: "app".to_owned(),
        previous: false,
        after: None,
        tail,
    }
}

/// Reads until so many lines have come; also tells whether there was a gap.
async fn read(stream: &mut (impl futures::Stream<Item = LogBatch> + Unpin), count: usize) -> (Vec<String>, bool) {
    let (mut lines, mut gap) = (Vec::new(), false);
    while lines.len() < count {
        let batch = tokio::time::timeout(Duration::from_secs(10), stream.next()).await;
        let batch = batch.unwrap_or_else(|_| panic!("only {lines:?}")).unwrap();
        gap |= batch.gap;
        lines.extend(batch.lines.into_iter().map(|line| line.text.to_string()));
    }
    (lines, gap)
}

async fn until(stream: &mut (impl futures::Stream<Item = LogBatch> + Unpin), state: LogState) -> LogBatch {
    tokio::time::timeout(Duration::from_secs(10), async {
        loop {
            let batch = stream.next().await.unwrap();
            if batch.state == state {
                return batch;
            }
        }
    })
    .await
    .unwrap()
}

fn numbered(count: usize) -> Vec<String> {
    (0..count).map(|number| format!("line {number}")).collect()
}

#[tokio::test]
async fn the_last_lines_then_the_new_ones_then_the_end() {
    let (api, logs) = start(&[]).await;
    (0..5).for_each(|number| api.write(number, &format!("line {number}")));
    let mut stream = Box::pin(follow(&logs, request(2)));
    assert_eq!(read(&mut stream, 2).await.0, ["line 3", "line 4"]);
    api.write(9, "new");
    assert_eq!(read(&mut stream, 1).await.0, ["new"]);
    api.write(10, "last");
    api.log.send_modify(|log| log.ended = true);
    api.pod.send_replace(PodSeen::Gone);
    let end = until(&mut stream, LogState::Ended).await;
    assert!(end.lines.len() <= 1);
    assert_eq!(stream.next().await, None);
}

#[tokio::test]
async fn broken_links_lose_nothing_and_repeat_nothing() {
    let refuse = [StatusCode::TOO_MANY_REQUESTS, StatusCode::INTERNAL_SERVER_ERROR, StatusCode::BAD_GATEWAY];
    let breaks = (0..60).map(|number| match number % 10 {
        7 => Answer::Refuse(refuse[number / 10 % 3]),
        // In the middle of a line, ended as if all were well.
        3 => Answer::End(37 * number + 11),
        _ => Answer::Break(41 * number + 3),
    });
    let (api, logs) = start(&breaks.collect::<Vec<_>>()).await;
    let mut stream = Box::pin(follow(&logs, request(1000)));
    let write = async {
        for number in 0..300_i64 {
            // Four lines each moment, forty moments each second. Written over some time, so that the breaks come in between.
            api.write(SECOND / 40 * (number / 4), &format!("line {number}"));
            if number % 10 == 0 {
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
        }
    };
    let ((lines, gap), ()) = tokio::join!(read(&mut stream, 300), write);
    assert_eq!(lines, numbered(300));
    assert!(!gap);
    assert!(api.follows() > 20, "{}", api.follows());
}

#[tokio::test]
async fn what_was_before_is_read_again_where_it_breaks_half_way() {
    let (api, logs) = start(&[Answer::Break(60)]).await;
    (0..10).for_each(|number| api.write(number, &format!("line {number}")));
    // A line has 38 bytes.
    lock(&api.backlog).extend([Answer::Break(150), Answer::Refuse(StatusCode::BAD_GATEWAY), Answer::Break(300)]);
    let mut stream = Box::pin(follow(&logs, request(5)));
    assert_eq!(read(&mut stream, 5).await, (numbered(10)[5..].to_vec(), false));
    api.write(10, "line 10");
    assert_eq!(read(&mut stream, 1).await, (vec!["line 10".to_owned()], false));
    assert!(lock(&api.backlog).is_empty());
    let late = follow(&logs, request(100));
    assert_eq!(read(&mut Box::pin(late), 11).await.0, numbered(11), "none is missing, and none is there twice");
}

#[tokio::test]
async fn many_readers_share_one_stream_that_ends_after_the_last() {
    let (api, logs) = start(&[]).await;
    api.write(0, "line 0");
    let mut readers: Vec<_> = (0..20).map(|_| Box::pin(follow(&logs, request(10)))).collect();
    for reader in &mut readers {
        assert_eq!(read(reader, 1).await.0, ["line 0"]);
    }
    api.write(1, "line 1");
    for reader in &mut readers {
        assert_eq!(read(reader, 1).await.0, ["line 1"]);
    }
    assert_eq!((logs.upstreams(), api.follows()), (1, 1));
    let late = follow(&logs, request(10));
    assert_eq!(read(&mut Box::pin(late), 2).await.0, numbered(2));
    drop(readers);
    nobody_is_read(&logs).await;
}

async fn nobody_is_read(logs: &Logs) {
    only_so_many_are_followed(logs, 0).await;
}

async fn only_so_many_are_followed(logs: &Logs, count: usize) {
    tokio::time::timeout(Duration::from_secs(5), async {
        while logs.upstreams() > count {
            // Nothing tells when a log is let go: whoever would be told is gone by then.
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    })
    .await
    .unwrap();
}

#[tokio::test]
async fn no_more_containers_are_followed_than_may_be() {
    let (api, logs) = start_bounded(&[], Most { all: 1, each: 2 }).await;
    api.write(0, "line 0");
    let mut first = Box::pin(follow(&logs, request(10)));
    assert_eq!(read(&mut first, 1).await.0, ["line 0"]);
    let another = || LogRequest { pod: "q".to_owned(), ..request(10) };
    let refused: Vec<_> = logs.follow(another()).collect().await;
    assert_eq!(refused, [Err(LogError::Crowded)]);
    let second = follow(&logs, request(10));
    assert_eq!(read(&mut Box::pin(second), 1).await.0, ["line 0"], "one that is followed is open to all");
    drop(first);
    nobody_is_read(&logs).await;
    let followed = logs.follow(another()).next().await;
    assert_eq!(followed, Some(Ok(LogBatch::empty(LogState::Waiting))));
}

#[tokio::test]
async fn one_reader_does_not_take_the_places_of_others() {
    let (api, logs) = start_bounded(&[], Most { all: 3, each: 1 }).await;
    api.write(0, "line 0");
    let mut first = Box::pin(follow(&logs, request(10)));
    assert_eq!(read(&mut first, 1).await.0, ["line 0"]);
    let another = || LogRequest { pod: "q".to_owned(), ..request(10) };
    let refused: Vec<_> = logs.follow(another()).collect().await;
    assert_eq!(refused, [Err(LogError::OwnShare)]);
    assert_eq!(read(&mut Box::pin(follow(&logs, request(10))), 1).await.0, ["line 0"], "the same once more");
    // Closed a moment ago, it still is there, and so it counts.
    drop(first);
    assert_eq!(logs.follow(another()).next().await, Some(Err(LogError::OwnShare)));

    let other = LogRequest { by: Uuid::from_u128(2).into(), ..another() };
    let mut others = Box::pin(logs.follow(other));
    assert_eq!(others.next().await, Some(Ok(LogBatch::empty(LogState::Waiting))), "another has a share of their own");
    // What another has begun is open to whoever may read it, and is none of theirs.
    let mut joined = Box::pin(logs.follow(another()));
    assert_eq!(joined.next().await, Some(Ok(LogBatch::empty(LogState::Waiting))));
    only_so_many_are_followed(&logs, 1).await;
    let third = |by: u128| LogRequest { by: Uuid::from_u128(by).into(), pod: "r".to_owned(), ..request(10) };
    let mut again = Box::pin(logs.follow(third(0)));
    assert_eq!(again.next().await, Some(Ok(LogBatch::empty(LogState::Waiting))));

    // Whoever reads on where the first has gone does not use up the share of the first.
    drop(again);
    only_so_many_are_followed(&logs, 1).await;
    drop(others);
    let mut others = Box::pin(logs.follow(third(2)));
    assert_eq!(others.next().await, Some(Ok(LogBatch::empty(LogState::Waiting))));
    let refused = LogRequest { pod: "s".to_owned(), ..request(10) };
    assert_eq!(logs.follow(refused).next().await, Some(Err(LogError::OwnShare)), "it is of their own share now");
    drop(joined);
}

#[tokio::test]
async fn a_stalled_follow_is_opened_anew() {
    let (api, logs) = start_with(&[Answer::Stall], MOST_UPSTREAMS, IMPATIENT).await;
    api.write(0, "line 0");
    let mut stream = Box::pin(follow(&logs, request(10)));
    assert_eq!(read(&mut stream, 1).await.0, ["line 0"]);
    api.write(1, "line 1");
    let (lines, gap) = read(&mut stream, 1).await;
    assert_eq!((lines[0].as_str(), gap), ("line 1", false));
}

#[tokio::test]
async fn a_file_that_was_rotated_away_leaves_a_gap() {
    let (api, logs) = start_with(&[Answer::Stall], MOST_UPSTREAMS, IMPATIENT).await;
    api.write(0, "line 0");
    let mut stream = Box::pin(follow(&logs, request(10)));
    read(&mut stream, 1).await;
    api.log.send_modify(|log| log.lines.clear());
    api.write(60 * SECOND, "much later");
    assert_eq!(read(&mut stream, 1).await, (vec!["much later".to_owned()], true));
}

#[tokio::test]
async fn it_waits_for_the_start_and_for_the_cluster() {
    let (api, logs) = start(&[]).await;
    api.show(ContainerState::Waiting { reason: "ContainerCreating".to_owned(), message: String::new() }, 0);
    let mut stream = Box::pin(follow(&logs, request(10)));
    until(&mut stream, LogState::Waiting).await;
    assert!(lock(&api.requests).is_empty());
    api.write(0, "line 0");
    api.run(0);
    assert_eq!(read(&mut stream, 1).await.0, ["line 0"]);

    lock(&api.answers).push_front(Answer::Break(0));
    api.pod.send_replace(PodSeen::Unknown);
    let mut away = Box::pin(follow(&logs, request(10)));
    until(&mut away, LogState::Waiting).await;
    api.write(1, "line 1");
    api.run(0);
    assert_eq!(read(&mut away, 2).await.0, numbered(2));
    assert_eq!(read(&mut stream, 1).await, (vec!["line 1".to_owned()], false));
}

#[tokio::test]
async fn a_container_that_is_started_again_goes_on() {
    let (api, logs) = start(&[]).await;
    api.write(0, "line 0");
    let mut stream = Box::pin(follow(&logs, request(10)));
    read(&mut stream, 1).await;
    let end = Termination { exit_code: 1, ..Termination::default() };
    api.log.send_modify(|log| log.ended = true);
    api.show(ContainerState::Terminated(end), 0);
    until(&mut stream, LogState::Waiting).await;
    // A new file, without the old lines.
    api.log.send_modify(|log| (log.ended, log.lines) = (false, vec![(START + 9 * SECOND, "again".to_owned())]));
    api.run(1);
    assert_eq!(read(&mut stream, 1).await, (vec!["again".to_owned()], false));
}

#[tokio::test]
async fn a_reader_that_comes_back_goes_on_after_its_line() {
    let (api, logs) = start(&[]).await;
    (0..9).for_each(|number| api.write(number / 3, &format!("line {number}")));
    let mut first = Box::pin(follow(&logs, request(10)));
    let mut cursor = None;
    while cursor.is_none() {
        cursor = first.next().await.unwrap().lines.get(4).map(|line| line.cursor);
    }
    let mut second = Box::pin(follow(&logs, LogRequest { after: cursor, ..request(0) }));
    assert_eq!(read(&mut second, 4).await.0, ["line 5", "line 6", "line 7", "line 8"]);
}

#[tokio::test]
async fn a_slow_reader_is_told_how_much_it_missed() {
    let (api, logs) = start(&[]).await;
    api.write(0, "first");
    let mut slow = Box::pin(follow(&logs, request(10)));
    let mut quick = Box::pin(follow(&logs, request(10)));
    read(&mut slow, 1).await;
    let all = ring::MAX_LINES + 1000;
    (0..i64::try_from(all).unwrap()).for_each(|number| api.write(1 + number, "x"));
    api.write(SECOND, "last");
    while read(&mut quick, 1).await.0.last().is_none_or(|line| line != "last") {}
    let batch = slow.next().await.unwrap();
    assert_eq!(batch.dropped, 1001);
    assert!(!batch.gap && !batch.lines.is_empty());
}

#[tokio::test]
async fn the_run_before_is_read_once_over_broken_links() {
    let breaks = [Answer::Refuse(StatusCode::BAD_GATEWAY), Answer::Break(30_000), Answer::Break(70_000)];
    let (api, logs) = start(&breaks).await;
    api.previous.store(true, Ordering::Relaxed);
    (0..1200).for_each(|number| api.write(number / 3, &format!("line {number}")));
    let before = || LogRequest { previous: true, ..request(1200) };
    let mut stream = Box::pin(follow(&logs, before()));
    assert_eq!(read(&mut stream, 1200).await, (numbered(1200), false));
    let rest: Vec<_> = stream.collect().await;
    assert!(rest.iter().all(|batch| batch.lines.is_empty() && batch.state == LogState::Ended), "{rest:?}");
    assert_eq!(api.follows(), 0);

    let mut batches: Vec<_> = follow(&logs, before()).collect().await;
    assert_eq!(batches.pop().unwrap().state, LogState::Ended);
    let cursor = batches[0].lines[4].cursor;
    let after = follow(&logs, LogRequest { after: Some(cursor), ..before() });
    assert_eq!(read(&mut Box::pin(after), 1195).await.0, numbered(1200)[5..]);
}

#[tokio::test]
async fn without_a_run_before_it_ends_at_once() {
    let (api, logs) = start(&[]).await;
    api.write(0, "line 0");
    let batches: Vec<_> = follow(&logs, LogRequest { previous: true, ..request(10) }).collect().await;
    assert_eq!(batches, [LogBatch::empty(LogState::Ended)]);
}

#[tokio::test]
async fn a_whole_log_is_read_to_where_it_is_and_no_further_than_its_bound() {
    let (api, logs) = start(&[]).await;
    (0..3).for_each(|number| api.write(number, &format!("line {number}")));
    let log = WholeLog {
        cluster: Uuid::nil().into(),
        namespace: "ns".to_owned(),
        pod: "p".to_owned(),
        container: "app".to_owned(),
        previous: false,
        since_seconds: Some(60),
        most: 1 << 20,
    };
    let text = async |log: &WholeLog| {
        let pieces: Vec<_> = logs.whole(log).await.unwrap().collect().await;
        String::from_utf8(pieces.into_iter().flat_map(Result::unwrap).collect()).unwrap()
    };
    let stamp = "2026-01-01T00:00:00.00000000";
    assert_eq!(text(&log).await, format!("{stamp}0Z line 0\n{stamp}1Z line 1\n{stamp}2Z line 2\n"));
    let cut = text(&WholeLog { most: 40, ..log.clone() }).await;
    assert!(cut.starts_with(&format!("{stamp}0Z line 0\n---")), "{cut}");
    let request = lock(&api.requests).pop().unwrap();
    assert_eq!((request.get("sinceSeconds").map(String::as_str), request.contains_key("follow")), (Some("60"), false));
    assert!(logs.whole(&WholeLog { previous: true, ..log }).await.is_err());
}
