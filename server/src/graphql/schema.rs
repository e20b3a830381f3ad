//! The API's schema: every domain's roots in one.

use super::{limits::QueryLimits, loaders::Loaders, server_info::ServerQuery, subscriptions::SubscriptionRoot};
use crate::{
    domain::{
        catalog::graphql::CatalogQuery,
        identity::graphql::{IdentityMutation, IdentityQuery},
        members::graphql::MemberMutation,
        people::graphql::{JoiningMutation, PeopleMutation, PeopleQuery},
        services::graphql::{DownloadMutation, ServiceMutation, ServiceQuery},
        state::State,
        support::graphql::SupportMutation,
        workspaces::graphql::{WorkspaceMutation, WorkspaceQuery},
    },
    releases::operations::graphql::{OperationMutation, OperationQuery},
};
use async_graphql::{MergedObject, Schema as GraphqlSchema, SchemaBuilder};
use std::sync::Arc;

/// What can be read.
#[derive(MergedObject, Default)]
pub struct Query(ServerQuery, IdentityQuery, PeopleQuery, CatalogQuery, WorkspaceQuery, ServiceQuery, OperationQuery);

/// What can be changed. A request holds one of these fields at most.
#[derive(MergedObject, Default)]
pub struct Mutation(
    IdentityMutation,
    PeopleMutation,
    JoiningMutation,
    WorkspaceMutation,
    MemberMutation,
    SupportMutation,
    ServiceMutation,
    DownloadMutation,
    OperationMutation,
);

/// The API's schema.
pub type Schema = GraphqlSchema<Query, Mutation, SubscriptionRoot>;

fn builder() -> SchemaBuilder<Query, Mutation, SubscriptionRoot> {
    GraphqlSchema::build(Query::default(), Mutation::default(), SubscriptionRoot)
        .register_output_type::<shared::error::ErrorCode>()
        .register_output_type::<shared::error::FieldErrorCode>()
}

/// The schema over the running platform.
pub fn build(state: State, limits: &QueryLimits) -> Schema {
    let loaders = Loaders::new(&state.db, Arc::clone(&state.clock));
    builder().limit_depth(limits.depth).limit_complexity(limits.complexity).data(state).data(loaders).finish()
}

/// The schema's text (SDL), which is committed as `schema.graphql`.
pub fn sdl() -> String {
    builder().finish().sdl_with_options(async_graphql::SDLExportOptions::new().sorted_fields().sorted_enum_items())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Everything that a program can name has a sentence that says what it is.
    #[tokio::test]
    async fn every_type_field_and_value_is_documented() {
        let query = "{ __schema { types { name description fields { name description } inputFields { name description }
            enumValues { name description } } } }";
        let schema =
            builder().finish().execute(query).await.into_result().expect("the schema answers").data.into_json();
        let types = schema.expect("JSON")["__schema"]["types"].as_array().expect("types").clone();
        assert!(types.len() > 40);
        let mut bare = Vec::new();
        for kind in types.iter().filter(|kind| !kind["name"].as_str().unwrap_or("__").starts_with("__")) {
            let name = kind["name"].as_str().unwrap_or_default();
            let mut check = |path: String, thing: &serde_json::Value| {
                // `ID` is GraphQL's own; connections are types of the library, explained by Relay's specification.
                if path != "ID"
                    && !path.ends_with("Connection")
                    && thing["description"].as_str().unwrap_or_default().trim().is_empty()
                {
                    bare.push(path);
                }
            };
            check(name.to_owned(), kind);
            for list in ["fields", "inputFields", "enumValues"] {
                for part in kind[list].as_array().into_iter().flatten() {
                    check(format!("{name}.{}", part["name"].as_str().unwrap_or_default()), part);
                }
            }
        }
        assert_eq!(bare, Vec::<String>::new());
    }
}
