//! What server and console agree on: enums of the API, rules for names, and the policy that says who may do what.
//!
//! The feature `server` adds async-graphql's derives and `client` adds cynic's, so that neither side carries the other.

#[macro_use]
mod api_enum;

pub mod catalog;
pub mod error;
pub mod fuzzy;
pub mod ids;
pub mod operation;
pub mod people;
pub mod policy;
mod reason;
pub mod roles;
pub mod rules;
pub mod service;

/// The API's schema, against which cynic checks the derives of this crate.
#[cfg(feature = "client")]
#[cynic::schema("woow")]
#[allow(missing_docs, reason = "made from schema.graphql, where every type is described")]
pub mod schema {}
