//! Members in the API.

use super::{
    repo::{self, After, MemberRow},
    service,
};
use crate::{
    domain::{
        actor::Permit,
        workspaces::graphql::{self as workspaces, Workspace},
    },
    graphql::{
        context::{actor, state},
        errors::ApiError,
        page::{self, Asked, Page},
        scalars::{self, DateTime},
    },
};
use async_graphql::{Context, ID, InputObject, Object, SimpleObject};
use shared::{
    ids::{UserId, WorkspaceId},
    roles::WorkspaceRole,
    rules,
};
use uuid::Uuid;

/// A person in a workspace.
#[derive(SimpleObject)]
pub struct Member {
    /// Opaque id of the person.
    person_id: ID,
    /// What people see.
    name: String,
    /// E-mail address.
    email: String,
    /// What they are in the workspace.
    role: WorkspaceRole,
    /// When they were added.
    since: DateTime,
}

impl From<MemberRow> for Member {
    fn from(row: MemberRow) -> Self {
        let role = row.role();
        Self {
            person_id: row.user_id.simple().to_string().into(),
            name: row.name,
            email: row.email,
            role,
            since: row.created_at.into(),
        }
    }
}

/// A person to be added to a workspace.
#[derive(InputObject)]
pub struct AddMemberInput {
    /// To which workspace.
    workspace_id: ID,
    /// E-mail address of somebody who has an account; capitals do not matter.
    email: String,
    /// What they shall be.
    role: WorkspaceRole,
}

/// A change of a member's role.
#[derive(InputObject)]
pub struct ChangeMemberRoleInput {
    /// In which workspace.
    workspace_id: ID,
    /// Whose.
    person_id: ID,
    /// What they shall be.
    role: WorkspaceRole,
    /// The role that was seen; if it is another one by now, nothing changes.
    expected_role: WorkspaceRole,
}

/// A member to be removed.
#[derive(InputObject)]
pub struct RemoveMemberInput {
    /// From which workspace.
    workspace_id: ID,
    /// Who.
    person_id: ID,
}

/// A workspace to be left.
#[derive(InputObject)]
pub struct LeaveWorkspaceInput {
    /// Which.
    workspace_id: ID,
}

/// A workspace to be given to another owner.
#[derive(InputObject)]
pub struct TransferWorkspaceInput {
    /// Which.
    workspace_id: ID,
    /// The member who shall be its owner.
    person_id: ID,
    /// The workspace's name, typed again.
    confirm_name: String,
}

/// A member after a change, and their workspace.
#[derive(SimpleObject)]
pub struct MemberPayload {
    /// The member.
    member: Member,
    /// The workspace.
    workspace: Workspace,
}

/// Who is a member no more.
#[derive(SimpleObject)]
pub struct RemoveMemberPayload {
    /// Of which workspace.
    workspace_id: ID,
    /// Who.
    person_id: ID,
}

/// The members of a workspace by name; `permit` is one to see them.
///
/// # Errors
/// When the input has mistakes or the database fails.
pub async fn of_workspace(
    ctx: &Context<'_>,
    permit: &Permit,
    search: Option<String>,
    first: Option<i32>,
    after: Option<String>,
) -> Result<Page<Member>, ApiError> {
    let (db, id) = (state(ctx)?.db.read(), permit.workspace().id.into());
    let search = page::search(search.as_deref())?;
    let asked = Asked::at(first, after.as_deref(), cursor)?;
    let (rows, total) = repo::page(db, id, search.as_deref(), asked.after(), asked.limit()).await?;
    Ok(asked.page(rows.into_iter().map(|row| (cursor_of(&row), Member::from(row))), total))
}

/// Letters of an id.
const ID_LETTERS: usize = 32;

/// A place in the list, by what it is ordered by.
fn cursor_of(row: &MemberRow) -> String {
    format!("{}{}", row.user_id.simple(), row.name)
}

