//! The whole product: the real binary, real Helm, a real control plane.

mod accounts;
mod bad_input;
mod crashes;
mod launch;
mod lists;
mod secrets;
mod together;
mod workspaces;
