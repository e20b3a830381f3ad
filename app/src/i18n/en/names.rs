//! Names of things in English.

use crate::i18n::texts::Explained;
use shared::{
    catalog::AppCategory,
    operation::{OperationKind, OperationState, StepName},
    roles::PlatformRole,
    service::ServiceState,
};

pub fn category(category: AppCategory) -> &'static str {
    match category {
        AppCategory::Ai => "AI & LLM",
        AppCategory::Automation => "Automation",
        AppCategory::Database => "Database",
        AppCategory::Analytics => "Analytics",
        AppCategory::Devops => "DevOps",
        AppCategory::Web => "Web",
        AppCategory::Container => "Container",
    }
}

/// What someone is to the company, and what that lets them do.
pub fn platform_role(role: PlatformRole) -> Explained {
    let (sentence, next) = match role {
        PlatformRole::Admin => (
            "Admin",
            "Sees that every workspace is there, and looks after people: invites, removes, changes roles, sets how people join. Can read in a workspace for some hours, which its admins see and can end.",
        ),
        PlatformRole::Operator => {
            ("Operator", "Staff. Can read in a workspace for some hours, which its admins see and can end.")
        }
        PlatformRole::Viewer => ("Viewer", "Staff. No rights beyond those of a member so far."),
        PlatformRole::Member => ("Member", "Makes workspaces and launches apps in them."),
    };
    Explained { sentence, next }
}

pub fn state(state: ServiceState) -> &'static str {
    match state {
        ServiceState::Pending => "Pending",
        ServiceState::Deploying => "Deploying",
        ServiceState::Running => "Running",
        ServiceState::Upgrading => "Upgrading",
        ServiceState::Restarting => "Restarting",
        ServiceState::Stopped => "Stopped",
        ServiceState::Error => "Error",
        ServiceState::Deleting => "Deleting",
        ServiceState::Unknown => "Unknown",
    }
}

pub fn step(step: StepName) -> &'static str {
    match step {
        StepName::Namespace => "Namespace",
        StepName::Limits => "Quota and limits",
        StepName::Access => "Deployer account",
        StepName::Chart => "Check the chart",
        StepName::Install => "Install with Helm",
        StepName::Address => "Web address",
        StepName::Ready => "Wait until ready",
        StepName::Restart => "Restart the pods",
        StepName::Uninstall => "Uninstall with Helm",
        StepName::Volumes => "Volumes",
        StepName::Forget => "Clean up",
        StepName::Undo => "Undo",
    }
}

pub fn operation_kind(kind: OperationKind) -> &'static str {
    match kind {
        OperationKind::WorkspaceCreate => "Preparation of {name}",
        OperationKind::ServiceLaunch => "Launch of {name}",
        OperationKind::ServiceRestart => "Restart of {name}",
        OperationKind::ServiceDelete => "Deletion of {name}",
    }
}

pub fn operation_word(kind: OperationKind) -> &'static str {
    match kind {
        OperationKind::WorkspaceCreate => "Preparation",
        OperationKind::ServiceLaunch => "Launch",
        OperationKind::ServiceRestart => "Restart",
        OperationKind::ServiceDelete => "Deletion",
    }
}

pub fn operation_state(state: OperationState) -> &'static str {
    match state {
        OperationState::Queued => "Queued",
        OperationState::Running => "In progress",
        OperationState::Cancelling => "Cancelling",
        OperationState::Succeeded => "Done",
        OperationState::Failed => "Failed",
        OperationState::Cancelled => "Cancelled",
    }
}
