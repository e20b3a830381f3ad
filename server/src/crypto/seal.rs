//! Envelope encryption of columns: AES-256-GCM (NIST SP 800-38D), a data key per row, wrapped by a master key.
//!
//! The master key comes from file or environment, never from the database. A sealed value is
//! `1 | key id (8) | nonce (12) | wrapped data key (48) | nonce (12) | ciphertext`, and where it stands (table, row,
//! column, workspace) is authenticated with it: moved elsewhere, it does not open.

use super::random::Random;
use aes_gcm::{
    Aes256Gcm, Key, KeyInit, Nonce,
    aead::{Aead, Payload},
};
use hmac::{Hmac, Mac};
use sha2::{Digest, Sha256};
use uuid::Uuid;
use zeroize::Zeroizing;

const VERSION: u8 = 1;
const KEY_ID: usize = 8;
const NONCE: usize = 12;
const WRAPPED: usize = 32 + 16;
const HEAD: usize = 1 + KEY_ID + NONCE + WRAPPED + NONCE;
const CHECK: &[u8] = b"woow-paas master key";

/// The key under which all data keys are wrapped.
#[derive(Clone)]
pub struct MasterKey {
    key: Zeroizing<[u8; 32]>,
    id: [u8; KEY_ID],
    random: Random,
}

/// Why a value cannot be sealed or opened.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum SealError {
    /// The text of a master key is not 32 bytes in hex.
    #[error("a master key is 64 hexadecimal digits (32 random bytes; `openssl rand -hex 32` makes one)")]
    BadKey,
    /// It was sealed under another master key.
    #[error("sealed under master key {0}, which is not the one configured")]
    OtherKey(String),
    /// It was changed, or moved to another place.
    #[error("a sealed value does not open: it was changed or moved")]
    Broken,
}

/// Where a sealed value stands.
#[derive(Debug, Clone, Copy)]
pub struct Place<'a> {
    /// The table.
    pub table: &'a str,
    /// The row.
    pub row: Uuid,
    /// The column.
    pub column: &'a str,
    /// The workspace it belongs to.
    pub workspace: Uuid,
}

impl Place<'_> {
    fn bytes(&self) -> Vec<u8> {
        format!("{}/{}/{}/{}", self.table, self.row, self.column, self.workspace).into_bytes()
    }
}

impl MasterKey {
    /// Reads a key of 64 hexadecimal digits.
    ///
    /// # Errors
    /// [`SealError::BadKey`] for anything else.
    pub fn from_hex(text: &str, random: Random) -> Result<Self, SealError> {
        let mut key = Zeroizing::new([0; 32]);
        hex::decode_to_slice(text.trim(), key.as_mut()).map_err(|_| SealError::BadKey)?;
        let mut id = [0; KEY_ID];
        let digest = Sha256::new().chain_update(b"woow-paas key id").chain_update(key.as_ref()).finalize();
        id.copy_from_slice(&digest[..KEY_ID]);
        Ok(Self { key, id, random })
    }

    /// The key's name: tells keys apart and says nothing about them.
    pub fn id(&self) -> String {
        hex::encode(self.id)
    }

    /// A value that only this key opens; stored beside the key's id, it shows a wrong key at start.
    ///
    /// # Errors
    /// When encryption fails.
    pub fn check_value(&self) -> Result<Vec<u8>, SealError> {
        self.seal(
            Place { table: "master_keys", row: Uuid::nil(), column: "check_value", workspace: Uuid::nil() },
            CHECK,
        )
    }

    /// Whether a stored check value was made by this key.
    pub fn checks(&self, value: &[u8]) -> bool {
        let place = Place { table: "master_keys", row: Uuid::nil(), column: "check_value", workspace: Uuid::nil() };
        self.open(place, value).is_ok_and(|plain| plain.as_slice() == CHECK)
    }

    /// A code of bytes that only this key makes (HMAC with SHA-256, RFC 2104), in hex: to know again what must not be
    /// guessed from what is stored.
    pub fn code_of(&self, bytes: &[u8]) -> String {
        // A key that is shorter than a block is filled up with zeros (RFC 2104, section 2).
        let mut block = Zeroizing::new([0; 64]);
        block[..32].copy_from_slice(self.key.as_ref());
        let mut mac = <Hmac<Sha256> as KeyInit>::new(&(*block).into());
        mac.update(bytes);
        hex::encode(mac.finalize().into_bytes())
    }

