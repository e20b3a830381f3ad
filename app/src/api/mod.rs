//! The API: queries, checked against `schema.graphql`, over HTTP and a WebSocket.

mod error;
pub mod growing;
pub mod lists;
pub mod live;
pub mod members;
pub mod mutations;
pub mod people;
pub mod people_changes;
pub mod queries;
pub mod read;
mod scalars;
pub mod socket;
pub mod subscriptions;
mod transport;
pub mod types;
pub mod wake;

pub use error::{ApiError, Code, FieldError, Params};
pub use scalars::{DateTime, Json};
pub use shared::schema;
