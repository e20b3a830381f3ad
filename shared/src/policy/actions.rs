//! What can be done, and what each action is.

use crate::roles::WorkspaceRole;

/// An action on the platform or on the actor's own account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PlatformAction {
    /// See the marketplace.
    SeeCatalog,
    /// Make a workspace.
    CreateWorkspace,
    /// See that every workspace is there.
    SeeAllWorkspaces,
    /// Change the own name and password, and end own sessions; make or end own tokens.
    ManageOwnAccount,
    /// See everybody who has an account, and open invitations.
    SeePeople,
    /// Change what people are to the platform, remove them, invite them, and make links that reset a password.
    ManagePeople,
    /// Change what is set for the whole platform.
    ManageSettings,
    /// Open a support grant for oneself: read in a workspace for some hours. Its admins see it.
    OpenSupportGrant,
}

/// An action in a workspace.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum WorkspaceAction {
    /// See that it is there: name, state, namespace.
    See,
    /// See its services with status and events.
    SeeServices,
    /// Read logs.
    ReadLogs,
    /// Read values, without secrets.
    ReadValues,
    /// Change its name and description.
    UpdateSettings,
    /// Launch a service.
    LaunchService,
    /// Restart a service.
    RestartService,
    /// Delete a service.
    DeleteService,
    /// Retry or cancel an operation.
    SteerOperation,
    /// See who is in it.
    SeeMembers,
    /// Add, change and remove members, as far as [`member_change`] goes.
    ManageMembers,
    /// Make another member its owner.
    TransferWorkspace,
    /// Leave it, or lower the own role.
    LeaveWorkspace,
    /// See who of the staff reads in it, since when, until when and why.
    SeeSupportGrants,
    /// End a support grant at once.
    EndSupportGrant,
}

impl PlatformAction {
    /// Every action, for the golden matrix.
    pub const ALL: &'static [Self] = &[
        Self::SeeCatalog,
        Self::CreateWorkspace,
        Self::SeeAllWorkspaces,
        Self::ManageOwnAccount,
        Self::SeePeople,
        Self::ManagePeople,
        Self::ManageSettings,
        Self::OpenSupportGrant,
    ];

    pub(super) const fn changes(self) -> bool {
        matches!(
            self,
            Self::CreateWorkspace
                | Self::ManageOwnAccount
                | Self::ManagePeople
                | Self::ManageSettings
                | Self::OpenSupportGrant
        )
    }

    /// Whether only a person in the console may do it. With a token an Admin's program could make a link that resets the
    /// Admin's own password, or invite another Admin, and so outlive the token.
    pub(super) const fn never_by_token(self) -> bool {
        matches!(self, Self::ManageOwnAccount | Self::ManagePeople | Self::ManageSettings)
    }
}

impl WorkspaceAction {
    /// Every action, for the golden matrix.
    pub const ALL: &'static [Self] = &[
        Self::See,
        Self::SeeServices,
        Self::ReadLogs,
        Self::ReadValues,
        Self::UpdateSettings,
        Self::LaunchService,
        Self::RestartService,
        Self::DeleteService,
        Self::SteerOperation,
        Self::SeeMembers,
        Self::ManageMembers,
        Self::TransferWorkspace,
        Self::LeaveWorkspace,
        Self::SeeSupportGrants,
        Self::EndSupportGrant,
    ];

    /// The least role that may do it.
    pub const fn least_role(self) -> WorkspaceRole {
        match self {
            Self::See
            | Self::SeeServices
            | Self::ReadLogs
            | Self::ReadValues
            | Self::SeeMembers
            | Self::LeaveWorkspace => WorkspaceRole::Guest,
            Self::LaunchService | Self::RestartService | Self::DeleteService | Self::SteerOperation => {
                WorkspaceRole::User
            }
            Self::UpdateSettings | Self::ManageMembers | Self::SeeSupportGrants | Self::EndSupportGrant => {
                WorkspaceRole::Admin
            }
            Self::TransferWorkspace => WorkspaceRole::Owner,
        }
    }

    pub(super) const fn changes(self) -> bool {
        match self {
            Self::See
            | Self::SeeServices
            | Self::ReadLogs
            | Self::ReadValues
            | Self::SeeMembers
            | Self::SeeSupportGrants => false,
            Self::UpdateSettings
            | Self::LaunchService
            | Self::RestartService
            | Self::DeleteService
            | Self::SteerOperation
            | Self::ManageMembers
            | Self::TransferWorkspace
            | Self::LeaveWorkspace
            | Self::EndSupportGrant => true,
        }
    }

    /// Whether it changes who may see the workspace rather than the workspace itself: that goes on when it is archived, or
    /// nobody could take a right away any more.
    pub(super) const fn is_about_people(self) -> bool {
        matches!(self, Self::ManageMembers | Self::TransferWorkspace | Self::LeaveWorkspace | Self::EndSupportGrant)
    }

    /// Whether a support grant gives it: what a guest reads of services, and nothing about people.
    pub(super) const fn is_supported(self) -> bool {
        matches!(self, Self::See | Self::SeeServices | Self::ReadLogs | Self::ReadValues)
    }
}
