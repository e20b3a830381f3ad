//! The database: a writer and readers, the same code on SQLite and PostgreSQL.
//!
//! SQLite has one writer: its pool has one connection, and each transaction begins with `BEGIN IMMEDIATE`, since one that
//! reads and then writes would fail at once where another writes meanwhile (<https://www.sqlite.org/isolation.html>).

use migration::{Migrator, MigratorTrait};
use sea_orm::{
    ConnectOptions, ConnectionTrait, Database, DatabaseConnection, DatabaseTransaction, DbBackend, DbErr, RuntimeErr,
    SqlErr, SqliteTransactionMode, TransactionOptions, TransactionTrait,
    sqlx::{self, PgPool, sqlite::SqliteConnectOptions},
};
use secrecy::{ExposeSecret, SecretString};
use std::{
    path::{Path, PathBuf},
    time::Duration,
};

/// PostgreSQL's advisory lock of whoever starts or migrates: any number that no other program would choose.
const ALONE: i64 = 0x776f_6f77_0001;

/// A transaction that says nothing for so long is ended by PostgreSQL: its server was stopped in the middle of it (suspended,
/// or its link is dead), and what it has locked would be locked for everybody as long. Nothing slow happens in one.
const IDLE_IN_TRANSACTION: (&str, &str) = ("idle_in_transaction_session_timeout", "15s");

/// So many rows of an answer SQLite may be ahead of whoever takes them.
const ROWS_AHEAD: usize = 1024;

/// The database's connections.
#[derive(Debug, Clone)]
pub struct Db {
    writer: DatabaseConnection,
    reader: DatabaseConnection,
}

/// Why the database cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum DbError {
    /// The database refused or failed.
    #[error(transparent)]
    Database(#[from] DbErr),
    /// A newer version of the program has written it.
    #[error(
        "the database was written by a newer version of woow-paas (it has migration {0}, unknown here); use that version"
    )]
    Newer(String),
    /// It has not been migrated yet.
    #[error("the database is not migrated; run `woow-paas migrate up`")]
    NotMigrated,
    /// The copy that is made before a migration failed.
    #[error(
        "the database could not be copied to {path} before migrating ({source}); free some space, then start again"
    )]
    Backup {
        /// Where the copy should go.
        path: String,
        /// Why not.
        source: DbErr,
    },
}

/// Opens a database.
///
/// # Errors
/// When it cannot be reached or opened.
pub async fn connect(url: &SecretString) -> Result<Db, DbError> {
    let sqlite = url.expose_secret().starts_with("sqlite:");
    let options = |connections: u32| {
        let mut options = ConnectOptions::new(url.expose_secret());
        options
            .max_connections(connections)
            .acquire_timeout(Duration::from_secs(10))
            .connect_timeout(Duration::from_secs(10))
            // A file does not go away as a server does; to ask costs as much as a small statement.
            .test_before_acquire(!sqlite)
            // Statements hold values; values may be secret.
            .sqlx_logging(false);
        options
    };
    if !sqlite {
        let mut options = options(16);
        options.map_sqlx_postgres_opts(|postgres| postgres.options([IDLE_IN_TRANSACTION]));
        let pool = counted(Database::connect(options).await?);
        return Ok(Db { writer: pool.clone(), reader: pool });
    }
    let mut writer = options(1);
    writer.map_sqlx_sqlite_opts(|sqlite| {
        sqlite
            .create_if_missing(true)
            .busy_timeout(Duration::from_secs(10))
            .foreign_keys(true)
            .pragma("journal_mode", "WAL")
            // With WAL, NORMAL may lose the last commits on power loss; an operation that was begun must not be forgotten.
            .pragma("synchronous", "FULL")
    });
    let writer = counted(Database::connect(writer).await?);
    let mut reader = options(4);
    reader.map_sqlx_sqlite_opts(|sqlite| {
        // The thread that reads a long list is not stopped at each 50 rows.
        sqlite.busy_timeout(Duration::from_secs(10)).read_only(true).row_buffer_size(ROWS_AHEAD)
    });
    let reader = counted(Database::connect(reader).await?);
    Ok(Db { writer, reader })
}

