//! Operations: something being done, step by step.

use super::Param;
use crate::api::{DateTime, read::read, schema};
use cynic::Id;
use shared::operation::{
    JournalCode, JournalLevel, OperationErrorCode, OperationKind, OperationState, StepName, StepState,
};

/// An operation without its journal, which comes as a stream of its own.
#[derive(cynic::QueryFragment, Debug, Clone, PartialEq)]
#[cynic(graphql_type = "Operation")]
pub struct OperationView {
    pub id: Id,
    pub kind: OperationKind,
    pub state: OperationState,
    pub steps: Vec<OperationStep>,
    pub attempts: i32,
    pub actor_name: String,
    pub target_name: String,
    pub service_id: Option<Id>,
    pub workspace_id: Id,
    pub created_at: DateTime,
    pub started_at: Option<DateTime>,
    pub finished_at: Option<DateTime>,
    pub error: Option<OperationError>,
    pub cancellable: bool,
    pub retryable: bool,
}

/// A step of an operation.
#[derive(cynic::QueryFragment, Debug, Clone, PartialEq)]
pub struct OperationStep {
    pub name: StepName,
    pub state: StepState,
    pub started_at: Option<DateTime>,
    pub finished_at: Option<DateTime>,
}

/// Why an operation failed.
#[derive(cynic::QueryFragment, Debug, Clone, PartialEq)]
pub struct OperationError {
    pub code: OperationErrorCode,
    pub params: Vec<Param>,
}

/// An entry of the journal.
#[derive(cynic::QueryFragment, Debug, Clone, PartialEq)]
pub struct JournalEntry {
    pub seq: i32,
    pub at: DateTime,
    pub step: Option<StepName>,
    pub level: JournalLevel,
    pub code: JournalCode,
    pub params: Vec<Param>,
}

/// What the stream of an operation brings.
#[derive(cynic::QueryFragment, Debug, Clone, PartialEq)]
pub struct OperationUpdate {
    pub operation: OperationView,
    pub entries: Vec<JournalEntry>,
}

read! {
    OperationView {
        id, kind, state, steps, attempts, actor_name, target_name, service_id, workspace_id, created_at, started_at,
        finished_at, error, cancellable, retryable,
    }
    OperationStep { name, state, started_at, finished_at }
    OperationError { code, params }
    JournalEntry { seq, at, step, level, code, params }
    OperationUpdate { operation, entries }
}
