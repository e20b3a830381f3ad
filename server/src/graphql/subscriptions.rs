//! What can be watched. Each stream sends the whole view first, then again on each change, so that a lost connection
//! needs no history; rights are looked at anew each time.

use super::{
    context::{actor, loaders, state},
    errors::ApiError,
    page::Page,
    scalars,
};
use crate::{
    clock::{self, Instant, SharedClock},
    domain::{
        actor::Actor,
        services::{
            self,
            graphql::{Service, list::Wanted},
            logs::{LogBatch, ServiceLogsInput},
            usage::ServiceUsage,
        },
        state::State,
        workspaces::graphql::{self as workspaces, Workspace},
    },
    events::{Event, Listener},
    live::Subscription as LiveChanges,
    releases::operations::{
        graphql::{self as operations, OperationUpdate},
        lists::{self, OpenOperations},
    },
};
use async_graphql::{Context, ID, Subscription};
use async_stream::stream;
use futures::Stream;
use shared::{
    ids::{OperationId, ServiceId, WorkspaceId},
    policy::WorkspaceAction,
    service::ServiceState,
};
use std::{collections::HashSet, sync::Arc, time::Duration};
use uuid::Uuid;

/// Changes are gathered for so many times as long as the view before took to be made, sent and asked on: a stream takes a
/// small part of the server's time however much changes and however many look, and one that is quickly made is sent soon.
const GATHER: u32 = 8;
/// And for so long at least and at most.
const GATHER_BOUNDS: (Duration, Duration) = (Duration::from_millis(5), Duration::from_millis(500));

/// How long changes are gathered after a view that took so long.
fn pause(took: Duration) -> Duration {
    let (least, most) = GATHER_BOUNDS;
    took.saturating_mul(GATHER).clamp(least, most)
}

/// What can be watched.
pub struct SubscriptionRoot;

/// What can be watched. Each stream sends the whole view first, then again on each change.
#[Subscription(name = "Subscription")]
impl SubscriptionRoot {
    /// A workspace with its services. Ends with `NOT_FOUND` when it may no longer be seen.
    async fn workspace_changed<'a>(
        &self,
        ctx: &'a Context<'a>,
        id: ID,
    ) -> Result<impl Stream<Item = Result<Workspace, ApiError>> + use<'a>, ApiError> {
        let id: WorkspaceId = scalars::id(&id)?;
        let mut watch = Watch::new(state(ctx)?, actor(ctx)?);
        Ok(stream! {
            loop {
                let seen = match workspaces::visible(ctx, id).await {
                    Ok(seen) => seen,
                    Err(error) => return yield Err(error),
                };
                watch.recheck = seen.until();
                let namespace = seen.in_namespace().to_owned();
                yield Ok(seen);
                if !watch.workspace(id, &namespace).await {
                    return;
                }
            }
        })
    }

    /// One service with status, pods and events.
    async fn service_changed<'a>(
        &self,
        ctx: &'a Context<'a>,
        id: ID,
    ) -> Result<impl Stream<Item = Result<Service, ApiError>> + use<'a>, ApiError> {
        let id: ServiceId = scalars::id(&id)?;
        let mut watch = Watch::new(state(ctx)?, actor(ctx)?);
        Ok(stream! {
            loop {
                let seen = services::graphql::visible_until(ctx, id).await;
                let until = seen.as_ref().ok().and_then(|(_, until)| *until);
                let seen = seen.map(|(service, _)| service);
                let place = seen.as_ref().ok().map(|s| (s.0.row.namespace.clone(), s.0.row.release_name.clone()));
                let change = seen.as_ref().ok().and_then(|service| service.0.status.recheck);
                watch.recheck = [change, until].into_iter().flatten().min();
                yield seen;
                let Some((namespace, release)) = place else { return };
                if !watch.service(id, &namespace, &release).await {
                    return;
                }
            }
        })
    }

    /// One operation, with the journal entries after `afterSeq` first, then each new one. Complete once it has succeeded;
    /// open after a failure, since it may be tried again.
    async fn operation_changed<'a>(
        &self,
        ctx: &'a Context<'a>,
        id: ID,
        after_seq: Option<i32>,
    ) -> Result<impl Stream<Item = Result<OperationUpdate, ApiError>> + use<'a>, ApiError> {
        let id: OperationId = scalars::id(&id)?;
        let mut watch = Watch::new(state(ctx)?, actor(ctx)?);
        let mut after = i64::from(after_seq.unwrap_or(0));
        Ok(stream! {
            loop {
                match operations::update_after(ctx, id, after).await {
                    Ok(next) => {
                        after = next.newest;
                        watch.recheck = next.until;
                        yield Ok(next.update);
                        if next.is_last {
                            return;
                        }
                        if next.more {
                            continue;
                        }
                    }
                    Err(error) => return yield Err(error),
                }
                if !watch.operation(id).await {
                    return;
                }
            }
        })
    }

    /// A page of a workspace's services by name, as `Workspace.servicePage` gives it.
    async fn service_page_changed<'a>(
        &self,
        ctx: &'a Context<'a>,
        workspace_id: ID,
        search: Option<String>,
        #[graphql(name = "state")] service_state: Option<ServiceState>,
        first: Option<i32>,
        after: Option<String>,
    ) -> Result<impl Stream<Item = Result<Page<Service>, ApiError>> + use<'a>, ApiError> {
        let id: WorkspaceId = scalars::id(&workspace_id)?;
        let (actor, loaders) = (actor(ctx)?, loaders(ctx)?);
        let mut watch = Watch::new(state(ctx)?, actor);
        let wanted = Wanted { search, state: service_state, first, after };
        Ok(stream! {
            loop {
                let permit = match actor.permit_of_row(loaders, id, WorkspaceAction::SeeServices).await {
                    Ok(permit) => permit,
                    Err(error) => return yield Err(error),
                };
                match services::graphql::list::page_until(ctx, &permit, &wanted).await {
                    Ok((page, until)) => {
                        watch.recheck = until;
                        yield Ok(page);
                    }
                    Err(error) => return yield Err(error),
                }
                if !watch.workspace(id, &permit.workspace().namespace).await {
                    return;
                }
            }
        })
    }

    /// What runs now in the workspaces that the viewer is a member of.
    async fn open_operations_changed<'a>(
        &self,
        ctx: &'a Context<'a>,
    ) -> Result<impl Stream<Item = Result<OpenOperations, ApiError>> + use<'a>, ApiError> {
        let mut watch = Watch::new(state(ctx)?, actor(ctx)?);
        Ok(stream! {
            loop {
                let seen = match lists::open_of_viewer(ctx).await {
                    Ok(seen) => seen,
                    Err(error) => return yield Err(error),
                };
                yield Ok(seen.shown);
                if !watch.operations(&seen.workspaces).await {
                    return;
                }
            }
        })
    }

    /// A container's log, followed. After a lost connection, give the last line's cursor to go on after it.
    async fn service_logs<'a>(
        &self,
        ctx: &'a Context<'a>,
        input: ServiceLogsInput,
    ) -> Result<impl Stream<Item = Result<LogBatch, ApiError>> + use<'a>, ApiError> {
        services::logs::follow(state(ctx)?, actor(ctx)?, input).await
    }

    /// What a service uses of CPU and memory, with its last quarter of an hour. The cluster is asked only while somebody
    /// looks.
    async fn service_usage<'a>(
        &self,
        ctx: &'a Context<'a>,
        id: ID,
    ) -> Result<impl Stream<Item = Result<ServiceUsage, ApiError>> + use<'a>, ApiError> {
        services::usage::follow(state(ctx)?, actor(ctx)?, scalars::id(&id)?).await
    }
}