/// The same pool, whose statements are counted.
fn counted(mut pool: DatabaseConnection) -> DatabaseConnection {
    pool.set_metric_callback(|_| metrics::counter!("woow_database_statements_total").increment(1));
    pool
}

/// The file of an SQLite database; none where it is another database, or one in memory.
pub fn sqlite_file(url: &SecretString) -> Option<PathBuf> {
    let url = url.expose_secret();
    let in_memory = url.contains(":memory:") || url.contains("mode=memory");
    if !url.starts_with("sqlite:") || in_memory {
        return None;
    }
    // A URL that cannot be read is told by `connect`.
    let options: SqliteConnectOptions = url.parse().ok()?;
    Some(options.get_filename().to_owned())
}

impl Db {
    /// For reading only.
    pub fn read(&self) -> &DatabaseConnection {
        &self.reader
    }

    /// Begins a transaction that writes. Nothing slow may happen inside: no Helm, HTTP, Kubernetes or password hash.
    ///
    /// # Errors
    /// When the database is away or busy for too long.
    pub async fn begin(&self) -> Result<DatabaseTransaction, DbErr> {
        self.writer
            .begin_with_options(TransactionOptions {
                sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
                ..TransactionOptions::default()
            })
            .await
    }

    /// The same, while no other server does something of this kind: what is done once for an installation.
    ///
    /// # Errors
    /// As [`Self::begin`].
    pub async fn begin_alone(&self) -> Result<DatabaseTransaction, DbErr> {
        let tx = self.begin().await?;
        if tx.get_database_backend() == DbBackend::Postgres {
            tx.execute_unprepared(&format!("SELECT pg_advisory_xact_lock({ALONE})")).await?;
        }
        Ok(tx)
    }

    /// For a single statement that writes.
    pub fn write(&self) -> &DatabaseConnection {
        &self.writer
    }

    /// Names of the migrations that are still to be applied.
    ///
    /// # Errors
    /// [`DbError::Newer`] when the database holds migrations that this program does not know.
    pub async fn pending(&self) -> Result<Vec<String>, DbError> {
        let known: Vec<String> = Migrator::migrations().iter().map(|m| m.name().to_owned()).collect();
        let applied = applied(&self.writer).await?;
        if let Some(unknown) = applied.iter().find(|name| !known.contains(name)) {
            return Err(DbError::Newer(unknown.clone()));
        }
        Ok(known.into_iter().filter(|name| !applied.contains(name)).collect())
    }

    /// Applies what is pending; an SQLite database that holds data is copied to `backup` first.
    ///
    /// # Errors
    /// When the copy or a migration fails; a failed migration leaves nothing behind.
    pub async fn migrate(&self, backup: Option<&Path>) -> Result<Vec<String>, DbError> {
        let pending = self.pending().await?;
        if pending.is_empty() {
            return Ok(pending);
        }
        if let Some(path) = backup
            && self.writer.get_database_backend() == DbBackend::Sqlite
            && !applied(&self.writer).await?.is_empty()
        {
            let path = path.display().to_string();
            let sql = format!("VACUUM INTO '{}'", path.replace('\'', "''"));
            self.writer.execute_unprepared(&sql).await.map_err(|source| DbError::Backup { path, source })?;
        }
        if self.writer.get_database_backend() == DbBackend::Postgres {
            // Two servers that start at once must not migrate both.
            let guard = self.begin_alone().await?;
            Migrator::up(&self.writer, None).await?;
            guard.commit().await?;
        } else {
            Migrator::up(&self.writer, None).await?;
        }
        Ok(pending)
    }

