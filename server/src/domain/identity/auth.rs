//! Who a request comes from: a session's cookie or a personal access token; and ending what is open when that ends.

use super::{
    device::Device,
    repo,
    service::{actor_of, credential_of, role_of},
    sessions::{Browser, SignedIn, USER},
    tokens,
};
use crate::{
    domain::{
        actor::{Actor, Credential},
        state::State,
    },
    events::{Event, Listener},
    graphql::{
        errors::ApiError,
        transport::{Authenticate, Caller},
    },
};
use http::{header, request::Parts};
use secrecy::SecretString;
use shared::{ids::UserId, roles::PlatformRole};
use std::{
    collections::{HashMap, HashSet},
    net::IpAddr,
    sync::{
        Arc, Mutex, PoisonError, Weak,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};
use tokio_util::sync::CancellationToken;
use tower_sessions::Session;
use uuid::Uuid;

/// After so many seconds of use a session's end is moved on; a write for each request would be waste.
const TOUCH_SECONDS: i64 = 300;

/// What ends by its date, or by the command line, is told by nobody: what is open is looked at so often besides.
const CHECK_EVERY: Duration = Duration::from_secs(15);

/// So many credentials are looked at in one query: a database takes a limited number of values in one.
const AT_ONCE: usize = 1000;

/// By what someone is known, and what they were to the company when they were. What is open was allowed to that role.
type Key = (Credential, PlatformRole);

/// Held by each request and socket; while any lives, the credential's end is told to it.
struct Guard {
    user: UserId,
    ended: CancellationToken,
}

/// What holds at one moment.
struct Living {
    /// People, with their epochs and roles.
    people: HashMap<Uuid, (i64, PlatformRole)>,
    /// Hashes of sessions.
    sessions: HashSet<String>,
    /// Tokens, with their owners.
    tokens: HashMap<Uuid, Uuid>,
}

impl Living {
    fn hold(&self, (credential, role): &Key, user: UserId) -> bool {
        let Some((now, is)) = self.people.get(&user.0) else { return false };
        let lives = match credential {
            Credential::Session(hash, epoch) => now == epoch && self.sessions.contains(hash),
            Credential::Token(id) => self.tokens.get(&id.0) == Some(&user.0),
        };
        lives && is == role
    }
}

/// Finds out who asks.
pub struct Auth {
    state: State,
    open: Mutex<HashMap<Key, Weak<Guard>>>,
    /// How often was looked at what is open. Who is let in during a look is perhaps not seen by it.
    looks: AtomicU64,
}

impl Auth {
    /// Starts listening for the end of rights; ends with `stop`.
    pub fn start(state: State, stop: CancellationToken) -> Arc<Self> {
        let events = state.events.listen();
        let auth = Arc::new(Self { state, open: Mutex::default(), looks: AtomicU64::new(0) });
        let watcher = Arc::clone(&auth);
        tokio::spawn(async move {
            tokio::select! {
                () = watcher.watch(events) => {}
                () = stop.cancelled() => {}
            }
        });
        auth
    }

    async fn watch(&self, mut events: Listener) {
        let mut ticks = tokio::time::interval(CHECK_EVERY);
        loop {
            tokio::select! {
                event = events.next() => match event {
                    Some(Event::Rights(user)) => self.check_open(Some(user)).await,
                    Some(Event::Missed) => self.check_open(None).await,
                    Some(_) => {}
                    None => return,
                },
                _ = ticks.tick() => self.check_open(None).await,
            }
        }
    }

    /// Ends what is open by credentials that no longer hold.
    async fn check_open(&self, user: Option<UserId>) {
        self.looks.fetch_add(1, Ordering::SeqCst);
        let open: Vec<_> = {
            let mut open = self.open();
            open.retain(|_, guard| guard.strong_count() > 0);
            open.iter().filter_map(|(key, guard)| Some((key.clone(), guard.upgrade()?))).collect()
        };
        let open: Vec<_> = open.into_iter().filter(|(_, guard)| user.is_none_or(|user| guard.user == user)).collect();
        for some in open.chunks(AT_ONCE) {
            // When the database is away nothing is known; the next request by them will fail anyway.
            if self.end(some).await.is_err() {
                return;
            }
        }
    }

    /// Ends those of these that hold no more.
    async fn end(&self, open: &[(Key, Arc<Guard>)]) -> Result<(), sea_orm::DbErr> {
        let living = self.living(open).await?;
        for (key, guard) in open {
            if !living.hold(key, guard.user) {
                guard.ended.cancel();
            }
        }
        Ok(())
    }

    /// What of these holds still: one query of each kind, on a connection that reads.
    async fn living(&self, open: &[(Key, Arc<Guard>)]) -> Result<Living, sea_orm::DbErr> {
        let (db, now) = (self.state.db.read(), self.state.clock.now());
        let users: HashSet<Uuid> = open.iter().map(|(_, guard)| guard.user.0).collect();
        let (mut sessions, mut tokens) = (Vec::new(), Vec::new());
        for ((credential, _), _) in open {
            match credential {
                Credential::Session(hash, _) => sessions.push(hash.clone()),
                Credential::Token(id) => tokens.push(id.0),
            }
        }
        Ok(Living {
            people: repo::standings(db, users)
                .await?
                .into_iter()
                .map(|(id, epoch, role)| (id, (epoch, role_of(&role))))
                .collect(),
            sessions: repo::living_sessions(db, sessions, now).await?.into_iter().collect(),
            tokens: repo::living_tokens(db, tokens, now).await?.into_iter().collect(),
        })
    }

    fn open(&self) -> std::sync::MutexGuard<'_, HashMap<Key, Weak<Guard>>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What tells an actor of their end, who was looked up after so many `looks`. When there was another look meanwhile, it
    /// has perhaps missed them: they are looked at again.
    async fn guard(&self, actor: &Actor, looks: u64) -> Result<Arc<Guard>, ApiError> {
        let key = (actor.credential.clone(), actor.platform_role);
        let guard = self.registered(&key, actor.id);
        if self.looks.load(Ordering::SeqCst) != looks {
            self.end(&[(key, Arc::clone(&guard))]).await?;
        }
        Ok(guard)
    }

    fn registered(&self, key: &Key, user: UserId) -> Arc<Guard> {
        let mut open = self.open();
        if open.len() > 4096 {
            open.retain(|_, guard| guard.strong_count() > 0);
        }
        // One that has ended stays ended, though the same may hold again: a role that was taken and given back.
        if let Some(guard) = open.get(key).and_then(Weak::upgrade).filter(|guard| !guard.ended.is_cancelled()) {
            return guard;
        }
        let guard = Arc::new(Guard { user, ended: CancellationToken::new() });
        open.insert(key.clone(), Arc::downgrade(&guard));
        guard
    }

    async fn by_session(&self, parts: &Parts, client: IpAddr, request_id: &str) -> Result<Caller, ApiError> {
        let mut caller = Caller::default();
        let Some(session) = parts.extensions.get::<Session>() else { return Ok(caller) };
        let looks = self.looks.load(Ordering::SeqCst);
        let browser = Browser::of(&parts.headers, client);
        caller.data.insert(session.clone());
        caller.data.insert(browser.clone());
        caller.data.insert(Device::of(&parts.headers, self.state.settings.secure_cookies));
        let held: Option<SignedIn> = session.get(USER).await.map_err(ApiError::unavailable)?;
        let Some(mut held) = held else { return Ok(caller) };
        let user = repo::find_user(self.state.db.read(), held.id).await?;
        // Whose epoch has been raised is nobody: they sign in again.
        let Some(user) = user.filter(|user| user.epoch == held.epoch) else { return Ok(caller) };
        let Some(credential) = credential_of(session, user.epoch) else { return Ok(caller) };
        let now = self.state.clock.now();
        if now.millis_since(held.touched) > TOUCH_SECONDS * 1000 {
            held.touched = now;
            held.browser = browser;
            session.insert(USER, held).await.map_err(ApiError::unavailable)?;
        }
        let actor = actor_of(&user, credential, None, request_id);
        caller.cookie_authenticated = true;
        caller.rate_key = actor.id.to_string();
        let guard = self.guard(&actor, looks).await?;
        caller.ended = guard.ended.clone();
        caller.data.insert(guard);
        caller.data.insert(actor);
        Ok(caller)
    }
}

#[async_trait::async_trait]
impl Authenticate for Auth {
    async fn http(&self, parts: &Parts, client: IpAddr, request_id: &str) -> Result<Caller, ApiError> {
        match parts.headers.get(header::AUTHORIZATION) {
            Some(value) => {
                let text = value.to_str().map_err(|_| ApiError::unauthenticated())?;
                // The scheme's letters may be large or small (RFC 9110, section 11.1).
                match text.split_once(' ') {
                    Some((scheme, token)) if scheme.eq_ignore_ascii_case("bearer") => {
                        self.bearer(token.trim(), client, request_id).await
                    }
                    _ => Err(ApiError::unauthenticated()),
                }
            }
            None => self.by_session(parts, client, request_id).await,
        }
    }

    async fn bearer(&self, token: &str, _client: IpAddr, request_id: &str) -> Result<Caller, ApiError> {
        let looks = self.looks.load(Ordering::SeqCst);
        let actor = tokens::authenticate(&self.state, &SecretString::from(token), request_id).await?;
        let guard = self.guard(&actor, looks).await?;
        let mut caller = Caller { ended: guard.ended.clone(), rate_key: actor.id.to_string(), ..Caller::default() };
        caller.data.insert(guard);
        caller.data.insert(actor);
        Ok(caller)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use shared::ids::TokenId;

    #[test]
    fn what_has_ended_in_any_way_holds_no_more() {
        let [ada, bob, token] = [1, 2, 3].map(Uuid::from_u128);
        let living = Living {
            people: HashMap::from([(ada, (7, PlatformRole::Operator))]),
            sessions: HashSet::from(["hash".to_owned()]),
            tokens: HashMap::from([(token, ada)]),
        };
        let session = |hash: &str, epoch| Credential::Session(hash.to_owned(), epoch);
        let by_token = |id| Credential::Token(TokenId(id));
        let as_before = |credential| (credential, PlatformRole::Operator);
        for (credential, user, holds) in [
            (session("hash", 7), ada, true),
            (session("hash", 6), ada, false),
            (session("another", 7), ada, false),
            (session("hash", 7), bob, false),
            (by_token(token), ada, true),
            (by_token(token), bob, false),
            (by_token(bob), ada, false),
        ] {
            assert_eq!(living.hold(&as_before(credential.clone()), UserId(user)), holds, "{credential:?} of {user}");
            // With another role than the one it was opened with, nothing that is open holds.
            assert!(!living.hold(&(credential, PlatformRole::Admin), UserId(user)));
        }
    }
}
