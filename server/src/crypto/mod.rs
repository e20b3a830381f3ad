//! Secrets at rest, password hashes and random keys.
