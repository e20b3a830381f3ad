//! Workspaces and their namespaces.
