//! Randomness, as a value that is handed in.

use rand::{Rng, RngExt, SeedableRng, rngs::StdRng};
use std::sync::{Arc, Mutex, PoisonError};
use uuid::Uuid;

/// A source of random values. Cloning shares the source.
#[derive(Clone)]
pub struct Random(Arc<Mutex<StdRng>>);

impl Default for Random {
    /// Seeded by the operating system.
    fn default() -> Self {
        Self(Arc::new(Mutex::new(rand::make_rng())))
    }
}

impl Random {
    /// Always the same values, for tests.
    pub fn seeded(seed: u64) -> Self {
        Self(Arc::new(Mutex::new(StdRng::seed_from_u64(seed))))
    }

    /// Fills the buffer.
    pub fn fill(&self, buffer: &mut [u8]) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).fill_bytes(buffer);
    }

    /// A new primary key: UUID version 7 (RFC 9562, section 5.7) of this time.
    pub fn id(&self, now: crate::clock::Instant) -> Uuid {
        let mut bytes = [0; 10];
        self.fill(&mut bytes);
        uuid::Builder::from_unix_timestamp_millis(u64::try_from(now.0 / 1000).unwrap_or(0), &bytes).into_uuid()
    }

    /// A key for names in the cluster: 8 lower-case letters and digits, the first a letter (41 bits).
    pub fn key(&self) -> String {
        let mut rng = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let mut letter = |count: usize| char::from(b"abcdefghijklmnopqrstuvwxyz0123456789"[rng.random_range(0..count)]);
        std::iter::once(letter(26)).chain((0..7).map(|_| letter(36))).collect()
    }

    /// Letters and digits for a secret that people may have to type: 5.95 bits each.
    pub fn secret(&self, length: usize) -> String {
        const LETTERS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
        let mut rng = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        (0..length).map(|_| char::from(LETTERS[rng.random_range(0..LETTERS.len())])).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_begin_with_a_letter_and_fit_a_host_name() {
        let random = Random::seeded(1);
        for _ in 0..500 {
            let key = random.key();
            assert_eq!(key.len(), 8);
            assert!(key.starts_with(|c: char| c.is_ascii_lowercase()), "{key}");
            assert!(key.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit()), "{key}");
        }
    }

    #[test]
    fn ids_sort_by_time() {
        let random = Random::seeded(1);
        let early = random.id(crate::clock::Instant(1_000_000_000));
        let late = random.id(crate::clock::Instant(2_000_000_000));
        assert!(early < late);
        assert_eq!(early.get_version_num(), 7);
    }
}
