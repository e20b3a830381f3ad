//! The domains, each with the same file names.

pub mod audit;
pub mod catalog;
pub mod identity;
pub mod services;
pub mod workspaces;
