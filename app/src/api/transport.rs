//! Queries and mutations: one POST each.

use super::{
    error::{ApiError, Code},
    read::{Read, take, whole},
};
use crate::stores::session;
use cynic::{
    QueryFragment, QueryVariables,
    queries::{OperationType, build_executable_document},
    schema::{MutationRoot, QueryRoot, SubscriptionRoot},
};
use gloo_net::http::Request;
use gloo_timers::callback::Timeout;
use serde::Serialize;
use serde_json::Value;
use shared::error::ErrorCode;
use std::{collections::HashSet, future::Future, pin::Pin};
use web_sys::AbortController;

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

/// A request as it travels. Not by cynic's own builder, which takes twice the code for each operation.
fn request<Q, V>(kind: OperationType, variables: &V) -> String
where
    Q: QueryFragment<VariablesFields = V::Fields>,
    V: QueryVariables + Serialize,
{
    let query = build_executable_document::<Q, V>(kind, Q::name().as_deref(), HashSet::new(), None);
    written(query, serde_json::to_string(variables).ok())
}

fn written(query: String, variables: Option<String>) -> String {
    // Strings, numbers and lists only: nothing in a request can fail to be written.
    let variables = variables.unwrap_or_else(|| "null".to_owned());
    [r#"{"query":"#, &Value::from(query).to_string(), r#","variables":"#, &variables, "}"].concat()
}

/// The message that asks for a stream.
pub fn subscription<Q, V>(variables: &V) -> String
where
    Q: QueryFragment<SchemaType: SubscriptionRoot, VariablesFields = V::Fields>,
    V: QueryVariables + Serialize,
{
    request::<Q, V>(OperationType::Subscription, variables)
}

/// Asks for something.
pub fn query<Q, V>(variables: V) -> impl Future<Output = Result<Q, ApiError>> + use<Q, V>
where
    Q: QueryFragment<SchemaType: QueryRoot, VariablesFields = V::Fields> + Read,
    V: QueryVariables + Serialize,
{
    read(post(request::<Q, V>(OperationType::Query, &variables)))
}

/// Does something.
pub fn mutate<Q, V>(variables: V) -> impl Future<Output = Result<Q, ApiError>> + use<Q, V>
where
    Q: QueryFragment<SchemaType: MutationRoot, VariablesFields = V::Fields> + Read,
    V: QueryVariables + Serialize,
{
    read(post(request::<Q, V>(OperationType::Mutation, &variables)))
}

async fn read<Q: Read>(answer: Answer) -> Result<Q, ApiError> {
    whole(answer.await?).ok_or_else(|| ApiError::of(Code::Unreadable))
}

/// So long an answer is waited for, in milliseconds: the server gives up after half a minute itself, so whoever is silent for longer
/// is a connection that has died.
const PATIENCE: u32 = 45_000;

type Answer = Pin<Box<dyn Future<Output = Result<Value, ApiError>>>>;

fn post(body: String) -> Answer {
    Box::pin(async move {
        let offline = |_| ApiError::of(Code::Offline);
        let aborting = AbortController::new().ok();
        let signal = aborting.as_ref().map(AbortController::signal);
        // Dropped with the answer, or with whoever waited for it.
        let _patience = Timeout::new(PATIENCE, move || {
            if let Some(aborting) = aborting {
                aborting.abort();
            }
        });
        let response = Request::post("/graphql")
            .header("content-type", "application/json")
            .header("accept", "application/json")
            .abort_signal(signal.as_ref())
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
