//! What can be watched. Each stream sends the whole view first, then again on each change, so that a lost connection
//! needs no history; rights are looked at anew each time.

use super::{
    context::{actor, state},
    errors::ApiError,
    page::Page,
    scalars,
};
use crate::{
    clock::{self, Instant},
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
    service::ServiceState,
};
use std::{collections::HashSet, time::Duration};
use uuid::Uuid;

/// Changes within this span are sent as one.
const GATHER: Duration = Duration::from_millis(40);

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
        let state = state(ctx)?;
        let mut watch = Watch::new(state, actor(ctx)?);
        Ok(stream! {
            loop {
                let seen = workspaces::visible(ctx, id).await;
                let ended = seen.is_err();
                watch.recheck = seen.as_ref().ok().and_then(Workspace::until);
                let targets = match targets(state, id).await {
                    Ok(targets) => targets,
                    Err(error) => return yield Err(error),
                };
                yield seen;
                if ended || !watch.workspace(id, &targets).await {
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
        service_state: Option<ServiceState>,
        first: Option<i32>,
        after: Option<String>,
    ) -> Result<impl Stream<Item = Result<Page<Service>, ApiError>> + use<'a>, ApiError> {
        let id: WorkspaceId = scalars::id(&workspace_id)?;
        let state = state(ctx)?;
        let mut watch = Watch::new(state, actor(ctx)?);
        let wanted = Wanted { search, state: service_state, first, after };
        Ok(stream! {
            loop {
                let seen = services::graphql::list::page_until(ctx, id, &wanted).await;
                let ended = seen.is_err();
                watch.recheck = seen.as_ref().ok().and_then(|(_, until)| *until);
                let seen = seen.map(|(page, _)| page);
                let targets = match targets(state, id).await {
                    Ok(targets) => targets,
                    Err(error) => return yield Err(error),
                };
                yield seen;
                if ended || !watch.workspace(id, &targets).await {
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
                if !watch.operations(&seen.workspaces, &seen.targets).await {
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

/// The workspace and its services, as operations name their targets.
async fn targets(state: &State, id: WorkspaceId) -> Result<HashSet<Uuid>, ApiError> {
    let rows = services::repo::of_workspace(state.db.read(), id).await?;
    Ok(rows.into_iter().map(|row| row.id).chain([id.0]).collect())
}

/// Waits for what concerns a view. Listening begins before the first look, so that nothing is missed.
struct Watch {
    events: Listener,
    live: LiveChanges,
    user: shared::ids::UserId,
    namespace: Option<String>,
    /// When to look again although nothing changes: a status that time changes, or leave that runs out.
    recheck: Option<Instant>,
    state: State,
}

impl Watch {
    fn new(state: &State, actor: &Actor) -> Self {
        Self {
            events: state.events.listen(),
            live: state.live.subscribe(),
            user: actor.id,
            namespace: None,
            recheck: None,
            state: state.clone(),
        }
    }

    /// Whether the server goes on; `false` when it ends.
    async fn until(&mut self, event: impl Fn(&Event) -> bool, live: impl Fn(&crate::live::Changed) -> bool) -> bool {
        let user = self.user;
        let mut recheck = std::pin::pin!(clock::until(&self.state.clock, self.recheck.take()));
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
                tokio::time::sleep(GATHER).await;
                return true;
            }
        }
    }

    async fn workspace(&mut self, id: WorkspaceId, targets: &HashSet<Uuid>) -> bool {
        if self.namespace.is_none() {
            let found = crate::domain::workspaces::repo::find(self.state.db.read(), id).await;
            self.namespace = found.ok().flatten().map(|row| row.namespace);
        }
        let namespace = self.namespace.clone().unwrap_or_default();
        self.until(
            |event| match event {
                Event::Workspace(changed) => *changed == id,
                Event::Service(changed) => targets.contains(&changed.0),
                Event::Operation { target, .. } => targets.contains(target),
                _ => false,
            },
            |changed| changed.touches_namespace(&namespace),
        )
        .await
    }

    async fn service(&mut self, id: ServiceId, namespace: &str, release: &str) -> bool {
        self.until(
            |event| match event {
                Event::Service(changed) => *changed == id,
                Event::Operation { target, .. } => *target == id.0,
                _ => false,
            },
            |changed| changed.touches(namespace, release),
        )
        .await
    }

    async fn operations(&mut self, workspaces: &HashSet<Uuid>, targets: &HashSet<Uuid>) -> bool {
        self.until(
            |event| match event {
                // A service that was just launched is no target yet; its workspace is told of, too.
                Event::Workspace(changed) => workspaces.contains(&changed.0),
                Event::Operation { target, .. } => targets.contains(target),
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
