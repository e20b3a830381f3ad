//! Workspaces and their namespaces.

pub(crate) mod entity;
