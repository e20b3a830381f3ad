//! Who asks, and the permits that writing functions demand.

use super::{
    identity::{entity::user, repo as people, service::role_of},
    state::State,
    support::repo as support,
    workspaces::{
        entity::workspace,
        repo::{self as workspaces, Hold},
    },
};
use crate::{
    clock::Instant,
    graphql::{
        errors::ApiError,
        loaders::{Loaders, Membership},
    },
};
use sea_orm::ConnectionTrait;
use shared::{
    error::ErrorCode,
    ids::{TokenId, UserId, WorkspaceId},
    policy::{self, Denial, PlatformAction, Standing, WorkspaceAction},
    roles::{PlatformRole, TokenScope, WorkspaceRole},
    service::WorkspaceState,
};
use uuid::Uuid;

/// By what someone is known.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Credential {
    /// Hash of the session's id, and the person's epoch in which it began.
    Session(String, i64),
    /// A personal access token. It outlives a change of the password; a reset revokes it.
    Token(TokenId),
}

/// A person, or a program with a person's token, as they were when they asked.
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
    /// By what they are known. It may end while their request is still on its way: [`Actor::still`].
    pub credential: Credential,
    /// Scopes of their token; none for a session.
    pub scopes: Option<Vec<TokenScope>>,
    /// The request they came with.
    pub request_id: String,
}

/// Leave to do one thing in one workspace. Only [`Actor::permit`] makes it, so no writing function runs without a check.
#[derive(Debug, Clone)]
pub struct Permit {
    workspace: workspace::Model,
    standing: Standing,
    until: Option<Instant>,
}

impl Permit {
    /// The workspace.
    pub const fn workspace(&self) -> &workspace::Model {
        &self.workspace
    }

    /// What the actor is in it.
    pub const fn standing(&self) -> Standing {
        self.standing
    }

    /// The actor's role in it; none for staff who are no members.
    pub const fn role(&self) -> Option<WorkspaceRole> {
        match self.standing {
            Standing::Member(role) => Some(role),
            Standing::None | Standing::Support => None,
        }
    }

    /// Whether the workspace is archived.
    pub fn is_archived(&self) -> bool {
        is_archived(&self.workspace)
    }

    /// When the leave runs out by itself: with a support grant. Whoever goes on looking looks again then.
    pub const fn until(&self) -> Option<Instant> {
        self.until
    }
}

