//! Answers of GraphQL over HTTP: media type and status code.

use async_graphql::{Response as GraphqlResponse, ServerError};
use axum::{
    body::Body,
    response::{IntoResponse, Response},
};
use http::{HeaderMap, HeaderValue, StatusCode, header};
use shared::error::ErrorCode;

use crate::graphql::errors::{ApiError, code_of, seal};

/// The media types of an answer (GraphQL over HTTP, section 4).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MediaType {
    /// `application/json`: 200 for every well-formed request.
    Json,
    /// `application/graphql-response+json`: the status code says whether the request was good.
    GraphqlResponse,
}

impl MediaType {
    const fn content_type(self) -> HeaderValue {
        HeaderValue::from_static(match self {
            Self::Json => "application/json; charset=utf-8",
            Self::GraphqlResponse => "application/graphql-response+json; charset=utf-8",
        })
    }

    /// What the client prefers (RFC 9110, section 12.5.1); `None` when it accepts neither. `application/json` wins where
    /// nothing is said, as old clients expect it.
    pub fn negotiate(headers: &HeaderMap) -> Option<Self> {
        let mut accepted = headers.get_all(header::ACCEPT).iter().filter_map(|value| value.to_str().ok()).peekable();
        if accepted.peek().is_none() {
            return Some(Self::Json);
        }
        let (mut json, mut graphql) = (None, None);
        for range in accepted.flat_map(|value| value.split(',')) {
            let mut parts = range.split(';').map(str::trim);
            let name = parts.next().unwrap_or_default().to_ascii_lowercase();
            let quality = parts
                .filter_map(|part| part.split_once('='))
                .find(|(name, _)| name.trim().eq_ignore_ascii_case("q"))
                .map_or(1.0, |(_, value)| value.trim().parse::<f32>().unwrap_or(0.0));
            // A more exact range speaks before a wider one.
            let (rank, for_json, for_graphql) = match name.as_str() {
                "application/graphql-response+json" => (2, false, true),
                "application/json" => (2, true, false),
                "application/*" => (1, true, true),
                "*/*" => (0, true, true),
                _ => continue,
            };
            for (slot, wanted) in [(&mut json, for_json), (&mut graphql, for_graphql)] {
                if wanted && slot.is_none_or(|(known, _)| known < rank) {
                    *slot = Some((rank, quality));
                }
            }
        }
        let weigh = |slot: Option<(u8, f32)>| slot.map_or((0.0, 0), |(rank, quality)| (quality, rank));
        let (json, graphql) = (weigh(json), weigh(graphql));
        if json.0 <= 0.0 && graphql.0 <= 0.0 {
            None
        } else if graphql > json {
            Some(Self::GraphqlResponse)
        } else {
            Some(Self::Json)
        }
    }
}

/// The status code of a refusal.
pub const fn status_of(code: ErrorCode) -> StatusCode {
    match code {
        ErrorCode::BadRequest | ErrorCode::TooComplex | ErrorCode::InvalidInput => StatusCode::BAD_REQUEST,
        ErrorCode::Unauthenticated => StatusCode::UNAUTHORIZED,
        ErrorCode::Forbidden | ErrorCode::PasswordChangeRequired | ErrorCode::SignUpClosed => StatusCode::FORBIDDEN,
        ErrorCode::NotFound => StatusCode::NOT_FOUND,
        ErrorCode::Conflict
        | ErrorCode::Busy
        | ErrorCode::LimitReached
        | ErrorCode::LastAdmin
        | ErrorCode::LastOwner
        | ErrorCode::SoleOwner => StatusCode::CONFLICT,
        ErrorCode::RateLimited => StatusCode::TOO_MANY_REQUESTS,
        ErrorCode::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
        ErrorCode::Internal => StatusCode::INTERNAL_SERVER_ERROR,
    }
}

/// Whether the request failed before it was executed: then the answer has no `data` (GraphQL, section 7.1).
pub(super) fn is_request_error(response: &GraphqlResponse) -> bool {
    response.data == async_graphql::Value::Null
        && !response.errors.is_empty()
        && response.errors.iter().all(|error| error.path.is_empty())
}

