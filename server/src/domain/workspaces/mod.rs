//! Workspaces and their namespaces.

pub(crate) mod entity;
pub mod graphql;
pub mod jobs;
pub mod repo;
pub mod service;
