//! Who may do what. Pure: the server asks it before every action, the console to say why a button is off.
//!
//! Deny is the default: an action that no rule allows is refused. A role in the platform gives no right inside a
//! workspace, beyond that staff who run the platform see that the workspace is there.

use crate::roles::{PlatformRole, TokenScope, WorkspaceRole};

/// Who asks, as far as rights go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Actor<'a> {
    /// What they are to the company.
    pub platform_role: PlatformRole,
    /// Scopes of the token they came with; none for a session in the console.
    pub scopes: Option<&'a [TokenScope]>,
    /// They must change their password before anything else.
    pub must_change_password: bool,
}

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
}

/// Why something is not allowed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Denial {
    /// The actor may not even know that it exists.
    Hidden,
    /// The role is not enough.
    Role,
    /// The token's scopes are not enough.
    Scope,
    /// The password has to be changed first.
    PasswordChange,
    /// The workspace is archived.
    Archived,
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
    ];

    const fn changes(self) -> bool {
        matches!(self, Self::CreateWorkspace | Self::ManageOwnAccount | Self::ManagePeople | Self::ManageSettings)
    }

    /// Whether only a person in the console may do it. With a token an Admin's program could make a link that resets the
    /// Admin's own password, or invite another Admin, and so outlive the token.
    const fn never_by_token(self) -> bool {
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
    ];

    /// The least role that may do it.
    pub const fn least_role(self) -> WorkspaceRole {
        match self {
            Self::See | Self::SeeServices | Self::ReadLogs | Self::ReadValues => WorkspaceRole::Guest,
            Self::LaunchService | Self::RestartService | Self::DeleteService | Self::SteerOperation => {
                WorkspaceRole::User
            }
            Self::UpdateSettings => WorkspaceRole::Admin,
        }
    }

    const fn changes(self) -> bool {
        !matches!(self, Self::See | Self::SeeServices | Self::ReadLogs | Self::ReadValues)
    }
}

/// Whether the role reaches at least `least`.
pub const fn reaches(role: WorkspaceRole, least: WorkspaceRole) -> bool {
    rank(role) >= rank(least)
}

const fn rank(role: WorkspaceRole) -> u8 {
    match role {
        WorkspaceRole::Guest => 0,
        WorkspaceRole::User => 1,
        WorkspaceRole::Admin => 2,
        WorkspaceRole::Owner => 3,
    }
}

fn fits(actor: &Actor<'_>, changes: bool) -> Result<(), Denial> {
    if actor.must_change_password {
        return Err(Denial::PasswordChange);
    }
    let Some(scopes) = actor.scopes else { return Ok(()) };
    let enough = if changes {
        scopes.contains(&TokenScope::Write)
    } else {
        scopes.contains(&TokenScope::Read) || scopes.contains(&TokenScope::Write)
    };
    if enough { Ok(()) } else { Err(Denial::Scope) }
}

/// Whether the actor may do such a thing anywhere: asked before anything is looked up by an id, so that the refusal is the
/// same whether it is there or not.
///
/// # Errors
/// The reason why not.
pub fn anywhere(actor: &Actor<'_>, action: WorkspaceAction) -> Result<(), Denial> {
    fits(actor, action.changes())
}

/// Whether the actor may do something on the platform or on their own account.
///
/// # Errors
/// The reason why not.
pub fn platform(actor: &Actor<'_>, action: PlatformAction) -> Result<(), Denial> {
    if action.never_by_token() && actor.scopes.is_some() {
        return Err(Denial::Scope);
    }
    if action == PlatformAction::ManageOwnAccount {
        // The one thing left to someone who must change their password.
        return Ok(());
    }
    fits(actor, action.changes())?;
    match action {
        PlatformAction::SeeCatalog | PlatformAction::CreateWorkspace => Ok(()),
        PlatformAction::SeeAllWorkspaces
        | PlatformAction::SeePeople
        | PlatformAction::ManagePeople
        | PlatformAction::ManageSettings
            if actor.platform_role == PlatformRole::Admin =>
        {
            Ok(())
        }
        PlatformAction::SeeAllWorkspaces
        | PlatformAction::ManageOwnAccount
        | PlatformAction::SeePeople
        | PlatformAction::ManagePeople
        | PlatformAction::ManageSettings => Err(Denial::Role),
    }
}

