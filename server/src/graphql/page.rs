//! Cursor connections (Relay's specification), forwards.

use super::errors::ApiError;
use async_graphql::{SimpleObject, connection::Connection};
use shared::{error::FieldErrorCode, rules::Problem};

/// What a connection has beyond its edges.
#[derive(SimpleObject)]
pub struct Total {
    /// How many there are in all.
    pub total_count: i32,
}

/// A connection of nodes with opaque cursors.
pub type Page<N> = Connection<String, N, Total>;

/// How many a page has when nothing is said.
const DEFAULT: i32 = 50;
/// The most that a page has.
const MOST: i32 = 100;

/// Reads `first`.
///
/// # Errors
/// `INVALID_INPUT` outside 1 to 100.
pub fn first(first: Option<i32>) -> Result<usize, ApiError> {
    let first = first.unwrap_or(DEFAULT);
    if (1..=MOST).contains(&first) {
        return usize::try_from(first).map_err(ApiError::internal);
    }
    let problem = Problem::new(FieldErrorCode::OutOfRange).with("min", 1).with("max", MOST);
    Err(ApiError::invalid_field("first", problem))
}

/// The mistake of a cursor that is none of ours.
pub fn bad_cursor() -> ApiError {
    ApiError::invalid_field(
        "after",
        Problem::new(FieldErrorCode::InvalidFormat).with("expected", "a cursor of this list"),
    )
}
