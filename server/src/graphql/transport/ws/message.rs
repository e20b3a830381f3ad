//! The protocol's messages and close codes.

use async_graphql::{Response, ServerError};
use serde::{Deserialize, Serialize};

use super::super::operation::Params;

/// Longest id of an operation.
const ID_MAX: usize = 128;

/// What a client says.
#[derive(Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub(super) enum ClientMessage {
    ConnectionInit {
        #[serde(default)]
        payload: Option<serde_json::Map<String, serde_json::Value>>,
    },
    Ping,
    Pong,
    Subscribe {
        id: String,
        payload: Params,
    },
    Complete {
        id: String,
    },
}

impl ClientMessage {
    /// Reads a message; anything else is a mistake that closes the socket.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let message = serde_json::from_str(text).ok()?;
        match &message {
            Self::Subscribe { id, .. } | Self::Complete { id } if id.is_empty() || id.len() > ID_MAX => None,
            _ => Some(message),
        }
    }
}

/// What the server says.
#[derive(Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub(super) enum ServerMessage<'a> {
    ConnectionAck,
    Pong,
    Next { id: &'a str, payload: &'a Response },
    Error { id: &'a str, payload: &'a [ServerError] },
    Complete { id: &'a str },
}

impl ServerMessage<'_> {
    pub(super) fn to_json(&self) -> String {
        serde_json::to_string(self).unwrap_or_else(|error| {
            tracing::error!(%error, "a message could not be written as JSON");
            r#"{"type":"pong"}"#.to_owned()
        })
    }
}

/// Why the server closes a socket.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Close {
    GoingAway,
    TooLarge,
    Invalid,
    Unauthorized,
    Forbidden,
    SessionEnded,
    Subprotocol,
    InitTimeout,
    SubscriberExists,
    TooManyInits,
    Silent,
    Idle,
    Full,
}

impl Close {
    pub(super) const fn code(self) -> u16 {
        match self {
            Self::GoingAway | Self::Silent => 1001,
            Self::TooLarge => 1009,
            Self::Invalid => 4400,
            Self::Unauthorized => 4401,
            Self::Forbidden | Self::SessionEnded => 4403,
            Self::Subprotocol => 4406,
            Self::InitTimeout => 4408,
            Self::SubscriberExists => 4409,
            Self::TooManyInits => 4429,
            Self::Idle => 1000,
            Self::Full => 1013,
        }
    }

    pub(super) const fn reason(self) -> &'static str {
        match self {
            Self::GoingAway => "Going away",
            Self::TooLarge => "Message too large",
            Self::Invalid => "Invalid message",
            Self::Unauthorized => "Unauthorized",
            Self::Forbidden => "Forbidden",
            Self::SessionEnded => "Forbidden: session ended",
            Self::Subprotocol => "Subprotocol not acceptable",
            Self::InitTimeout => "Connection initialisation timeout",
            Self::SubscriberExists => "Subscriber already exists",
            Self::TooManyInits => "Too many initialisation requests",
            Self::Silent => "No answer",
            Self::Idle => "Nothing was asked for",
            Self::Full => "Try again later",
        }
    }
}
