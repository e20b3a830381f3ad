//! What the API says when something is refused: one closed set of codes, and nothing internal.
//!
//! A resolver returns [`ApiError`]. It has no `Display` on purpose: async-graphql turns every `Display` into an error
//! through `?`, so a database's message would reach the browser. What comes back without one of our codes is replaced
//! by [`seal`]; the details stay in the log, under the request id that the answer carries.

use std::sync::Arc;

use async_graphql::{Error, ErrorExtensionValues, Name, Response, ServerError, Value, indexmap::IndexMap};
use shared::{
    error::{ErrorCode, FieldErrorCode},
    rules::Problem,
};

/// Why a request is refused: a code, the figures of the sentence, and what is wrong with which field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApiError {
    /// What kind of refusal it is.
    pub code: ErrorCode,
    /// Named figures of the sentence; `extensions.params`.
    pub params: Vec<(String, String)>,
    /// Mistakes by field of the input; `extensions.fields`.
    pub fields: Vec<(String, Problem)>,
    /// What happened, for the log only.
    detail: Option<String>,
}

/// The detail of an [`ApiError`] on its way through async-graphql to the log.
struct Detail(String);

impl ApiError {
    /// A refusal without parameters.
    pub const fn new(code: ErrorCode) -> Self {
        Self { code, params: Vec::new(), fields: Vec::new(), detail: None }
    }

    /// Nobody is signed in, or the session or token has ended.
    pub const fn unauthenticated() -> Self {
        Self::new(ErrorCode::Unauthenticated)
    }

    /// The role is not enough.
    pub const fn forbidden() -> Self {
        Self::new(ErrorCode::Forbidden)
    }

    /// There is no such thing, or it may not be seen.
    pub const fn not_found() -> Self {
        Self::new(ErrorCode::NotFound)
    }

    /// A fault of ours. The detail goes to the log and nowhere else.
    pub fn internal(detail: impl std::fmt::Display) -> Self {
        Self { detail: Some(detail.to_string()), ..Self::new(ErrorCode::Internal) }
    }

    /// Something that is needed is away. The detail goes to the log and nowhere else.
    pub fn unavailable(detail: impl std::fmt::Display) -> Self {
        Self { detail: Some(detail.to_string()), ..Self::new(ErrorCode::Unavailable) }
    }

    /// Too many requests; tells when to try again.
    pub fn rate_limited(retry_after_seconds: u64) -> Self {
        Self::new(ErrorCode::RateLimited).with("retryAfterSeconds", retry_after_seconds)
    }

    /// Mistakes in an input, by field.
    pub const fn invalid(fields: Vec<(String, Problem)>) -> Self {
        Self { code: ErrorCode::InvalidInput, params: Vec::new(), fields, detail: None }
    }

    /// Those of these fields that have a mistake.
    pub fn mistakes<const N: usize>(found: [(&str, Option<Problem>); N]) -> Self {
        Self::invalid(found.into_iter().filter_map(|(field, problem)| Some((field.to_owned(), problem?))).collect())
    }

    /// One mistake in one field of an input.
    pub fn invalid_field(path: impl Into<String>, problem: Problem) -> Self {
        Self::invalid(vec![(path.into(), problem)])
    }

    /// One mistake without parameters in one field of an input.
    pub fn field(path: impl Into<String>, code: FieldErrorCode) -> Self {
        Self::invalid_field(path, Problem::new(code))
    }

    /// Adds a parameter.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl ToString) -> Self {
        self.params.push((name.to_owned(), value.to_string()));
        self
    }

    /// What happened, for the log.
    pub fn detail(&self) -> Option<&str> {
        self.detail.as_deref()
    }

    fn extensions(&self) -> ErrorExtensionValues {
        let mut values = ErrorExtensionValues::default();
        values.set("code", self.code.as_str());
        if !self.params.is_empty() {
            values.set("params", object(self.params.iter().map(|(name, value)| (name.as_str(), value.as_str()))));
        }
        if !self.fields.is_empty() {
            values.set("fields", Value::List(self.fields.iter().map(|(path, problem)| field(path, problem)).collect()));
        }
        values
    }
}

fn object<'a>(pairs: impl Iterator<Item = (&'a str, &'a str)>) -> Value {
    Value::Object(pairs.map(|(name, value)| (Name::new(name), Value::from(value))).collect())
}

