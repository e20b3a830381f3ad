//! Downloads of logs. A change makes an address that serves once, for a minute, and for nobody but who asked for it;
//! what serves it looks the rights up anew.

use super::{
    entity::log_download,
    leave::Leave,
    logs, repo,
    service::{self, Reached},
};
use crate::{
    clock::Instant,
    crypto::sha256_hex,
    domain::{actor::Actor, audit, state::State},
    graphql::errors::ApiError,
    live::logs::WholeLog,
};
use futures::Stream;
use shared::{error::FieldErrorCode, ids::ServiceId, policy::WorkspaceAction, rules::Problem};
use std::io::Error;

/// How long an address waits to be used.
const HOLDS_SECONDS: i64 = 60;
/// Letters of the secret: 238 random bits.
const SECRET_LENGTH: usize = 40;
/// The furthest that a download can be asked to look back.
const SINCE_MOST: i32 = 90 * 24 * 60 * 60;
/// The most bytes of a download; the text says where it was cut.
pub const MOST_BYTES: usize = 100 << 20;

/// A log to be downloaded.
#[derive(Debug, Clone)]
pub struct NewDownload {
    /// Of which service.
    pub service: ServiceId,
    /// Of which of its pods.
    pub pod: String,
    /// Of which of the pod's containers.
    pub container: String,
    /// Of the container's run before this one.
    pub previous: bool,
    /// Not older than this.
    pub since_seconds: Option<i32>,
}

/// An address that serves a log once.
#[derive(Debug, Clone)]
pub struct Made {
    /// The address, from the server's root on.
    pub path: String,
    /// How long it waits.
    pub expires_at: Instant,
}

/// Makes an address.
///
/// # Errors
/// When the pod is none of the service's, the input has mistakes, it was asked too often, or the policy says no.
pub async fn create(state: &State, actor: &Actor, new: NewDownload) -> Result<Made, ApiError> {
    let Reached { row, .. } = service::reachable(state, actor, new.service, WorkspaceAction::ReadLogs).await?;
    if new.since_seconds.is_some_and(|seconds| !(1..=SINCE_MOST).contains(&seconds)) {
        let problem = Problem::new(FieldErrorCode::OutOfRange).with("min", 1).with("max", SINCE_MOST);
        return Err(ApiError::invalid_field("sinceSeconds", problem));
    }
    logs::known(state, &row, &new.pod, &new.container)?;
    state.downloads.take(&actor.id.0)?;
    let now = state.clock.now();
    let secret = state.random.secret(SECRET_LENGTH);
    let download = log_download::Model {
        id: state.random.id(now),
        secret_hash: sha256_hex(secret.as_bytes()),
        user_id: actor.id.0,
        service_id: row.id,
        pod: new.pod,
        container: new.container,
        previous: new.previous,
        since_seconds: new.since_seconds.map(i64::from),
        created_at: now.0,
        expires_at: now.plus_seconds(HOLDS_SECONDS).0,
    };
    let tx = state.db.begin().await?;
    actor.permit_in(state, &tx, row.workspace_id.into(), WorkspaceAction::ReadLogs).await?;
    let about = serde_json::json!({
        "pod": download.pod, "container": download.container, "previous": download.previous,
        "sinceSeconds": download.since_seconds,
    });
    let record = audit::Record::of(actor, download.id, "service.download_log", "service", row.id)
        .within(row.workspace_id)
        .about(about);
    let expires_at = Instant(download.expires_at);
    repo::insert_download(&tx, download).await?;
    audit::append_both(&tx, &state.random, &record, now).await?;
    tx.commit().await?;
    // In the query, because paths are noted in the server's log.
    Ok(Made { path: format!("{PATH}?ticket={secret}"), expires_at })
}

/// Where downloads are served.
pub const PATH: &str = "/downloads/log";

/// Begins a download: the file's name, the leave that its bytes are to be held by, and the bytes. The address serves no more after
/// that, however it ends.
///
/// # Errors
/// `NOT_FOUND`, in the same words, when the address was used, has run out, is another's, or what it leads to may not be
/// read or is not there any more.
pub async fn open(
    state: &State,
    actor: &Actor,
    ticket: &str,
) -> Result<(String, Leave, impl Stream<Item = Result<Vec<u8>, Error>> + Send + use<>), ApiError> {
    let tx = state.db.begin().await?;
    let found = repo::take_download(&tx, &sha256_hex(ticket.as_bytes()), actor.id, state.clock.now()).await?;
    tx.commit().await?;
    let download = found.ok_or_else(ApiError::not_found)?;
    let id = ServiceId(download.service_id);
    let (row, leave) = Leave::ask(state, actor, id, WorkspaceAction::ReadLogs).await?;
    logs::known(state, &row, &download.pod, &download.container)?;
    let name = file_name(&download);
    let log = WholeLog {
        cluster: row.cluster_id.into(),
        namespace: row.namespace,
        pod: download.pod,
        container: download.container,
        previous: download.previous,
        since_seconds: download.since_seconds,
        most: MOST_BYTES,
    };
    let pieces = state
        .logs
        .whole(&log)
        .await
        .map_err(|error| if error.is_transient() { ApiError::unavailable(error) } else { ApiError::not_found() })?;
    Ok((name, leave, pieces))
}

/// `pod_container.log`. Names of Kubernetes are plain (RFC 1123), and whatever is not is left out.
fn file_name(download: &log_download::Model) -> String {
    let run = if download.previous { "_previous" } else { "" };
    let name = format!("{}_{}{run}.log", download.pod, download.container);
    name.chars().filter(|letter| letter.is_ascii_alphanumeric() || "-._".contains(*letter)).collect()
}
