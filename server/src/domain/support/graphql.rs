//! Support grants in the API.

use super::{entity::support_grant, repo, service};
use crate::{
    clock::Instant,
    domain::{actor::Permit, identity, state::State},
    graphql::{
        context::{actor, state},
        errors::ApiError,
        page::{Asked, Page},
        scalars::{self, DateTime},
    },
};
use async_graphql::{Context, ID, InputObject, Object, SimpleObject};
use service::NewGrant;
use shared::ids::WorkspaceId;
use uuid::Uuid;

/// Leave of a person of the staff to read in a workspace for some hours: services, status, logs, values without secrets.
#[derive(SimpleObject)]
pub struct SupportGrant {
    /// Opaque id.
    id: ID,
    /// The workspace.
    workspace_id: ID,
    /// Whose it is.
    person_id: ID,
    /// Their name.
    person_name: String,
    /// Their e-mail address.
    person_email: String,
    /// What for, in their own words.
    reason: String,
    /// When it was opened.
    opened_at: DateTime,
    /// When it runs out, or would have.
    expires_at: DateTime,
    /// When it was ended; null when nobody has ended it.
    ended_at: Option<DateTime>,
    /// Who has ended it.
    ended_by_name: Option<String>,
    /// Whether it gives anything now: neither ended nor run out.
    open: bool,
}

impl SupportGrant {
    /// These grants, with the names of the people.
    async fn of(state: &State, rows: Vec<support_grant::Model>) -> Result<Vec<Self>, ApiError> {
        let ids: Vec<Uuid> = rows.iter().flat_map(|row| [Some(row.user_id), row.ended_by]).flatten().collect();
        let people = identity::repo::names(state.db.read(), ids).await?;
        let now = state.clock.now();
        let name = |id: Uuid| people.get(&id).cloned().unwrap_or_default();
        Ok(rows.into_iter().map(|row| Self::one(row, name, now)).collect())
    }

    fn one(row: support_grant::Model, name: impl Fn(Uuid) -> (String, String), now: Instant) -> Self {
        let (person_name, person_email) = name(row.user_id);
        // One that has run out is noted as ended when a new one is opened; nobody has ended it.
        let ended_at = row.ended_by.and(row.ended_at);
        Self {
            id: row.id.simple().to_string().into(),
            workspace_id: row.workspace_id.simple().to_string().into(),
            person_id: row.user_id.simple().to_string().into(),
            person_name,
            person_email,
            reason: row.reason,
            opened_at: row.created_at.into(),
            expires_at: row.expires_at.into(),
            ended_at: ended_at.map(Into::into),
            ended_by_name: row.ended_by.map(|id| name(id).0),
            open: row.ended_at.is_none() && row.expires_at > now.0,
        }
    }
}

/// A support grant to be opened.
#[derive(InputObject)]
pub struct OpenSupportGrantInput {
    /// In which workspace.
    workspace_id: ID,
    /// What for: 10 to 500 letters. The workspace's admins read it.
    reason: String,
    /// For how many hours: 1 to 24.
    hours: i32,
    /// Sent twice with the same key, the first result is returned.
    idempotency_key: Option<String>,
}

/// A support grant to be ended.
#[derive(InputObject)]
pub struct EndSupportGrantInput {
    /// Which.
    id: ID,
}

/// A support grant after a change.
#[derive(SimpleObject)]
pub struct SupportGrantPayload {
    /// The grant.
    support_grant: SupportGrant,
}

/// A workspace's grants, newest first; `permit` is one to see them.
///
/// # Errors
/// When the input has mistakes or the database fails.
pub async fn of_workspace(
    ctx: &Context<'_>,
    permit: &Permit,
    first: Option<i32>,
    after: Option<String>,
) -> Result<Page<SupportGrant>, ApiError> {
    let state = state(ctx)?;
    let asked = Asked::by_id(first, after.as_deref())?;
    let id = permit.workspace().id.into();
    let (rows, total) = repo::page(state.db.read(), id, asked.after(), asked.limit()).await?;
    let grants = SupportGrant::of(state, rows).await?;
    Ok(asked.page(grants.into_iter().map(|grant| (grant.id.to_string(), grant)), total))
}

/// The viewer's own open grant in a workspace.
///
/// # Errors
/// When the database fails.
pub async fn of_viewer(ctx: &Context<'_>, id: WorkspaceId) -> Result<Option<SupportGrant>, ApiError> {
    let (state, actor) = (state(ctx)?, actor(ctx)?);
    let row = repo::find_open(state.db.read(), id, actor.id, state.clock.now()).await?;
    Ok(SupportGrant::of(state, row.into_iter().collect()).await?.pop())
}

/// Changes of support grants.
#[derive(Default)]
pub struct SupportMutation;

#[Object]
impl SupportMutation {
    /// Lets the viewer, who is staff (Admin or Operator) and no member, read in a workspace for some hours. Its admins see who,
    /// why and how long, and can end it.
    async fn open_support_grant(
        &self,
        ctx: &Context<'_>,
        input: OpenSupportGrantInput,
    ) -> Result<SupportGrantPayload, ApiError> {
        let (state, actor) = (state(ctx)?, actor(ctx)?);
        actor.may(shared::policy::PlatformAction::OpenSupportGrant)?;
        let workspace = scalars::id(&input.workspace_id)?;
        let new = NewGrant { workspace, reason: input.reason, hours: input.hours };
        payload(state, service::open(state, actor, new, input.idempotency_key).await?).await
    }

    /// Ends a support grant at once, and what is open by it. Admins of the workspace can, and the person whose it is.
    async fn end_support_grant(
        &self,
        ctx: &Context<'_>,
        input: EndSupportGrantInput,
    ) -> Result<SupportGrantPayload, ApiError> {
        let (state, actor) = (state(ctx)?, actor(ctx)?);
        payload(state, service::end(state, actor, scalars::id(&input.id)?).await?).await
    }
}

async fn payload(state: &State, row: support_grant::Model) -> Result<SupportGrantPayload, ApiError> {
    let support_grant = SupportGrant::of(state, vec![row]).await?.pop().ok_or_else(ApiError::not_found)?;
    Ok(SupportGrantPayload { support_grant })
}
