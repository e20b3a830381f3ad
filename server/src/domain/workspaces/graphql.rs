//! Workspaces in the API.

use super::{entity::workspace, repo, repo::Scope, service};
use crate::{
    clock::Instant,
    domain::{
        actor::Permit,
        members::{self, graphql::Member},
        services::{self, graphql::list::Wanted},
        support::{self, graphql::SupportGrant},
    },
    graphql::{
        context::{actor, loaders, state},
        errors::ApiError,
        page::{Asked, Page},
        scalars::{self, DateTime, int},
    },
    releases::operations::{graphql::Operation, lists, repo::Filter},
};
use async_graphql::{Context, ID, InputObject, Object, SimpleObject};
use service::NewWorkspace;
use shared::{
    ids::WorkspaceId,
    operation::{OperationFilter, OperationKind, OperationState},
    policy::{PlatformAction, Standing, WorkspaceAction},
    roles::WorkspaceRole,
    service::{ServiceState, WorkspaceState},
};
use uuid::Uuid;

/// A group of people and the services they look after; a namespace in the cluster.
pub struct Workspace {
    row: workspace::Model,
    role: Option<WorkspaceRole>,
    /// What the viewer is in it, where that is known.
    standing: Option<Standing>,
    until: Option<Instant>,
}

impl Workspace {
    /// A workspace that the actor may see.
    pub fn of(permit: &Permit) -> Self {
        Self {
            row: permit.workspace().clone(),
            role: permit.role(),
            standing: Some(permit.standing()),
            until: permit.until(),
        }
    }

    /// A workspace of which only the role is known: one without a role may support it.
    fn of_role(row: workspace::Model, role: Option<WorkspaceRole>) -> Self {
        Self { row, role, standing: role.map(Standing::Member), until: None }
    }

    /// Its namespace in the cluster.
    pub fn in_namespace(&self) -> &str {
        &self.row.namespace
    }

    /// Leave to do something in it, by what the viewer was found to be when it was looked up for this answer.
    async fn permit(&self, ctx: &Context<'_>, action: WorkspaceAction) -> Result<Permit, ApiError> {
        match self.standing {
            Some(standing) => actor(ctx)?.permit_known(&self.row, standing, self.until, action),
            None => actor(ctx)?.permit_of_row(loaders(ctx)?, self.row.id.into(), action).await,
        }
    }

    /// When the leave to see it runs out by itself.
    pub const fn until(&self) -> Option<Instant> {
        self.until
    }

    async fn newest(&self, ctx: &Context<'_>) -> Result<Option<Operation>, ApiError> {
        Ok(loaders(ctx)?.newest.one(self.row.id).await?.map(Operation))
    }
}

/// A group of people and the services they look after; a namespace in the cluster.
#[Object]
impl Workspace {
    /// Opaque id.
    async fn id(&self) -> ID {
        self.row.id.simple().to_string().into()
    }

    /// What people see.
    async fn name(&self) -> &str {
        &self.row.name
    }

    /// May be empty.
    async fn description(&self) -> &str {
        &self.row.description
    }

    /// Whether it may be changed.
    async fn state(&self) -> WorkspaceState {
        WorkspaceState::parse(&self.row.state).unwrap_or(WorkspaceState::Archived)
    }

    /// The viewer's role in it; null for staff who are not members.
    async fn viewer_role(&self) -> Option<WorkspaceRole> {
        self.role
    }

    /// Its namespace in the cluster.
    async fn namespace(&self) -> &str {
        &self.row.namespace
    }

    /// Every editing input carries the version that was read.
    async fn version(&self) -> i32 {
        int(self.row.version)
    }

    /// When it was made.
    async fn created_at(&self) -> DateTime {
        self.row.created_at.into()
    }

