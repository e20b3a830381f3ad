//! Errors of the API as code and parameters; `i18n` turns them into words.

use serde_json::Value;
use shared::{
    error::{ErrorCode, FieldErrorCode},
    rules::Problem,
};

/// Named values of a sentence.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Params(Vec<(String, String)>);

impl Params {
    /// The value of this name; empty when there is none.
    pub fn get(&self, name: &str) -> &str {
        self.0.iter().find(|(key, _)| key == name).map_or("", |(_, value)| value)
    }

    /// The value of this name, as a number.
    pub fn number(&self, name: &str) -> Option<f64> {
        Some(js_sys::Number::parse_float(self.get(name))).filter(|number| number.is_finite())
    }

    /// The value of this name, unless there is none.
    pub fn some(&self, name: &str) -> Option<&str> {
        Some(self.get(name)).filter(|value| !value.is_empty())
    }
}

impl FromIterator<(String, String)> for Params {
    fn from_iter<I: IntoIterator<Item = (String, String)>>(pairs: I) -> Self {
        Self(pairs.into_iter().collect())
    }
}

/// Why a request brought nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Code {
    /// The server refused it.
    Server(ErrorCode),
    /// The server could not be reached.
    Offline,
    /// The answer could not be read: very likely this page is older than the server.
    Unreadable,
}

/// What is wrong with one field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldError {
    /// The input's field.
    pub field: String,
    /// What is wrong.
    pub code: FieldErrorCode,
    /// Figures of the sentence.
    pub params: Params,
}

impl From<Problem> for FieldError {
    fn from(problem: Problem) -> Self {
        let params = problem.params.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
        Self { field: String::new(), code: problem.code, params }
    }
}

impl From<FieldErrorCode> for FieldError {
    fn from(code: FieldErrorCode) -> Self {
        Self { field: String::new(), code, params: Params::default() }
    }
}

/// A refused or failed request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApiError {
    /// Why.
    pub code: Code,
    /// Figures of the sentence.
    pub params: Params,
    /// Leads to the request in the server's log.
    pub request_id: Option<String>,
    /// What is wrong by field.
    pub fields: Vec<FieldError>,
}

impl ApiError {
    /// An error of this code alone.
    pub fn of(code: Code) -> Self {
        Self { code, params: Params::default(), request_id: None, fields: Vec::new() }
    }

    /// Whether the server answered with this code.
    pub fn is(&self, code: ErrorCode) -> bool {
        self.code == Code::Server(code)
    }

    /// Whether the same request may well be answered a little later.
    pub fn passes(&self) -> bool {
        matches!(self.code, Code::Server(ErrorCode::Unavailable | ErrorCode::Internal | ErrorCode::RateLimited))
    }
}

impl ApiError {
    /// An error as it travels.
    pub fn read(error: &Value) -> Self {
        let Some(extensions) = error.get("extensions") else { return Self::of(Code::Unreadable) };
        let of = |value: &Value, name: &str| value.get(name).and_then(Value::as_str).map(ToOwned::to_owned);
        let code = extensions.get("code").and_then(Value::as_str).and_then(ErrorCode::parse);
        let fields = extensions.get("fields").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
        Self {
            code: code.map_or(Code::Unreadable, Code::Server),
            params: params(extensions),
            request_id: of(extensions, "requestId"),
            fields: fields
                .iter()
                .filter_map(|field| {
                    let code = field.get("code").and_then(Value::as_str).and_then(FieldErrorCode::parse)?;
                    Some(FieldError { field: of(field, "field")?, code, params: params(field) })
                })
                .collect(),
        }
    }
}

/// Parameters travel as an object, or as a list of names and values.
fn params(holder: &Value) -> Params {
    let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), ToOwned::to_owned);
    match holder.get("params") {
        Some(Value::Object(map)) => map.iter().map(|(name, value)| (name.clone(), text(value))).collect(),
        Some(Value::Array(list)) => list
            .iter()
            .filter_map(|pair| Some((pair.get("name")?.as_str()?.to_owned(), text(pair.get("value")?))))
            .collect(),
        _ => Params::default(),
    }
}
