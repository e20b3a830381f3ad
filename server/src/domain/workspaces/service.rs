//! What can be done with workspaces.

use super::{entity::workspace, jobs, repo};
use crate::{
    domain::{actor::Actor, actor::Permit, audit, identity::idempotency, state::State},
    events::Event,
    graphql::errors::ApiError,
    releases::operations::{self, NewOperation, OperationRow},
};
use shared::{
    error::ErrorCode,
    ids::WorkspaceId,
    operation::OperationKind,
    policy::{PlatformAction, WorkspaceAction},
    rules,
    service::WorkspaceState,
};

/// A workspace to be made.
#[derive(Debug, Clone, serde::Serialize)]
pub struct NewWorkspace {
    /// What people see.
    pub name: String,
    /// May be empty.
    pub description: String,
}

/// Makes a workspace and asks for its namespace.
///
/// # Errors
/// When the input has mistakes, the person's number is reached, or the policy says no.
pub async fn create(
    state: &State,
    actor: &Actor,
    new: NewWorkspace,
    idempotency_key: Option<String>,
) -> Result<(workspace::Model, OperationRow), ApiError> {
    actor.may(PlatformAction::CreateWorkspace)?;
    let (name, description) = checked(&new.name, &new.description)?;
    let now = state.clock.now();
    let tx = state.db.begin().await?;
    // One after another: neither the number that one person may have nor a key sent twice can be overrun.
    // Who was removed a moment ago makes none: it would have no owner.
    actor.still_held(state, &tx).await?.may(PlatformAction::CreateWorkspace)?;
    let key = idempotency::Key::new(&state.master_key, idempotency_key, "createWorkspace", &new)?;
    if let Some(id) = idempotency::made_before(&tx, actor.id, key.as_ref()).await? {
        let row = repo::find(&tx, id.into()).await?.ok_or_else(ApiError::not_found)?;
        let operation = operations::service::newest(&tx, id).await?;
        return Ok((row, operation));
    }
    if repo::count_made_by(&tx, actor.id).await? >= state.settings.workspaces_per_person {
        return Err(ApiError::new(ErrorCode::LimitReached).with("limit", state.settings.workspaces_per_person));
    }
    let key_in_cluster = state.random.key();
    let row = workspace::Model {
        id: state.random.id(now),
        cluster_id: state.cluster_id.0,
        name,
        description,
        state: WorkspaceState::Active.as_str().to_owned(),
        namespace: format!("paas-ws-{key_in_cluster}"),
        key: key_in_cluster,
        created_by: actor.id.0,
        version: 1,
        created_at: now.0,
        updated_at: now.0,
        deleted_at: None,
    };
    let row = repo::insert(&tx, row, actor.id).await?;
    idempotency::remember(&tx, actor.id, key.as_ref(), row.id, now).await?;
    let operation = operations::enqueue(
        &tx,
        NewOperation {
            id: state.random.id(now),
            kind: OperationKind::WorkspaceCreate,
            steps: jobs::STEPS,
            target_kind: "workspace",
            target_id: row.id,
            target_name: row.name.clone(),
            workspace_id: row.id,
            cluster_id: row.cluster_id,
            actor_id: actor.id.0,
            actor_name: actor.name.clone(),
            payload: serde_json::json!({ "namespace": row.namespace }),
        },
        now,
    )
    .await?;
    let record = audit::Record::of(actor, operation.id, "workspace.create", "workspace", row.id)
        .within(row.id)
        .about(serde_json::json!({ "name": row.name }));
    audit::append(&tx, &state.random, &record, audit::Phase::Intent, now).await?;
    let committed = state.events.commit(tx, [Event::Rights(actor.id)]).await;
    // Also where the answer is lost: nobody else might ask for it to be begun.
    state.engine.wake();
    committed?;
    Ok((row, operation))
}

/// Changes name and description.
///
/// # Errors
/// `CONFLICT` when someone else was faster; else when the input has mistakes or the policy says no.
pub async fn update(
    state: &State,
    actor: &Actor,
    id: WorkspaceId,
    version: i64,
    name: &str,
    description: Option<&str>,
) -> Result<Permit, ApiError> {
    let now = state.clock.now();
    let tx = state.db.begin().await?;
    let permit = actor.permit_in(state, &tx, id, WorkspaceAction::UpdateSettings).await?;
    let before = permit.workspace();
    let (name, description) = checked(name, description.unwrap_or(&before.description))?;
    if !repo::update(&tx, id, version, &name, &description, now).await? {
        return Err(ApiError::new(ErrorCode::Conflict));
    }
    let record = audit::Record::of(actor, state.random.id(now), "workspace.update", "workspace", id.0)
        .within(id.0)
        .about(serde_json::json!({ "before": before.name, "after": name }));
    audit::append_both(&tx, &state.random, &record, now).await?;
    let permit = actor.permit_in(state, &tx, id, WorkspaceAction::See).await?;
    state.events.commit(tx, [Event::Workspace(id)]).await?;
    Ok(permit)
}

fn checked(name: &str, description: &str) -> Result<(String, String), ApiError> {
    match (rules::name(name), rules::description(description)) {
        (Ok(name), Ok(description)) => Ok((name, description)),
        (name, description) => Err(ApiError::mistakes([("name", name.err()), ("description", description.err())])),
    }
}
