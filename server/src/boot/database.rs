//! Opens the database: the folder, the lock, the migrations, the master key.

use crate::{
    clock::{Clock, SystemClock},
    config::{Config, ConfigError},
    crypto::{
        random::Random,
        seal::{MasterKey, SealError},
    },
    db::{self, Db, DbError},
    releases::operations::master_keys,
};
use secrecy::ExposeSecret;
use std::{fs::File, os::unix::fs::DirBuilderExt, path::Path};

/// Why the database cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// It cannot be reached, is not migrated, or is of a newer version.
    #[error("database: {0}")]
    Database(#[from] DbError),
    /// The data folder cannot be made or locked.
    #[error("the data folder {folder}: {source}")]
    Folder {
        /// Which.
        folder: String,
        /// Why not.
        source: std::io::Error,
    },
    /// Another server works on the same SQLite file.
    #[error("another server is using {0}; stop it first (several servers need PostgreSQL)")]
    InUse(String),
    /// The master key cannot be read.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// The master key has not the right form.
    #[error(transparent)]
    Key(#[from] SealError),
    /// It is not the key under which the database was sealed.
    #[error(
        "the master key {given} is not the one under which this database was sealed ({expected}); configure that one"
    )]
    OtherKey {
        /// Id of the given key.
        given: String,
        /// Id of the right key.
        expected: String,
    },
}

impl From<sea_orm::DbErr> for OpenError {
    fn from(error: sea_orm::DbErr) -> Self {
        Self::Database(error.into())
    }
}

/// Held while the server uses an SQLite file; the system lets go of it when the process ends, however it ends.
pub struct Lock(#[expect(dead_code, reason = "held, not read")] Option<File>);

/// Opens the database as it is.
///
/// # Errors
/// When the folder or the database cannot be used.
pub async fn open(config: &Config) -> Result<Db, OpenError> {
    folder(&config.data_dir)?;
    Ok(db::connect(&config.database_url).await?)
}

/// Opens the database for use: it must have this program's schema.
///
/// # Errors
/// As [`open`], and when migrations are pending or unknown.
pub async fn open_migrated(config: &Config) -> Result<Db, OpenError> {
    let db = open(config).await?;
    if db.pending().await?.is_empty() { Ok(db) } else { Err(DbError::NotMigrated.into()) }
}

/// Opens the database for the one server that works on it.
pub(super) async fn open_for_server(config: &Config) -> Result<(Db, Lock), OpenError> {
    folder(&config.data_dir)?;
    let lock = lock(config)?;
    let db = open_migrated(config).await?;
    Ok((db, lock))
}

/// The configured master key, once it is known to be the one under which the database was sealed.
pub(super) async fn master_key(config: &Config, db: &Db, random: &Random) -> Result<MasterKey, OpenError> {
    let text = config.load_master_key()?;
    let key = MasterKey::from_hex(text.expose_secret(), random.clone())?;
    let tx = db.begin_alone().await?;
    let known = master_keys::all(&tx).await?;
    match known.iter().find(|(id, _)| *id == key.id()) {
        Some((_, check)) if key.checks(check) => {}
        Some(_) => return Err(SealError::Broken.into()),
        None => {
            if let Some((expected, _)) = known.first() {
                return Err(OpenError::OtherKey { given: key.id(), expected: expected.clone() });
            }
            master_keys::insert(&tx, &key.id(), key.check_value()?, SystemClock.now()).await?;
        }
    }
    tx.commit().await?;
    Ok(key)
}

fn folder(path: &Path) -> Result<(), OpenError> {
    let mut builder = std::fs::DirBuilder::new();
    builder
        .recursive(true)
        .mode(0o700)
        .create(path)
        .map_err(|source| OpenError::Folder { folder: path.display().to_string(), source })
}

fn lock(config: &Config) -> Result<Lock, OpenError> {
    if !config.database_url.expose_secret().starts_with("sqlite:") {
        return Ok(Lock(None));
    }
    let path = config.data_dir.join("server.lock");
    let failed = |source| OpenError::Folder { folder: path.display().to_string(), source };
    let file = File::options().create(true).truncate(false).write(true).open(&path).map_err(failed)?;
    match file.try_lock() {
        Ok(()) => Ok(Lock(Some(file))),
        Err(std::fs::TryLockError::WouldBlock) => Err(OpenError::InUse(config.data_dir.display().to_string())),
        Err(std::fs::TryLockError::Error(source)) => Err(failed(source)),
    }
}
