//! What the API shows of people, links and settings.

use crate::{
    domain::{
        identity::{entity::user, service::role_of},
        people::entity::link,
    },
    graphql::scalars::{DateTime, int},
};
use async_graphql::{ID, InputObject, Object, SimpleObject};
use shared::{people::SignUpMode, roles::PlatformRole};
use std::collections::HashMap;
use uuid::Uuid;

/// Somebody who has an account.
pub struct Person(pub user::Model);

/// Somebody who has an account.
#[Object]
impl Person {
    /// Opaque id.
    async fn id(&self) -> ID {
        self.0.id.simple().to_string().into()
    }

    /// The address with which they sign in.
    async fn email(&self) -> &str {
        &self.0.email
    }

    /// What people see.
    async fn name(&self) -> &str {
        &self.0.name
    }

    /// What they are to the company.
    async fn platform_role(&self) -> PlatformRole {
        role_of(&self.0.platform_role)
    }

    /// Whether they must change their password before anything else.
    async fn must_change_password(&self) -> bool {
        self.0.must_change_password
    }

    /// When the account was made.
    async fn created_at(&self) -> DateTime {
        self.0.created_at.into()
    }

    /// Every editing input carries the version that was read.
    async fn version(&self) -> i32 {
        int(self.0.version)
    }
}

/// An invitation that can still be used, without its link.
#[derive(SimpleObject)]
pub struct OpenInvitation {
    /// Opaque id.
    id: ID,
    /// Who is invited.
    email: String,
    /// What they will be to the company.
    platform_role: PlatformRole,
    /// Who made it: their name.
    created_by: String,
    /// When it was made.
    created_at: DateTime,
    /// Until when it can be used.
    expires_at: DateTime,
}

impl OpenInvitation {
    pub(super) fn of(row: link::Model, names: &HashMap<Uuid, String>) -> Self {
        Self {
            id: row.id.simple().to_string().into(),
            email: row.email.unwrap_or_default(),
            platform_role: row.platform_role.as_deref().map_or(PlatformRole::Member, role_of),
            created_by: names.get(&row.created_by).cloned().unwrap_or_default(),
            created_at: row.created_at.into(),
            expires_at: row.expires_at.into(),
        }
    }
}

/// What is set for the whole platform.
#[derive(SimpleObject)]
pub struct PlatformSettings {
    /// How people get an account.
    pub(super) sign_up_mode: SignUpMode,
    /// Every editing input carries the version that was read; 0 while nothing was ever changed.
    pub(super) version: i32,
}

/// A link for one use that can still be used.
#[derive(SimpleObject)]
pub struct OneTimeLink {
    /// The address of the account that it makes, or whose password it changes.
    pub(super) email: String,
    /// Until when it can be used.
    pub(super) expires_at: DateTime,
}

/// A change of what someone is to the company.
#[derive(InputObject)]
pub struct ChangePlatformRoleInput {
    /// Who.
    pub(super) id: ID,
    /// The version that was read.
    pub(super) version: i32,
    /// What they will be.
    pub(super) role: PlatformRole,
}

/// Someone after a change.
#[derive(SimpleObject)]
pub struct ChangePlatformRolePayload {
    /// The person.
    pub(super) person: Person,
}

/// Someone to be removed.
#[derive(InputObject)]
pub struct RemovePersonInput {
    /// Who.
    pub(super) id: ID,
    /// The version that was read.
    pub(super) version: i32,
}

/// Someone who was removed.
#[derive(SimpleObject)]
pub struct RemovePersonPayload {
    /// The opaque id that they had.
    pub(super) removed_id: ID,
}

/// Someone to be invited.
#[derive(InputObject)]
pub struct CreateInvitationInput {
    /// Their address, with which they will sign in.
    pub(super) email: String,
    /// What they will be to the company.
    pub(super) platform_role: PlatformRole,
    /// How many days the link can be used: 1 to 30; left out, 7.
    pub(super) expires_in_days: Option<i32>,
}

/// A new invitation.
#[derive(SimpleObject)]
pub struct CreateInvitationPayload {
    /// The invitation.
    pub(super) invitation: OpenInvitation,
    /// The link, told this once. Whoever has it can make the account: hand it over in private.
    pub(super) link: String,
}

/// An invitation to be taken back.
#[derive(InputObject)]
pub struct RevokeInvitationInput {
    /// Which.
    pub(super) id: ID,
}

/// An invitation that was taken back.
#[derive(SimpleObject)]
pub struct RevokeInvitationPayload {
    /// The opaque id that it had.
    pub(super) revoked_id: ID,
}

/// Someone whose password is to be chosen anew.
#[derive(InputObject)]
pub struct CreatePasswordResetInput {
    /// Who.
    pub(super) person_id: ID,
}

/// A new link that resets a password.
#[derive(SimpleObject)]
pub struct CreatePasswordResetPayload {
    /// The link, told this once. Whoever has it can take the account over: hand it over in private.
    pub(super) link: String,
    /// Until when it can be used.
    pub(super) expires_at: DateTime,
}

/// A change of what is set for the whole platform.
#[derive(InputObject)]
pub struct UpdateSettingsInput {
    /// The version that was read.
    pub(super) version: i32,
    /// How people will get an account.
    pub(super) sign_up_mode: SignUpMode,
}

/// Settings after a change.
#[derive(SimpleObject)]
pub struct UpdateSettingsPayload {
    /// The settings.
    pub(super) settings: PlatformSettings,
}
