//! What can be done with services and their operations.

use super::{addresses, entity::service, jobs, repo, values};
use crate::{
    domain::{
        actor::{Actor, Permit},
        audit,
        catalog::{self, App},
        identity::idempotency,
        state::State,
    },
    events::Event,
    graphql::errors::ApiError,
    releases::operations::{self, NewOperation, OperationRow},
};
use sea_orm::{ConnectionTrait, DatabaseTransaction};
use secrecy::SecretString;
use serde_json::{Value, json};
use shared::{
    error::{ErrorCode, FieldErrorCode},
    ids::{ServiceId, WorkspaceId},
    operation::{OperationKind, OperationState},
    policy::WorkspaceAction,
    rules::{self, Problem},
    service::DesiredState,
};

/// The most services of a workspace that are not deleted. What their pods and volumes take the quota bounds; but each is also
/// objects in the cluster and rows here.
const MOST: usize = 100;

/// A service to be launched.
#[derive(Debug, Clone, serde::Serialize)]
pub struct NewService {
    /// Where.
    pub workspace: WorkspaceId,
    /// Slug of the app.
    pub app: String,
    /// What people see.
    pub name: String,
    /// First label of the web address.
    pub subdomain: Option<String>,
    /// Values by pointer.
    pub values: Vec<(String, Value)>,
    /// The same as YAML.
    pub values_yaml: Option<String>,
}

/// A service that is being launched.
#[derive(Debug)]
pub struct Launched {
    /// The service.
    pub service: service::Model,
    /// The operation that launches it.
    pub operation: OperationRow,
    /// The secrets that this very launch has made, by pointer. Nobody is told them again.
    pub generated: Vec<(String, SecretString)>,
}

/// Launches an app: checks everything, stores what is wanted, and asks for the rest.
///
/// # Errors
/// When the input has mistakes (all of them are named), something is taken, the workspace has as many services as one may
/// have, or the policy says no. Nothing has changed then.
pub async fn launch(
    state: &State,
    actor: &Actor,
    new: NewService,
    idempotency_key: Option<String>,
) -> Result<Launched, ApiError> {
    // Rights first: what follows tells about names that are taken.
    actor.permit(state, new.workspace, WorkspaceAction::LaunchService).await?;
    let app =
        state.catalog.get(&new.app).cloned().ok_or_else(|| ApiError::field("app", FieldErrorCode::NotAnOption))?;
    let key = idempotency::Key::new(&state.master_key, idempotency_key, "launchService", &new)?;
    let checked = check(state, &app, &new)?;
    let now = state.clock.now();
    let tx = state.db.begin().await?;
    // Again, inside: rights may have ended while we were looking.
    let permit = actor.permit_in(state, &tx, new.workspace, WorkspaceAction::LaunchService).await?;
    if let Some(id) = idempotency::made_before(&tx, actor.id, key.as_ref()).await? {
        let row = repo::find(&tx, id.into()).await?.ok_or_else(ApiError::not_found)?;
        let operation = operations::service::newest(&tx, id).await?;
        // The secrets of this try are others than those that were stored.
        return Ok(Launched { service: row, operation, generated: Vec::new() });
    }
    // The workspace is held: nobody else launches here meanwhile.
    let names = repo::names(&tx, new.workspace).await?;
    if names.len() >= MOST {
        return Err(ApiError::new(ErrorCode::LimitReached).with("limit", MOST));
    }
    if names.contains(&checked.name) {
        return Err(ApiError::field("name", FieldErrorCode::Taken));
    }
    let row = insert(state, &tx, &permit, actor, &app, &checked, now).await?;
    idempotency::remember(&tx, actor.id, key.as_ref(), row.id, now).await?;
    let operation = enqueue(state, &tx, actor, &row, OperationKind::ServiceLaunch, json!({}), now).await?;
    let about = json!({ "app": app.slug, "name": row.name, "release": row.release_name });
    let record = audit::Record::of(actor, operation.id, "service.launch", "service", row.id)
        .within(row.workspace_id)
        .about(about);
    audit::append(&tx, &state.random, &record, audit::Phase::Intent, now).await?;
    commit(state, tx, &row).await?;
    Ok(Launched { service: row, operation, generated: checked.values.made() })
}

/// What was checked of a [`NewService`].
struct Checked {
    name: String,
    subdomain: Option<String>,
    values: catalog::values::CheckedValues,
}

