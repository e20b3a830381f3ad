//! Reads for lists: what the rows of a list ask for one by one is read for all of them at once ([`super::gather`]).
//!
//! Keys say whose right they are about where that matters; who may see a row has been decided before its key is asked for.

use super::gather::Gather;
use crate::{
    clock::{Instant, SharedClock},
    db::Db,
    domain::{
        services::{
            addresses,
            entity::service,
            graphql::destinations::{self, Destinations, Goer},
            repo as services,
        },
        support::repo as support,
        workspaces::{entity::workspace, repo as workspaces},
    },
    graphql::errors::ApiError,
    releases::operations::{OperationRow, repo as operations},
};
use futures::future::BoxFuture;
use sea_orm::{DatabaseConnection, DbErr};
use shared::{
    ids::{UserId, WorkspaceId},
    roles::WorkspaceRole,
};
use std::{
    collections::{HashMap, HashSet},
    hash::Hash,
    sync::Arc,
};
use uuid::Uuid;

/// Most keys of one statement: a database takes a limited number of values in one (SQLite 32,766).
const MOST_KEYS: usize = 1000;

/// A workspace, and for whom it is looked up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Membership {
    /// The workspace.
    pub workspace: WorkspaceId,
    /// The person.
    pub user: UserId,
    /// Whether they may hold a support grant.
    pub supports: bool,
}

/// A workspace, and what a person is in it.
#[derive(Debug, Clone)]
pub struct Standing {
    /// The workspace.
    pub workspace: workspace::Model,
    /// The person's role.
    pub role: Option<WorkspaceRole>,
    /// When the open support grant of one without a role runs out.
    pub until: Option<Instant>,
}

/// Of which all ask in one question.
type By<K, V> = Gather<K, V, Arc<DbErr>>;

/// A query for these keys.
type Query<K, V> = for<'a> fn(&'a DatabaseConnection, &'a [K]) -> BoxFuture<'a, Result<HashMap<K, V>, DbErr>>;

/// Reads for many rows at once.
pub struct Loaders {
    /// Workspaces, and what people are in them.
    pub standings: By<Membership, Standing>,
    /// How many services workspaces have.
    pub service_counts: By<WorkspaceId, i64>,
    /// Living services of workspaces, by name.
    pub services: By<WorkspaceId, Vec<Arc<service::Model>>>,
    /// Host names of services.
    pub hosts: By<Uuid, String>,
    /// The newest operation on services and workspaces.
    pub newest: By<Uuid, OperationRow>,
    /// The same, where it has not succeeded.
    pub unsettled: By<Uuid, OperationRow>,
    /// Where people can go.
    pub destinations: By<Goer, Arc<Destinations>>,
}

impl Loaders {
    /// Of this database.
    pub fn new(db: &Db, clock: SharedClock) -> Self {
        let (reads, now) = (db.clone(), Arc::clone(&clock));
        let reach = db.clone();
        Self {
            standings: Gather::new(move |keys| standings(reads.clone(), now.now(), keys)),
            service_counts: by(db, |db, keys| Box::pin(services::counts(db, keys))),
            services: by(db, |db, keys| Box::pin(services::of_workspaces(db, keys))),
            hosts: by(db, |db, keys| Box::pin(addresses::of(db, keys))),
            newest: by(db, |db, keys| Box::pin(operations::newest_of(db, keys))),
            unsettled: by(db, |db, keys| Box::pin(operations::unsettled_of(db, keys))),
            destinations: Gather::new(move |keys| reached(reach.clone(), clock.now(), keys)),
        }
    }
}

fn by<K, V>(db: &Db, query: Query<K, V>) -> By<K, V>
where
    K: Eq + Hash + Send + Sync + 'static,
    V: Send + Sync + 'static,
{
    let db = db.clone();
    Gather::new(move |keys: Vec<K>| {
        let db = db.clone();
        async move {
            let mut found = HashMap::new();
            for some in keys.chunks(MOST_KEYS) {
                found.extend(query(db.read(), some).await?);
            }
            Ok(found)
        }
    })
}

async fn standings(db: Db, now: Instant, keys: Vec<Membership>) -> Result<HashMap<Membership, Standing>, Arc<DbErr>> {
    let (db, mut found) = (db.read(), HashMap::new());
    for some in keys.chunks(MOST_KEYS) {
        let ids: Vec<Uuid> = some.iter().map(|key| key.workspace.0).collect();
        let users: HashSet<Uuid> = some.iter().map(|key| key.user.0).collect();
        let users: Vec<Uuid> = users.into_iter().collect();
        let (rows, roles) = tokio::try_join!(workspaces::find_all(db, &ids), workspaces::roles_of(db, &ids, &users))?;
        let role = |key: &Membership| roles.get(&(key.workspace.0, key.user.0)).copied();
        let mut grants = HashMap::new();
        // Asked whether the workspace is there or not, so that the time does not tell.
        if some.iter().any(|key| key.supports && role(key).is_none()) {
            grants = support::open_untils(db, &ids, &users, now).await?;
        }
        found.extend(some.iter().filter_map(|key| {
            let (workspace, role) = (rows.get(&key.workspace.0)?.clone(), role(key));
            let until = grants.get(&(key.workspace.0, key.user.0)).copied().filter(|_| key.supports && role.is_none());
            Some((*key, Standing { workspace, role, until }))
        }));
    }
    Ok(found)
}

async fn reached(db: Db, now: Instant, keys: Vec<Goer>) -> Result<HashMap<Goer, Arc<Destinations>>, Arc<DbErr>> {
    let mut found = HashMap::new();
    for goer in keys {
        found.insert(goer, Arc::new(destinations::of(db.read(), goer, now).await?));
    }
    Ok(found)
}

impl From<Arc<DbErr>> for ApiError {
    fn from(error: Arc<DbErr>) -> Self {
        Self::from(&*error)
    }
}
