//! Scalars of the API and how they are written.

use super::errors::ApiError;
use crate::clock::Instant;
use async_graphql::{ID, InputValueError, InputValueResult, Scalar, ScalarType, Value};
use std::str::FromStr;

/// A point in time as RFC 3339 in UTC with microseconds, for example `2026-11-02T09:30:00.000000Z`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DateTime(pub Instant);

/// A point in time as RFC 3339 in UTC with microseconds, for example `2026-11-02T09:30:00.000000Z`.
#[Scalar]
impl ScalarType for DateTime {
    fn parse(value: Value) -> InputValueResult<Self> {
        let Value::String(text) = &value else { return Err(InputValueError::expected_type(value)) };
        let timestamp = jiff::Timestamp::from_str(text).map_err(|_| InputValueError::custom("not an RFC 3339 time"))?;
        Ok(Self(timestamp.into()))
    }

    fn to_value(&self) -> Value {
        Value::String(self.0.to_string())
    }
}

impl From<i64> for DateTime {
    fn from(micros: i64) -> Self {
        Self(Instant(micros))
    }
}

/// Any JSON value: a string, a number, a boolean, null, a list or an object.
#[derive(Debug, Clone, PartialEq)]
pub struct Json(pub serde_json::Value);

/// Any JSON value: a string, a number, a boolean, null, a list or an object.
#[Scalar(name = "JSON")]
impl ScalarType for Json {
    fn parse(value: Value) -> InputValueResult<Self> {
        Ok(Self(value.into_json()?))
    }

    fn to_value(&self) -> Value {
        Value::from_json(self.0.clone()).unwrap_or(Value::Null)
    }
}

/// Reads an opaque id. One that cannot be ours names nothing, in the same words as one that is not there.
///
/// # Errors
/// `NOT_FOUND`.
pub fn id<T: FromStr>(id: &ID) -> Result<T, ApiError> {
    id.parse().map_err(|_| ApiError::not_found())
}

/// Numbers of GraphQL have 32 bits; ours never come near.
pub fn int(number: i64) -> i32 {
    i32::try_from(number).unwrap_or(i32::MAX)
}
