//! The GraphQL API: schema roots, transport, limits and errors.

pub mod context;
pub mod errors;
mod gather;
pub mod limits;
pub mod loaders;
pub mod page;
pub mod params;
pub mod scalars;
pub mod schema;
mod server_info;
mod subscriptions;
pub mod transport;
mod watch;

use self::errors::ApiError;
use shared::error::ErrorCode;

/// A query for one thing by id answers null where there is none or it may not be seen: the same, so that nobody learns
/// which.
///
/// # Errors
/// Any other.
pub fn visible<T>(found: Result<T, ApiError>) -> Result<Option<T>, ApiError> {
    match found {
        Ok(found) => Ok(Some(found)),
        Err(error) if error.code == ErrorCode::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}
