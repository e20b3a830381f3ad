//! What is sent for as long as somebody may see it: a log, a download, what a service uses.

use super::{
    entity::service as service_row,
    service::{self, Reached},
};
use crate::{
    clock::{self, Instant},
    domain::{actor::Actor, state::State},
    events::{Event, Listener},
    graphql::errors::ApiError,
};
use async_stream::stream;
use futures::{Stream, StreamExt};
use shared::{ids::ServiceId, policy::WorkspaceAction};

/// Leave to go on with something at a service.
pub struct Leave {
    state: State,
    actor: Actor,
    id: ServiceId,
    action: WorkspaceAction,
    events: Listener,
    until: Option<Instant>,
}

impl Leave {
    /// The service, and leave to go on with this at it.
    ///
    /// # Errors
    /// When there is none or the policy says no.
    pub async fn ask(
        state: &State,
        actor: &Actor,
        id: ServiceId,
        action: WorkspaceAction,
    ) -> Result<(service_row::Model, Self), ApiError> {
        // Listening begins before the look at the rights, so that no change is missed.
        let events = state.events.listen();
        let Reached { row, until } = service::reachable(state, actor, id, action).await?;
        Ok((row, Self { state: state.clone(), actor: actor.clone(), id, action, events, until }))
    }

    /// These items for as long as the leave lasts; then why it does not, and nothing more.
    pub fn hold<T>(mut self, items: impl Stream<Item = T>) -> impl Stream<Item = Result<T, ApiError>> {
        stream! {
            let mut items = std::pin::pin!(items);
            loop {
                tokio::select! {
                    // First, though an item is there too: none is sent until the rights were looked at again.
                    biased;
                    () = self.may_have_ended() => {
                        match service::reachable(&self.state, &self.actor, self.id, self.action).await {
                            Ok(reached) => self.until = reached.until,
                            Err(error) => return yield Err(error),
                        }
                    }
                    item = items.next() => match item {
                        Some(item) => yield Ok(item),
                        None => return,
                    },
                }
            }
        }
    }

    /// Waits for what may have ended the leave: a change of rights, a change of the service, or time. Safe to drop midway.
    async fn may_have_ended(&mut self) {
        let mut over = std::pin::pin!(clock::until(&self.state.clock, self.until));
        loop {
            let ended = tokio::select! {
                heard = self.events.next() => match heard {
                    Some(Event::Rights(user)) => user == self.actor.id,
                    Some(Event::Service { id, .. }) => id == self.id,
                    Some(Event::Missed) => true,
                    Some(_) => false,
                    // The state that is held here holds the bus too, so it does not end before.
                    None => std::future::pending().await,
                },
                () = &mut over => true,
            };
            if ended {
                return;
            }
        }
    }
}
