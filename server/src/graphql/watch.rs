//! When a stream looks again: once something has changed that concerns it, and not so often that it takes more than a small part
//! of the server's time, however much changes and however many look.

use crate::{
    clock::{self, SharedClock},
    domain::{actor::Actor, state::State},
    events::{Event, Listener},
    live::{Changed, Subscription as LiveChanges},
};
use shared::ids::{OperationId, ServiceId, UserId, WorkspaceId};
use std::{collections::HashSet, sync::Arc, time::Duration};
use tokio::time::Instant;
use uuid::Uuid;

/// A stream looks, and for so many times as long as that took, to be made, sent and asked on, it does not look again. One that is
/// quickly made is sent soon.
const QUIET: u32 = 8;
/// After the first change others are gathered so long at least and at most, however long it has been quiet before.
const GATHER: (Duration, Duration) = (Duration::from_millis(5), Duration::from_millis(500));
/// Nobody waits longer than this, however long a look takes.
const REST: Duration = Duration::from_secs(10);

/// How long changes are gathered after the first one, where the view before took so long.
fn gather(took: Duration) -> Duration {
    let (least, most) = GATHER;
    took.saturating_mul(QUIET).clamp(least, most)
}

/// How long after a view that took so long the next one may be made. Counted from the end of that view: where nothing has changed
/// for as long as this, the next change is not held back.
fn rest(took: Duration) -> Duration {
    took.saturating_mul(QUIET).min(REST)
}

/// Lets time pass, unless the viewer's rights change: what may no longer be seen ends soon. `false` when the server ends.
async fn rested(events: &mut Listener, viewer: UserId, until: Instant) -> bool {
    let mut over = std::pin::pin!(tokio::time::sleep_until(until));
    loop {
        tokio::select! {
            () = &mut over => return true,
            heard = events.next() => match heard {
                Some(Event::Rights(of)) if of == viewer => return true,
                Some(_) => {}
                None => return false,
            },
        }
    }
}

/// What a stream waits for.
enum Heard {
    /// What it shows may be otherwise.
    Change,
    /// What the viewer may see may be otherwise.
    Rights,
    /// The server ends.
    End,
}

/// Waits for what concerns a view. Listening begins before the first look, so that nothing is missed.
pub(super) struct Watch {
    events: Listener,
    live: LiveChanges,
    user: UserId,
    /// When to look again although nothing changes: a status that time changes, or leave that runs out.
    pub(super) recheck: Option<clock::Instant>,
    /// Since when the view has been made that is now shown.
    since: Instant,
    clock: SharedClock,
}

impl Watch {
    pub(super) fn new(state: &State, actor: &Actor) -> Self {
        Self {
            events: state.events.listen(),
            live: state.live.subscribe(),
            user: actor.id,
            recheck: None,
            since: Instant::now(),
            clock: Arc::clone(&state.clock),
        }
    }

    /// Whether the server goes on; `false` when it ends.
    async fn until(&mut self, event: impl Fn(&Event) -> bool, live: impl Fn(&Changed) -> bool) -> bool {
        let shown = Instant::now();
        let took = shown.duration_since(self.since);
        // More is likely to follow at once: one picture of all of it. Rights do not wait for a slow one.
        let (rest, gather) = match self.heard(event, live).await {
            Heard::Change => (rest(took), gather(took)),
            Heard::Rights => (Duration::ZERO, GATHER.0),
            Heard::End => return false,
        };
        let until = (shown + rest).max(Instant::now() + gather);
        if !rested(&mut self.events, self.user, until).await {
            return false;
        }
        self.events.catch_up();
        self.live.catch_up();
        self.since = Instant::now();
        true
    }

    /// What concerns the view and is heard first.
    async fn heard(&mut self, event: impl Fn(&Event) -> bool, live: impl Fn(&Changed) -> bool) -> Heard {
        let user = self.user;
        let mut recheck = std::pin::pin!(clock::until(&self.clock, self.recheck.take()));
        loop {
            tokio::select! {
                heard = self.events.next() => match heard {
                    Some(Event::Rights(of)) if of == user => return Heard::Rights,
                    Some(heard) if heard == Event::Missed || event(&heard) => return Heard::Change,
                    Some(_) => {}
                    None => return Heard::End,
                },
                changed = self.live.next() => match changed {
                    Some(changed) if live(&changed) => return Heard::Change,
                    Some(_) => {}
                    None => return Heard::End,
                },
                () = &mut recheck => return Heard::Change,
            }
        }
    }

    /// `namespace` is its own, where what is in the cluster is shown.
    pub(super) async fn workspace(&mut self, id: WorkspaceId, namespace: Option<&str>) -> bool {
        self.until(
            |event| match event {
                Event::Workspace(changed)
                | Event::Service { workspace: changed, .. }
                | Event::Operation { workspace: changed, .. } => *changed == id,
                _ => false,
            },
            |changed| namespace.is_some_and(|namespace| changed.touches_namespace(namespace)),
        )
        .await
    }

    pub(super) async fn service(&mut self, id: ServiceId, namespace: &str, release: &str) -> bool {
        self.until(
            |event| match event {
                Event::Service { id: changed, .. } => *changed == id,
                Event::Operation { target, .. } => *target == id.0,
                _ => false,
            },
            |changed| changed.touches(namespace, release),
        )
        .await
    }

    pub(super) async fn operations(&mut self, workspaces: &HashSet<Uuid>) -> bool {
        self.until(
            |event| match event {
                Event::Workspace(changed) | Event::Operation { workspace: changed, .. } => {
                    workspaces.contains(&changed.0)
                }
                _ => false,
            },
            |_| false,
        )
        .await
    }

    pub(super) async fn operation(&mut self, id: OperationId) -> bool {
        self.until(|event| matches!(event, Event::Operation { id: changed, .. } if *changed == id), |_| false).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::events::Events;

    #[test]
    fn what_takes_long_rests_longer() {
        let millis = Duration::from_millis;
        assert_eq!([0, 1, 20, 5000].map(|took| gather(millis(took))), [5, 8, 160, 500].map(millis));
        assert_eq!([0, 1, 20, 1000, 5000].map(|took| rest(millis(took))), [0, 8, 160, 8000, 10_000].map(millis));
    }

    #[tokio::test]
    async fn a_rest_is_cut_short_by_rights_alone() {
        let (viewer, other) = (UserId(Uuid::from_u128(1)), UserId(Uuid::from_u128(2)));
        let events = Events::default();
        let mut listener = events.listen();
        events.publish(Event::Workspace(WorkspaceId(Uuid::from_u128(3))));
        events.publish(Event::Rights(other));
        let over = Instant::now() + Duration::from_millis(20);
        assert!(rested(&mut listener, viewer, over).await);
        assert!(Instant::now() >= over, "no change of others ends it");

        events.publish(Event::Rights(viewer));
        let far = Instant::now() + Duration::from_hours(1);
        assert!(rested(&mut listener, viewer, far).await);
        assert!(Instant::now() < far);

        drop(events);
        assert!(!rested(&mut listener, viewer, far).await, "the server ends");
    }
}
