//! The API server refuses, fails, is slow, forgets where a watch was, or is gone: it is told meanwhile, and comes right by
//! itself afterwards.

use super::{
    play::{Play, Point, What},
    points::{self, Fits, VERSION},
    proxy::Proxy,
    rules::{Fault, Seen},
    stage::{SHORT_LEASE, Stage, some_at_once},
    world::{self, says},
};
use crate::support::cluster;
use k8s_openapi::api::core::v1::Pod;
use kube::{
    Api,
    api::{DeleteParams, Patch, PatchParams},
};
use serde_json::{Value, json};
use std::time::Duration;

/// A launch that nothing stops.
async fn launch(stage: &Stage, name: &str) -> Play {
    let mut play = Play::prepare(stage, What::Launch, [Point::Before(|_| false); 2], name).await;
    play.begin(stage).await;
    play
}

/// Deletes a service's pod, and waits until the caches know the next one.
async fn follows(stage: &Stage, play: &Play) {
    let before = world::pods(&play.namespace).await;
    let api = Api::<Pod>::namespaced(cluster().await.client(), &play.namespace);
    api.delete(&before[0], &DeleteParams::default()).await.unwrap();
    let is_another = |service: &Value| {
        let pods = service["pods"].as_array().unwrap();
        service["status"]["reason"] == "ALL_READY" && pods.iter().all(|pod| pod["name"] != before[0].as_str())
    };
    stage.service_until(&play.service, is_another).await;
}

#[tokio::test]
async fn gone_and_back() {
    let stage = Stage::new(&[]).await;
    let mut there = launch(&stage, "There").await;
    there.ends_well(&stage).await;
    let mut late = Play::prepare(&stage, What::Launch, [Point::Before(|_| false); 2], "Late").await;

    stage.proxy.go_away().await;
    let away = stage.shown(&there.service, "CLUSTER_AWAY").await;
    assert_eq!(away["status"]["state"], "UNKNOWN", "what was last seen may be over");
    late.begin(&stage).await;
    // Before the sixth try are pauses of 2, 4, 8, 16 and 32 seconds: a minute. The one behind it has begun when it is told.
    for pauses in [4, 6] {
        stage.said(&late.operation, "WILL_RETRY", pauses).await;
    }
    let waiting = stage.shown(&late.service, "CLUSTER_AWAY").await;
    assert_eq!(waiting["status"]["state"], "PENDING");

    stage.proxy.come_back().await;
    stage.shown(&there.service, "ALL_READY").await;
    let journal = late.ends_well(&stage).await;
    let again: Vec<_> = journal.iter().filter(|entry| entry["code"] == "WILL_RETRY").collect();
    assert!(again.len() >= 6, "{journal:#?}");
    assert!(again.iter().all(|entry| world::param(entry, "error").unwrap() == "CLUSTER_UNREACHABLE"), "{journal:#?}");
    // Nobody waits for the end of a pause once the cluster answers again.
    let pause = again.last().unwrap();
    let after = journal.iter().skip_while(|entry| entry["seq"] != pause["seq"]).nth(1).unwrap();
    let longest: i64 = world::param(pause, "seconds").unwrap().parse().unwrap();
    assert!(world::at(after) - world::at(pause) < longest, "{journal:#?}");
    follows(&stage, &there).await;
}

#[tokio::test]
async fn gone_while_helm_works() {
    let stage = Stage::new(&[]).await;
    let mut play = Play::prepare(&stage, What::Launch, points::named(What::Launch, "workload before"), "Flows").await;
    play.arm(&stage, 0);
    play.begin(&stage).await;
    play.arrived(&stage, 0).await;
    stage.proxy.go_away().await;
    play.lose();
    let waits = |operation: &Value| operation["attempts"].as_u64().unwrap() >= 2;
    stage.eye.operation_until(&play.operation, waits).await;
    stage.proxy.come_back().await;
    let journal = play.ends_well(&stage).await;
    assert!(says(&journal, "RELEASE_HEALED") >= 1, "{journal:#?}");
}

fn watches(seen: &Seen) -> bool {
    !seen.helm && seen.watches()
}

#[tokio::test]
async fn watches_are_cut_and_too_old() {
    let stage = Stage::new(&[]).await;
    let mut play = launch(&stage, "Flows").await;
    play.ends_well(&stage).await;
    for fault in [Fault::TooOld, Fault::Cut, Fault::Answer(500), Fault::Answer(429)] {
        // Each of the eleven watches once, and then some.
        stage.proxy.fault(15, fault, watches);
        stage.proxy.cut();
        follows(&stage, &play).await;
        stage.proxy.behave();
    }
    // What is listed anew fails too.
    stage.proxy.fault(15, Fault::TooOld, watches);
    stage.proxy.fault(2, Fault::Answer(500), |seen| !seen.helm && seen.method == "GET" && seen.path.ends_with("/pods"));
    stage.proxy.cut();
    follows(&stage, &play).await;
}

#[tokio::test]
async fn slow_answers_are_waited_for() {
    let stage = Stage::new(&[]).await;
    let mut play = Play::prepare(&stage, What::Launch, [Point::Before(|_| false); 2], "Flows").await;
    stage.proxy.fault(usize::MAX, Fault::Slow(Duration::from_millis(150)), |seen| !seen.watches());
    play.begin(&stage).await;
    let journal = play.ends_well(&stage).await;
    assert_eq!(says(&journal, "WILL_RETRY"), 0, "{journal:#?}");
}

