//! How often one may ask, counted by address and by actor.

use std::{
    collections::{HashMap, hash_map::Entry},
    hash::{BuildHasher, Hash, RandomState},
    net::{IpAddr, Ipv6Addr},
    num::NonZeroU32,
    sync::{Arc, Mutex, PoisonError},
};

use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter, clock::Clock, clock::DefaultClock};

use crate::graphql::errors::ApiError;

/// A limit per key that never needs more memory than 65,536 counters: keys share a counter where their hashes meet. The
/// hash is seeded at start, so nobody can aim at another's counter.
pub struct KeyedLimit {
    limiter: DefaultKeyedRateLimiter<u16>,
    clock: DefaultClock,
    hasher: RandomState,
}

impl KeyedLimit {
    /// So many a minute for each key, all at once if need be.
    pub fn per_minute(count: NonZeroU32) -> Self {
        Self {
            limiter: RateLimiter::keyed(Quota::per_minute(count)),
            clock: DefaultClock::default(),
            hasher: RandomState::new(),
        }
    }

    /// Counts one for this key, or says in how many seconds there is room again.
    pub fn take(&self, key: &impl Hash) -> Result<(), ApiError> {
        let bytes = self.hasher.hash_one(key).to_le_bytes();
        self.limiter.check_key(&u16::from_le_bytes([bytes[0], bytes[1]])).map_err(|not_until| {
            let wait = not_until.wait_time_from(self.clock.now());
            ApiError::rate_limited(wait.as_secs() + 1)
        })
    }
}

/// The limits of the API.
pub struct Rates {
    by_address: KeyedLimit,
    by_actor: KeyedLimit,
}

impl Rates {
    /// Requests a minute for one address and for one actor.
    pub fn new(per_address: NonZeroU32, per_actor: NonZeroU32) -> Self {
        Self { by_address: KeyedLimit::per_minute(per_address), by_actor: KeyedLimit::per_minute(per_actor) }
    }

    /// Counts a request of this address.
    pub fn address(&self, client: IpAddr) -> Result<(), ApiError> {
        self.by_address.take(&network(client))
    }

    /// Counts a request of this actor; nobody is counted by address alone.
    pub fn actor(&self, rate_key: &str) -> Result<(), ApiError> {
        if rate_key.is_empty() { Ok(()) } else { self.by_actor.take(&rate_key) }
    }
}

/// Places of what is open at once, altogether and for each key: sockets and connections by [`network`], downloads by person too.
pub struct Places<K> {
    open: Arc<Mutex<HashMap<K, usize>>>,
    most: usize,
    most_per_key: usize,
}

impl<K: Copy + Eq + Hash> Places<K> {
    /// So many altogether, and so many for one key.
    pub fn new(most: usize, most_per_key: usize) -> Self {
        Self { open: Arc::default(), most, most_per_key }
    }

    /// One more place, until it is dropped.
    pub fn take(&self, key: K) -> Option<Place<K>> {
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        let (all, here) = (open.values().sum::<usize>(), open.get(&key).copied().unwrap_or(0));
        if all >= self.most || here >= self.most_per_key {
            return None;
        }
        open.insert(key, here + 1);
        Some(Place { open: Arc::clone(&self.open), key })
    }
}

/// One place that is taken.
pub struct Place<K: Copy + Eq + Hash> {
    open: Arc<Mutex<HashMap<K, usize>>>,
    key: K,
}

impl<K: Copy + Eq + Hash> Drop for Place<K> {
    fn drop(&mut self) {
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        if let Entry::Occupied(mut entry) = open.entry(self.key) {
            *entry.get_mut() -= 1;
            if *entry.get() == 0 {
                entry.remove();
            }
        }
    }
}

/// One household has 2^64 IPv6 addresses (RFC 6177), so its network is what counts.
pub fn network(client: IpAddr) -> IpAddr {
    match client.to_canonical() {
        IpAddr::V6(v6) => IpAddr::V6(Ipv6Addr::from_bits(v6.to_bits() & !u128::from(u64::MAX))),
        v4 @ IpAddr::V4(_) => v4,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use shared::error::ErrorCode;

    #[test]
    fn the_limit_is_per_network() {
        let rates = Rates::new(NonZeroU32::new(2).expect("not zero"), NonZeroU32::MIN);
        let address = |text: &str| rates.address(text.parse().expect("an address"));
        assert_eq!(address("2001:db8::1"), Ok(()));
        assert_eq!(address("2001:db8::2"), Ok(()));
        let refused = address("2001:db8::3").expect_err("the network is used up");
        assert_eq!(refused.code, ErrorCode::RateLimited);
        assert_eq!(refused.params[0].0, "retryAfterSeconds");
        assert!((1..=31).contains(&refused.params[0].1.parse::<u64>().expect("seconds")));
        assert_eq!(address("192.0.2.1"), Ok(()));
    }

    #[test]
    fn places_are_bounded() {
        let places = Places::new(3, 2);
        let open = |text: &str| places.take(network(text.parse().expect("an address")));
        let first = open("192.0.2.1");
        let second = open("192.0.2.1");
        assert!(first.is_some() && second.is_some() && open("192.0.2.1").is_none());
        let third = open("192.0.2.2");
        assert!(third.is_some() && open("192.0.2.3").is_none());
        drop(first);
        assert!(open("192.0.2.1").is_some());
        drop((second, third));
        assert!(places.open.lock().expect("not poisoned").is_empty());
    }

    #[test]
    fn nobody_is_not_an_actor() {
        let rates = Rates::new(NonZeroU32::MIN, NonZeroU32::MIN);
        assert_eq!((rates.actor(""), rates.actor("")), (Ok(()), Ok(())));
        assert_eq!(rates.actor("user"), Ok(()));
        assert!(rates.actor("user").is_err());
    }
}
