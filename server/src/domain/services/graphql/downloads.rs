//! Downloads of logs in the API.

use crate::{
    domain::services::downloads::{self, NewDownload},
    graphql::{
        context::{actor, state},
        errors::ApiError,
        scalars::{self, DateTime},
    },
};
use async_graphql::{Context, ID, InputObject, Object, SimpleObject};

/// A log to be downloaded.
#[derive(InputObject)]
pub struct CreateLogDownloadInput {
    /// Of which service.
    service_id: ID,
    /// Of which of its pods.
    pod: String,
    /// Of which of the pod's containers.
    container: String,
    /// Of the container's run before this one: what it wrote until it ended.
    previous: Option<bool>,
    /// Only what was written within so many seconds; all that the cluster still has when left out.
    since_seconds: Option<i32>,
}

/// An address that serves a log once.
#[derive(SimpleObject)]
pub struct CreateLogDownloadPayload {
    /// Path and query, from the root of this server's address on. A GET by the same person answers the log as text, each
    /// line with its time, 100 MiB at most; a second one answers 404.
    url: String,
    /// Until when it waits to be used.
    expires_at: DateTime,
}

/// Changes that lead to a download.
#[derive(Default)]
pub struct DownloadMutation;

#[Object]
impl DownloadMutation {
    /// Makes an address from which a container's log can be downloaded once, for whoever may read it.
    async fn create_log_download(
        &self,
        ctx: &Context<'_>,
        input: CreateLogDownloadInput,
    ) -> Result<CreateLogDownloadPayload, ApiError> {
        let new = NewDownload {
            service: scalars::id(&input.service_id)?,
            pod: input.pod,
            container: input.container,
            previous: input.previous.unwrap_or(false),
            since_seconds: input.since_seconds,
        };
        let made = downloads::create(state(ctx)?, actor(ctx)?, new).await?;
        Ok(CreateLogDownloadPayload { url: made.path, expires_at: DateTime(made.expires_at) })
    }
}
