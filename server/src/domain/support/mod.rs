//! Support grants: staff who read in a workspace for some hours, seen and ended by its admins.

pub(crate) mod entity;
pub mod graphql;
pub mod repo;
pub mod service;
