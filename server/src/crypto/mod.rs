//! Secrets at rest, password hashes and random keys.

pub mod password;
pub mod random;
pub mod seal;

use sha2::{Digest, Sha256};

/// SHA-256 in hex, for what must be found again without being stored: session ids and tokens, both of 128 random bits or more.
pub fn sha256_hex(bytes: &[u8]) -> String {
    hex::encode(Sha256::digest(bytes))
}
