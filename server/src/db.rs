//! The database: a writer and readers, the same code on SQLite and PostgreSQL.
