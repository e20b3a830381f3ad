//! Queries and mutations: one POST each.

use super::{
    error::{ApiError, Code},
    read::{Read, take, whole},
};
use crate::stores::session;
use gloo_net::http::Request;
use serde::Serialize;
use serde_json::Value;
use shared::error::ErrorCode;
use std::{future::Future, pin::Pin};

/// The data of an answer `{data, errors}`, or its first error, of which the session store hears too where it concerns
/// the session.
pub fn data(mut answer: Value) -> Result<Value, ApiError> {
    if let Some(error) = answer.get("errors").and_then(|errors| errors.get(0)) {
        let error = ApiError::read(error);
        tell(&error);
        return Err(error);
    }
    match take(&mut answer, "data") {
        Value::Null => Err(ApiError::of(Code::Unreadable)),
        data => Ok(data),
    }
}

/// Tells the session store of an error that concerns the session.
pub fn tell(error: &ApiError) {
    if error.is(ErrorCode::Unauthenticated) {
        session::ended();
    } else if error.is(ErrorCode::PasswordChangeRequired) {
        session::password_change_required();
    }
}

/// A request as it travels.
pub fn request(query: &str, variables: Option<String>) -> String {
    // Strings, numbers and lists only: nothing in a request can fail to be written.
    let variables = variables.unwrap_or_else(|| "null".to_owned());
    [r#"{"query":"#, &Value::from(query).to_string(), r#","variables":"#, &variables, "}"].concat()
}

/// Runs a query or a mutation. Where the session has ended, the session store hears of it too.
pub fn run<Q, V>(operation: cynic::Operation<Q, V>) -> impl Future<Output = Result<Q, ApiError>> + use<Q, V>
where
    Q: Read,
    V: Serialize,
{
    // Only this and the last line know the types: what lies between is compiled once, not once for each operation.
    let answer = post(request(&operation.query, serde_json::to_string(&operation.variables).ok()));
    async move { whole(answer.await?).ok_or_else(|| ApiError::of(Code::Unreadable)) }
}

type Answer = Pin<Box<dyn Future<Output = Result<Value, ApiError>>>>;

fn post(body: String) -> Answer {
    Box::pin(async move {
        let offline = |_| ApiError::of(Code::Offline);
        let response = Request::post("/graphql")
            .header("content-type", "application/json")
            .header("accept", "application/json")
            .body(body)
            .map_err(offline)?
            .send()
            .await
            .map_err(offline)?;
        if let Some(build) = response.headers().get("x-build-id") {
            session::saw_build(&build);
        }
        let text = response.text().await.map_err(offline)?;
        match serde_json::from_str(&text) {
            Ok(answer) => data(answer),
            // A proxy in front answers in its own words when the server is away.
            Err(_) if response.status() >= 500 => Err(ApiError::of(Code::Offline)),
            Err(_) => Err(ApiError::of(Code::Unreadable)),
        }
    })
}