    /// Whether the namespace is there and usable; else see `openOperation` or `lastOperation`.
    async fn ready(&self, ctx: &Context<'_>) -> Result<bool, ApiError> {
        let made = |Operation(row): Operation| {
            row.kind != OperationKind::WorkspaceCreate.as_str() || row.state == OperationState::Succeeded.as_str()
        };
        Ok(self.newest(ctx).await?.is_none_or(made))
    }

    /// The operation that runs on the workspace itself now.
    async fn open_operation(&self, ctx: &Context<'_>) -> Result<Option<Operation>, ApiError> {
        let open =
            |operation: &Operation| OperationState::parse(&operation.0.state).is_some_and(OperationState::is_open);
        Ok(self.newest(ctx).await?.filter(open))
    }

    /// The newest operation on the workspace itself.
    async fn last_operation(&self, ctx: &Context<'_>) -> Result<Option<Operation>, ApiError> {
        self.newest(ctx).await
    }

    /// Its services, by name.
    async fn services(&self, ctx: &Context<'_>) -> Result<Vec<services::graphql::Service>, ApiError> {
        services::graphql::of_workspace(ctx, &self.permit(ctx, WorkspaceAction::SeeServices).await?).await
    }

    /// Its services by name, page by page. `search` looks at name, app and address.
    async fn service_page(
        &self,
        ctx: &Context<'_>,
        search: Option<String>,
        state: Option<ServiceState>,
        first: Option<i32>,
        after: Option<String>,
    ) -> Result<Page<services::graphql::Service>, ApiError> {
        let wanted = Wanted { search, state, first, after };
        let permit = self.permit(ctx, WorkspaceAction::SeeServices).await?;
        services::graphql::list::page(ctx, &permit, &wanted).await
    }

    /// Everything that was done in it, newest first.
    async fn operations(
        &self,
        ctx: &Context<'_>,
        progress: Option<OperationFilter>,
        kind: Option<OperationKind>,
        first: Option<i32>,
        after: Option<String>,
    ) -> Result<Page<Operation>, ApiError> {
        let permit = self.permit(ctx, WorkspaceAction::SeeServices).await?;
        lists::of_workspace(ctx, &permit, Filter { progress, kind }, first, after).await
    }

    /// How many services it has.
    async fn service_count(&self, ctx: &Context<'_>) -> Result<i32, ApiError> {
        Ok(int(loaders(ctx)?.service_counts.one(self.row.id.into()).await?.unwrap_or(0)))
    }

    /// Who is in it, by name. `search` looks at names and e-mail addresses.
    async fn members(
        &self,
        ctx: &Context<'_>,
        search: Option<String>,
        first: Option<i32>,
        after: Option<String>,
    ) -> Result<Page<Member>, ApiError> {
        let permit = self.permit(ctx, WorkspaceAction::SeeMembers).await?;
        members::graphql::of_workspace(ctx, &permit, search, first, after).await
    }

    /// Who of the staff reads or has read in it, newest first. For its admins and owners.
    async fn support_grants(
        &self,
        ctx: &Context<'_>,
        first: Option<i32>,
        after: Option<String>,
    ) -> Result<Page<SupportGrant>, ApiError> {
        let permit = self.permit(ctx, WorkspaceAction::SeeSupportGrants).await?;
        support::graphql::of_workspace(ctx, &permit, first, after).await
    }

    /// The viewer's own open support grant; null when there is none.
    async fn viewer_support_grant(&self, ctx: &Context<'_>) -> Result<Option<SupportGrant>, ApiError> {
        support::graphql::of_viewer(ctx, self.row.id.into()).await
    }
}

/// A workspace to be made.
#[derive(InputObject)]
pub struct CreateWorkspaceInput {
    /// What people will see.
    name: String,
    /// What it is for.
    description: Option<String>,
    /// Sent twice with the same key, the first result is returned.
    idempotency_key: Option<String>,
}

/// A workspace that is being made.
#[derive(SimpleObject)]
pub struct CreateWorkspacePayload {
    /// The workspace.
    workspace: Workspace,
    /// The operation that makes its namespace.
    operation: Operation,
}

