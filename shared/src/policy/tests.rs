//! The golden matrices of the policy.

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
