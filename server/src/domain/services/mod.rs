//! Services: apps that were launched.

pub(crate) mod entity;
