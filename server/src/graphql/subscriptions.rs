//! What can be watched. Each stream sends the whole view first, then again on each change, so that a lost connection
//! needs no history; rights are looked at anew each time.

use super::{
    context::{actor, loaders, state},
    errors::ApiError,
    page::Page,
    scalars,
    watch::Watch,
};
use crate::{
    domain::{
        services::{
            self,
            graphql::{
                Service,
                list::Wanted,
                update::{Sent, ServicePageUpdate},
            },
            logs::{LogBatch, ServiceLogsInput},
            usage::ServiceUsage,
        },
        workspaces::graphql::{self as workspaces, Workspace},
    },
    releases::operations::{
        graphql::{self as operations, OperationUpdate},
        lists::{self, OpenOperations},
    },
};
use async_graphql::{Context, ID, Subscription};
use async_stream::stream;
use futures::{Stream, StreamExt, future};
use shared::{
    ids::{OperationId, ServiceId, WorkspaceId},
    policy::WorkspaceAction,
    service::ServiceState,
};

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
        // Only services are made of what the cluster says.
        let selected = ctx.look_ahead();
        let of_the_cluster = ["services", "servicePage"].iter().any(|list| selected.field(list).exists());
        let mut watch = Watch::new(state(ctx)?, actor(ctx)?);
        Ok(stream! {
            loop {
                let seen = match workspaces::visible(ctx, id).await {
                    Ok(seen) => seen,
                    Err(error) => return yield Err(error),
                };
                watch.recheck = seen.until();
                let namespace = of_the_cluster.then(|| seen.in_namespace().to_owned());
                yield Ok(seen);
                if !watch.workspace(id, namespace.as_deref()).await {
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
        let mut sent = Sent::nothing(ctx);
        let pages = pages(ctx, &workspace_id, Wanted { search, state: service_state, first, after })?;
        Ok(pages.filter_map(move |page| future::ready(page.map(|page| sent.page(page)).transpose())))
    }

    /// The same page with less to send: the first message brings all of its services, and each one after it those that have
    /// changed. What is on the page, and in which order, `ids` say.
    async fn service_page_updated<'a>(
        &self,
        ctx: &'a Context<'a>,
        workspace_id: ID,
        search: Option<String>,
        #[graphql(name = "state")] service_state: Option<ServiceState>,
        first: Option<i32>,
        after: Option<String>,
    ) -> Result<impl Stream<Item = Result<ServicePageUpdate, ApiError>> + use<'a>, ApiError> {
        let mut sent = Sent::nothing(ctx);
        let pages = pages(ctx, &workspace_id, Wanted { search, state: service_state, first, after })?;
        Ok(pages.filter_map(move |page| future::ready(page.map(|page| sent.update(page)).transpose())))
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

/// The page of a workspace's services, each time that it may have changed.
fn pages<'a>(
    ctx: &'a Context<'a>,
    workspace_id: &ID,
    wanted: Wanted,
) -> Result<impl Stream<Item = Result<Page<Service>, ApiError>> + use<'a>, ApiError> {
    let id: WorkspaceId = scalars::id(workspace_id)?;
    let (actor, loaders) = (actor(ctx)?, loaders(ctx)?);
    let mut watch = Watch::new(state(ctx)?, actor);
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
            if !watch.workspace(id, Some(&permit.workspace().namespace)).await {
                return;
            }
        }
    })
}
