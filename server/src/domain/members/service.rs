//! What can be done with members: add, change, remove, leave, transfer.

use super::repo::{self, MemberRow};
use crate::{
    clock::Instant,
    domain::{
        actor::{Actor, Permit, denied},
        audit, identity,
        state::State,
    },
    events::Event,
    graphql::errors::ApiError,
};
use sea_orm::ConnectionTrait;
use serde_json::{Value, json};
use shared::{
    error::{ErrorCode, FieldErrorCode},
    ids::{UserId, WorkspaceId},
    policy::{self, Whom, WorkspaceAction},
    roles::WorkspaceRole,
    rules,
};

/// Adds a person who has an account, by their address. Sent twice, it is done once.
///
/// # Errors
/// `INVALID_INPUT` when nobody has the address or they have another role already; else when the policy says no.
pub async fn add(
    state: &State,
    actor: &Actor,
    workspace: WorkspaceId,
    email: &str,
    role: WorkspaceRole,
) -> Result<MemberRow, ApiError> {
    // Rights first: what follows tells whether somebody has an account.
    let permit = actor.permit(state, workspace, WorkspaceAction::ManageMembers).await?;
    allowed(actor, &permit, Whom::Another, None, Some(role))?;
    let email = rules::email(email).map_err(|problem| ApiError::invalid_field("email", problem))?;
    state.throttle.count_look_up(actor.id)?;
    let now = state.clock.now();
    let tx = state.db.begin().await?;
    let permit = actor.permit_in(state, &tx, workspace, WorkspaceAction::ManageMembers).await?;
    allowed(actor, &permit, Whom::Another, None, Some(role))?;
    let person = identity::repo::find_user_by_email(&tx, &email).await?;
    let person = UserId(person.ok_or_else(|| ApiError::field("email", FieldErrorCode::UnknownPerson))?.id);
    stays(&tx, person).await?.ok_or_else(|| ApiError::field("email", FieldErrorCode::UnknownPerson))?;
    match repo::find(&tx, workspace, person).await? {
        Some(member) if member.role() == role => return Ok(member),
        Some(_) => return Err(ApiError::field("email", FieldErrorCode::AlreadyMember)),
        None => repo::insert(&tx, workspace, person, role, now).await?,
    }
    note(state, &tx, actor, "member.add", workspace, person, json!({ "role": role }), now).await?;
    let member = repo::find(&tx, workspace, person).await?.ok_or_else(ApiError::not_found)?;
    state.events.commit(tx, told(workspace, [person])).await?;
    Ok(member)
}

/// Changes a member's role, if it is still the one that was seen. Sent twice, it is done once.
///
/// # Errors
/// `CONFLICT` when somebody else has changed it, `LAST_OWNER` when the workspace would have none; else when there is no such
/// member or the policy says no.
pub async fn change_role(
    state: &State,
    actor: &Actor,
    workspace: WorkspaceId,
    person: UserId,
    role: WorkspaceRole,
    expected: WorkspaceRole,
) -> Result<MemberRow, ApiError> {
    let now = state.clock.now();
    let tx = state.db.begin().await?;
    let member = changeable(state, &tx, actor, workspace, person, Some(role)).await?;
    if member.role() == role {
        return Ok(member);
    }
    if member.role() != expected {
        return Err(ApiError::new(ErrorCode::Conflict));
    }
    keeps_an_owner(&tx, workspace, &member).await?;
    repo::set_role(&tx, workspace, person, role).await?;
    let about = json!({ "before": member.role, "after": role });
    note(state, &tx, actor, "member.change", workspace, person, about, now).await?;
    let member = repo::find(&tx, workspace, person).await?.ok_or_else(ApiError::not_found)?;
    state.events.commit(tx, told(workspace, [person])).await?;
    Ok(member)
}

/// Removes a member, whose streams of the workspace end.
///
/// # Errors
/// `LAST_OWNER` when the workspace would have none; else when there is no such member or the policy says no.
pub async fn remove(state: &State, actor: &Actor, workspace: WorkspaceId, person: UserId) -> Result<(), ApiError> {
    let now = state.clock.now();
    let tx = state.db.begin().await?;
    let member = changeable(state, &tx, actor, workspace, person, None).await?;
    keeps_an_owner(&tx, workspace, &member).await?;
    repo::delete(&tx, workspace, person).await?;
    let action = if person == actor.id { "member.leave" } else { "member.remove" };
    note(state, &tx, actor, action, workspace, person, json!({ "role": member.role }), now).await?;
    state.events.commit(tx, told(workspace, [person])).await?;
    Ok(())
}

