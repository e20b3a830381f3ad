//! Typed identifiers. Primary keys are UUID version 7 (RFC 9562) made by the server; to the API they are opaque.

use std::{fmt, str::FromStr};
use uuid::Uuid;

macro_rules! id {
    ($($(#[$meta:meta])* $name:ident,)+) => {$(
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub Uuid);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.simple().fmt(f)
            }
        }

        impl FromStr for $name {
            type Err = uuid::Error;
            fn from_str(text: &str) -> Result<Self, Self::Err> {
                Uuid::parse_str(text).map(Self)
            }
        }

        impl From<Uuid> for $name {
            fn from(id: Uuid) -> Self {
                Self(id)
            }
        }
    )+};
}

id! {
    /// A person.
    UserId,
    /// A personal access token.
    TokenId,
    /// A link that can be used once: an invitation or a password reset.
    LinkId,
    /// A workspace.
    WorkspaceId,
    /// A service, which is one Helm release.
    ServiceId,
    /// An operation.
    OperationId,
    /// A cluster.
    ClusterId,
    /// A support grant.
    SupportGrantId,
}
