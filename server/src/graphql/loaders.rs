//! Reads for lists: what the rows of a list ask for one by one is read for all of them at once.
//!
//! A loader gathers the keys that resolvers ask for at the same moment and asks the database once. It keeps nothing, so no
//! answer is older than its question. Keys say whose right they are about where that matters; who may see a row has been
//! decided before its key is asked for.

use crate::{
    db::Db,
    domain::{
        services::repo as services,
        workspaces::{entity::workspace, repo as workspaces},
    },
    graphql::errors::ApiError,
    releases::operations::{OperationRow, repo as operations},
};
use async_graphql::dataloader::{DataLoader, Loader};
use sea_orm::DbErr;
use shared::{
    ids::{UserId, WorkspaceId},
    roles::WorkspaceRole,
};
use std::{collections::HashMap, sync::Arc, time::Duration};
use uuid::Uuid;

/// How long keys are gathered after the first one: enough to get through a page's rows once.
const GATHER: Duration = Duration::from_millis(2);
/// Most keys of one statement. Conditions for each key nest, and SQLite allows a depth of 1000.
const MOST_KEYS: usize = 200;

/// The newest operation on this service or workspace.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct NewestOn(pub Uuid);

/// How many services this workspace has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct ServicesIn(pub WorkspaceId);

/// A workspace, and what a person is in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Membership {
    /// The workspace.
    pub workspace: WorkspaceId,
    /// The person.
    pub user: UserId,
}

/// Reads for many keys at once.
pub struct Tables(Db);

/// The loaders, by the type of key.
pub type Loaders = DataLoader<Tables>;

/// Loaders of this database.
pub fn of(db: Db) -> Loaders {
    DataLoader::new(Tables(db), tokio::spawn).delay(GATHER).max_batch_size(MOST_KEYS)
}

impl Loader<NewestOn> for Tables {
    type Value = OperationRow;
    type Error = Arc<DbErr>;

    async fn load(&self, keys: &[NewestOn]) -> Result<HashMap<NewestOn, OperationRow>, Arc<DbErr>> {
        let targets: Vec<Uuid> = keys.iter().map(|key| key.0).collect();
        let rows = operations::newest_of(self.0.read(), &targets).await?;
        Ok(rows.into_iter().map(|row| (NewestOn(row.target_id), row)).collect())
    }
}

impl Loader<ServicesIn> for Tables {
    type Value = i64;
    type Error = Arc<DbErr>;

    async fn load(&self, keys: &[ServicesIn]) -> Result<HashMap<ServicesIn, i64>, Arc<DbErr>> {
        let ids: Vec<Uuid> = keys.iter().map(|key| key.0.0).collect();
        let counts = services::counts(self.0.read(), &ids).await?;
        Ok(counts.into_iter().map(|(id, count)| (ServicesIn(id.into()), count)).collect())
    }
}

impl Loader<Membership> for Tables {
    type Value = (workspace::Model, Option<WorkspaceRole>);
    type Error = Arc<DbErr>;

    async fn load(&self, keys: &[Membership]) -> Result<HashMap<Membership, Self::Value>, Arc<DbErr>> {
        let ids: Vec<Uuid> = keys.iter().map(|key| key.workspace.0).collect();
        let users: Vec<Uuid> = keys.iter().map(|key| key.user.0).collect();
        let rows = workspaces::find_all(self.0.read(), &ids).await?;
        let roles = workspaces::roles_of(self.0.read(), &ids, &users).await?;
        let standing = |key: &Membership| {
            let row = rows.get(&key.workspace.0)?.clone();
            Some((*key, (row, roles.get(&(key.workspace.0, key.user.0)).copied())))
        };
        Ok(keys.iter().filter_map(standing).collect())
    }
}

impl From<Arc<DbErr>> for ApiError {
    fn from(error: Arc<DbErr>) -> Self {
        Self::from(&*error)
    }
}
