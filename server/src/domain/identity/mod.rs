//! People, sessions and personal access tokens.

pub mod admin;
pub mod auth;
pub mod device;
pub(crate) mod entity;
pub mod failures;
pub mod graphql;
pub(crate) mod idempotency;
pub mod own_sessions;
pub(crate) mod repo;
pub mod service;
pub mod sessions;
pub mod throttle;
pub mod tokens;