    /// The pool of PostgreSQL's connections, where it is PostgreSQL.
    pub fn postgres(&self) -> Option<PgPool> {
        let postgres = self.writer.get_database_backend() == DbBackend::Postgres;
        postgres.then(|| self.writer.get_postgres_connection_pool().clone())
    }

    /// Whether the database answers within a second.
    pub async fn answers(&self) -> bool {
        matches!(tokio::time::timeout(Duration::from_secs(1), self.reader.ping()).await, Ok(Ok(())))
    }

    /// Ends all connections.
    pub async fn close(self) {
        for pool in [self.reader, self.writer] {
            if let Err(error) = pool.close().await {
                tracing::debug!(%error, "a database pool did not close cleanly");
            }
        }
    }
}

/// Whether a row could not be written because another has what must be unique.
pub fn is_taken(error: &DbErr) -> bool {
    matches!(error.sql_err(), Some(SqlErr::UniqueConstraintViolation(_)))
}

/// Whether the database is away, busy or full, or two transactions were in each other's way, rather than the database against what
/// it was asked: the same may succeed later.
pub fn is_away(error: &DbErr) -> bool {
    let inner = match error {
        DbErr::ConnectionAcquire(_) => return true,
        DbErr::Conn(inner) | DbErr::Exec(inner) | DbErr::Query(inner) => inner,
        _ => return false,
    };
    let RuntimeErr::SqlxError(inner) = inner else { return matches!(error, DbErr::Conn(_)) };
    match &**inner {
        sqlx::Error::Database(refusal) => {
            let code = refusal.code();
            let code = code.as_deref().unwrap_or_default();
            // <https://www.sqlite.org/rescode.html>: the low byte of busy, locked, out of memory, read-only, I/O, full and
            // cannot be opened. <https://www.postgresql.org/docs/current/errcodes-appendix.html>: classes of connection,
            // resources, operator and system, a transaction that was idle for too long, and one that had to give way.
            let sqlite = code.parse::<u32>().is_ok_and(|code| matches!(code & 0xff, 5..=8 | 10 | 13 | 14));
            let postgres = code.len() == 5
                && (["08", "53", "57", "58"].iter().any(|class| code.starts_with(class))
                    || matches!(code, "25P03" | "40001" | "40P01"));
            if code.len() == 5 { postgres } else { sqlite }
        }
        sqlx::Error::Io(_)
        | sqlx::Error::Tls(_)
        | sqlx::Error::Protocol(_)
        | sqlx::Error::PoolTimedOut
        | sqlx::Error::PoolClosed
        | sqlx::Error::WorkerCrashed
        | sqlx::Error::BeginFailed => true,
        _ => matches!(error, DbErr::Conn(_)),
    }
}

/// Names of the migrations that the database holds; none when it is new.
async fn applied(db: &DatabaseConnection) -> Result<Vec<String>, DbErr> {
    Migrator::install(db).await?;
    Ok(Migrator::get_migration_models(db).await?.into_iter().map(|model| model.version).collect())
}

#[cfg(test)]
impl Db {
    /// A new database on SQLite in this folder, for unit tests.
    pub(crate) async fn fresh(folder: &Path) -> Self {
        let url = format!("sqlite://{}?mode=rwc", folder.join("woow.db").display());
        let db = connect(&url.into()).await.unwrap();
        db.migrate(None).await.unwrap();
        db
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_file_of_a_database_is_read_from_its_url() {
        for (url, file) in [
            ("sqlite:///srv/woow.db?mode=rwc", Some("/srv/woow.db")),
            ("sqlite:data/my%20woow.db", Some("data/my woow.db")),
            ("sqlite::memory:", None),
            ("sqlite://shared?mode=memory", None),
            ("postgres://woow:secret@db.example.com/woow", None),
        ] {
            assert_eq!(sqlite_file(&url.into()), file.map(PathBuf::from), "{url}");
        }
    }
}
