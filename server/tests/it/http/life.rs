//! Signals and metrics, which belong to the whole process.

use server::{
    http::serve::{Bounds, Life, serve},
    telemetry,
};

use super::{TestServer, socket::Socket};

#[tokio::test]
async fn metrics_count_what_was_asked_and_hold_nothing_of_it() {
    let handle = telemetry::metrics::install().expect("the first recorder");
    let life = Life::default();
    telemetry::metrics::keep_tidy(handle.clone(), &life);
    let server = TestServer::start().await;
    server.post("query canary { hello }").send().await.expect("an answer");
    server.post("{ leak canary: hello }").bearer_auth("good").send().await.expect("an answer");
    server.get("/canary/path").await;
    let mut socket = Socket::ready(&server).await;
    socket.subscribe("canary", "subscription { wait }").await;
    socket.hear().await;

    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let url = format!("http://{}/metrics", listener.local_addr().expect("an address"));
    tokio::spawn(serve(listener, telemetry::metrics::router(handle), Bounds::default(), life.clone()));
    let text = server.client.get(url).send().await.expect("an answer").text().await.expect("text");
    for expected in [
        r#"woow_graphql_operations_total{kind="query",code="OK"}"#,
        r#"woow_graphql_operations_total{kind="query",code="INTERNAL"}"#,
        r#"woow_graphql_operation_seconds_bucket{kind="query",le="0.1"}"#,
        r#"woow_http_requests_total{method="POST",route="/graphql",status="200"}"#,
        r#"route="other""#,
        "\nwoow_graphql_sockets ",
        "\nwoow_graphql_streams ",
        "\nprocess_resident_memory_bytes ",
        "\nprocess_open_fds ",
    ] {
        assert!(text.contains(expected), "{expected} is missing in\n{text}");
    }
    assert!(!text.contains("canary"), "{text}");
    life.stopping.cancel();
    assert!(life.end().await);
}

#[tokio::test]
async fn a_signal_ends_everything_in_order() {
    let life = Life::default();
    life.stop_on_signals().expect("handlers");
    let (stopping, waited) = (life.stopping.clone(), std::sync::Arc::new(std::sync::atomic::AtomicBool::new(false)));
    let flag = std::sync::Arc::clone(&waited);
    let (finish, finished) = tokio::sync::oneshot::channel::<()>();
    life.tasks.spawn(async move {
        stopping.cancelled().await;
        finished.await.expect("the test goes on");
        flag.store(true, std::sync::atomic::Ordering::SeqCst);
    });
    rustix::process::kill_process(rustix::process::getpid(), rustix::process::Signal::TERM).expect("sent");
    life.stopping.cancelled().await;
    let mut end = std::pin::pin!(life.end());
    assert!(futures::poll!(end.as_mut()).is_pending(), "something is still under way");
    finish.send(()).expect("it waits for this");
    assert!(end.await);
    assert!(waited.load(std::sync::atomic::Ordering::SeqCst), "background work is waited for");
}
