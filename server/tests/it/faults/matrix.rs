//! Every step of every operation is interrupted, twice in a row, and taken up: by the next server after a kill, by another
//! one while the first is stopped, by the same one when Helm was killed or the API server has failed. What remains is what
//! an undisturbed run leaves.
//!
//! All places of an operation are played at once, each in a workspace of its own, so that a server is killed when all are
//! where they should be.

use super::{
    play::{Play, Point, What},
    points,
    rules::Fault,
    stage::{SHORT_LEASE, Stage, some_at_once},
    world::{self, says},
};
use crate::support::Server;
use futures::future::join_all;
use rustix::process::{Pid, Signal, kill_process};

type Places = Vec<(What, &'static str, [Point; 2])>;

/// Places of one kind of operation.
fn of(what: What, places: Vec<(&'static str, [Point; 2])>) -> Places {
    places.into_iter().map(|(name, points)| (what, name, points)).collect()
}

/// Every way in which a request fails that passes.
const WAYS: [(&str, Fault); 4] =
    [("500", Fault::Answer(500)), ("503", Fault::Answer(503)), ("429", Fault::Answer(429)), ("cut", Fault::Cut)];

/// Begins everything; each operation is at its first point.
async fn begun(stage: &Stage, places: Places) -> Vec<Play> {
    let prepare = |(what, name, points)| async move { Play::prepare(stage, what, points, name).await };
    let mut plays = join_all(places.into_iter().map(prepare)).await;
    join_all(plays.iter_mut().map(|play| play.begin_stopped(stage))).await;
    all_arrived(stage, &plays, 0).await;
    plays
}

/// All are at their points at one time: the server gives a request up after 20 seconds, and a chart after 30, and the last
/// may take longer than that to come.
async fn all_arrived(stage: &Stage, plays: &[Play], round: usize) {
    loop {
        join_all(plays.iter().map(|play| play.arrived(stage, round))).await;
        if plays.iter().all(|play| play.is_there(round)) {
            return;
        }
    }
}

/// All end well; how often each was taken up.
async fn end(stage: &Stage, plays: &mut [Play]) -> Vec<Vec<serde_json::Value>> {
    let journals = join_all(plays.iter_mut().map(|play| play.ends_well(stage))).await;
    assert_eq!(world::unfinished(stage.server.database()).await, Vec::<String>::new());
    assert_eq!(world::orphaned_addresses(stage.server.database()).await, Vec::<String>::new());
    journals
}

/// The server is killed, and with it each Helm; with `helm_first`, Helm a moment before.
async fn server_killed(mut stage: Stage, places: Places, helm_first: bool) {
    let mut plays = begun(&stage, places).await;
    for round in 0..2 {
        if round > 0 {
            all_arrived(&stage, &plays, round).await;
        }
        if helm_first {
            join_all(plays.iter().map(|play| play.kill_helm(&stage))).await;
        }
        stage.server.kill().await;
        for play in &mut plays {
            play.lose();
            if round == 0 {
                play.arm(&stage, 1);
            }
        }
        stage.run_again().await;
    }
    for journal in end(&stage, &mut plays).await {
        // Where Helm went first, the server may have had the time to say that it will try again.
        let noticed = if helm_first { says(&journal, "WILL_RETRY") } else { 0 };
        assert!(says(&journal, "TAKEN_UP") + noticed >= 2, "{journal:#?}");
    }
}

/// Helm alone is killed: the step waits a little and looks again. No Helm waits for the others to come to their places: one that
/// renders a chart has half a minute for it, and would be ended by the server.
async fn helm_killed(what: What) {
    let stage = Stage::new(&[]).await;
    let play = async |(name, points): (&'static str, [Point; 2])| {
        let mut play = Play::prepare(&stage, what, points, name).await;
        play.begin_stopped(&stage).await;
        for round in 0..2 {
            play.arrived(&stage, round).await;
            play.kill_helm(&stage).await;
            play.lose();
            if round == 0 {
                play.arm(&stage, 1);
            }
        }
        play
    };
    let mut plays = join_all(points::by_helm(what).into_iter().map(play)).await;
    for journal in end(&stage, &mut plays).await {
        let again: Vec<_> = journal.iter().filter(|entry| entry["code"] == "WILL_RETRY").collect();
        assert_eq!(again.len(), 2, "{journal:#?}");
        assert!(again.iter().all(|entry| world::param(entry, "error").unwrap() == "HELM_FAILED"), "{journal:#?}");
        assert_eq!(says(&journal, "TAKEN_UP"), 0, "{journal:#?}");
    }
}

fn signal(server: &Server, signal: Signal) {
    kill_process(Pid::from_raw(i32::try_from(server.pid()).unwrap()).unwrap(), signal).unwrap();
}

/// What is claimed: one that waits to be tried again is not, and the server then has nothing to leave.
const HELD: &str = "SELECT CAST(id AS TEXT) FROM operations WHERE lease_owner IS NOT NULL";

/// How a server lets go of what another has taken over. One that is stopped within a transaction finds that PostgreSQL has
/// ended that meanwhile, and can write nothing more.
const LEFT: &[&str] = &["left to whoever holds the claim", "the operation's state could not be written"];

/// The server is stopped for longer than its claims last. Another takes over, and is stopped too; a third ends it. When the
/// stopped ones go on, and with them what they had on its way, they change nothing.
async fn stopped_past_its_lease(places: Places) {
    let mut stage = Stage::on_postgres(&[SHORT_LEASE]).await;
    let mut plays = begun(&stage, places).await;
    let mut stopped = Vec::new();
    for round in 0..2 {
        if round > 0 {
            all_arrived(&stage, &plays, round).await;
        }
        signal(&stage.server, Signal::STOP);
        let held = world::rows(stage.server.database(), HELD).await;
        if round == 0 {
            for play in &mut plays {
                play.arm(&stage, 1);
            }
        } else {
            plays.iter().for_each(Play::hold_no_more);
        }
        stopped.push((stage.beside().await, held));
    }
    for journal in end(&stage, &mut plays).await {
        assert!(says(&journal, "TAKEN_UP") >= 2, "{journal:#?}");
    }
    let before = told(&stage, &plays).await;
    for (server, _) in &stopped {
        signal(server, Signal::CONT);
    }
    plays.iter_mut().for_each(Play::let_servers_go);
    for (server, held) in &mut stopped {
        for operation in held {
            server.logs(operation, LEFT).await;
        }
        assert!(server.stop().await, "{}", server.log());
    }
    assert_eq!(told(&stage, &plays).await, before, "the stopped ones have changed something");
    end(&stage, &mut plays).await;
}

/// Everything that a server which has lost its claims could have changed.
async fn told(stage: &Stage, plays: &[Play]) -> Vec<String> {
    let mut all = Vec::new();
    for sql in [
        "SELECT CAST(id AS TEXT) || state || CAST(journal_seq AS TEXT) || CAST(attempts AS TEXT) FROM operations ORDER BY 1",
        "SELECT CAST(operation_id AS TEXT) || CAST(seq AS TEXT) || code FROM journal ORDER BY 1",
        "SELECT CAST(id AS TEXT) || desired || CAST(version AS TEXT) FROM services ORDER BY 1",
    ] {
        all.extend(world::rows(stage.server.database(), sql).await);
    }
    for play in plays {
        let objects = world::objects(&play.namespace).await;
        all.extend(objects.into_iter().map(|(name, uid)| format!("{} {name} {uid}", play.namespace)));
    }
    all
}

/// Requests fail in every way that passes, twice in a row, and it comes to a good end by itself.
async fn api_server_fails(what: What) {
    let stage = Stage::new(&[]).await;
    let requests = points::requests(what);
    let cases = requests.into_iter().flat_map(|request| WAYS.map(|way| (request, way)));
    let play = async |((request, fits), (way, fault)): ((&'static str, points::Fits), (&'static str, Fault))| {
        let mut play = Play::prepare(&stage, what, [Point::Before(fits); 2], &format!("{request} {way}")).await;
        let pause = play.pause(&stage);
        play.begin(&stage).await;
        let namespace = play.namespace.clone();
        stage.proxy.fault(2, fault, move |seen| seen.is_about(&namespace) && fits(seen));
        pause.let_go();
        play.ends_well(&stage).await
    };
    some_at_once(cases.map(play)).await;
    assert_eq!(stage.proxy.unplayed(), 0, "each request has failed twice");
    assert_eq!(world::unfinished(stage.server.database()).await, Vec::<String>::new());
}

macro_rules! matrix {
    ($($name:ident $what:ident: $($case:ident)+;)+) => {$(
        mod $name {
            use super::*;
            $(matrix! { @ $case $what })+
        }
    )+};
    (@ server_killed $what:ident) => {
        #[tokio::test]
        async fn server_killed() {
            let stage = Stage::new(&[SHORT_LEASE]).await;
            super::server_killed(stage, of(What::$what, points::all(What::$what)), false).await;
        }
    };
    (@ both_killed $what:ident) => {
        #[tokio::test]
        async fn helm_and_server_killed() {
            let stage = Stage::new(&[SHORT_LEASE]).await;
            super::server_killed(stage, of(What::$what, points::by_helm(What::$what)), true).await;
        }
    };
    (@ helm_killed $what:ident) => {
        #[tokio::test]
        async fn helm_killed() {
            super::helm_killed(What::$what).await;
        }
    };
    (@ stopped $what:ident) => {
        #[tokio::test]
        async fn server_stopped_past_its_lease() {
            super::stopped_past_its_lease(of(What::$what, points::all(What::$what))).await;
        }
    };
    (@ fails $what:ident) => {
        #[tokio::test]
        async fn api_server_fails() {
            super::api_server_fails(What::$what).await;
        }
    };
}

matrix! {
    workspace Workspace: server_killed stopped fails;
    launch Launch: server_killed both_killed helm_killed stopped fails;
    restart Restart: server_killed stopped fails;
    delete Delete: server_killed both_killed helm_killed stopped fails;
    cancel Cancel: server_killed both_killed helm_killed stopped fails;
}

/// The steps that only write into the database, and the end of each operation. No Helm is at work there.
mod in_database {
    use super::*;

    #[tokio::test]
    async fn server_killed() {
        super::server_killed(Stage::on_postgres(&[SHORT_LEASE]).await, points::in_database(), false).await;
    }

    #[tokio::test]
    async fn server_stopped_past_its_lease() {
        super::stopped_past_its_lease(points::in_database()).await;
    }

    /// The link is lost before a commit, or at the answer to one, twice in a row: it may have been done, or not.
    #[tokio::test]
    async fn the_link_is_lost() {
        let stage = Stage::on_postgres(&[SHORT_LEASE]).await;
        let cases = points::transactions().into_iter().flat_map(|case| [false, true].map(|done| (case, done)));
        let play = async |((what, name, fits), done): ((What, &'static str, points::Writes), bool)| {
            let mut play = Play::prepare(&stage, what, [Point::Committed(fits); 2], &format!("{name} {done}")).await;
            let pause = play.pause(&stage);
            play.begin(&stage).await;
            stage.tap().cut(2, done, play.writes(fits));
            pause.let_go();
            let journal = play.ends_well(&stage).await;
            // That it was taken up is written with what is written next, and so is lost with it the first time.
            assert!(done || says(&journal, "TAKEN_UP") >= 1, "{what:?} {name}: {journal:#?}");
        };
        some_at_once(cases.map(play)).await;
        assert_eq!(world::unfinished(stage.server.database()).await, Vec::<String>::new());
        assert_eq!(world::orphaned_addresses(stage.server.database()).await, Vec::<String>::new());
    }
}

/// A chart is rendered for the cluster's version. That request names no namespace, so each way has a server of its own.
#[tokio::test]
async fn the_cluster_does_not_tell_its_version() {
    let play = async |(way, fault): (&'static str, Fault)| {
        let stage = Stage::new(&[]).await;
        let mut play = Play::prepare(&stage, What::Launch, [Point::Before(points::VERSION); 2], way).await;
        stage.proxy.fault(2, fault, points::VERSION);
        play.begin(&stage).await;
        let journal = play.ends_well(&stage).await;
        // The client asks again by itself after some answers, the step after the others.
        let asked = stage.proxy.seen().iter().filter(|seen| points::VERSION(seen)).count();
        assert_eq!(asked, 3, "{way}: {journal:#?}");
        let mut again = journal.iter().filter(|entry| entry["code"] == "WILL_RETRY");
        assert!(again.all(|entry| entry["step"] == "CHART"), "{way}: {journal:#?}");
    };
    join_all(WAYS.map(play)).await;
}

#[tokio::test]
async fn a_release_that_is_there_though_nobody_was_told_is_kept() {
    let places = vec![(What::Launch, "deployed", points::deployed())];
    server_killed(Stage::new(&[SHORT_LEASE]).await, places, false).await;
}

#[tokio::test]
async fn a_launch_is_cancelled_at_any_place_and_tried_again() {
    let stage = Stage::new(&[]).await;
    let mut places = points::all(What::Launch);
    places.push(("deployed", points::deployed()));
    let mut plays = begun(&stage, of(What::Launch, places)).await;
    join_all(plays.iter_mut().map(|play| play.cancel(&stage))).await;
    join_all(plays.iter_mut().map(|play| play.ends_cancelled(&stage))).await;
    for play in &mut plays {
        play.let_pods_come().await;
        play.becomes(What::Launch);
        play.retry(&stage).await;
    }
    join_all(plays.iter_mut().map(|play| play.ends_well_again(&stage))).await;
    assert_eq!(world::unfinished(stage.server.database()).await, Vec::<String>::new());
}
