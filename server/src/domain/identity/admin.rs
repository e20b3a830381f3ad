//! What the command line does with people: the first admin, and a password that was lost.

use super::{entity::user, repo};
use crate::{
    clock::Clock,
    crypto::{password, random::Random},
    db::{Db, DbError},
    domain::{
        audit,
        people::{self, repo::Links},
    },
};
use secrecy::SecretString;
use shared::{roles::PlatformRole, rules};

/// A person to be made.
#[derive(Debug, Clone)]
pub struct NewPerson {
    /// E-mail address.
    pub email: String,
    /// What people see.
    pub name: String,
    /// What they are to the company.
    pub role: PlatformRole,
    /// They must change their password first.
    pub must_change_password: bool,
}

/// Why a person cannot be made or changed.
#[derive(Debug, thiserror::Error)]
pub enum AdminError {
    /// The input has a mistake.
    #[error("{field}: {problem:?}")]
    Invalid {
        /// Which.
        field: &'static str,
        /// What is wrong.
        problem: rules::Problem,
    },
    /// The address is taken.
    #[error("there is already a person with the address {0}")]
    Taken(String),
    /// Nobody has this address.
    #[error("there is nobody with the address {0}")]
    Unknown(String),
    /// The database failed.
    #[error(transparent)]
    Database(#[from] DbError),
    /// The password could not be hashed.
    #[error(transparent)]
    Hash(#[from] password::HashError),
}

impl From<sea_orm::DbErr> for AdminError {
    fn from(error: sea_orm::DbErr) -> Self {
        Self::Database(error.into())
    }
}

/// Makes a person; with `if_none`, only when there is nobody yet (`false` when there is).
///
/// # Errors
/// When the input has mistakes or the address is taken.
pub async fn create(
    db: &Db,
    clock: &dyn Clock,
    random: &Random,
    new: NewPerson,
    secret: SecretString,
    if_none: bool,
) -> Result<bool, AdminError> {
    let email = rules::email(&new.email).map_err(|problem| AdminError::Invalid { field: "email", problem })?;
    let name = rules::name(&new.name).map_err(|problem| AdminError::Invalid { field: "name", problem })?;
    check(&secret, &email)?;
    let hash = password::hash(secret).await?;
    let now = clock.now();
    let tx = db.begin().await?;
    if if_none && repo::count_users(&tx).await? > 0 {
        return Ok(false);
    }
    if repo::find_user_by_email(&tx, &email).await?.is_some() {
        return Err(AdminError::Taken(email));
    }
    let row = user::Model {
        id: random.id(now),
        email,
        name,
        password_hash: hash,
        platform_role: new.role.as_str().to_owned(),
        must_change_password: new.must_change_password,
        epoch: 1,
        version: 1,
        created_at: now.0,
        updated_at: now.0,
        deleted_at: None,
    };
    let row = repo::insert_user(&tx, row).await?;
    note(&tx, random, "user.create", &row, now).await?;
    tx.commit().await?;
    Ok(true)
}

/// Sets a person's password; all their sessions and tokens end, and links that they have made, and they must change it at the
/// next sign-in.
///
/// # Errors
/// When nobody has the address or the password is too easy to guess.
pub async fn reset_password(
    db: &Db,
    clock: &dyn Clock,
    random: &Random,
    email: &str,
    secret: SecretString,
) -> Result<(), AdminError> {
    let email = rules::email(email).map_err(|problem| AdminError::Invalid { field: "email", problem })?;
    check(&secret, &email)?;
    let hash = password::hash(secret).await?;
    let now = clock.now();
    let tx = db.begin().await?;
    let row = repo::find_user_by_email(&tx, &email).await?.ok_or(AdminError::Unknown(email))?;
    repo::set_password(&tx, row.id.into(), hash, true, now).await?;
    repo::end_sessions(&tx, row.id.into(), None).await?;
    // A lost password may mean a lost account: nothing that was made with it may live on.
    repo::revoke_tokens(&tx, row.id.into(), now).await?;
    for links in [Links::ResetsOf(row.id.into()), Links::MadeBy(row.id.into())] {
        people::repo::revoke_links(&tx, links, now).await?;
    }
    note(&tx, random, "user.reset_password", &row, now).await?;
    tx.commit().await?;
    Ok(())
}

fn check(secret: &SecretString, email: &str) -> Result<(), AdminError> {
    use secrecy::ExposeSecret;
    rules::new_password(secret.expose_secret(), email)
        .map_err(|problem| AdminError::Invalid { field: "password", problem })
}

async fn note<C: sea_orm::ConnectionTrait>(
    db: &C,
    random: &Random,
    action: &str,
    row: &user::Model,
    now: crate::clock::Instant,
) -> Result<(), sea_orm::DbErr> {
    let record = audit::Record {
        action_id: random.id(now),
        actor: None,
        action,
        target_kind: "user",
        target_id: Some(row.id),
        workspace_id: None,
        params: serde_json::json!({ "by": "command line" }),
        request_id: "",
    };
    audit::append_both(db, random, &record, now).await
}
