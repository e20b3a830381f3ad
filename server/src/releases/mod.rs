//! The engine under every product: operations, values and status of Helm releases.

pub mod operations;
pub mod status;
