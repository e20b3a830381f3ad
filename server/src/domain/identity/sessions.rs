//! Sessions in our database, for tower-sessions.
//!
//! Only a hash of the id is stored, so who reads the database cannot take a session over. `save` is an UPDATE: an upsert
//! would revive a session that was signed out while a request of its was still running.

use super::{entity::session, repo};
use crate::{
    clock::{Instant, SharedClock},
    config::PublicUrl,
    crypto::sha256_hex,
    db::Db,
};
use async_trait::async_trait;
use shared::ids::UserId;
use std::fmt;
use tower_sessions::{
    Expiry, SessionManagerLayer, SessionStore,
    cookie::SameSite,
    session::{Id, Record},
    session_store,
};

/// How long a session lives without being used.
const IDLE_DAYS: i64 = 14;
/// The key under which a session holds who is signed in.
pub(super) const USER: &str = "user";

/// Who is signed in, as a session holds it.
#[derive(Debug, Clone, Copy, serde::Serialize, serde::Deserialize)]
pub(super) struct SignedIn {
    /// The person.
    pub(super) id: UserId,
    /// The epoch in which they signed in.
    pub(super) epoch: i64,
    /// When the session was last noted as used.
    pub(super) touched: Instant,
}

/// The store.
#[derive(Clone)]
pub struct Sessions {
    db: Db,
    clock: SharedClock,
}

impl fmt::Debug for Sessions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Sessions")
    }
}

/// The hash under which a session is stored.
pub(super) fn hash_of(id: Id) -> String {
    sha256_hex(&id.0.to_be_bytes())
}

impl Sessions {
    /// A store in this database.
    pub fn new(db: Db, clock: SharedClock) -> Self {
        Self { db, clock }
    }

    /// The layer that puts a session into each request. Cookies are `__Host-` where browsers take them: on https and on
    /// localhost (RFC 6265bis, section 4.1.3.2).
    pub fn layer(self, public_url: &PublicUrl) -> SessionManagerLayer<Self> {
        let secure = public_url.keeps_secure_cookies();
        SessionManagerLayer::new(self)
            .with_name(if secure { "__Host-woow" } else { "woow" })
            .with_secure(secure)
            .with_http_only(true)
            .with_same_site(SameSite::Lax)
            .with_path("/")
            .with_expiry(Expiry::OnInactivity(time::Duration::days(IDLE_DAYS)))
    }

    fn row(&self, record: &Record) -> session_store::Result<session::Model> {
        let now = self.clock.now();
        let signed_in: Option<SignedIn> =
            record.data.get(USER).and_then(|value| serde_json::from_value(value.clone()).ok());
        Ok(session::Model {
            id_hash: hash_of(record.id),
            user_id: signed_in.map(|user| user.id.0),
            data: serde_json::to_string(&record.data).map_err(|e| session_store::Error::Encode(e.to_string()))?,
            created_at: now.0,
            touched_at: now.0,
            expires_at: i64::try_from(record.expiry_date.unix_timestamp_nanos() / 1000).unwrap_or(i64::MAX),
        })
    }
}

fn backend(error: sea_orm::DbErr) -> session_store::Error {
    session_store::Error::Backend(error.to_string())
}

#[async_trait]
impl SessionStore for Sessions {
    async fn create(&self, record: &mut Record) -> session_store::Result<()> {
        repo::insert_session(self.db.write(), self.row(record)?).await.map_err(backend)
    }

    async fn save(&self, record: &Record) -> session_store::Result<()> {
        if !repo::update_session(self.db.write(), self.row(record)?).await.map_err(backend)? {
            tracing::debug!("a session that has ended was not saved");
        }
        Ok(())
    }

    async fn load(&self, id: &Id) -> session_store::Result<Option<Record>> {
        let row = repo::find_session(self.db.read(), &hash_of(*id), self.clock.now()).await.map_err(backend)?;
        let Some(row) = row else { return Ok(None) };
        let data = serde_json::from_str(&row.data).map_err(|e| session_store::Error::Decode(e.to_string()))?;
        let expiry_date = time::OffsetDateTime::from_unix_timestamp_nanos(i128::from(row.expires_at) * 1000)
            .map_err(|e| session_store::Error::Decode(e.to_string()))?;
        Ok(Some(Record { id: *id, data, expiry_date }))
    }

    async fn delete(&self, id: &Id) -> session_store::Result<()> {
        repo::delete_session(self.db.write(), &hash_of(*id)).await.map_err(backend)
    }
}
