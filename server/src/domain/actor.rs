//! Who asks, and the permits that writing functions demand.

use super::workspaces::{
    entity::workspace,
    repo::{self as workspaces, Hold},
};
use crate::{
    db::Db,
    graphql::{
        errors::ApiError,
        loaders::{Loaders, Standing},
    },
};
use sea_orm::ConnectionTrait;
use shared::{
    error::ErrorCode,
    ids::{UserId, WorkspaceId},
    policy::{self, Denial, PlatformAction, WorkspaceAction},
    roles::{PlatformRole, TokenScope, WorkspaceRole},
    service::WorkspaceState,
};

/// A person, or a program with a person's token.
#[derive(Debug, Clone)]
pub struct Actor {
    /// Who.
    pub id: UserId,
    /// Their e-mail address.
    pub email: String,
    /// What people see.
    pub name: String,
    /// What they are to the company.
    pub platform_role: PlatformRole,
    /// They must change their password before anything else.
    pub must_change_password: bool,
    /// Scopes of their token; none for a session.
    pub scopes: Option<Vec<TokenScope>>,
    /// The request they came with.
    pub request_id: String,
}

/// Leave to do one thing in one workspace. Only [`Actor::permit`] makes it, so no writing function runs without a check.
#[derive(Debug, Clone)]
pub struct Permit {
    workspace: workspace::Model,
    role: Option<WorkspaceRole>,
}

impl Permit {
    /// The workspace.
    pub const fn workspace(&self) -> &workspace::Model {
        &self.workspace
    }

    /// The actor's role in it.
    pub const fn role(&self) -> Option<WorkspaceRole> {
        self.role
    }
}

impl Actor {
    /// The part that rights depend on.
    pub fn facts(&self) -> policy::Actor<'_> {
        policy::Actor {
            platform_role: self.platform_role,
            scopes: self.scopes.as_deref(),
            must_change_password: self.must_change_password,
        }
    }

    /// Leave to do something on the platform or on the own account.
    ///
    /// # Errors
    /// When the policy says no.
    pub fn may(&self, action: PlatformAction) -> Result<(), ApiError> {
        policy::platform(&self.facts(), action).map_err(denied)
    }

    /// Asked before anything is looked up by its id: what scope or password forbid is refused alike, whether it is there
    /// or not.
    ///
    /// # Errors
    /// When the policy says no.
    pub fn may_anywhere(&self, action: WorkspaceAction) -> Result<(), ApiError> {
        policy::anywhere(&self.facts(), action).map_err(denied)
    }

    /// Leave to do something in a workspace.
    ///
    /// # Errors
    /// `NOT_FOUND` when there is none or it may not be seen, in the same words; else why not.
    pub async fn permit(&self, db: &Db, id: WorkspaceId, action: WorkspaceAction) -> Result<Permit, ApiError> {
        self.permit_with(db.read(), id, action, Hold::No).await
    }

    /// The same within a transaction, which holds the workspace until its end.
    ///
    /// # Errors
    /// As [`Self::permit`].
    pub async fn permit_in<C: ConnectionTrait>(
        &self,
        tx: &C,
        id: WorkspaceId,
        action: WorkspaceAction,
    ) -> Result<Permit, ApiError> {
        self.permit_with(tx, id, action, Hold::ForUpdate).await
    }

    async fn permit_with<C: ConnectionTrait>(
        &self,
        db: &C,
        id: WorkspaceId,
        action: WorkspaceAction,
        hold: Hold,
    ) -> Result<Permit, ApiError> {
        self.decide(workspaces::find_with_role(db, id, self.id, hold).await?, action)
    }

    /// Leave to do something in the workspace of a row of a list, which is looked up for all rows at once.
    ///
    /// # Errors
    /// As [`Self::permit`].
    pub async fn permit_of_row(
        &self,
        loaders: &Loaders,
        id: WorkspaceId,
        action: WorkspaceAction,
    ) -> Result<Permit, ApiError> {
        self.decide(loaders.load_one(Standing { workspace: id, user: self.id }).await?, action)
    }

    fn decide(
        &self,
        found: Option<(workspace::Model, Option<WorkspaceRole>)>,
        action: WorkspaceAction,
    ) -> Result<Permit, ApiError> {
        let (workspace, role) = match found {
            Some((workspace, role)) => (Some(workspace), role),
            None => (None, None),
        };
        let archived = workspace.as_ref().is_some_and(|w| w.state == WorkspaceState::Archived.as_str());
        policy::workspace(&self.facts(), role, archived, action).map_err(denied)?;
        let workspace = workspace.ok_or_else(ApiError::not_found)?;
        Ok(Permit { workspace, role })
    }
}

/// The words for a denial.
pub fn denied(denial: Denial) -> ApiError {
    match denial {
        Denial::Hidden => ApiError::not_found(),
        Denial::Role => ApiError::forbidden().with("why", "role"),
        Denial::Scope => ApiError::forbidden().with("why", "scope"),
        Denial::Archived => ApiError::forbidden().with("why", "archived"),
        Denial::PasswordChange => ApiError::new(ErrorCode::PasswordChangeRequired),
    }
}
