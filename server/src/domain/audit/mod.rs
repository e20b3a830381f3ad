//! Two appended rows for every change: intent and outcome.

pub(crate) mod entity;
