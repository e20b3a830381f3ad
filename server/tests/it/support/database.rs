//! A database for one test: SQLite in its folder, or one of its own on the tests' PostgreSQL.

use sea_orm::{ConnectionTrait, Database};
use std::path::Path;

/// Whether these tests run on PostgreSQL (`WOOW_TEST_DATABASE`); else on SQLite.
fn on_postgres() -> bool {
    std::env::var("WOOW_TEST_DATABASE").is_ok_and(|name| name == "postgres")
}

/// The URL of an empty database, of the kind that this run of the tests is about.
pub async fn fresh_database(folder: &Path) -> String {
    if on_postgres() {
        return fresh_postgres().await;
    }
    format!("sqlite://{}?mode=rwc", folder.join("woow.db").display())
}

/// The URL of an empty database on PostgreSQL. `make test` deletes the whole instance afterwards.
pub async fn fresh_postgres() -> String {
    let instance = std::env::var("WOOW_TEST_POSTGRES").expect("WOOW_TEST_POSTGRES is not set: run `make test`");
    let name = format!("test_{}", uuid::Uuid::now_v7().simple());
    let admin = Database::connect(format!("{instance}/postgres")).await.expect("PostgreSQL answers");
    admin.execute_unprepared(&format!("CREATE DATABASE {name}")).await.expect("a database is made");
    admin.close().await.expect("the connection ends");
    format!("{instance}/{name}")
}
