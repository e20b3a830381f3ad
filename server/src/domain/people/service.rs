//! What Admins do with people: look, change what they are to the platform, remove.

use super::repo::{self, Links};
use crate::{
    domain::{
        actor::Actor,
        audit,
        identity::{self, entity::user, service::role_of},
        state::State,
        support::repo as support,
    },
    events::Event,
    graphql::{errors::ApiError, page},
};
use sea_orm::ConnectionTrait;
use shared::{
    error::ErrorCode,
    ids::UserId,
    policy::{PlatformAction, gives_support},
    roles::PlatformRole,
};
use uuid::Uuid;

/// How many workspaces are named in a refusal.
const NAMED: usize = 10;

/// Leave to do something to people, looked at again within the transaction; the Admins there are, who are held until its
/// end. Whoever was lowered or removed a moment ago, or whose password was reset, does nothing more.
///
/// # Errors
/// `UNAUTHENTICATED` when what the actor was known by has ended; else when the policy says no.
pub(super) async fn permit_in<C: ConnectionTrait>(
    state: &State,
    tx: &C,
    actor: &Actor,
    action: PlatformAction,
) -> Result<Vec<Uuid>, ApiError> {
    let admins = repo::hold_admins(tx).await?;
    actor.still(state, tx).await?.may(action)?;
    Ok(admins)
}

/// One page of people, newest first, and how many there are in all.
///
/// # Errors
/// When what is searched for has mistakes or the policy says no.
pub async fn page(
    state: &State,
    actor: &Actor,
    search: Option<&str>,
    before: Option<Uuid>,
    limit: u64,
) -> Result<(Vec<user::Model>, u64), ApiError> {
    actor.may(PlatformAction::SeePeople)?;
    let search = page::search(search)?;
    Ok(repo::page(state.db.read(), search.as_deref(), before, limit).await?)
}

/// One person.
///
/// # Errors
/// `NOT_FOUND` when there is nobody; else when the policy says no.
pub async fn find(state: &State, actor: &Actor, id: UserId) -> Result<user::Model, ApiError> {
    actor.may(PlatformAction::SeePeople)?;
    identity::repo::find_user(state.db.read(), id).await?.ok_or_else(ApiError::not_found)
}

/// Changes what someone is to the platform. What they have open is closed, and opened again with the new rights.
///
/// # Errors
/// `LAST_ADMIN` when nobody else is one; `CONFLICT` when someone else was faster; else when the policy says no.
pub async fn change_role(
    state: &State,
    actor: &Actor,
    id: UserId,
    version: i64,
    role: PlatformRole,
) -> Result<user::Model, ApiError> {
    actor.may(PlatformAction::ManagePeople)?;
    let now = state.clock.now();
    let tx = state.db.begin().await?;
    let admins = permit_in(state, &tx, actor, PlatformAction::ManagePeople).await?;
    let before = identity::repo::find_user(&tx, id).await?.ok_or_else(ApiError::not_found)?;
    if before.version != version {
        return Err(ApiError::new(ErrorCode::Conflict));
    }
    let was = role_of(&before.platform_role);
    if was == role {
        return Ok(before);
    }
    keeps_an_admin(&admins, id)?;
    if !repo::set_role(&tx, id, version, role, now).await? {
        return Err(ApiError::new(ErrorCode::Conflict));
    }
    // Links of someone who may make none any more must not bring anybody in.
    let links = repo::revoke_links(&tx, Links::MadeBy(id), now).await?;
    let supported = if gives_support(role) { Vec::new() } else { support::end_all_of(&tx, id, actor.id, now).await? };
    let record =
        audit::Record::of(actor, state.random.id(now), "user.change_role", "user", id.0).about(serde_json::json!({
            "name": before.name, "before": was, "after": role, "revokedLinks": links, "endedGrants": supported.len(),
        }));
    audit::append_both(&tx, &state.random, &record, now).await?;
    let after = identity::repo::find_user(&tx, id).await?.ok_or_else(ApiError::not_found)?;
    state.events.commit(tx, told(id, supported)).await?;
    Ok(after)
}

fn keeps_an_admin(admins: &[Uuid], without: UserId) -> Result<(), ApiError> {
    if admins == [without.0] { Err(ApiError::new(ErrorCode::LastAdmin)) } else { Ok(()) }
}

/// Removes someone: they can no longer sign in, all that they have open ends, and they are a member of no workspace. What
/// they have made stays.
///
/// # Errors
/// `LAST_ADMIN` when nobody else is one; `SOLE_OWNER` when workspaces would have no owner; `CONFLICT` when someone else was
/// faster; else when the policy says no.
pub async fn remove(state: &State, actor: &Actor, id: UserId, version: i64) -> Result<(), ApiError> {
    actor.may(PlatformAction::ManagePeople)?;
    let now = state.clock.now();
    let tx = state.db.begin().await?;
    // Workspaces before people, as all that changes members does.
    let held = repo::hold_owned(&tx, id).await?;
    let admins = permit_in(state, &tx, actor, PlatformAction::ManagePeople).await?;
    let before = identity::repo::hold_user(&tx, id).await?.ok_or_else(ApiError::not_found)?;
    if before.version != version {
        return Err(ApiError::new(ErrorCode::Conflict));
    }
    keeps_an_admin(&admins, id)?;
    // Of a workspace that they were given before they were held themselves, another owner could be leaving just now.
    if repo::owned(&tx, id).await?.iter().any(|workspace| !held.contains(workspace)) {
        return Err(ApiError::new(ErrorCode::Conflict));
    }
    let alone = repo::owned_alone(&tx, id).await?;
    if !alone.is_empty() {
        let refused = ApiError::new(ErrorCode::SoleOwner).with("workspaces", alone.len());
        // Only who may know that a workspace is there is told its name.
        let told = actor.may(PlatformAction::SeeAllWorkspaces).is_ok();
        return Err(if told { refused.with("names", named(&alone)) } else { refused });
    }
    if !repo::remove(&tx, id, version, now).await? {
        return Err(ApiError::new(ErrorCode::Conflict));
    }
    identity::repo::end_sessions(&tx, id, None).await?;
    identity::repo::revoke_tokens(&tx, id, now).await?;
    let links = repo::revoke_links(&tx, Links::MadeBy(id), now).await?;
    repo::revoke_links(&tx, Links::ResetsOf(id), now).await?;
    let left = repo::leave_all(&tx, id).await?;
    let supported = support::end_all_of(&tx, id, actor.id, now).await?;
    let record = audit::Record::of(actor, state.random.id(now), "user.remove", "user", id.0).about(serde_json::json!({
        "name": before.name, "email": before.email, "workspaces": left.len(), "revokedLinks": links,
        "endedGrants": supported.len(),
    }));
    audit::append_both(&tx, &state.random, &record, now).await?;
    state.events.commit(tx, told(id, left.into_iter().chain(supported))).await?;
    Ok(())
}

/// The first few names; who owns more alone has enough to do with these.
fn named(workspaces: &[String]) -> String {
    let more = if workspaces.len() > NAMED { ", …" } else { "" };
    format!("{}{more}", workspaces.iter().take(NAMED).map(String::as_str).collect::<Vec<_>>().join(", "))
}

/// Whose rights have changed, and in which workspaces somebody's part in them has.
fn told(id: UserId, workspaces: impl IntoIterator<Item = Uuid>) -> impl Iterator<Item = Event> {
    let workspaces = workspaces.into_iter().map(|workspace| Event::Workspace(workspace.into()));
    std::iter::once(Event::Rights(id)).chain(workspaces)
}
