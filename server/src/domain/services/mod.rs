//! Services: apps that were launched.

pub mod addresses;
pub mod downloads;
pub(crate) mod entity;
pub mod graphql;
pub mod jobs;
pub mod leave;
pub mod logs;
pub mod repo;
pub mod service;
pub mod usage;
pub mod values;
pub mod view;
