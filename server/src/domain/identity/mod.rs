//! People, sessions and personal access tokens.

pub(crate) mod entity;
