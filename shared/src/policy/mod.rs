//! Who may do what. Pure: the server asks it before every action, the console to say why a button is off.
//!
//! Deny is the default: an action that no rule allows is refused. A role in the platform gives no right inside a
//! workspace, beyond that staff who run the platform see that the workspace is there. Staff who support a workspace,
//! which is granted for some hours and which its admins see and can end, read in it and change nothing.

mod actions;
#[cfg(test)]
mod tests;

pub use actions::{PlatformAction, WorkspaceAction};

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

/// What someone is in a workspace.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Standing {
    /// Nothing.
    #[default]
    None,
    /// They hold a support grant that has neither ended nor run out.
    Support,
    /// A member.
    Member(WorkspaceRole),
}

impl From<Option<WorkspaceRole>> for Standing {
    fn from(role: Option<WorkspaceRole>) -> Self {
        role.map_or(Self::None, Self::Member)
    }
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
        PlatformAction::OpenSupportGrant if gives_support(actor.platform_role) => Ok(()),
        PlatformAction::SeeAllWorkspaces
        | PlatformAction::ManageOwnAccount
        | PlatformAction::SeePeople
        | PlatformAction::ManagePeople
        | PlatformAction::ManageSettings
        | PlatformAction::OpenSupportGrant => Err(Denial::Role),
    }
}

/// Whether someone of this role may hold a support grant. One who loses the role loses what their grants gave.
pub const fn gives_support(role: PlatformRole) -> bool {
    matches!(role, PlatformRole::Admin | PlatformRole::Operator)
}

/// What counts of a standing.
fn counting(actor: &Actor<'_>, standing: Standing) -> Standing {
    match standing {
        Standing::Support if !gives_support(actor.platform_role) => Standing::None,
        other => other,
    }
}

/// Whether the actor, who is `standing` in a workspace, may do something in it.
///
/// # Errors
/// The reason why not; [`Denial::Hidden`] where they may not know that the workspace exists.
pub fn workspace(
    actor: &Actor<'_>,
    standing: impl Into<Standing>,
    archived: bool,
    action: WorkspaceAction,
) -> Result<(), Denial> {
    fits(actor, action.changes())?;
    let role = match counting(actor, standing.into()) {
        Standing::Member(role) => role,
        Standing::Support if action.is_supported() => return Ok(()),
        Standing::Support => return Err(Denial::Role),
        Standing::None => {
            return match (actor.platform_role, action) {
                (PlatformRole::Admin, WorkspaceAction::See) => Ok(()),
                (PlatformRole::Admin, _) => Err(Denial::Role),
                _ => Err(Denial::Hidden),
            };
        }
    };
    if !reaches(role, action.least_role()) {
        return Err(Denial::Role);
    }
    if archived && action.changes() && !action.is_about_people() {
        return Err(Denial::Archived);
    }
    Ok(())
}

/// The same for a thing in a workspace that is named by an id of its own: who has no part in the workspace does not learn
/// that the thing is there, staff who see the workspace neither.
///
/// # Errors
/// As [`workspace`].
pub fn inside(
    actor: &Actor<'_>,
    standing: impl Into<Standing>,
    archived: bool,
    action: WorkspaceAction,
) -> Result<(), Denial> {
    let standing = counting(actor, standing.into());
    if standing == Standing::None {
        fits(actor, action.changes())?;
        return Err(Denial::Hidden);
    }
    workspace(actor, standing, archived, action)
}

/// Who changes whom in a workspace.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Whom {
    /// Themselves.
    Oneself,
    /// Somebody else.
    Another,
}

/// The action that a change of a member's role is: nobody needs leave to have less.
pub const fn member_action(whom: Whom, from: Option<WorkspaceRole>, to: Option<WorkspaceRole>) -> WorkspaceAction {
    match (whom, from, to) {
        (Whom::Oneself, Some(_), None) => WorkspaceAction::LeaveWorkspace,
        (Whom::Oneself, Some(from), Some(to)) if reaches(from, to) => WorkspaceAction::LeaveWorkspace,
        _ => WorkspaceAction::ManageMembers,
    }
}

/// Whether someone who is `standing` in a workspace may make a member of role `from` (none: no member) one of role `to`
/// (none: no member). Owners are made, changed and removed by owners only.
///
/// # Errors
/// The reason why not.
pub fn member_change(
    actor: &Actor<'_>,
    standing: impl Into<Standing>,
    archived: bool,
    whom: Whom,
    from: Option<WorkspaceRole>,
    to: Option<WorkspaceRole>,
) -> Result<(), Denial> {
    let standing = standing.into();
    workspace(actor, standing, archived, member_action(whom, from, to))?;
    let owners = from == Some(WorkspaceRole::Owner) || to == Some(WorkspaceRole::Owner);
    if owners && standing != Standing::Member(WorkspaceRole::Owner) {
        return Err(Denial::Role);
    }
    Ok(())
}
