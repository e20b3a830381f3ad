//! The schema's own scalars.

use crate::api::schema;

/// A point in time, as the server writes it.
#[derive(cynic::Scalar, Debug, Clone, PartialEq, Eq)]
#[cynic(graphql_type = "DateTime")]
pub struct DateTime(pub String);

impl DateTime {
    /// Milliseconds since 1970, as browsers count.
    pub fn millis(&self) -> f64 {
        js_sys::Date::parse(&self.0)
    }
}

/// Any JSON value.
#[derive(cynic::Scalar, Debug, Clone, PartialEq)]
#[cynic(graphql_type = "JSON")]
pub struct Json(pub serde_json::Value);

impl Json {
    /// The value as people write it: a string without quotes.
    pub fn text(&self) -> String {
        match &self.0 {
            serde_json::Value::String(text) => text.clone(),
            serde_json::Value::Null => String::new(),
            other => other.to_string(),
        }
    }
}
