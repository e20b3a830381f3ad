//! Streams: each builds the message that asks for it, and the type it brings.

use super::{
    DateTime,
    read::{Read, read},
    schema,
    transport::subscription,
    types::{OperationUpdate, ServiceView, UsageView, WorkspaceView},
};
use cynic::Id;
use shared::service::LogState;

/// A stream of the API.
pub trait Stream: 'static {
    /// What each message brings.
    type Item: Clone + Send + Sync + 'static;
    /// The root field as it travels.
    type Wire: Read;
    /// The message that asks for it.
    fn request(&self) -> String;
    /// Takes the item out of the root field.
    fn item(wire: Self::Wire) -> Self::Item;
    /// The same, where the messages before have brought `_known`, for a stream that brings what has changed; none where
    /// anything is missing.
    fn item_after(wire: Self::Wire, _known: Option<&Self::Item>) -> Option<Self::Item> {
        Some(Self::item(wire))
    }
}

/// Variables of [`WorkspaceRoot`].
#[derive(cynic::QueryVariables)]
pub struct WorkspaceVariables {
    id: Id,
}

#[derive(cynic::QueryFragment)]
#[cynic(graphql_type = "Subscription", variables = "WorkspaceVariables")]
pub struct WorkspaceRoot {
    #[arguments(id: $id)]
    workspace_changed: WorkspaceView,
}

/// A workspace.
#[derive(Debug, Clone, PartialEq)]
pub struct WorkspaceStream(pub Id);

impl Stream for WorkspaceStream {
    type Item = WorkspaceView;
    type Wire = WorkspaceRoot;

    fn request(&self) -> String {
        subscription::<WorkspaceRoot, _>(&WorkspaceVariables { id: self.0.clone() })
    }

    fn item(wire: WorkspaceRoot) -> WorkspaceView {
        wire.workspace_changed
    }
}

/// Variables of [`ServiceRoot`] and [`UsageRoot`].
#[derive(cynic::QueryVariables)]
pub struct ServiceVariables {
    id: Id,
}

#[derive(cynic::QueryFragment)]
#[cynic(graphql_type = "Subscription", variables = "ServiceVariables")]
pub struct ServiceRoot {
    #[arguments(id: $id)]
    service_changed: ServiceView,
}

/// One service.
#[derive(Debug, Clone, PartialEq)]
pub struct ServiceStream(pub Id);

impl Stream for ServiceStream {
    type Item = ServiceView;
    type Wire = ServiceRoot;

    fn request(&self) -> String {
        subscription::<ServiceRoot, _>(&ServiceVariables { id: self.0.clone() })
    }

    fn item(wire: ServiceRoot) -> ServiceView {
        wire.service_changed
    }
}

#[derive(cynic::QueryFragment)]
#[cynic(graphql_type = "Subscription", variables = "ServiceVariables")]
pub struct UsageRoot {
    #[arguments(id: $id)]
    service_usage: UsageView,
}

/// What a service uses.
#[derive(Debug, Clone, PartialEq)]
pub struct UsageStream(pub Id);

impl Stream for UsageStream {
    type Item = UsageView;
    type Wire = UsageRoot;

    fn request(&self) -> String {
        subscription::<UsageRoot, _>(&ServiceVariables { id: self.0.clone() })
    }

    fn item(wire: UsageRoot) -> UsageView {
        wire.service_usage
    }
}

/// Variables of [`OperationRoot`].
#[derive(cynic::QueryVariables)]
pub struct OperationVariables {
    id: Id,
    after_seq: Option<i32>,
}

#[derive(cynic::QueryFragment)]
#[cynic(graphql_type = "Subscription", variables = "OperationVariables")]
pub struct OperationRoot {
    #[arguments(id: $id, afterSeq: $after_seq)]
    operation_changed: OperationUpdate,
}

/// One operation with its journal after an entry.
#[derive(Debug, Clone, PartialEq)]
pub struct OperationStream {
    /// The operation.
    pub id: Id,
    /// The last entry that is known.
    pub after_seq: Option<i32>,
}

impl Stream for OperationStream {
    type Item = OperationUpdate;
    type Wire = OperationRoot;

    fn request(&self) -> String {
        subscription::<OperationRoot, _>(&OperationVariables { id: self.id.clone(), after_seq: self.after_seq })
    }

    fn item(wire: OperationRoot) -> OperationUpdate {
        wire.operation_changed
    }
}

/// Which log, and from where.
#[derive(cynic::InputObject, Debug, Clone, PartialEq)]
pub struct ServiceLogsInput {
    pub service_id: Id,
    pub pod: String,
    pub container: String,
    #[cynic(skip_serializing_if = "Option::is_none")]
    pub after: Option<String>,
    #[cynic(skip_serializing_if = "Option::is_none")]
    pub previous: Option<bool>,
    #[cynic(skip_serializing_if = "Option::is_none")]
    pub tail: Option<i32>,
}

/// Variables of [`LogRoot`].
#[derive(cynic::QueryVariables)]
pub struct LogVariables {
    input: ServiceLogsInput,
}

#[derive(cynic::QueryFragment)]
#[cynic(graphql_type = "Subscription", variables = "LogVariables")]
pub struct LogRoot {
    #[arguments(input: $input)]
    service_logs: LogBatch,
}

/// Some lines of a log.
#[derive(cynic::QueryFragment, Debug, Clone, PartialEq)]
pub struct LogBatch {
    pub lines: Vec<LogLine>,
    pub dropped: i32,
    pub gap: bool,
    pub state: LogState,
}

/// A line of a log.
#[derive(cynic::QueryFragment, Debug, Clone, PartialEq)]
pub struct LogLine {
    pub cursor: String,
    pub at: DateTime,
    pub text: String,
    pub cut: bool,
}

/// A container's log.
#[derive(Debug, Clone, PartialEq)]
pub struct LogStream(pub ServiceLogsInput);

impl Stream for LogStream {
    type Item = LogBatch;
    type Wire = LogRoot;

    fn request(&self) -> String {
        subscription::<LogRoot, _>(&LogVariables { input: self.0.clone() })
    }

    fn item(wire: LogRoot) -> LogBatch {
        wire.service_logs
    }
}

read! {
    WorkspaceRoot { workspace_changed }
    ServiceRoot { service_changed }
    UsageRoot { service_usage }
    OperationRoot { operation_changed }
    LogRoot { service_logs }
    LogBatch { lines, dropped, gap, state }
    LogLine { cursor, at, text, cut }
}