/// A change of a workspace.
#[derive(InputObject)]
pub struct UpdateWorkspaceInput {
    /// Which.
    id: ID,
    /// The version that was read.
    version: i32,
    /// What people will see.
    name: String,
    /// What it is for; left out, it stays.
    description: Option<String>,
}

/// A workspace after a change.
#[derive(SimpleObject)]
pub struct UpdateWorkspacePayload {
    /// The workspace.
    workspace: Workspace,
}

/// Queries of workspaces.
#[derive(Default)]
pub struct WorkspaceQuery;

#[Object]
impl WorkspaceQuery {
    /// The workspaces that the viewer is a member of or supports (an Admin sees all), newest first.
    async fn workspaces(
        &self,
        ctx: &Context<'_>,
        first: Option<i32>,
        after: Option<String>,
    ) -> Result<Page<Workspace>, ApiError> {
        let (state, actor) = (state(ctx)?, actor(ctx)?);
        actor.may(PlatformAction::SeeCatalog)?;
        let all = actor.may(PlatformAction::SeeAllWorkspaces).is_ok();
        let scope = if all { Scope::All } else { Scope::open_to(actor.id, actor.platform_role, state.clock.now()) };
        let asked = Asked::by_id(first, after.as_deref())?;
        let (rows, total) = repo::page(state.db.read(), scope, asked.after(), asked.limit()).await?;
        let ids: Vec<Uuid> = rows.iter().map(|row| row.id).collect();
        let roles = repo::roles(state.db.read(), &ids, actor.id).await?;
        let nodes = rows.into_iter().map(|row| {
            let role = roles.get(&row.id).copied();
            (row.id.simple().to_string(), Workspace::of_role(row, role))
        });
        Ok(asked.page(nodes, total))
    }

    /// One workspace; null when it does not exist or may not be seen.
    async fn workspace(&self, ctx: &Context<'_>, id: ID) -> Result<Option<Workspace>, ApiError> {
        let found = match scalars::id(&id) {
            Ok(id) => visible(ctx, id).await,
            Err(error) => Err(error),
        };
        crate::graphql::visible(found)
    }
}

/// Changes of workspaces.
#[derive(Default)]
pub struct WorkspaceMutation;

#[Object]
impl WorkspaceMutation {
    /// Makes a workspace; its namespace is made by an operation.
    async fn create_workspace(
        &self,
        ctx: &Context<'_>,
        input: CreateWorkspaceInput,
    ) -> Result<CreateWorkspacePayload, ApiError> {
        let (state, actor) = (state(ctx)?, actor(ctx)?);
        let new = NewWorkspace { name: input.name, description: input.description.unwrap_or_default() };
        let (row, operation) = service::create(state, actor, new, input.idempotency_key).await?;
        // Sent twice, it may be another's by now.
        let workspace = visible(ctx, row.id.into()).await?;
        Ok(CreateWorkspacePayload { workspace, operation: Operation(operation) })
    }

    /// Changes a workspace's name or description.
    async fn update_workspace(
        &self,
        ctx: &Context<'_>,
        input: UpdateWorkspaceInput,
    ) -> Result<UpdateWorkspacePayload, ApiError> {
        let (state, actor) = (state(ctx)?, actor(ctx)?);
        let id = scalars::id(&input.id)?;
        let description = input.description.as_deref();
        let permit = service::update(state, actor, id, input.version.into(), &input.name, description).await?;
        Ok(UpdateWorkspacePayload { workspace: Workspace::of(&permit) })
    }
}

/// A workspace, for whoever may see it.
///
/// # Errors
/// `NOT_FOUND` where there is none or it may not be seen.
pub async fn visible(ctx: &Context<'_>, id: WorkspaceId) -> Result<Workspace, ApiError> {
    let permit = actor(ctx)?.permit_of_row(loaders(ctx)?, id, WorkspaceAction::See).await?;
    Ok(Workspace::of(&permit))
}
