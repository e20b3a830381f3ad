//! The GraphQL API: schema roots, transport, limits and errors.

pub mod errors;
pub mod limits;
pub mod transport;
