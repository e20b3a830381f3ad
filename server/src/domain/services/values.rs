//! A service's values at rest: what is secret is sealed, the rest is plain JSON by pointer.

use super::entity::service;
use crate::{
    crypto::seal::{MasterKey, Place, SealError},
    domain::catalog::values::CheckedValues,
};
use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;
use std::collections::BTreeMap;
use uuid::Uuid;
use zeroize::Zeroizing;

/// Values by JSON Pointer.
pub type ByPointer = BTreeMap<String, Value>;

const fn place(row: Uuid, workspace: Uuid) -> Place<'static> {
    Place { table: "services", row, column: "values_secret", workspace }
}

/// Seals the secret values of a service.
///
/// # Errors
/// When encryption fails.
pub fn seal(
    key: &MasterKey,
    row: Uuid,
    workspace: Uuid,
    secret: &BTreeMap<String, SecretString>,
) -> Result<Option<Vec<u8>>, SealError> {
    if secret.is_empty() {
        return Ok(None);
    }
    let plain: BTreeMap<&str, &str> =
        secret.iter().map(|(pointer, text)| (pointer.as_str(), text.expose_secret())).collect();
    let text = Zeroizing::new(serde_json::to_vec(&plain).map_err(|_| SealError::Broken)?);
    key.seal(place(row, workspace), &text).map(Some)
}

/// Opens all values of a service.
///
/// # Errors
/// When the master key is another one or the row was changed.
pub fn open(key: &MasterKey, row: &service::Model) -> Result<CheckedValues, SealError> {
    let secret = match &row.values_secret {
        None => BTreeMap::new(),
        Some(sealed) => {
            let text = key.open(place(row.id, row.workspace_id), sealed)?;
            serde_json::from_slice(&text).map_err(|_| SealError::Broken)?
        }
    };
    Ok(CheckedValues { public: public(row), secret, generated: Vec::new() })
}

/// The values that may be shown.
pub fn public(row: &service::Model) -> ByPointer {
    // Written by us only; what cannot be read is shown as nothing.
    serde_json::from_str(&row.values_public).unwrap_or_default()
}
