//! The people of the platform: who they are to it, how they join, and the links for one use that bring them in.

pub(crate) mod entity;
pub mod graphql;
pub mod joining;
pub mod links;
pub(crate) mod repo;
pub mod service;
pub mod settings;