/// Makes another member the owner, and the actor an admin.
///
/// # Errors
/// When the name was not typed as it is, they are no member, or the policy says no.
pub async fn transfer(
    state: &State,
    actor: &Actor,
    workspace: WorkspaceId,
    person: UserId,
    confirm_name: &str,
) -> Result<MemberRow, ApiError> {
    let now = state.clock.now();
    let tx = state.db.begin().await?;
    let permit = actor.permit_in(state, &tx, workspace, WorkspaceAction::TransferWorkspace).await?;
    if confirm_name != permit.workspace().name {
        return Err(ApiError::field("confirmName", FieldErrorCode::DoesNotMatch));
    }
    if person == actor.id {
        return Err(ApiError::field("personId", FieldErrorCode::NotAllowed));
    }
    stays(&tx, person).await?.ok_or_else(ApiError::not_found)?;
    repo::find(&tx, workspace, person).await?.ok_or_else(ApiError::not_found)?;
    repo::set_role(&tx, workspace, person, WorkspaceRole::Owner).await?;
    repo::set_role(&tx, workspace, actor.id, WorkspaceRole::Admin).await?;
    note(state, &tx, actor, "workspace.transfer", workspace, person, json!({}), now).await?;
    let member = repo::find(&tx, workspace, person).await?.ok_or_else(ApiError::not_found)?;
    state.events.commit(tx, told(workspace, [person, actor.id])).await?;
    Ok(member)
}

/// Holds a person who is to get a role: one who is removed from the platform at the same moment would take it along, and leave
/// a workspace without an owner. Workspaces are held before people, by whatever holds both.
async fn stays<C: ConnectionTrait>(tx: &C, person: UserId) -> Result<Option<()>, ApiError> {
    Ok(identity::repo::hold_user(tx, person).await?.map(drop))
}

/// The member of a workspace whom the actor may make one of `to` (none: no member), in this transaction.
async fn changeable<C: ConnectionTrait>(
    state: &State,
    tx: &C,
    actor: &Actor,
    workspace: WorkspaceId,
    person: UserId,
    to: Option<WorkspaceRole>,
) -> Result<MemberRow, ApiError> {
    let whom = if person == actor.id { Whom::Oneself } else { Whom::Another };
    // Whoever may change nobody does not learn whether such a member is there.
    let least = match whom {
        Whom::Oneself => WorkspaceAction::LeaveWorkspace,
        Whom::Another => WorkspaceAction::ManageMembers,
    };
    let permit = actor.permit_in(state, tx, workspace, least).await?;
    if to.is_some() {
        stays(tx, person).await?.ok_or_else(ApiError::not_found)?;
    }
    let member = repo::find(tx, workspace, person).await?.ok_or_else(ApiError::not_found)?;
    allowed(actor, &permit, whom, Some(member.role()), to)?;
    Ok(member)
}

fn allowed(
    actor: &Actor,
    permit: &Permit,
    whom: Whom,
    from: Option<WorkspaceRole>,
    to: Option<WorkspaceRole>,
) -> Result<(), ApiError> {
    policy::member_change(&actor.facts(), permit.standing(), permit.is_archived(), whom, from, to).map_err(denied)
}

/// Fails when this member is the workspace's only owner. The workspace is held, so two owners cannot leave at once.
async fn keeps_an_owner<C: ConnectionTrait>(
    tx: &C,
    workspace: WorkspaceId,
    member: &MemberRow,
) -> Result<(), ApiError> {
    if member.role() == WorkspaceRole::Owner && repo::count_owners(tx, workspace).await? < 2 {
        return Err(ApiError::new(ErrorCode::LastOwner));
    }
    Ok(())
}

#[allow(clippy::too_many_arguments, reason = "a row of the audit has so many columns")]
async fn note<C: ConnectionTrait>(
    state: &State,
    tx: &C,
    actor: &Actor,
    action: &str,
    workspace: WorkspaceId,
    person: UserId,
    about: Value,
    now: Instant,
) -> Result<(), ApiError> {
    let record =
        audit::Record::of(actor, state.random.id(now), action, "user", person.0).within(workspace.0).about(about);
    Ok(audit::append_both(tx, &state.random, &record, now).await?)
}

/// Whose rights have changed look at what they have open; whoever shows the members looks again.
fn told(workspace: WorkspaceId, people: impl IntoIterator<Item = UserId>) -> impl Iterator<Item = Event> {
    people.into_iter().map(Event::Rights).chain([Event::Workspace(workspace)])
}
