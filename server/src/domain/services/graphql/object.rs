//! The service itself.

use super::parts::{ClusterEvent, FieldValue, Pod, ServiceAddress, ServiceStatus, Volume};
use crate::{
    domain::{
        catalog::graphql::{App, label_of, option_label_of},
        services::{service as services, values, view::ServiceView},
        workspaces::graphql::Workspace,
    },
    graphql::{
        context::{actor, loaders, state},
        errors::ApiError,
        scalars::{DateTime, Json, int},
    },
    releases::operations::graphql::Operation,
};
use async_graphql::{Context, ID, Object};
use shared::{operation::OperationState, policy::WorkspaceAction, service::DesiredState};

/// An app that was launched: one Helm release.
pub struct Service(pub ServiceView);

/// An app that was launched: one Helm release.
#[Object]
impl Service {
    /// Opaque id.
    async fn id(&self) -> ID {
        self.0.row.id.simple().to_string().into()
    }

    /// What people see.
    async fn name(&self) -> &str {
        &self.0.row.name
    }

    /// Random key in names of cluster objects; never changes.
    async fn reference(&self) -> &str {
        &self.0.row.reference
    }

    /// The workspace it is in.
    async fn workspace(&self, ctx: &Context<'_>) -> Result<Workspace, ApiError> {
        let id = self.0.row.workspace_id.into();
        let permit = actor(ctx)?.permit_of_row(loaders(ctx)?, id, WorkspaceAction::See).await?;
        Ok(Workspace::of(&permit))
    }

    /// Null when the app has left the marketplace.
    async fn app(&self) -> Option<App> {
        self.0.app.clone().map(App)
    }

    /// The app's slug.
    async fn app_slug(&self) -> &str {
        &self.0.row.app_slug
    }

    /// Version of the chart it was launched with.
    async fn chart_version(&self) -> &str {
        &self.0.row.chart_version
    }

    /// Its namespace in the cluster.
    async fn namespace(&self) -> &str {
        &self.0.row.namespace
    }

    /// The name of its Helm release.
    async fn release_name(&self) -> &str {
        &self.0.row.release_name
    }

    /// Null when the app has no web address.
    async fn address(&self, ctx: &Context<'_>) -> Result<Option<ServiceAddress>, ApiError> {
        let settings = &state(ctx)?.settings;
        Ok(self.0.host.as_ref().map(|host| ServiceAddress {
            host: host.clone(),
            url: services::url_of(settings, host),
            simulated: settings.sandbox,
        }))
    }

    /// The app's port inside the cluster.
    async fn port(&self) -> Option<i32> {
        self.0.app.as_ref().map(|app| i32::from(app.port))
    }

    /// Where the other services of its workspace reach it, with the port; null when the app has left the marketplace.
    async fn internal_address(&self) -> Option<String> {
        let row = &self.0.row;
        // A chart's Service carries the release's name (`charts/README.md`).
        self.0.app.as_ref().map(|app| format!("{}.{}.svc:{}", row.release_name, row.namespace, app.port))
    }

    /// What is wanted of it.
    async fn desired(&self) -> DesiredState {
        DesiredState::parse(&self.0.row.desired).unwrap_or(DesiredState::Running)
    }

    /// How it is.
    async fn status(&self) -> ServiceStatus {
        ServiceStatus::from(&self.0.status)
    }

    /// Helm's revision number, null before the first.
    async fn revision(&self) -> Option<i32> {
        self.0.snapshot.latest().map(|record| int(record.revision.into()))
    }

    /// Its pods by name.
    async fn pods(&self) -> Vec<Pod> {
        self.0.snapshot.pods.iter().map(|pod| Pod::of(pod, &self.0.snapshot, self.0.now)).collect()
    }

    /// The newest 50 events of the cluster about it, newest first.
    async fn events(&self) -> Vec<ClusterEvent> {
        self.0.snapshot.events.iter().map(|event| ClusterEvent::from(&**event)).collect()
    }

    /// Its volumes by name.
    async fn volumes(&self) -> Vec<Volume> {
        self.0.snapshot.claims.iter().map(|claim| Volume::from(&**claim)).collect()
    }

    /// The values that were set, without secrets, in the order of the app's fields.
    async fn values(&self, ctx: &Context<'_>) -> Result<Vec<FieldValue>, ApiError> {
        let id = self.0.row.workspace_id.into();
        actor(ctx)?.permit_of_row(loaders(ctx)?, id, WorkspaceAction::ReadValues).await?;
        let mut public = values::public(&self.0.row);
        let Some(app) = &self.0.app else {
            let value = |(pointer, value): (String, serde_json::Value)| FieldValue {
                label: pointer.clone(),
                pointer,
                option_label: None,
                value: Some(Json(value)),
                secret: false,
            };
            return Ok(public.into_iter().map(value).collect());
        };
        Ok(app
            .fields
            .iter()
            .map(|field| {
                let value = public.remove(field.pointer.as_str());
                FieldValue {
                    pointer: field.pointer.as_str().to_owned(),
                    label: label_of(field),
                    option_label: value.as_ref().and_then(|value| option_label_of(field, value)),
                    value: value.map(Json),
                    secret: field.is_secret(),
                }
            })
            .filter(|value| value.secret || value.value.is_some())
            .collect())
    }

    /// The operation that runs on it now.
    async fn open_operation(&self) -> Option<Operation> {
        let row = self.0.unsettled.clone()?;
        OperationState::parse(&row.state)?.is_open().then_some(Operation(row))
    }

    /// Its newest operation.
    async fn last_operation(&self, ctx: &Context<'_>) -> Result<Option<Operation>, ApiError> {
        let newest = match &self.0.unsettled {
            Some(row) => Some(row.clone()),
            None => loaders(ctx)?.newest.one(self.0.row.id).await?,
        };
        Ok(newest.map(Operation))
    }

    /// Raised by each change of its row.
    async fn version(&self) -> i32 {
        int(self.0.row.version)
    }

    /// When it was launched.
    async fn created_at(&self) -> DateTime {
        self.0.row.created_at.into()
    }
}