/// The answer's JSON, without `data` where nothing was executed.
pub(super) fn body(response: &GraphqlResponse) -> Vec<u8> {
    #[derive(serde::Serialize)]
    struct Refused<'a> {
        errors: &'a [ServerError],
    }
    let json = if is_request_error(response) {
        serde_json::to_vec(&Refused { errors: &response.errors })
    } else {
        serde_json::to_vec(response)
    };
    json.unwrap_or_else(|error| {
        tracing::error!(%error, "an answer could not be written as JSON");
        br#"{"errors":[{"message":"Internal error","extensions":{"code":"INTERNAL"}}]}"#.to_vec()
    })
}

/// An answer to a request that was executed, or refused by its content.
pub(super) fn executed(mut response: GraphqlResponse, media: MediaType) -> Response {
    let refused = is_request_error(&response);
    let status = match media {
        MediaType::GraphqlResponse if refused => {
            response.errors.first().and_then(code_of).map_or(StatusCode::BAD_REQUEST, status_of)
        }
        _ => StatusCode::OK,
    };
    let headers = std::mem::take(&mut response.http_headers);
    let mut answer = with_body(status, media, body(&response));
    answer.headers_mut().extend(headers);
    answer
}

/// A refusal by the transport itself: its status code is the same for both media types.
pub fn refused(status: StatusCode, error: impl Into<ServerError>, media: MediaType, request_id: &str) -> Response {
    let error = error.into();
    let retry_after = error.extensions.as_ref().and_then(|values| match values.get("params") {
        Some(async_graphql::Value::Object(params)) => match params.get("retryAfterSeconds") {
            Some(async_graphql::Value::String(seconds)) => HeaderValue::from_str(seconds).ok(),
            _ => None,
        },
        _ => None,
    });
    let mut response = GraphqlResponse::from_errors(vec![error]);
    seal(&mut response, request_id);
    let mut answer = with_body(status, media, body(&response));
    if let Some(seconds) = retry_after {
        answer.headers_mut().insert(header::RETRY_AFTER, seconds);
    }
    if status == StatusCode::UNAUTHORIZED {
        answer.headers_mut().insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
    }
    answer
}

/// A refusal whose status code follows from its code.
pub(crate) fn refused_by_code(error: ApiError, media: MediaType, request_id: &str) -> Response {
    refused(status_of(error.code), error, media, request_id)
}

fn with_body(status: StatusCode, media: MediaType, body: Vec<u8>) -> Response {
    let mut answer = (status, Body::from(body)).into_response();
    answer.headers_mut().insert(header::CONTENT_TYPE, media.content_type());
    answer.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    answer
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_media_type_is_negotiated() {
        let negotiate = |accept: &'static str| {
            MediaType::negotiate(&HeaderMap::from_iter([(header::ACCEPT, HeaderValue::from_static(accept))]))
        };
        assert_eq!(MediaType::negotiate(&HeaderMap::new()), Some(MediaType::Json));
        assert_eq!(negotiate("*/*"), Some(MediaType::Json));
        assert_eq!(negotiate("application/json"), Some(MediaType::Json));
        assert_eq!(negotiate("application/graphql-response+json; charset=utf-8"), Some(MediaType::GraphqlResponse));
        assert_eq!(
            negotiate("application/graphql-response+json, application/json;q=0.9"),
            Some(MediaType::GraphqlResponse)
        );
        assert_eq!(negotiate("application/graphql-response+json;q=0.1, application/json"), Some(MediaType::Json));
        assert_eq!(negotiate("application/json;q=0, */*"), Some(MediaType::GraphqlResponse));
        assert_eq!(negotiate("text/html"), None);
        assert_eq!(negotiate("text/html, */*;q=0.8"), Some(MediaType::Json));
        assert_eq!(negotiate("application/json;q=0"), None);
    }
}
