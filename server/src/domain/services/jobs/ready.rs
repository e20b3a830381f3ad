//! Waits on the watch caches until a service's pods are ready. Nothing is asked of the cluster meanwhile.

use super::Tools;
use crate::{
    live::{ReleaseSnapshot, view::EventView},
    releases::{
        operations::{StepContext, StepError, params},
        status::{self, Param, Status, StatusInput},
    },
};
use shared::{
    operation::{JournalCode, JournalLevel, OperationErrorCode},
    service::{DesiredState, ServiceState, StatusReason},
};
use std::{collections::HashSet, sync::Arc, time::Duration};

/// The least time, in seconds, that a try of this step waits.
const GRACE: i64 = 60;
/// So many events of the cluster go into a journal; the service's page shows all.
const MOST_EVENTS: usize = 40;

/// Waits until all is ready, the time is over, or the operation is cancelled.
pub(super) async fn wait(tools: &Tools, context: &StepContext) -> Result<(), StepError> {
    let row = tools.service(context).await?;
    let patience = i64::try_from(tools.ready_timeout.as_secs()).unwrap_or(600);
    // After the server was down for long, the pods get a moment more to show how they are.
    let deadline = context.step_started.plus_seconds(patience).max(context.now().plus_seconds(patience.min(GRACE)));
    // From here on by a clock that nobody sets: pods do not fail because the machine's was wrong.
    let left = u64::try_from(deadline.millis_since(context.now())).unwrap_or(0);
    let deadline = tokio::time::Instant::now() + Duration::from_millis(left);
    let mut changes = tools.live.changed(&row.namespace, &row.release_name);
    let owner = row.id.simple().to_string();
    let mut told = Told::default();
    context.only_waits();
    loop {
        let snapshot = tools.live.snapshot(&row.namespace, &row.release_name);
        let now = context.now();
        let status = status::status(&StatusInput {
            desired: DesiredState::Running,
            operation: None,
            owner: &owner,
            snapshot: &snapshot,
            now,
        });
        told.tell(context, &snapshot, &status);
        if status.state == ServiceState::Running && status.reason == StatusReason::AllReady {
            return Ok(());
        }
        if tokio::time::Instant::now() >= deadline {
            if !snapshot.health.reachable {
                // Nobody knows how the pods are: that is no failure of theirs.
                return Err(StepError::Passing(OperationErrorCode::ClusterUnreachable, params([])));
            }
            let mut why = params([("reason", status.reason.as_str().to_owned())]);
            why.extend(kept(status.params, &snapshot.events));
            return Err(StepError::Final(OperationErrorCode::NotReadyInTime, why));
        }
        context.write_notes().await?;
        tokio::select! {
            () = changes.next() => {}
            () = tokio::time::sleep_until(deadline) => {}
            () = context.cancel.cancelled() => return Err(StepError::Interrupted),
        }
    }
}

/// What is stored of a status. What the program itself said may be anything, a secret too: it is shown from the cluster, never
/// stored.
fn kept(status: Vec<Param>, events: &[Arc<EventView>]) -> impl Iterator<Item = (String, String)> {
    status.into_iter().filter(|(name, _)| *name != "output").map(|(name, value)| {
        let event = events.iter().find(|event| event.message == value);
        (name.to_owned(), event.map_or(value, |event| event.kept().to_owned()))
    })
}

/// What the journal has been told already in this try.
#[derive(Default)]
struct Told {
    ready: Option<(u32, u32)>,
    /// Object and reason. Repeats differ in a pod's random name or a count, and would bury what else happens.
    events: HashSet<(String, String)>,
}

impl Told {
    fn tell(&mut self, context: &StepContext, snapshot: &ReleaseSnapshot, status: &Status) {
        let ready = (status.ready_pods, status.total_pods);
        if self.ready.replace(ready) != Some(ready) && ready.1 > 0 {
            let told = [("ready", ready.0.to_string()), ("total", ready.1.to_string())];
            context.note_info(JournalCode::PodsProgress, told);
        }
        for event in snapshot.events.iter().rev() {
            let since = event.at >= context.step_started.plus_seconds(-30);
            let object = format!("{} {}", event.kind, event.name);
            if !since || self.events.len() >= MOST_EVENTS || !self.events.insert((object.clone(), event.reason.clone()))
            {
                continue;
            }
            let level = if event.warning { JournalLevel::Warning } else { JournalLevel::Info };
            let told =
                params([("object", object), ("reason", event.reason.clone()), ("message", event.kept().to_owned())]);
            context.note(level, JournalCode::ClusterEvent, told);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use k8s_openapi::api::core::v1::Event;

    #[test]
    fn what_a_program_has_said_is_not_stored() {
        let event = |reason: &str, message: &str| {
            let event =
                Event { reason: Some(reason.to_owned()), message: Some(message.to_owned()), ..Event::default() };
            Arc::new(EventView::read(&event))
        };
        let said = "Readiness probe failed: canary-4711";
        let events = [event("Pulled", "image: there"), event("Unhealthy", said)];
        let of = |name, message: &str| kept(vec![(name, message.to_owned())], &events).collect::<Vec<_>>();
        assert_eq!(of("message", said), [("message".to_owned(), "Readiness probe failed".to_owned())]);
        assert_eq!(of("message", "image: there"), [("message".to_owned(), "image: there".to_owned())]);
        assert_eq!(of("message", "no: event"), [("message".to_owned(), "no: event".to_owned())]);
        assert_eq!(of("output", "canary-4711"), []);
    }
}
