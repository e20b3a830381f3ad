//! Two appended rows for every change: intent and outcome, in one hash chain.

pub(crate) mod entity;
pub(crate) mod repo;

pub use repo::{Phase, Record, append, append_both};