fn cursor(text: &str) -> Option<After> {
    let (id, name) = text.split_at_checked(ID_LETTERS)?;
    // Names hold no control characters, and PostgreSQL takes no NUL.
    let fits = name.chars().count() <= rules::NAME_MAX && !name.chars().any(char::is_control);
    Some(After { id: Uuid::try_parse(id).ok().filter(|_| fits)?, name: name.to_owned() })
}

/// Changes of members.
#[derive(Default)]
pub struct MemberMutation;

#[Object]
impl MemberMutation {
    /// Adds somebody who has an account to a workspace. Only owners add owners.
    async fn add_member(&self, ctx: &Context<'_>, input: AddMemberInput) -> Result<MemberPayload, ApiError> {
        let id: WorkspaceId = scalars::id(&input.workspace_id)?;
        let row = service::add(state(ctx)?, actor(ctx)?, id, &input.email, input.role).await?;
        payload(ctx, id, row).await
    }

    /// Changes a member's role. Only owners make, change or remove owners; anyone may lower their own role.
    async fn change_member_role(
        &self,
        ctx: &Context<'_>,
        input: ChangeMemberRoleInput,
    ) -> Result<MemberPayload, ApiError> {
        let id: WorkspaceId = scalars::id(&input.workspace_id)?;
        let person: UserId = scalars::id(&input.person_id)?;
        let (role, expected) = (input.role, input.expected_role);
        let row = service::change_role(state(ctx)?, actor(ctx)?, id, person, role, expected).await?;
        payload(ctx, id, row).await
    }

    /// Removes a member; what they have open of the workspace ends at once.
    async fn remove_member(
        &self,
        ctx: &Context<'_>,
        input: RemoveMemberInput,
    ) -> Result<RemoveMemberPayload, ApiError> {
        let id: WorkspaceId = scalars::id(&input.workspace_id)?;
        let person: UserId = scalars::id(&input.person_id)?;
        service::remove(state(ctx)?, actor(ctx)?, id, person).await?;
        Ok(RemoveMemberPayload { workspace_id: id.to_string().into(), person_id: person.to_string().into() })
    }

    /// Leaves a workspace. Its last owner cannot.
    async fn leave_workspace(
        &self,
        ctx: &Context<'_>,
        input: LeaveWorkspaceInput,
    ) -> Result<RemoveMemberPayload, ApiError> {
        let id: WorkspaceId = scalars::id(&input.workspace_id)?;
        let (state, actor) = (state(ctx)?, actor(ctx)?);
        service::remove(state, actor, id, actor.id).await?;
        Ok(RemoveMemberPayload { workspace_id: id.to_string().into(), person_id: actor.id.to_string().into() })
    }

    /// Makes another member the owner of a workspace; the viewer becomes an admin.
    async fn transfer_workspace(
        &self,
        ctx: &Context<'_>,
        input: TransferWorkspaceInput,
    ) -> Result<MemberPayload, ApiError> {
        let id: WorkspaceId = scalars::id(&input.workspace_id)?;
        let person: UserId = scalars::id(&input.person_id)?;
        let row = service::transfer(state(ctx)?, actor(ctx)?, id, person, &input.confirm_name).await?;
        payload(ctx, id, row).await
    }
}

async fn payload(ctx: &Context<'_>, id: WorkspaceId, row: MemberRow) -> Result<MemberPayload, ApiError> {
    Ok(MemberPayload { member: row.into(), workspace: workspaces::visible(ctx, id).await? })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_is_read_as_it_was_written() {
        let row = MemberRow {
            user_id: Uuid::from_u128(7),
            name: "Ørsted, \"Ada\"".to_owned(),
            email: "ada@example.com".to_owned(),
            role: "USER".to_owned(),
            created_at: 0,
        };
        assert_eq!(cursor(&cursor_of(&row)), Some(After { name: row.name, id: row.user_id }));
        let (long, hostile) = (format!("{:032x}{}", 7, "n".repeat(65)), format!("{:032x}A\0da", 7));
        for wrong in ["", "x", "0123456789abcdef0123456789abcdeg", &long, &hostile] {
            assert_eq!(cursor(wrong), None, "{wrong}");
        }
        assert_eq!(cursor(&"ö".repeat(40)), None);
    }
}
