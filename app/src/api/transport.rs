//! Queries and mutations: one POST each.

use super::error::{ApiError, Code, WireError};
use crate::stores::session;
use gloo_net::http::Request;
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use shared::error::ErrorCode;
use std::{future::Future, pin::Pin};

/// An answer as it travels.
#[derive(Deserialize)]
pub struct WireResponse<T> {
    data: Option<T>,
    #[serde(default)]
    errors: Vec<WireError>,
}

impl<T> WireResponse<T> {
    /// The data, or the first error.
    pub fn into_result(self) -> Result<T, ApiError> {
        match (self.errors.into_iter().next(), self.data) {
            (Some(error), _) => Err(error.into()),
            (None, Some(data)) => Ok(data),
            (None, None) => Err(ApiError::of(Code::Unreadable)),
        }
    }
}

/// Runs a query or a mutation. Where the session has ended, the session store hears of it too.
pub async fn run<Q, V>(operation: cynic::Operation<Q, V>) -> Result<Q, ApiError>
where
    Q: DeserializeOwned + 'static,
    V: Serialize,
{
    // Only this and the last line know the types: what lies between is compiled once, not once for each operation.
    let body = serde_json::to_string(&operation).map_err(|_| ApiError::of(Code::Unreadable))?;
    let (text, status) = post(body).await?;
    let result = match serde_json::from_str::<WireResponse<Q>>(&text) {
        Ok(answer) => answer.into_result(),
        // A proxy in front answers in its own words when the server is away.
        Err(_) if status >= 500 => Err(ApiError::of(Code::Offline)),
        Err(_) => Err(ApiError::of(Code::Unreadable)),
    };
    result.inspect_err(tell)
}

fn tell(error: &ApiError) {
    if error.is(ErrorCode::Unauthenticated) {
        session::ended();
    } else if error.is(ErrorCode::PasswordChangeRequired) {
        session::password_change_required();
    }
}

type Answer = Pin<Box<dyn Future<Output = Result<(String, u16), ApiError>>>>;

/// The answer's text and status. Boxed, so that it is not copied into the state of each caller.
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
        Ok((text, response.status()))
    })
}
