//! Who may do what. Pure: the server asks it before every action, the console to say why a button is off.
//!
//! Deny is the default: an action that no rule allows is refused. A role in the platform gives no right inside a
//! workspace, beyond that staff who run the platform see that the workspace is there. Staff who support a workspace,
//! which is granted for some hours and which its admins see and can end, read in it and change nothing.

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

    const fn changes(self) -> bool {
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

    const fn changes(self) -> bool {
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
    const fn is_about_people(self) -> bool {
        matches!(self, Self::ManageMembers | Self::TransferWorkspace | Self::LeaveWorkspace | Self::EndSupportGrant)
    }

    /// Whether a support grant gives it: what a guest reads of services, and nothing about people.
    const fn is_supported(self) -> bool {
        matches!(self, Self::See | Self::SeeServices | Self::ReadLogs | Self::ReadValues)
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

    /// The golden matrix of actions in a workspace. Columns: owner, admin, user, guest, none; staff without a role: Admin,
    /// Operator, Viewer; the same and someone who is no longer staff, with a support grant.
    #[test]
    fn who_may_do_what_in_a_workspace() {
        let golden = "\
            See ++++?+??++??\n\
            SeeServices ++++?r??++??\n\
            ReadLogs ++++?r??++??\n\
            ReadValues ++++?r??++??\n\
            UpdateSettings ++rr?r??rr??\n\
            LaunchService +++r?r??rr??\n\
            RestartService +++r?r??rr??\n\
            DeleteService +++r?r??rr??\n\
            SteerOperation +++r?r??rr??\n\
            SeeMembers ++++?r??rr??\n\
            ManageMembers ++rr?r??rr??\n\
            TransferWorkspace +rrr?r??rr??\n\
            LeaveWorkspace ++++?r??rr??\n\
            SeeSupportGrants ++rr?r??rr??\n\
            EndSupportGrant ++rr?r??rr??\n";
        let mut matrix = String::new();
        for action in WorkspaceAction::ALL {
            let _ = write!(matrix, "{action:?} ");
            for role in WorkspaceRole::ALL.iter().copied().map(Some).chain([None]) {
                matrix.push(letter(workspace(&actor(PlatformRole::Member), role, false, *action)));
            }
            for staff in [PlatformRole::Admin, PlatformRole::Operator, PlatformRole::Viewer] {
                matrix.push(letter(workspace(&actor(staff), None, false, *action)));
            }
            for staff in PlatformRole::ALL {
                matrix.push(letter(workspace(&actor(*staff), Standing::Support, false, *action)));
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
            ManageSettings +rrrssp\n\
            OpenSupportGrant ++rrsrp\n";
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
            if action.is_about_people() {
                assert_eq!((archived, reading), (Ok(()), Err(Denial::Scope)), "{action:?}");
            } else if action.changes() {
                assert_eq!((archived, reading), (Err(Denial::Archived), Err(Denial::Scope)), "{action:?}");
            } else {
                assert_eq!((archived, reading), (Ok(()), Ok(())), "{action:?}");
            }
        }
    }

    /// What is in a workspace is hidden from whoever has no part in it, though they may see the workspace.
    #[test]
    fn things_inside_do_not_exist_for_those_outside() {
        for action in WorkspaceAction::ALL {
            for staff in PlatformRole::ALL {
                assert_eq!(inside(&actor(*staff), None, false, *action), Err(Denial::Hidden), "{action:?}");
                let supports = inside(&actor(*staff), Standing::Support, false, *action);
                let expected = match (gives_support(*staff), action.is_supported()) {
                    (true, true) => Ok(()),
                    (true, false) => Err(Denial::Role),
                    (false, _) => Err(Denial::Hidden),
                };
                assert_eq!(supports, expected, "{action:?} by {staff:?}");
            }
            let guest = Some(WorkspaceRole::Guest);
            let member = actor(PlatformRole::Member);
            assert_eq!(inside(&member, guest, false, *action), workspace(&member, guest, false, *action));
        }
    }

    /// The golden matrix of changes of members. Rows: what somebody else is (or none), and what they become; columns: owner,
    /// admin, user, guest, none who does it.
    #[test]
    fn who_may_make_whom_what() {
        let golden = "\
            - O +rrr?\n- A ++rr?\n- U ++rr?\n- G ++rr?\n\
            O A +rrr?\nO U +rrr?\nO G +rrr?\nO - +rrr?\n\
            A O +rrr?\nA U ++rr?\nA G ++rr?\nA - ++rr?\n\
            U O +rrr?\nU A ++rr?\nU G ++rr?\nU - ++rr?\n\
            G O +rrr?\nG A ++rr?\nG U ++rr?\nG - ++rr?\n";
        let initial = |role: Option<WorkspaceRole>| role.map_or("-", |role| &role.as_str()[..1]);
        let roles: Vec<Option<WorkspaceRole>> = WorkspaceRole::ALL.iter().copied().map(Some).chain([None]).collect();
        let member = actor(PlatformRole::Member);
        let mut matrix = String::new();
        for from in [None].into_iter().chain(WorkspaceRole::ALL.iter().copied().map(Some)) {
            for to in roles.iter().copied().filter(|to| *to != from) {
                let _ = write!(matrix, "{} {} ", initial(from), initial(to));
                for role in &roles {
                    matrix.push(letter(member_change(&member, *role, false, Whom::Another, from, to)));
                }
                matrix.push('\n');
            }
        }
        assert_eq!(matrix, golden);
    }

    #[test]
    fn everyone_may_have_less_and_nobody_makes_themselves_more() {
        let member = actor(PlatformRole::Member);
        for role in WorkspaceRole::ALL {
            let change = |to| member_change(&member, Some(*role), false, Whom::Oneself, Some(*role), to);
            assert_eq!(change(None), Ok(()), "{role:?} leaves");
            for to in WorkspaceRole::ALL {
                let less = reaches(*role, *to);
                // An admin may make others admins, and themselves no owner.
                assert_eq!(change(Some(*to)).is_ok(), less, "{role:?} to {to:?}");
            }
        }
    }
}
