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

/// Places of what there is at once, altogether and for each key: sockets and connections by [`network`], downloads and logs by person,
/// bytes of requests that are on their way.
pub struct Places<K> {
    room: Arc<Room<K>>,
}

struct Room<K> {
    taken: Mutex<HashMap<K, usize>>,
    most: usize,
    most_per_key: usize,
}

impl<K: Copy + Eq + Hash> Places<K> {
    /// So many altogether, and so many for one key.
    pub fn new(most: usize, most_per_key: usize) -> Self {
        Self { room: Arc::new(Room { taken: Mutex::default(), most, most_per_key }) }
    }

    /// One more place, until it is dropped.
    pub fn take(&self, key: K) -> Option<Place<K>> {
        self.room.take(key, 1).then(|| Place { room: Arc::clone(&self.room), key, count: 1 })
    }
}

impl<K: Copy + Eq + Hash> Room<K> {
    fn take(&self, key: K, count: usize) -> bool {
        let mut taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        let (all, here) = (taken.values().sum::<usize>(), taken.get(&key).copied().unwrap_or(0));
        let fits = all.saturating_add(count) <= self.most && here.saturating_add(count) <= self.most_per_key;
        if fits {
            taken.insert(key, here + count);
        }
        fits
    }
}

/// One place that is taken, or as many as it has grown to.
pub struct Place<K: Copy + Eq + Hash> {
    room: Arc<Room<K>>,
    key: K,
    count: usize,
}

impl<K: Copy + Eq + Hash> Place<K> {
    /// Takes so many more, where there are as many.
    pub fn grow(&mut self, count: usize) -> bool {
        let fits = self.room.take(self.key, count);
        if fits {
            self.count += count;
        }
        fits
    }
}

impl<K: Copy + Eq + Hash> Drop for Place<K> {
    fn drop(&mut self) {
        let mut taken = self.room.taken.lock().unwrap_or_else(PoisonError::into_inner);
        if let Entry::Occupied(mut entry) = taken.entry(self.key) {
            *entry.get_mut() -= self.count;
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
        assert!(places.room.taken.lock().expect("not poisoned").is_empty());
    }

    #[test]
    fn a_place_grows_as_far_as_there_is_room() {
        let places = Places::new(10, 6);
        let (mut first, mut second) = (places.take(1).expect("room"), places.take(2).expect("room"));
        assert!(first.grow(5) && !first.grow(1), "six are for one key");
        assert!(second.grow(3) && !second.grow(1), "ten are for all");
        assert!(places.take(3).is_none());
        drop(first);
        assert!(second.grow(2));
        drop(second);
        assert!(places.room.taken.lock().expect("not poisoned").is_empty());
    }

    #[test]
    fn nobody_is_not_an_actor() {
        let rates = Rates::new(NonZeroU32::MIN, NonZeroU32::MIN);
        assert_eq!((rates.actor(""), rates.actor("")), (Ok(()), Ok(())));
        assert_eq!(rates.actor("user"), Ok(()));
        assert!(rates.actor("user").is_err());
    }
}
