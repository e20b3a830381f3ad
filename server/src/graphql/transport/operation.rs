//! A GraphQL operation as it arrives, the same over HTTP and WebSocket.

use std::net::IpAddr;

use async_graphql::{Request, ServerError, Variables, parser::types::OperationType};
use serde::Deserialize;

use super::OperationInfo;
use crate::graphql::limits::{self, Chosen, QueryLimits};

/// Values within the variables altogether, each list, object and scalar counted: twice as many as the largest YAML document of
/// a launch has. In memory each takes many times the room of its text, and a subscription keeps them as long as it lives.
const VALUES: usize = 20_000;

/// The parameters of a request (GraphQL over HTTP, section 5.1).
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Params {
    query: String,
    #[serde(default)]
    operation_name: Option<String>,
    #[serde(default)]
    variables: Option<serde_json::Map<String, serde_json::Value>>,
    #[serde(default)]
    #[expect(dead_code, reason = "nothing uses extensions; they are read so that a wrong type is refused")]
    extensions: Option<serde_json::Map<String, serde_json::Value>>,
}

impl Params {
    /// Of a GET request, where `variables` and `extensions` are JSON in the query string.
    pub(super) fn of_query_string(text: &str) -> Result<Self, &'static str> {
        #[derive(Deserialize)]
        #[serde(rename_all = "camelCase")]
        struct Raw {
            query: String,
            operation_name: Option<String>,
            variables: Option<String>,
            extensions: Option<String>,
        }
        fn map(text: Option<String>) -> serde_json::Result<Option<serde_json::Map<String, serde_json::Value>>> {
            match text {
                Some(text) if !text.is_empty() => serde_json::from_str(&text),
                _ => Ok(None),
            }
        }
        let uri = http::Uri::builder().path_and_query(format!("/?{text}")).build().map_err(|_| "no query string")?;
        let axum::extract::Query(raw) =
            axum::extract::Query::<Raw>::try_from_uri(&uri).map_err(|_| "`query` is missing or given twice")?;
        Ok(Self {
            query: raw.query,
            operation_name: raw.operation_name.filter(|name| !name.is_empty()),
            variables: map(raw.variables).map_err(|_| "`variables` is not a JSON object")?,
            extensions: map(raw.extensions).map_err(|_| "`extensions` is not a JSON object")?,
        })
    }

    /// Parses the query and holds it against the limits.
    pub(super) fn check(self, limits: &QueryLimits) -> Result<Checked, ServerError> {
        let document = limits::parse(&self.query)?;
        let chosen = limits::check(&document, self.operation_name.as_deref(), limits)?;
        let mut variables = self.variables.unwrap_or_default();
        // Nobody asks for the others.
        variables.retain(|name, _| chosen.variables.contains(name.as_str()));
        limits::within("values of variables", variables.values().map(values).sum(), VALUES)?;
        let variables = Variables::from_json(serde_json::Value::Object(variables));
        let mut request = Request::new(self.query).variables(variables);
        request.operation_name = self.operation_name;
        request.set_parsed_query(document);
        Ok(Checked { request, chosen })
    }
}

/// How many values a value is made of, with itself. The parser of JSON bounds how deep they stand within each other.
fn values(value: &serde_json::Value) -> usize {
    match value {
        serde_json::Value::Array(list) => 1 + list.iter().map(values).sum::<usize>(),
        serde_json::Value::Object(fields) => 1 + fields.values().map(values).sum::<usize>(),
        _ => 1,
    }
}

/// An operation within the limits.
pub(super) struct Checked {
    pub(super) request: Request,
    pub(super) chosen: Chosen,
}

impl Checked {
    /// Tells resolvers which request it is and where it comes from.
    pub(super) fn told(mut self, request_id: &str, client: IpAddr) -> Self {
        self.request.data.insert(OperationInfo { request_id: request_id.to_owned(), client });
        self
    }
}

/// The name of a kind of operation in metrics and logs.
pub(super) const fn kind_name(kind: OperationType) -> &'static str {
    match kind {
        OperationType::Query => "query",
        OperationType::Mutation => "mutation",
        OperationType::Subscription => "subscription",
    }
}

/// Counts an operation that has ended.
pub(super) fn count(kind: &'static str, response: &async_graphql::Response, took: std::time::Duration) {
    let code = response.errors.first().map_or("OK", |error| {
        crate::graphql::errors::code_of(error).map_or("INTERNAL", shared::error::ErrorCode::as_str)
    });
    metrics::counter!("woow_graphql_operations_total", "kind" => kind, "code" => code).increment(1);
    metrics::histogram!("woow_graphql_operation_seconds", "kind" => kind).record(took.as_secs_f64());
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;
    use shared::error::ErrorCode;

    fn checked(params: serde_json::Value) -> Result<Checked, ServerError> {
        serde_json::from_value::<Params>(params).expect("parameters").check(&QueryLimits::default())
    }

    /// The names of the variables that are kept.
    fn kept(params: serde_json::Value) -> Vec<String> {
        checked(params).expect("within the limits").request.variables.keys().map(ToString::to_string).collect()
    }

    #[test]
    fn only_what_the_operation_declares_is_kept() {
        let one = "query($id: ID!) { service(id: $id) { id } }";
        let much = vec![0; VALUES];
        assert_eq!(kept(json!({ "query": one, "variables": { "id": "x", "other": much } })), ["id"]);
        assert!(kept(json!({ "query": "{ viewer { id } }", "variables": { "other": 1 } })).is_empty());
        let two = "query A($a: ID!) { service(id: $a) { id } } query B($b: ID!) { service(id: $b) { id } }";
        assert_eq!(kept(json!({ "query": two, "operationName": "B", "variables": { "a": "x", "b": "y" } })), ["b"]);
    }

    #[test]
    fn variables_hold_so_many_values() {
        let query = "query($of: JSON) { a(of: $of) }";
        let with = |count: usize| checked(json!({ "query": query, "variables": { "of": { "list": vec![0; count] } } }));
        // The object and the list are values too.
        assert!(with(VALUES - 2).is_ok());
        let refused = with(VALUES - 1).err().expect("too many");
        assert_eq!(crate::graphql::errors::code_of(&refused), Some(ErrorCode::TooComplex));
    }
}
