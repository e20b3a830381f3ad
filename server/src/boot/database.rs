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
use std::{
    fs::File,
    os::unix::fs::DirBuilderExt,
    path::{Path, PathBuf},
};

/// Why the database cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// It cannot be reached, is not migrated, or is of a newer version.
    #[error("database: {0}")]
    Database(#[from] DbError),
    /// The data folder cannot be made.
    #[error("the data folder {folder}: {source}")]
    Folder {
        /// Which.
        folder: String,
        /// Why not.
        source: std::io::Error,
    },
    /// The lock beside an SQLite file cannot be made.
    #[error("the lock {path}: {source}; the folder of the database must be there, and ours to write")]
    Lock {
        /// Where.
        path: String,
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

/// Held while a server or a migration uses an SQLite file; the system lets go of it when the process ends, however it
/// ends.
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

/// Keeps other servers off an SQLite file, and migrations off one that is served. On PostgreSQL several may work at once.
///
/// # Errors
/// When another process holds it, or it cannot be made.
pub fn lock(config: &Config) -> Result<Lock, OpenError> {
    let Some(file) = db::sqlite_file(&config.database_url) else { return Ok(Lock(None)) };
    // Beside the file and not in the data folder, which another server on the same file may have elsewhere. A file has
    // one lock, also where it goes by two names.
    let file = file.canonicalize().unwrap_or(file);
    let mut path = file.clone().into_os_string();
    path.push(".lock");
    let path = PathBuf::from(path);
    let failed = |source| OpenError::Lock { path: path.display().to_string(), source };
    let held = File::options().create(true).truncate(false).write(true).open(&path).map_err(failed)?;
    match held.try_lock() {
        Ok(()) => Ok(Lock(Some(held))),
        Err(std::fs::TryLockError::WouldBlock) => Err(OpenError::InUse(file.display().to_string())),
        Err(std::fs::TryLockError::Error(source)) => Err(failed(source)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn config(data_dir: &Path, url: &str) -> Config {
        let variables = [("WOOW_DATA_DIR", data_dir.display().to_string()), ("WOOW_DATABASE__URL", url.to_owned())];
        Config::of(None, variables.map(|(name, value)| (name.to_owned(), value))).unwrap()
    }

    #[test]
    fn one_file_has_one_lock_whatever_the_data_folder_and_the_name() {
        let folder = tempfile::tempdir().unwrap();
        let (one, other) = (folder.path().join("one"), folder.path().join("other"));
        for path in [&one, &other] {
            std::fs::create_dir(path).unwrap();
        }
        let (file, name) = (one.join("woow.db"), other.join("also.db"));
        std::fs::write(&file, b"").unwrap();
        std::os::unix::fs::symlink(&file, &name).unwrap();
        let held = lock(&config(&one, &format!("sqlite://{}", file.display()))).unwrap();
        for path in [&file, &name] {
            let second = lock(&config(&other, &format!("sqlite://{}?mode=rwc", path.display())));
            assert!(matches!(second, Err(OpenError::InUse(_))), "{}", path.display());
        }
        // Another file is another matter, and PostgreSQL has room for many.
        lock(&config(&one, &format!("sqlite://{}", other.join("woow.db").display()))).unwrap();
        for _ in 0..2 {
            lock(&config(&one, "postgres://woow@localhost/woow")).unwrap();
        }
        drop(held);
    }

    #[test]
    fn a_folder_that_is_not_there_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite://{}/nowhere/woow.db", folder.path().display());
        let Err(error) = lock(&config(folder.path(), &url)) else { panic!("there is no such folder") };
        assert!(error.to_string().contains("/nowhere/woow.db.lock"), "{error}");
    }
}