/// Which question is asked of the policy.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Of {
    /// The workspace itself.
    Workspace,
    /// A thing in it that has an id of its own.
    Thing,
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

    /// The actor as they are now, for a change in this transaction: session, token, password or role may have ended since they
    /// asked. Whatever ends them while the transaction goes on comes after it.
    ///
    /// # Errors
    /// `UNAUTHENTICATED` when the person or what they were known by is no more.
    pub async fn still<C: ConnectionTrait>(&self, state: &State, tx: &C) -> Result<Self, ApiError> {
        let person = people::find_user(tx, self.id).await?;
        self.lives(state, tx, person).await
    }

    /// The same, and the person is held until the transaction's end: for what their reset or removal undoes, which has to find
    /// it. Workspaces are held before people.
    ///
    /// # Errors
    /// As [`Self::still`].
    pub async fn still_held<C: ConnectionTrait>(&self, state: &State, tx: &C) -> Result<Self, ApiError> {
        let person = people::hold_user(tx, self.id).await?;
        self.lives(state, tx, person).await
    }

    async fn lives<C: ConnectionTrait>(
        &self,
        state: &State,
        tx: &C,
        person: Option<user::Model>,
    ) -> Result<Self, ApiError> {
        let person = person.ok_or_else(ApiError::unauthenticated)?;
        let now = state.clock.now();
        let lives = match &self.credential {
            Credential::Session(hash, epoch) => {
                person.epoch == *epoch && !people::living_sessions(tx, vec![hash.clone()], now).await?.is_empty()
            }
            Credential::Token(id) => people::living_tokens(tx, vec![id.0], now).await? == [(id.0, self.id.0)],
        };
        if !lives {
            return Err(ApiError::unauthenticated());
        }
        Ok(Self {
            platform_role: role_of(&person.platform_role),
            must_change_password: person.must_change_password,
            ..self.clone()
        })
    }

    /// Leave to do something in a workspace.
    ///
    /// # Errors
    /// `NOT_FOUND` when there is none or it may not be seen, in the same words; else why not.
    pub async fn permit(&self, state: &State, id: WorkspaceId, action: WorkspaceAction) -> Result<Permit, ApiError> {
        self.ask(state, state.db.read(), id, action, Hold::No, Of::Workspace).await
    }

    /// The same within a transaction, which holds the workspace until its end, for the actor as they are now ([`Self::still`]).
    ///
    /// # Errors
    /// As [`Self::permit`] and [`Self::still`].
    pub async fn permit_in<C: ConnectionTrait>(
        &self,
        state: &State,
        tx: &C,
        id: WorkspaceId,
        action: WorkspaceAction,
    ) -> Result<Permit, ApiError> {
        self.ask(state, tx, id, action, Hold::ForUpdate, Of::Workspace).await
    }

    /// Leave to do something with a thing in a workspace that is named by an id of its own. `id` is its workspace; none where
    /// there is no such thing: then as much is looked up as for one that may not be seen, so that the time tells nothing.
    ///
    /// # Errors
    /// `NOT_FOUND` when there is none or the actor has no part in its workspace, in the same words; else why not.
    pub async fn permit_thing(
        &self,
        state: &State,
        id: Option<Uuid>,
        action: WorkspaceAction,
    ) -> Result<Permit, ApiError> {
        let id = id.unwrap_or_default().into();
        self.ask(state, state.db.read(), id, action, Hold::No, Of::Thing).await
    }

    /// The same within a transaction, which holds the workspace until its end, for the actor as they are now ([`Self::still`]).
    ///
    /// # Errors
    /// As [`Self::permit_thing`] and [`Self::still`].
    pub async fn permit_thing_in<C: ConnectionTrait>(
        &self,
        state: &State,
        tx: &C,
        id: Option<Uuid>,
        action: WorkspaceAction,
    ) -> Result<Permit, ApiError> {
        self.ask(state, tx, id.unwrap_or_default().into(), action, Hold::ForUpdate, Of::Thing).await
    }

    async fn ask<C: ConnectionTrait>(
        &self,
        state: &State,
        db: &C,
        id: WorkspaceId,
        action: WorkspaceAction,
        hold: Hold,
        of: Of,
    ) -> Result<Permit, ApiError> {
        let found = workspaces::find_with_role(db, id, self.id, hold).await?;
        // Now that the workspace is held, which may have taken a while.
        let now = match hold {
            Hold::No => None,
            Hold::ForUpdate => Some(self.still(state, db).await?),
        };
        let actor = now.as_ref().unwrap_or(self);
        let until = actor.support_until(state, db, id, found.1).await?;
        actor.decide(found, until, action, of)
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
        let supports = policy::gives_support(self.platform_role);
        let found = loaders.standings.one(Membership { workspace: id, user: self.id, supports }).await?;
        let (workspace, role, until) = found.map_or((None, None, None), |f| (Some(f.workspace), f.role, f.until));
        self.decide((workspace, role), until, action, Of::Workspace)
    }

    /// Leave to do something more in a workspace where it was found a moment ago, for the same answer, what the actor is.
    ///
    /// # Errors
    /// As [`Self::permit`].
    pub fn permit_known(
        &self,
        workspace: &workspace::Model,
        standing: Standing,
        until: Option<Instant>,
        action: WorkspaceAction,
    ) -> Result<Permit, ApiError> {
        policy::workspace(&self.facts(), standing, is_archived(workspace), action).map_err(denied)?;
        Ok(Permit { workspace: workspace.clone(), standing, until })
    }

    /// When an open support grant of the actor's ends. Only staff hold grants; everyone else is spared the question.
    async fn support_until<C: ConnectionTrait>(
        &self,
        state: &State,
        db: &C,
        id: WorkspaceId,
        role: Option<WorkspaceRole>,
    ) -> Result<Option<Instant>, ApiError> {
        if role.is_some() || !policy::gives_support(self.platform_role) {
            return Ok(None);
        }
        Ok(support::open_until(db, id, self.id, state.clock.now()).await?)
    }

    fn decide(
        &self,
        (workspace, role): (Option<workspace::Model>, Option<WorkspaceRole>),
        until: Option<Instant>,
        action: WorkspaceAction,
        of: Of,
    ) -> Result<Permit, ApiError> {
        let standing = if until.is_some() { Standing::Support } else { role.into() };
        let archived = workspace.as_ref().is_some_and(is_archived);
        let answer = match of {
            Of::Workspace => policy::workspace(&self.facts(), standing, archived, action),
            Of::Thing => policy::inside(&self.facts(), standing, archived, action),
        };
        answer.map_err(denied)?;
        let workspace = workspace.ok_or_else(ApiError::not_found)?;
        Ok(Permit { workspace, standing, until })
    }
}

fn is_archived(workspace: &workspace::Model) -> bool {
    workspace.state == WorkspaceState::Archived.as_str()
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
