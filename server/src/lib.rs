//! Woow PaaS, the server: API, operations, live caches and the embedded console in one binary.
//!
//! `graphql|http -> domain services -> repositories, policy, adapters`. See `docs/ARCHITECTURE.md`.

pub mod adapters;
pub mod boot;
pub mod cli;
pub mod clock;
pub mod config;
pub mod crypto;
pub mod db;
pub mod domain;
pub mod events;
pub mod graphql;
pub mod http;
pub mod live;
pub mod releases;
pub mod telemetry;
