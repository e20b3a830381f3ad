//! What is asked and changed of services.

use super::{
    Service,
    destinations::{self, Destinations},
    parts::GeneratedSecret,
    shown, visible,
};
use crate::{
    domain::services::service::{self as services, Launched, NewService},
    graphql::{
        context::{actor, state},
        errors::ApiError,
        scalars::{self, Json},
    },
    releases::operations::graphql::Operation,
};
use async_graphql::{Context, ID, InputObject, Object, SimpleObject};
use shared::error::FieldErrorCode;
use std::sync::Arc;

/// What a web address would look like, and whether it is free.
#[derive(SimpleObject)]
pub struct AddressPreview {
    /// Host name.
    host: String,
    /// The whole address.
    url: String,
    /// Whether it can be had now.
    available: bool,
    /// Why it is not.
    problem: Option<FieldErrorCode>,
}

/// An app to be launched.
#[derive(InputObject)]
pub struct LaunchServiceInput {
    /// Into which workspace.
    workspace_id: ID,
    /// Slug of the app.
    app: String,
    /// What people will see; unique in the workspace.
    name: String,
    /// First label of the web address; a random one when left out. Only for apps with a web address.
    subdomain: Option<String>,
    /// Declared values by JSON Pointer.
    values: Option<Vec<FieldValueInput>>,
    /// The same as a YAML document of declared keys; a key may not stand in both.
    values_yaml: Option<String>,
    /// Sent twice with the same key, the first result is returned.
    idempotency_key: Option<String>,
}

/// A value of a declared field.
#[derive(InputObject)]
pub struct FieldValueInput {
    /// JSON Pointer (RFC 6901) of the field.
    pointer: String,
    /// The value, of the field's type.
    value: Json,
}

/// An app that is being launched.
#[derive(SimpleObject)]
pub struct LaunchServicePayload {
    /// The service.
    service: Service,
    /// The operation that launches it.
    operation: Operation,
    /// The secrets that this launch made in place of empty fields. No other answer tells them.
    generated_secrets: Vec<GeneratedSecret>,
}

/// A service to be restarted.
#[derive(InputObject)]
pub struct RestartServiceInput {
    /// Which.
    id: ID,
}

/// A service to be deleted.
#[derive(InputObject)]
pub struct DeleteServiceInput {
    /// Which.
    id: ID,
    /// The service's name, typed again.
    confirm_name: String,
    /// Whether its volumes are removed too; else they stay, with all that is in them.
    remove_volumes: bool,
}

/// A service and what is being done to it.
#[derive(SimpleObject)]
pub struct ServiceOperationPayload {
    /// The service.
    service: Service,
    /// The operation.
    operation: Operation,
}

/// Queries of services.
#[derive(Default)]
pub struct ServiceQuery;

#[Object]
impl ServiceQuery {
    /// The workspaces and services that the viewer can go to, by name.
    async fn destinations(&self, ctx: &Context<'_>) -> Result<Arc<Destinations>, ApiError> {
        destinations::of_viewer(ctx).await
    }

    /// One service; null when it does not exist or may not be seen.
    async fn service(&self, ctx: &Context<'_>, id: ID) -> Result<Option<Service>, ApiError> {
        let found = match scalars::id(&id) {
            Ok(id) => visible(ctx, id).await,
            Err(error) => Err(error),
        };
        crate::graphql::visible(found)
    }

    /// What a web address would look like, and whether it is free.
    async fn address_preview(&self, ctx: &Context<'_>, label: String) -> Result<AddressPreview, ApiError> {
        actor(ctx)?.may(shared::policy::PlatformAction::SeeCatalog)?;
        let state = state(ctx)?;
        let (host, problem) = services::preview_address(state, &label).await?;
        let url = services::url_of(&state.settings, &host);
        Ok(AddressPreview { host, url, available: problem.is_none(), problem: problem.map(|problem| problem.code) })
    }
}

/// Changes of services.
#[derive(Default)]
pub struct ServiceMutation;

#[Object]
impl ServiceMutation {
    /// Launches an app into a workspace.
    async fn launch_service(
        &self,
        ctx: &Context<'_>,
        input: LaunchServiceInput,
    ) -> Result<LaunchServicePayload, ApiError> {
        let new = NewService {
            workspace: scalars::id(&input.workspace_id)?,
            app: input.app,
            name: input.name,
            subdomain: input.subdomain,
            values: input.values.unwrap_or_default().into_iter().map(|given| (given.pointer, given.value.0)).collect(),
            values_yaml: input.values_yaml,
        };
        let launched = services::launch(state(ctx)?, actor(ctx)?, new, input.idempotency_key).await?;
        let Launched { service, operation, generated } = launched;
        let service = shown(ctx, service).await?;
        let generated_secrets = GeneratedSecret::all(generated, service.0.app.as_deref());
        Ok(LaunchServicePayload { service, operation: Operation(operation), generated_secrets })
    }

    /// Restarts a service's pods, one after another.
    async fn restart_service(
        &self,
        ctx: &Context<'_>,
        input: RestartServiceInput,
    ) -> Result<ServiceOperationPayload, ApiError> {
        let (row, operation) = services::restart(state(ctx)?, actor(ctx)?, scalars::id(&input.id)?).await?;
        Ok(ServiceOperationPayload { service: shown(ctx, row).await?, operation: Operation(operation) })
    }

    /// Removes a service; its volumes are kept or removed, as chosen.
    async fn delete_service(
        &self,
        ctx: &Context<'_>,
        input: DeleteServiceInput,
    ) -> Result<ServiceOperationPayload, ApiError> {
        let id = scalars::id(&input.id)?;
        let (row, operation) =
            services::delete(state(ctx)?, actor(ctx)?, id, &input.confirm_name, input.remove_volumes).await?;
        Ok(ServiceOperationPayload { service: shown(ctx, row).await?, operation: Operation(operation) })
    }
}