fn field(path: &str, problem: &Problem) -> Value {
    let mut map = IndexMap::new();
    map.insert(Name::new("field"), Value::from(path));
    map.insert(Name::new("code"), Value::from(problem.code.as_str()));
    map.insert(Name::new("params"), object(problem.params.iter().map(|(name, value)| (*name, value.as_str()))));
    Value::Object(map)
}

impl From<ApiError> for Error {
    fn from(error: ApiError) -> Self {
        Self {
            message: sentence(error.code).to_owned(),
            extensions: Some(error.extensions()),
            source: error.detail.map(|detail| Arc::new(Detail(detail)) as _),
        }
    }
}

impl From<ApiError> for ServerError {
    fn from(error: ApiError) -> Self {
        let error = Error::from(error);
        Self {
            message: error.message,
            source: error.source,
            locations: vec![],
            path: vec![],
            extensions: error.extensions,
        }
    }
}

/// Plain English for people who read answers by hand; the console words codes by itself.
pub const fn sentence(code: ErrorCode) -> &'static str {
    match code {
        ErrorCode::BadRequest => "The request cannot be read",
        ErrorCode::TooComplex => "The query asks for too much at once",
        ErrorCode::Unauthenticated => "Sign in first",
        ErrorCode::PasswordChangeRequired => "Change your password first",
        ErrorCode::Forbidden => "Your role does not allow this",
        ErrorCode::NotFound => "There is no such thing",
        ErrorCode::InvalidInput => "The input has mistakes",
        ErrorCode::Conflict => "It has been changed meanwhile",
        ErrorCode::Busy => "Another operation is running on it",
        ErrorCode::LimitReached => "A limit is reached",
        ErrorCode::LastAdmin => "The platform must keep an Admin",
        ErrorCode::SoleOwner => "Workspaces would be left without an owner",
        ErrorCode::SignUpClosed => "People cannot join this way",
        ErrorCode::LastOwner => "A workspace needs an owner, and this is its only one",
        ErrorCode::RateLimited => "Too many requests",
        ErrorCode::Unavailable => "Not available now; try again later",
        ErrorCode::Internal => "Internal error",
    }
}

/// A mistake in the request itself, with a sentence of its own. It must not hold anything but the caller's own words.
pub(crate) fn request_error(code: ErrorCode, message: impl Into<String>) -> ServerError {
    ServerError { message: message.into(), ..ApiError::new(code).into() }
}

/// The code of an error, when it carries one of ours.
pub fn code_of(error: &ServerError) -> Option<ErrorCode> {
    match error.extensions.as_ref()?.get("code")? {
        Value::String(text) => ErrorCode::parse(text),
        Value::Enum(name) => ErrorCode::parse(name),
        _ => None,
    }
}

/// Makes an answer fit to leave the house: each error has one of our codes and the request id. Mistakes of the query itself are
/// the caller's; anything else becomes `INTERNAL`, and what it was is logged.
pub fn seal(response: &mut Response, request_id: &str) {
    for error in &mut response.errors {
        if code_of(error).is_none() {
            *error = replaced(error, request_id);
        } else if let Some(Detail(detail)) = error.source::<Detail>() {
            tracing::error!(request_id, code = code_of(error).map(ErrorCode::as_str), detail, "a request failed");
        }
        error.source = None;
        error.extensions.get_or_insert_default().set("requestId", request_id);
    }
}

/// What stands in for an error without a code of ours.
fn replaced(error: &ServerError, request_id: &str) -> ServerError {
    let sealed = if let Some(message) = input_message(error) {
        request_error(ErrorCode::BadRequest, message)
    } else if is_of_the_query(error) {
        coded(error)
    } else {
        tracing::error!(request_id, detail = error.message, "a resolver failed");
        ApiError::new(ErrorCode::Internal).into()
    };
    ServerError { locations: error.locations.clone(), path: error.path.clone(), ..sealed }
}