/// A server that was started just now knows of no pod and no claim, which does not mean that there is none.
#[tokio::test]
async fn nothing_is_gone_before_the_cluster_was_read() {
    let mut stage = Stage::new(&[SHORT_LEASE]).await;
    let mut play = Play::prepare(&stage, What::Delete, [Point::Before(|_| false); 2], "slow to end").await;
    let pods = Api::<Pod>::namespaced(cluster().await.client(), &play.namespace);
    let pod = world::pods(&play.namespace).await.remove(0);
    let with = async |finalizers: Value| {
        let patch = json!({ "metadata": { "finalizers": finalizers } });
        pods.patch(&pod, &PatchParams::default(), &Patch::Merge(patch)).await.unwrap();
    };
    with(json!(["woow.io/test"])).await;
    play.begin(&stage).await;
    stage.said(&play.operation, "VOLUME_REMOVED", 1).await;
    stage.server.kill().await;
    let of_all = ["/api/v1/pods", "/api/v1/persistentvolumeclaims"];
    let reading = stage.proxy.pause(move |seen| of_all.contains(&seen.path.as_str()));
    stage.run_again().await;
    stage.said(&play.operation, "TAKEN_UP", 1).await;
    reading.let_go();
    // Were it over, there would be no service to be shown.
    stage.service_until(&play.service, |service| service["status"]["reason"] != "CACHE_WARMING").await;
    with(Value::Null).await;
    play.ends_well(&stage).await;
}

/// A request is refused once, and it ends; tried again, it ends well.
async fn refused(stage: &Stage, (what, request, fits): (What, &'static str, Fits)) {
    let mut play = Play::prepare(stage, what, [Point::Before(fits); 2], &format!("{what:?} {request}")).await;
    let pause = play.pause(stage);
    if request == "version" {
        // It names no namespace, so nothing pauses it: it is asked for as soon as a server has begun.
        stage.proxy.fault(1, Fault::Answer(403), fits);
        play.begin(stage).await;
    } else {
        play.begin(stage).await;
        let namespace = play.namespace.clone();
        stage.proxy.fault(1, Fault::Answer(403), move |seen| seen.is_about(&namespace) && fits(seen));
    }
    pause.let_go();
    assert_eq!(stage.eye.ended(&play.operation).await, "FAILED", "{what:?} {request}");
    let journal = world::journal(stage, &play.operation).await;
    let failed = journal.iter().find(|entry| entry["code"] == "STEP_FAILED").unwrap();
    assert_eq!(world::param(failed, "error").unwrap(), "CLUSTER_FORBIDDEN", "{what:?} {request}: {journal:#?}");
    assert_eq!((says(&journal, "FAILED"), &journal.last().unwrap()["code"]), (1, &json!("FAILED")));
    let query = "query($id: ID!) { operation(id: $id) { retryable error { code } } }";
    let shown = stage.eye.ask(query, json!({ "id": play.operation })).await;
    assert_eq!(shown["operation"], json!({ "retryable": true, "error": { "code": "CLUSTER_FORBIDDEN" } }));
    play.retry(stage).await;
    play.ends_well_again(stage).await;
}

#[tokio::test]
async fn a_refusal_ends_it_in_words_and_it_can_be_tried_again() {
    let stage = Stage::new(&[]).await;
    // That names no namespace, so nothing else is launched meanwhile.
    refused(&stage, (What::Launch, "version", VERSION)).await;
    let of = |what| points::refusals(what).into_iter().map(move |(request, fits)| (what, request, fits));
    let all = [What::Workspace, What::Launch, What::Restart, What::Delete].into_iter().flat_map(of);
    some_at_once(all.map(|case| refused(&stage, case))).await;
}

#[tokio::test]
async fn a_server_starts_while_the_cluster_is_away() {
    let mut stage = Stage::new(&[]).await;
    let mut play = launch(&stage, "Flows").await;
    play.ends_well(&stage).await;
    stage.server.kill().await;
    stage.proxy.go_away().await;
    stage.run_again().await;
    stage.shown(&play.service, "CLUSTER_AWAY").await;
    stage.proxy.come_back().await;
    stage.shown(&play.service, "ALL_READY").await;
}

#[tokio::test]
async fn the_proxy_does_as_it_is_told() {
    let proxy = Proxy::start().await;
    let ask = async || {
        let address: Value = serde_json::from_slice(&std::fs::read(proxy.kubeconfig()).unwrap()).unwrap();
        let address = address["clusters"][0]["cluster"]["server"].as_str().unwrap().to_owned();
        let answer =
            reqwest::Client::builder().no_proxy().build().unwrap().get(format!("{address}/version")).send().await;
        answer.map(|answer| answer.status().as_u16())
    };
    assert_eq!(ask().await.unwrap(), 200);
    proxy.fault(1, Fault::Answer(503), |seen| seen.path == "/version");
    assert_eq!(ask().await.unwrap(), 503);
    proxy.fault(1, Fault::Cut, |seen| seen.path == "/version");
    assert!(ask().await.is_err());
    let held = proxy.hold(|seen| seen.path == "/version");
    let (answer, ()) = tokio::join!(ask(), async {
        assert!(held.arrived().await, "it has not come to its place");
        held.let_go();
    });
    assert_eq!(answer.unwrap(), 200);
    proxy.go_away().await;
    assert!(ask().await.unwrap_err().is_connect(), "refused");
    proxy.come_back().await;
    assert_eq!(ask().await.unwrap(), 200);
    assert_eq!(proxy.seen().len(), 5);
}
