//! A service as it is shown: its row, its address, its newest operation, and what the cluster says, of one moment.

use super::{entity::service, service as services};
use crate::{
    clock::Instant,
    domain::{catalog::App, state::State},
    graphql::errors::ApiError,
    live::ReleaseSnapshot,
    releases::{
        operations::{OperationRow, repo as operations},
        status::{self, OperationView, Status, StatusInput},
    },
};
use shared::{
    operation::{OperationErrorCode, OperationKind, OperationState, StepName},
    service::DesiredState,
};
use std::{collections::HashMap, sync::Arc};
use uuid::Uuid;

/// A service as it is shown.
pub struct ServiceView {
    /// Its row.
    pub row: service::Model,
    /// Its host name.
    pub host: Option<String>,
    /// Its newest operation, open or ended.
    pub operation: Option<OperationRow>,
    /// What the cluster says.
    pub snapshot: ReleaseSnapshot,
    /// How it is.
    pub status: Status,
    /// Of which moment all this is.
    pub now: Instant,
    /// Its app, unless it has left the marketplace.
    pub app: Option<Arc<App>>,
}

/// Views of these services; two queries however many they are, and none to the cluster.
///
/// # Errors
/// When the database fails.
pub async fn of(state: &State, rows: Vec<service::Model>) -> Result<Vec<ServiceView>, ApiError> {
    let ids: Vec<Uuid> = rows.iter().map(|row| row.id).collect();
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let mut hosts: HashMap<Uuid, String> = services::hosts(state, &ids).await?.into_iter().collect();
    let newest = operations::newest_of(state.db.read(), &ids).await?;
    let mut newest: HashMap<Uuid, OperationRow> = newest.into_iter().map(|row| (row.target_id, row)).collect();
    Ok(rows
        .into_iter()
        .map(|row| {
            let (host, operation) = (hosts.remove(&row.id), newest.remove(&row.id));
            one(state, row, host, operation)
        })
        .collect())
}

fn one(state: &State, row: service::Model, host: Option<String>, operation: Option<OperationRow>) -> ServiceView {
    let now = state.clock.now();
    let snapshot = state.live.snapshot(&row.namespace, &row.release_name);
    let owner = row.id.simple().to_string();
    let status = status::status(&StatusInput {
        owner: Some(&owner),
        desired: DesiredState::parse(&row.desired).unwrap_or(DesiredState::Running),
        operation: operation.as_ref().and_then(operation_view),
        snapshot: &snapshot,
        now,
    });
    let app = state.catalog.get(&row.app_slug).cloned();
    ServiceView { row, host, operation, snapshot, status, now, app }
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