    /// Seals a value for its place.
    ///
    /// # Errors
    /// When encryption fails, for example because the value is beyond 64 GiB.
    pub fn seal(&self, place: Place<'_>, plain: &[u8]) -> Result<Vec<u8>, SealError> {
        let aad = place.bytes();
        let mut data_key = Zeroizing::new([0; 32]);
        self.random.fill(data_key.as_mut());
        let mut nonces = [0; 2 * NONCE];
        self.random.fill(&mut nonces);
        let (outer, inner) = nonces.split_at(NONCE);
        let wrapped = encrypt(&self.key, outer, &aad, data_key.as_ref())?;
        let body = encrypt(&data_key, inner, &aad, plain)?;
        let mut sealed = Vec::with_capacity(HEAD + body.len());
        sealed.push(VERSION);
        for part in [&self.id, outer, &wrapped, inner, &body] {
            sealed.extend_from_slice(part);
        }
        Ok(sealed)
    }

    /// Opens what was sealed for this place.
    ///
    /// # Errors
    /// When it was sealed under another key, changed or moved.
    pub fn open(&self, place: Place<'_>, sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, SealError> {
        if sealed.len() < HEAD || sealed[0] != VERSION {
            return Err(SealError::Broken);
        }
        let (head, body) = sealed.split_at(HEAD);
        let (id, rest) = head[1..].split_at(KEY_ID);
        if id != self.id {
            return Err(SealError::OtherKey(hex::encode(id)));
        }
        let (outer, rest) = rest.split_at(NONCE);
        let (wrapped, inner) = rest.split_at(WRAPPED);
        let aad = place.bytes();
        let mut data_key = Zeroizing::new([0; 32]);
        data_key.copy_from_slice(&decrypt(&self.key, outer, &aad, wrapped)?);
        decrypt(&data_key, inner, &aad, body)
    }
}

fn encrypt(key: &[u8; 32], nonce: &[u8], aad: &[u8], plain: &[u8]) -> Result<Vec<u8>, SealError> {
    let nonce = Nonce::try_from(nonce).map_err(|_| SealError::Broken)?;
    Aes256Gcm::new(&Key::<Aes256Gcm>::from(*key))
        .encrypt(&nonce, Payload { msg: plain, aad })
        .map_err(|_| SealError::Broken)
}

fn decrypt(key: &[u8; 32], nonce: &[u8], aad: &[u8], sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, SealError> {
    let nonce = Nonce::try_from(nonce).map_err(|_| SealError::Broken)?;
    Aes256Gcm::new(&Key::<Aes256Gcm>::from(*key))
        .decrypt(&nonce, Payload { msg: sealed, aad })
        .map(Zeroizing::new)
        .map_err(|_| SealError::Broken)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(seed: u8) -> MasterKey {
        MasterKey::from_hex(&hex::encode([seed; 32]), Random::seeded(u64::from(seed))).unwrap()
    }

    fn place(row: u128) -> Place<'static> {
        Place { table: "services", row: Uuid::from_u128(row), column: "values_secret", workspace: Uuid::from_u128(9) }
    }

    #[test]
    fn opens_only_where_it_was_sealed_with_the_key_it_was_sealed_with() {
        let sealed = key(1).seal(place(1), b"hunter2").unwrap();
        assert!(!sealed.windows(7).any(|w| w == b"hunter2"));
        assert_eq!(key(1).open(place(1), &sealed).unwrap().as_slice(), b"hunter2");
        assert_eq!(key(1).open(place(2), &sealed).unwrap_err(), SealError::Broken);
        assert!(matches!(key(2).open(place(1), &sealed).unwrap_err(), SealError::OtherKey(_)));
        let mut changed = sealed.clone();
        *changed.last_mut().unwrap() ^= 1;
        assert_eq!(key(1).open(place(1), &changed).unwrap_err(), SealError::Broken);
        assert_eq!(key(1).open(place(1), &sealed[..20]).unwrap_err(), SealError::Broken);
    }

    /// Test case 2 of RFC 4231 with its key filled up, made by another program (`openssl mac`).
    #[test]
    fn a_code_is_hmac_with_sha256() {
        let key = MasterKey::from_hex(
            &hex::encode(b"Jefe".iter().copied().chain([0; 28]).collect::<Vec<u8>>()),
            Random::seeded(1),
        );
        let code = key.unwrap().code_of(b"what do ya want for nothing?");
        assert_eq!(code, "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
    }

    #[test]
    fn a_check_value_tells_a_wrong_key() {
        let value = key(1).check_value().unwrap();
        assert!(key(1).checks(&value));
        assert!(!key(2).checks(&value));
    }

    #[test]
    fn a_key_is_32_bytes_in_hex() {
        assert_eq!(MasterKey::from_hex("abc", Random::seeded(1)).err(), Some(SealError::BadKey));
    }
}
