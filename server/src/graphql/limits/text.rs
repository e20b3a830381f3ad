//! A query's text, parsed within bounds.

use async_graphql::{ServerError, parser::types::ExecutableDocument};
use shared::error::ErrorCode;

use super::super::errors::request_error;

/// Deepest nesting of brackets in a query's text: the parser goes down one frame of the stack for each.
const BRACKETS: usize = 64;
/// Longest text of a query; values belong into variables. Validation costs time for each letter, for nobody's account.
const QUERY_BYTES: usize = 64 * 1024;

/// Parses a query's text within bounds.
pub fn parse(query: &str) -> Result<ExecutableDocument, ServerError> {
    if query.len() > QUERY_BYTES {
        return Err(request_error(ErrorCode::TooComplex, format!("The query is longer than {QUERY_BYTES} bytes")));
    }
    if deepest_bracket(query) > BRACKETS {
        return Err(request_error(ErrorCode::TooComplex, format!("Brackets are nested deeper than {BRACKETS}")));
    }
    async_graphql::parser::parse_query(query).map_err(|error| {
        let error = ServerError::from(error);
        ServerError { locations: error.locations, ..request_error(ErrorCode::BadRequest, terse(&error.message)) }
    })
}

/// The parser quotes the faulty line, which may hold a secret; its last line says what was expected.
fn terse(message: &str) -> String {
    match message.lines().last().and_then(|line| line.trim_start().strip_prefix("= ")) {
        Some(expected) => format!("Syntax error: {expected}"),
        None => format!("Syntax error: {}", message.lines().next().unwrap_or_default()),
    }
}

/// Counts open brackets outside strings and comments (GraphQL, October 2021, sections 2.1.4 and 2.9.4).
fn deepest_bracket(query: &str) -> usize {
    let bytes = query.as_bytes();
    let (mut depth, mut deepest, mut at) = (0_usize, 0, 0);
    while at < bytes.len() {
        match bytes[at] {
            b'{' | b'[' | b'(' => {
                depth += 1;
                deepest = deepest.max(depth);
            }
            b'}' | b']' | b')' => depth = depth.saturating_sub(1),
            b'#' => at += bytes[at..].iter().position(|b| matches!(b, b'\n' | b'\r')).unwrap_or(bytes.len() - at),
            b'"' => at = string_end(bytes, at),
            _ => {}
        }
        at += 1;
    }
    deepest
}

/// The last byte of the string that begins at `start`.
fn string_end(bytes: &[u8], start: usize) -> usize {
    let block = bytes[start..].starts_with(b"\"\"\"");
    let mut at = start + if block { 3 } else { 1 };
    while at < bytes.len() {
        match bytes[at] {
            b'\\' if !block => at += 1,
            b'\\' if bytes[at..].starts_with(b"\\\"\"\"") => at += 3,
            b'"' | b'\n' | b'\r' if !block => return at,
            b'"' if bytes[at..].starts_with(b"\"\"\"") => return at + 2,
            _ => {}
        }
        at += 1;
    }
    at
}
