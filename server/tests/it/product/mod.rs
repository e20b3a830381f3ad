//! The whole product: the real binary, real Helm, a real control plane.

mod accounts;
mod bad_input;
mod crashes;
mod launch;
mod lists;
mod logs;
mod matrix;
mod members;
mod people;
mod races;
mod secrets;
mod statements;
mod streams;
mod support;
mod together;
mod troubles;
mod upgrade;
mod usage;
mod workspaces;