/// Waits for what concerns a view. Listening begins before the first look, so that nothing is missed.
struct Watch {
    events: Listener,
    live: LiveChanges,
    user: shared::ids::UserId,
    /// When to look again although nothing changes: a status that time changes, or leave that runs out.
    recheck: Option<Instant>,
    /// Since when the view has been made that is now shown.
    since: tokio::time::Instant,
    clock: SharedClock,
}

impl Watch {
    fn new(state: &State, actor: &Actor) -> Self {
        Self {
            events: state.events.listen(),
            live: state.live.subscribe(),
            user: actor.id,
            recheck: None,
            since: tokio::time::Instant::now(),
            clock: Arc::clone(&state.clock),
        }
    }

    /// Whether the server goes on; `false` when it ends.
    async fn until(&mut self, event: impl Fn(&Event) -> bool, live: impl Fn(&crate::live::Changed) -> bool) -> bool {
        let user = self.user;
        let pause = pause(self.since.elapsed());
        let mut recheck = std::pin::pin!(clock::until(&self.clock, self.recheck.take()));
        let concerns = |heard: &Event| matches!(heard, Event::Missed) || *heard == Event::Rights(user) || event(heard);
        loop {
            let hit = tokio::select! {
                heard = self.events.next() => match heard {
                    Some(heard) => concerns(&heard),
                    None => return false,
                },
                changed = self.live.next() => match changed {
                    Some(changed) => live(&changed),
                    None => return false,
                },
                () = &mut recheck => true,
            };
            if hit {
                // More is likely to follow at once: one picture of all of it.
                tokio::time::sleep(pause).await;
                self.events.catch_up();
                self.live.catch_up();
                self.since = tokio::time::Instant::now();
                return true;
            }
        }
    }

    async fn workspace(&mut self, id: WorkspaceId, namespace: &str) -> bool {
        self.until(
            |event| match event {
                Event::Workspace(changed)
                | Event::Service { workspace: changed, .. }
                | Event::Operation { workspace: changed, .. } => *changed == id,
                _ => false,
            },
            |changed| changed.touches_namespace(namespace),
        )
        .await
    }

    async fn service(&mut self, id: ServiceId, namespace: &str, release: &str) -> bool {
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

    async fn operations(&mut self, workspaces: &HashSet<Uuid>) -> bool {
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

    async fn operation(&mut self, id: OperationId) -> bool {
        self.until(|event| matches!(event, Event::Operation { id: changed, .. } if *changed == id), |_| false).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_takes_long_is_gathered_longer() {
        let millis = Duration::from_millis;
        assert_eq!([0, 1, 20, 5000].map(|took| pause(millis(took))), [5, 8, 160, 500].map(millis));
    }
}
