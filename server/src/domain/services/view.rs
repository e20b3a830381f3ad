//! A service as it is shown: its row, its address, what became of its newest operation, and what the cluster says, of one
//! moment.

use super::entity::service;
use crate::{
    clock::Instant,
    domain::{catalog::App, state::State},
    graphql::{errors::ApiError, loaders::Loaders},
    live::ReleaseSnapshot,
    releases::{
        operations::OperationRow,
        status::{self, OperationView, Status, StatusInput},
    },
};
use shared::{
    operation::{OperationErrorCode, OperationKind, OperationState, StepName},
    service::DesiredState,
};
use std::sync::Arc;

/// A service as it is shown.
pub struct ServiceView {
    /// Its row.
    pub row: Arc<service::Model>,
    /// Its host name, unless host names were left out.
    pub host: Option<String>,
    /// Its newest operation, open or ended, unless it succeeded: then it says nothing about how the service is.
    pub unsettled: Option<OperationRow>,
    /// What the cluster says.
    pub snapshot: ReleaseSnapshot,
    /// How it is.
    pub status: Status,
    /// Of which moment all this is.
    pub now: Instant,
    /// Its app, unless it has left the marketplace.
    pub app: Option<Arc<App>>,
}

/// Whether host names are wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hosts {
    /// They are shown or searched.
    Wanted,
    /// Nobody looks at them, so they are not read.
    LeftOut,
}

/// Views of these services; two queries however many they are, with those of others who ask at the same moment, and none to
/// the cluster.
///
/// # Errors
/// When the database fails.
pub async fn of(
    state: &State,
    loaders: &Loaders,
    rows: Vec<Arc<service::Model>>,
    wanted: Hosts,
) -> Result<Vec<ServiceView>, ApiError> {
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    let ids = || rows.iter().map(|row| row.id);
    let of_hosts = ids().filter(|_| wanted == Hosts::Wanted);
    let (hosts, unsettled) = tokio::try_join!(loaders.hosts.all(of_hosts), loaders.unsettled.all(ids()))?;
    Ok(rows
        .into_iter()
        .map(|row| {
            let (host, unsettled) = (hosts.get(&row.id).cloned(), unsettled.get(&row.id).cloned());
            one(state, row, host, unsettled)
        })
        .collect())
}

fn one(state: &State, row: Arc<service::Model>, host: Option<String>, unsettled: Option<OperationRow>) -> ServiceView {
    let now = state.clock.now();
    let snapshot = state.live.snapshot(&row.namespace, &row.release_name);
    let owner = row.id.simple().to_string();
    let status = status::status(&StatusInput {
        owner: &owner,
        desired: DesiredState::parse(&row.desired).unwrap_or(DesiredState::Running),
        operation: unsettled.as_ref().and_then(operation_view),
        snapshot: &snapshot,
        now,
    });
    let app = state.catalog.get(&row.app_slug).cloned();
    ServiceView { row, host, unsettled, snapshot, status, now, app }
}

fn operation_view(row: &OperationRow) -> Option<OperationView> {
    Some(OperationView {
        kind: OperationKind::parse(&row.kind)?,
        state: OperationState::parse(&row.state)?,
        step: row.step.as_deref().and_then(StepName::parse),
        at: row.finished_at.or(Some(row.created_at)).map(Instant),
        error: row.error_code.as_deref().and_then(OperationErrorCode::parse),
    })
}