/// Whether the actor, who has `role` in a workspace, may do something in it.
///
/// # Errors
/// The reason why not; [`Denial::Hidden`] where they may not know that the workspace exists.
pub fn workspace(
    actor: &Actor<'_>,
    role: Option<WorkspaceRole>,
    archived: bool,
    action: WorkspaceAction,
) -> Result<(), Denial> {
    let Some(role) = role else {
        fits(actor, action.changes())?;
        return match (actor.platform_role, action) {
            (PlatformRole::Admin, WorkspaceAction::See) => Ok(()),
            (PlatformRole::Admin, _) => Err(Denial::Role),
            _ => Err(Denial::Hidden),
        };
    };
    fits(actor, action.changes())?;
    if !reaches(role, action.least_role()) {
        return Err(Denial::Role);
    }
    if archived && action.changes() {
        return Err(Denial::Archived);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fmt::Write;

    fn actor(platform_role: PlatformRole) -> Actor<'static> {
        Actor { platform_role, scopes: None, must_change_password: false }
    }

    fn letter(result: Result<(), Denial>) -> char {
        match result {
            Ok(()) => '+',
            Err(Denial::Hidden) => '?',
            Err(Denial::Role) => 'r',
            Err(Denial::Scope) => 's',
            Err(Denial::PasswordChange) => 'p',
            Err(Denial::Archived) => 'a',
        }
    }

    /// The golden matrix of actions in a workspace. Columns: owner, admin, user, guest, none; then staff without a role:
    /// Admin, Operator, Viewer.
    #[test]
    fn who_may_do_what_in_a_workspace() {
        let golden = "\
            See ++++?+??\n\
            SeeServices ++++?r??\n\
            ReadLogs ++++?r??\n\
            ReadValues ++++?r??\n\
            UpdateSettings ++rr?r??\n\
            LaunchService +++r?r??\n\
            RestartService +++r?r??\n\
            DeleteService +++r?r??\n\
            SteerOperation +++r?r??\n";
        let mut matrix = String::new();
        for action in WorkspaceAction::ALL {
            let _ = write!(matrix, "{action:?} ");
            for role in WorkspaceRole::ALL.iter().copied().map(Some).chain([None]) {
                matrix.push(letter(workspace(&actor(PlatformRole::Member), role, false, *action)));
            }
            for staff in [PlatformRole::Admin, PlatformRole::Operator, PlatformRole::Viewer] {
                matrix.push(letter(workspace(&actor(staff), None, false, *action)));
            }
            matrix.push('\n');
        }
        assert_eq!(matrix, golden);
    }

    /// The golden matrix of actions on the platform. Columns: Admin, Operator, Viewer, Member; a member with a token that
    /// reads, with one that writes; one who must change the password.
    #[test]
    fn who_may_do_what_on_the_platform() {
        let golden = "\
            SeeCatalog ++++++p\n\
            CreateWorkspace ++++s+p\n\
            SeeAllWorkspaces +rrrrrp\n\
            ManageOwnAccount ++++ss+\n\
            SeePeople +rrrrrp\n\
            ManagePeople +rrrssp\n\
            ManageSettings +rrrssp\n";
        let mut matrix = String::new();
        for action in PlatformAction::ALL {
            let _ = write!(matrix, "{action:?} ");
            for role in PlatformRole::ALL {
                matrix.push(letter(platform(&actor(*role), *action)));
            }
            let member = actor(PlatformRole::Member);
            for odd in [
                Actor { scopes: Some(&[TokenScope::Read]), ..member },
                Actor { scopes: Some(&[TokenScope::Write]), ..member },
                Actor { must_change_password: true, ..member },
            ] {
                matrix.push(letter(platform(&odd, *action)));
            }
            matrix.push('\n');
        }
        assert_eq!(matrix, golden);
    }

    #[test]
    fn an_archived_workspace_is_read_only_and_a_reading_token_changes_nothing() {
        let member = actor(PlatformRole::Member);
        let reader = Actor { scopes: Some(&[TokenScope::Read]), ..member };
        for action in WorkspaceAction::ALL {
            let owner = Some(WorkspaceRole::Owner);
            let archived = workspace(&member, owner, true, *action);
            let reading = workspace(&reader, owner, false, *action);
            if action.changes() {
                assert_eq!((archived, reading), (Err(Denial::Archived), Err(Denial::Scope)), "{action:?}");
            } else {
                assert_eq!((archived, reading), (Ok(()), Ok(())), "{action:?}");
            }
        }
    }
}