/// async-graphql parses arguments while it executes. Such an error is about the caller's own input; the value itself,
/// which may be a password, is left out.
fn input_message(error: &ServerError) -> Option<String> {
    if error.source.is_some() {
        // It came through `?` from a resolver.
        return None;
    }
    let quoted = |rest: &str| rest.split_once('"').map(|(name, _)| name.to_owned());
    if let Some(rest) = error.message.strip_prefix("Expected input type \"") {
        return quoted(rest).map(|name| format!("Expected input type \"{name}\""));
    }
    if error.message.starts_with("Variable ") && error.message.ends_with(" is not defined.") {
        return Some(error.message.clone());
    }
    let rest = error.message.strip_prefix("Failed to parse \"")?;
    quoted(rest).map(|name| format!("Failed to parse \"{name}\""))
}

/// Whether async-graphql found it wrong with the query before anything was executed: what a resolver says comes with the
/// path of its field.
fn is_of_the_query(error: &ServerError) -> bool {
    error.path.is_empty() && error.source.is_none()
}

/// Gives our codes to what async-graphql itself finds wrong with a query. (Not as an extension of its own: with one in the
/// schema, async-graphql looks up the type of each field of each answer.)
fn coded(error: &ServerError) -> ServerError {
    let code = match error.message.as_str() {
        "Query is too complex." | "Query is nested too deep." => ErrorCode::TooComplex,
        text if text.starts_with("The recursion depth") => ErrorCode::TooComplex,
        _ => ErrorCode::BadRequest,
    };
    request_error(code, &*error.message)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sealed(error: ServerError) -> serde_json::Value {
        let mut response = Response::from_errors(vec![error]);
        seal(&mut response, "r-1");
        serde_json::to_value(&response.errors[0]).expect("an error is JSON")
    }

    #[test]
    fn codes_parameters_and_fields_are_kept() {
        let problem = Problem::new(FieldErrorCode::TooShort).with("min", 12);
        let error = ApiError::invalid_field("/password", problem).with("a", 1);
        assert_eq!(
            sealed(error.into()),
            serde_json::json!({"message": "The input has mistakes", "extensions": {
                "code": "INVALID_INPUT",
                "params": {"a": "1"},
                "fields": [{"field": "/password", "code": "TOO_SHORT", "params": {"min": "12"}}],
                "requestId": "r-1",
            }})
        );
    }

    #[test]
    fn what_is_not_ours_is_hidden() {
        let leaks = [
            Error::new("no such table: users"),
            Error::from(std::io::Error::other("/etc/shadow")),
            Error::from(std::io::Error::other("Failed to parse \"x\": /etc/shadow")),
            Error::new("own").extend_with_code("SOMETHING_ELSE"),
            ApiError::internal("password=hunter2").into(),
        ];
        for leak in leaks {
            let path = vec![async_graphql::PathSegment::Field("leak".to_owned())];
            let value = sealed(leak.into_server_error(async_graphql::Pos { line: 1, column: 1 }).with_path(path));
            assert_eq!(value["message"], "Internal error");
            assert_eq!(value["extensions"], serde_json::json!({"code": "INTERNAL", "requestId": "r-1"}));
        }
    }

    #[test]
    fn what_is_wrong_with_a_query_is_told() {
        for (message, code) in
            [("Unknown field \"x\" on type \"Query\".", "BAD_REQUEST"), ("Query is nested too deep.", "TOO_COMPLEX")]
        {
            let value = sealed(ServerError::new(message, None));
            assert_eq!((&value["message"], &value["extensions"]["code"]), (&message.into(), &code.into()));
        }
        let with_a_cause = Error::from(std::io::Error::other("/etc/shadow"));
        let value = sealed(with_a_cause.into_server_error(async_graphql::Pos { line: 1, column: 1 }));
        assert_eq!(value["message"], "Internal error");
    }

    #[test]
    fn a_refused_value_is_not_repeated() {
        let value = sealed(ServerError::new("Expected input type \"Int\", found \"hunter2\".", None));
        assert_eq!(value["message"], "Expected input type \"Int\"");
        assert_eq!(value["extensions"]["code"], "BAD_REQUEST");
        let value = sealed(ServerError::new("Failed to parse \"DateTime\": hunter2", None));
        assert_eq!(value["message"], "Failed to parse \"DateTime\"");
    }

    trait WithCode {
        fn extend_with_code(self, code: &str) -> Self;
    }

    impl WithCode for Error {
        fn extend_with_code(mut self, code: &str) -> Self {
            self.extensions.get_or_insert_default().set("code", code);
            self
        }
    }
}
