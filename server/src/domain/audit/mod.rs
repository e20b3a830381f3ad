//! Two appended rows for every change: intent and outcome, in one hash chain.

pub(crate) mod entity;
pub(crate) mod repo;

pub use entity::record::Model as AuditRow;
pub use repo::{Phase, Record, all, append, append_all, append_both, first_broken};
