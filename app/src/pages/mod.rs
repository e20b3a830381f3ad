//! The pages, by domain.

pub mod account;
pub mod entry;
pub mod lazy;
pub mod marketplace;
pub mod members;
pub mod not_found;
pub mod operations;
pub mod palette;
pub mod people;
pub mod services;
pub mod workspaces;
