//! The domains, each with the same file names: `entity` (rows), `repo` (queries), `service` (what can be done, with rights
//! and audit), `graphql` (how the API shows it), `jobs` (what is done to the outside world).

pub mod actor;
pub mod audit;
pub mod catalog;
pub mod identity;
pub mod members;
pub mod people;
pub mod services;
pub mod state;
pub mod support;
pub mod workspaces;
