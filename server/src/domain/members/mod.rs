//! Members of workspaces. Their rows belong to the workspaces; who they are, to the people.

pub mod graphql;
pub(crate) mod repo;
pub mod service;