fn check(state: &State, app: &App, new: &NewService) -> Result<Checked, ApiError> {
    let mut mistakes: Vec<(String, Problem)> = Vec::new();
    let name =
        rules::name(&new.name).map_err(|problem| mistakes.push(("name".to_owned(), problem))).unwrap_or_default();
    let subdomain = match (&new.subdomain, app.web) {
        (Some(_), false) => {
            mistakes.push(("subdomain".to_owned(), Problem::new(FieldErrorCode::NotAllowed)));
            None
        }
        (Some(label), true) => {
            rules::subdomain(label).map_err(|problem| mistakes.push(("subdomain".to_owned(), problem))).ok()
        }
        (None, _) => None,
    };
    let values =
        catalog::values::check(app, &new.values, new.values_yaml.as_deref(), &mut |bytes| state.random.fill(bytes))
            .and_then(|values| {
                // The chart's own rules, on the values that Helm will be given.
                let host = app.web.then_some("preview.invalid");
                let all = catalog::values::merge(app, &values, &jobs::platform_values(&state.settings, host));
                catalog::values::validate(app, &all).map(|()| values)
            });
    match values {
        Ok(values) if mistakes.is_empty() => Ok(Checked { name, subdomain, values }),
        Ok(_) => Err(ApiError::invalid(mistakes)),
        Err(more) => {
            mistakes.extend(more);
            Err(ApiError::invalid(mistakes))
        }
    }
}

async fn insert<C: ConnectionTrait>(
    state: &State,
    tx: &C,
    permit: &Permit,
    actor: &Actor,
    app: &App,
    checked: &Checked,
    now: crate::clock::Instant,
) -> Result<service::Model, ApiError> {
    let workspace = permit.workspace();
    let id = state.random.id(now);
    let reference = state.random.key();
    if app.web {
        let label = checked.subdomain.clone().unwrap_or_else(|| format!("{}-{reference}", app.slug));
        let host = format!("{label}.{}", state.settings.apps_domain);
        if !addresses::take(tx, state.random.id(now), &host, id, now).await? {
            return Err(ApiError::field("subdomain", FieldErrorCode::Taken));
        }
    }
    let row = service::Model {
        id,
        workspace_id: workspace.id,
        cluster_id: workspace.cluster_id,
        namespace: workspace.namespace.clone(),
        release_name: format!("{}-{reference}", workspace.namespace),
        reference,
        app_slug: app.slug.clone(),
        chart_version: app.chart_version.clone(),
        name: checked.name.clone(),
        desired: DesiredState::Running.as_str().to_owned(),
        values_public: serde_json::to_string(&checked.values.public).map_err(ApiError::internal)?,
        values_secret: values::seal(&state.master_key, id, workspace.id, &checked.values.secret)
            .map_err(ApiError::internal)?,
        created_by: actor.id.0,
        version: 1,
        created_at: now.0,
        updated_at: now.0,
        deleted_at: None,
    };
    Ok(repo::insert(tx, row).await?)
}

/// Asks for a restart of the service's pods.
///
/// # Errors
/// `BUSY` while another operation is open; else when the policy says no.
pub async fn restart(state: &State, actor: &Actor, id: ServiceId) -> Result<(service::Model, OperationRow), ApiError> {
    let now = state.clock.now();
    let tx = state.db.begin().await?;
    let row = changeable(state, &tx, actor, id, WorkspaceAction::RestartService).await?;
    operations::service::not_busy(&tx, row.id).await?;
    runs(&tx, &row).await?;
    let operation = enqueue(state, &tx, actor, &row, OperationKind::ServiceRestart, json!({}), now).await?;
    let record = audit::Record::of(actor, operation.id, "service.restart", "service", row.id).within(row.workspace_id);
    audit::append(&tx, &state.random, &record, audit::Phase::Intent, now).await?;
    commit(state, tx, &row).await?;
    Ok((row, operation))
}

/// Asks for the removal of a service, with or without its volumes.
///
/// # Errors
/// When the name was not typed as it is, another operation is open, or the policy says no.
pub async fn delete(
    state: &State,
    actor: &Actor,
    id: ServiceId,
    confirm_name: &str,
    remove_volumes: bool,
) -> Result<(service::Model, OperationRow), ApiError> {
    let now = state.clock.now();
    let tx = state.db.begin().await?;
    let row = changeable(state, &tx, actor, id, WorkspaceAction::DeleteService).await?;
    if confirm_name != row.name {
        return Err(ApiError::field("confirmName", FieldErrorCode::DoesNotMatch));
    }
    operations::service::not_busy(&tx, row.id).await?;
    let payload = json!({ "removeVolumes": remove_volumes });
    let operation = enqueue(state, &tx, actor, &row, OperationKind::ServiceDelete, payload, now).await?;
    repo::set_desired(&tx, id, DesiredState::Deleted, now).await?;
    let record = audit::Record::of(actor, operation.id, "service.delete", "service", row.id)
        .within(row.workspace_id)
        .about(json!({ "name": row.name, "removeVolumes": remove_volumes }));
    audit::append(&tx, &state.random, &record, audit::Phase::Intent, now).await?;
    let row = repo::find(&tx, id).await?.ok_or_else(ApiError::not_found)?;
    commit(state, tx, &row).await?;
    Ok((row, operation))
}

