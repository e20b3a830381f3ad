//! The schema's own scalars.

use super::read::Read;
use crate::api::schema;
use serde_json::Value;

/// A point in time, as the server writes it.
#[derive(cynic::Scalar, Debug, Clone, PartialEq, Eq)]
#[cynic(graphql_type = "DateTime")]
pub struct DateTime(pub String);

impl Read for DateTime {
    fn read(value: Value, wrong: &mut bool) -> Self {
        Self(String::read(value, wrong))
    }
}

impl Read for Json {
    fn read(value: Value, _: &mut bool) -> Self {
        Self(value)
    }
}

impl DateTime {
    /// Milliseconds since 1970, as browsers count.
    pub fn millis(&self) -> f64 {
        js_sys::Date::parse(&self.0)
    }
}

/// Any JSON value.
#[derive(cynic::Scalar, Debug, Clone, PartialEq)]
#[cynic(graphql_type = "JSON")]
pub struct Json(pub Value);

impl Json {
    /// The value as people write it: a string without quotes.
    pub fn text(&self) -> String {
        match &self.0 {
            Value::String(text) => text.clone(),
            Value::Null => String::new(),
            other => other.to_string(),
        }
    }
}
