//! The person who looks at the console, and the installation.

use crate::api::{DateTime, read::read, schema};
use cynic::Id;
use shared::{
    people::SignUpMode,
    roles::{PlatformRole, TokenScope},
};

/// The person who is signed in.
#[derive(cynic::QueryFragment, Debug, Clone, PartialEq)]
pub struct Viewer {
    pub id: Id,
    pub email: String,
    pub name: String,
    pub platform_role: PlatformRole,
    pub must_change_password: bool,
}

/// The viewer's tokens.
#[derive(cynic::QueryFragment, Debug, Clone, PartialEq)]
#[cynic(graphql_type = "Viewer")]
pub struct ViewerTokens {
    pub access_tokens: Vec<AccessToken>,
}

/// A personal access token, without its text.
#[derive(cynic::QueryFragment, Debug, Clone, PartialEq)]
pub struct AccessToken {
    pub id: Id,
    pub name: String,
    pub prefix: String,
    pub scopes: Vec<TokenScope>,
    pub created_at: DateTime,
    pub expires_at: Option<DateTime>,
    pub last_used_at: Option<DateTime>,
}

/// The installation.
#[derive(cynic::QueryFragment, Debug, Clone, PartialEq, Eq)]
pub struct ServerInfo {
    pub version: String,
    pub build_id: String,
    pub sandbox: bool,
    pub apps_domain: String,
    pub cluster_reachable: bool,
    pub sign_up_mode: SignUpMode,
}

read! {
    Viewer { id, email, name, platform_role, must_change_password }
    ViewerTokens { access_tokens }
    AccessToken { id, name, prefix, scopes, created_at, expires_at, last_used_at }
    ServerInfo { version, build_id, sandbox, apps_domain, cluster_reachable, sign_up_mode }
}