/// What a web address would look like, and what is wrong with it.
///
/// # Errors
/// When the database fails.
pub async fn preview_address(state: &State, label: &str) -> Result<(String, Option<Problem>), ApiError> {
    let label = match rules::subdomain(label) {
        Ok(label) => label,
        Err(problem) => {
            let shown: String = label.trim().to_lowercase().chars().take(rules::LABEL_MAX).collect();
            return Ok((format!("{shown}.{}", state.settings.apps_domain), Some(problem)));
        }
    };
    let host = format!("{label}.{}", state.settings.apps_domain);
    let free = addresses::is_free(state.db.read(), &host, state.clock.now()).await?;
    Ok((host, (!free).then(|| Problem::new(FieldErrorCode::Taken))))
}

/// A service that the actor may do something with.
pub struct Reached {
    /// The service.
    pub row: service::Model,
    /// When the leave runs out by itself.
    pub until: Option<crate::clock::Instant>,
}

/// A service that the actor may do this with; `NOT_FOUND` in the same words where there is none.
///
/// # Errors
/// When there is none or the policy says no.
pub async fn reachable(
    state: &State,
    actor: &Actor,
    id: ServiceId,
    action: WorkspaceAction,
) -> Result<Reached, ApiError> {
    actor.may_anywhere(action)?;
    let row = repo::find(state.db.read(), id).await?;
    let permit = actor.permit_thing(state, row.as_ref().map(|row| row.workspace_id), action).await?;
    Ok(Reached { row: row.ok_or_else(ApiError::not_found)?, until: permit.until() })
}

/// The same for a change in this transaction.
async fn changeable<C: ConnectionTrait>(
    state: &State,
    tx: &C,
    actor: &Actor,
    id: ServiceId,
    action: WorkspaceAction,
) -> Result<service::Model, ApiError> {
    actor.may_anywhere(action)?;
    let row = repo::find(tx, id).await?;
    actor.permit_thing_in(state, tx, row.map(|row| row.workspace_id), action).await?;
    // Read again, now that the workspace is held.
    repo::find(tx, id).await?.ok_or_else(ApiError::not_found)
}

/// Whoever asks has seen that nothing else is being done to the service.
async fn enqueue<C: ConnectionTrait>(
    state: &State,
    db: &C,
    actor: &Actor,
    row: &service::Model,
    kind: OperationKind,
    payload: Value,
    now: crate::clock::Instant,
) -> Result<OperationRow, ApiError> {
    let new = NewOperation {
        id: state.random.id(now),
        kind,
        steps: jobs::steps(kind),
        target_kind: "service",
        target_id: row.id,
        target_name: row.name.clone(),
        workspace_id: row.workspace_id,
        cluster_id: row.cluster_id,
        actor_id: actor.id.0,
        actor_name: actor.name.clone(),
        payload,
    };
    Ok(operations::enqueue(db, new, now).await?)
}

/// Fails unless there is something to be restarted: a launch that came to nothing is tried again, and what is to be
/// deleted is deleted.
async fn runs<C: ConnectionTrait>(tx: &C, row: &service::Model) -> Result<(), ApiError> {
    let newest = operations::service::newest(tx, row.id).await?;
    let launched =
        newest.kind != OperationKind::ServiceLaunch.as_str() || newest.state == OperationState::Succeeded.as_str();
    match row.desired == DesiredState::Running.as_str() {
        true if launched => Ok(()),
        true => Err(ApiError::new(ErrorCode::Conflict).with("why", "notLaunched")),
        false => Err(ApiError::new(ErrorCode::Conflict).with("why", "deleted")),
    }
}

/// Commits what asks for an operation on a service.
async fn commit(state: &State, tx: DatabaseTransaction, row: &service::Model) -> Result<(), ApiError> {
    let workspace = row.workspace_id.into();
    let changed = [Event::Service { id: row.id.into(), workspace }, Event::Workspace(workspace)];
    let committed = state.events.commit(tx, changed).await;
    // Also where the answer is lost: nobody else might ask for it to be begun.
    state.engine.wake();
    Ok(committed?)
}

/// The whole address of a host.
pub fn url_of(settings: &crate::domain::state::Settings, host: &str) -> String {
    format!("{}://{host}", if settings.apps_https { "https" } else { "http" })
}
