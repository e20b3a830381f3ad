//! The whole product: the real binary, real Helm, a real control plane.

mod accounts;
mod bad_input;
mod crashes;
mod launch;
mod matrix;
mod members;
mod secrets;
mod support;
mod together;
mod workspaces;
