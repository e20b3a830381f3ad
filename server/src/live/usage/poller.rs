//! Asks the metrics API, while somebody looks.

use super::{Answer, Inner, reading};
use futures::{StreamExt as _, stream::FuturesUnordered};
use std::{sync::Arc, time::Duration};
use tokio::time::Instant as Tick;

/// Most requests at a time: a workspace whose answer is slow does not hold up the others.
const AT_ONCE: usize = 4;

/// What is to be done now, and when to look again.
struct Plan {
    due: Vec<String>,
    next: Option<Tick>,
}

/// Asks for as long as it runs. While nobody looks it sleeps, without any timer but that of the histories that are kept.
pub(super) async fn run(inner: Arc<Inner>) {
    let mut asking = FuturesUnordered::new();
    loop {
        let plan = inner.plan(AT_ONCE.saturating_sub(asking.len()));
        for namespace in plan.due {
            asking.push(ask(&inner, namespace));
        }
        let next = async move {
            match plan.next {
                Some(at) => tokio::time::sleep_until(at).await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            Some(()) = asking.next() => {}
            () = inner.wake.notified() => {}
            () = next => {}
        }
    }
}

async fn ask(inner: &Inner, namespace: String) {
    let answer = inner.source.samples(&namespace).await;
    metrics::counter!("woow_usage_requests_total", "result" => if answer.is_ok() { "ok" } else { "failed" })
        .increment(1);
    if let Err(error) = &answer {
        tracing::debug!(namespace, %error, "the metrics API did not answer as it should");
    }
    let now = inner.clock.now();
    let mut rooms = inner.rooms();
    let Some(room) = rooms.get_mut(&namespace) else { return };
    room.asking = false;
    match answer {
        Ok(samples) => {
            room.answer = Answer::Samples;
            room.samples = samples.into_iter().map(|sample| (sample.pod.clone(), sample)).collect();
            for (release, followed) in &mut room.releases {
                let pods = inner.source.pods(&namespace, release).unwrap_or_default();
                followed.history.push(&reading::read(&pods, &room.samples, now));
            }
        }
        Err(error) => room.answer = Answer::from(&error),
    }
    room.news.send_modify(|count| *count += 1);
}

impl Inner {
    /// Forgets what was kept long enough, and picks the namespaces that are due, as many as there is room for.
    fn plan(&self, room_for: usize) -> Plan {
        let now = Tick::now();
        let mut plan = Plan { due: Vec::new(), next: None };
        let mut at = |tick: Tick| plan.next = Some(plan.next.map_or(tick, |next: Tick| next.min(tick)));
        self.rooms().retain(|namespace, room| {
            room.releases.retain(|_, followed| {
                let ends = followed.left.map(|left| left + self.times.keep);
                let kept = ends.is_none_or(|ends| ends > now);
                if let (true, Some(ends)) = (kept, ends) {
                    at(ends);
                }
                kept
            });
            if room.asking || !room.releases.values().any(|followed| followed.readers > 0) {
                return room.asking || !room.releases.is_empty();
            }
            let due = room.asked.map(|asked| asked + self.pause(room.answer));
            match due.filter(|due| *due > now) {
                Some(due) => at(due),
                // Without room for it now, the end of a request brings us back.
                None if plan.due.len() == room_for => {}
                None => {
                    (room.asked, room.asking) = (Some(now), true);
                    plan.due.push(namespace.clone());
                }
            }
            true
        });
        plan
    }

    const fn pause(&self, answer: Answer) -> Duration {
        match answer {
            Answer::NotInstalled | Answer::Forbidden => self.times.retry,
            Answer::None | Answer::Samples | Answer::Away => self.times.interval,
        }
    }
}
