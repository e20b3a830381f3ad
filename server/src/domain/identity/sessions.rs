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
use http::{HeaderMap, header};
use shared::ids::UserId;
use std::{fmt, net::IpAddr};
use tower_sessions::{
    Expiry, Session, SessionManagerLayer, SessionStore,
    cookie::SameSite,
    session::{Id, Record},
    session_store,
};

/// How long a session lives without being used.
const IDLE_DAYS: i64 = 14;
/// The key under which a session holds who is signed in.
/// Most sessions of one person; signing in once more ends the one that was not used for longest.
pub(super) const MOST: u64 = 100;

pub(super) const USER: &str = "user";

/// Most letters that are kept of what a browser says about itself.
const AGENT_MAX: usize = 256;

/// A browser, as far as its owner needs to recognise it in the list of sessions.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Browser {
    /// What it says about itself (RFC 9110, section 10.1.5); anybody can write anything there.
    pub agent: Option<String>,
    /// Where it was.
    pub address: Option<IpAddr>,
}

impl Browser {
    /// The one that sent these headers from there.
    pub fn of(headers: &HeaderMap, client: IpAddr) -> Self {
        let agent = headers.get(header::USER_AGENT).and_then(|value| value.to_str().ok());
        Self { agent: agent.map(|text| text.chars().take(AGENT_MAX).collect()), address: Some(client) }
    }
}

/// A session, and the browser that it is in.
#[derive(Clone, Copy)]
pub struct Visit<'a> {
    /// The session.
    pub session: &'a Session,
    /// The browser.
    pub browser: &'a Browser,
}

/// Who is signed in, as a session holds it.
#[derive(Debug, Clone, serde::Serialize, serde::Deserialize)]
pub(super) struct SignedIn {
    /// The person.
    pub(super) id: UserId,
    /// The epoch in which they signed in.
    pub(super) epoch: i64,
    /// When the session was last noted as used.
    pub(super) touched: Instant,
    /// Where it was last used; nothing in sessions of earlier versions.
    #[serde(default)]
    pub(super) browser: Browser,
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

/// By what a session is named in the API: neither the cookie's id, nor the stored hash of it.
pub(super) fn public_id(id_hash: &str) -> String {
    let mut name = sha256_hex(format!("session {id_hash}").as_bytes());
    name.truncate(32);
    name
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
        let row = self.row(record)?;
        let user = row.user_id;
        repo::insert_session(self.db.write(), row).await.map_err(backend)?;
        if let Some(user) = user {
            repo::end_stale_sessions(self.db.write(), user.into(), MOST).await.map_err(backend)?;
        }
        Ok(())
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

#[cfg(test)]
mod tests {
    use super::*;
    use http::HeaderValue;

    #[test]
    fn what_a_browser_says_is_cut_and_what_is_no_text_is_left_out() {
        let client = IpAddr::from([192, 0, 2, 1]);
        let of = |value| Browser::of(&HeaderMap::from_iter([(header::USER_AGENT, value)]), client);
        let long = of(HeaderValue::from_str(&"x".repeat(2000)).unwrap());
        assert_eq!(long, Browser { agent: Some("x".repeat(256)), address: Some(client) });
        assert_eq!(of(HeaderValue::from_bytes(b"\xff").unwrap()).agent, None);
        assert_eq!(Browser::of(&HeaderMap::new(), client).agent, None);
    }

    #[test]
    fn a_session_of_an_earlier_version_is_read() {
        let id = UserId(uuid::Uuid::from_u128(1));
        let stored = serde_json::json!({ "id": id, "epoch": 3, "touched": 5 });
        let read: SignedIn = serde_json::from_value(stored).unwrap();
        assert_eq!((read.id, read.epoch, read.browser), (id, 3, Browser::default()));
    }

    #[test]
    fn a_sessions_name_tells_nothing_of_its_hash() {
        let name = public_id("abc");
        assert_eq!((name.len(), &name), (32, &public_id("abc")));
        assert_ne!(name, public_id("abd"));
        assert!(!sha256_hex(b"abc").starts_with(&name));
    }
}
