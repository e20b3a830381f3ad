//! The database's schema, forward only, the same on SQLite and PostgreSQL.
//!
//! Primary keys are UUID version 7 made by the server; instants are microseconds since 1970 in UTC; JSON is text that
//! only the server reads. Rules that span rows stand here as unique indexes, so that no race can break them.

pub use sea_orm_migration::prelude::*;

mod m0001;
mod m0002_support_grants;
mod m0003_people;
mod m0004_log_downloads;

/// All migrations, oldest first.
pub struct Migrator;

#[async_trait::async_trait]
impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![
            Box::new(m0001::Migration),
            Box::new(m0002_support_grants::Migration),
            Box::new(m0003_people::Migration),
            Box::new(m0004_log_downloads::Migration),
        ]
    }
}
