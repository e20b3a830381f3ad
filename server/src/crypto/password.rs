//! Password hashes: Argon2id with the parameters of the OWASP password storage cheat sheet (19 MiB, 2 passes).
//!
//! Hashing takes tens of milliseconds and 19 MiB, so it runs off the runtime's threads, a few at a time.

use argon2::{Argon2, PasswordHasher, PasswordVerifier};
use secrecy::{ExposeSecret, SecretString};
use std::sync::LazyLock;
use tokio::sync::Semaphore;

/// At most so many hashes at once: a flood of sign-ins must take neither all memory nor both cores.
static PLACES: Semaphore = Semaphore::const_new(2);

/// Stands in for the hash of a person who does not exist, so that the answer takes as long.
static NOBODY: LazyLock<String> = LazyLock::new(|| hash_now("nobody has this password").unwrap_or_default());

/// The hash could not be computed.
#[derive(Debug, thiserror::Error)]
#[error("a password could not be hashed")]
pub struct HashError;

fn hash_now(password: &str) -> Result<String, HashError> {
    let hash = Argon2::default().hash_password(password.as_bytes()).map_err(|_| HashError)?;
    Ok(hash.to_string())
}

/// Hashes a new password, in PHC string form.
///
/// # Errors
/// When memory or randomness is short.
pub async fn hash(password: SecretString) -> Result<String, HashError> {
    let _place = PLACES.acquire().await.map_err(|_| HashError)?;
    tokio::task::spawn_blocking(move || hash_now(password.expose_secret())).await.map_err(|_| HashError)?
}

/// Whether the password is the one that was hashed; `None` for a person who does not exist takes as long and is `false`.
pub async fn verify(password: SecretString, hash: Option<String>) -> bool {
    let Ok(_place) = PLACES.acquire().await else { return false };
    let check = move || {
        let known = hash.is_some();
        let hash = hash.unwrap_or_else(|| NOBODY.clone());
        Argon2::default().verify_password(password.expose_secret().as_bytes(), hash.as_str()).is_ok() && known
    };
    tokio::task::spawn_blocking(check).await.unwrap_or(false)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_password_fits_only_its_own_hash() {
        let hashed = hash("correct horse battery".into()).await.unwrap();
        assert!(hashed.starts_with("$argon2id$"));
        assert!(verify("correct horse battery".into(), Some(hashed.clone())).await);
        assert!(!verify("correct horse batterx".into(), Some(hashed)).await);
        assert!(!verify("nobody has this password".into(), None).await);
    }
}
