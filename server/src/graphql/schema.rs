//! The API's schema: every domain's roots in one.

use super::{errors::QueryErrors, limits::QueryLimits, server_info::ServerQuery, subscriptions::SubscriptionRoot};
use crate::{
    domain::{
        catalog::graphql::CatalogQuery,
        identity::graphql::{IdentityMutation, IdentityQuery},
        services::graphql::{ServiceMutation, ServiceQuery},
        state::State,
        workspaces::graphql::{WorkspaceMutation, WorkspaceQuery},
    },
    releases::operations::graphql::{OperationMutation, OperationQuery},
};
use async_graphql::{MergedObject, Schema as GraphqlSchema, SchemaBuilder};

/// What can be read.
#[derive(MergedObject, Default)]
pub struct Query(ServerQuery, IdentityQuery, CatalogQuery, WorkspaceQuery, ServiceQuery, OperationQuery);

/// What can be changed. A request holds one of these fields at most.
#[derive(MergedObject, Default)]
pub struct Mutation(IdentityMutation, WorkspaceMutation, ServiceMutation, OperationMutation);

/// The API's schema.
pub type Schema = GraphqlSchema<Query, Mutation, SubscriptionRoot>;

fn builder() -> SchemaBuilder<Query, Mutation, SubscriptionRoot> {
    GraphqlSchema::build(Query::default(), Mutation::default(), SubscriptionRoot)
        .register_output_type::<shared::error::ErrorCode>()
        .register_output_type::<shared::error::FieldErrorCode>()
        .extension(QueryErrors)
}

/// The schema over the running platform.
pub fn build(state: State, limits: &QueryLimits) -> Schema {
    builder().limit_depth(limits.depth).limit_complexity(limits.complexity).data(state).finish()
}

/// The schema's text (SDL), which is committed as `schema.graphql`.
pub fn sdl() -> String {
    builder().finish().sdl_with_options(async_graphql::SDLExportOptions::new().sorted_fields().sorted_enum_items())
}
