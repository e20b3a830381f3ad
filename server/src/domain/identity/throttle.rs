//! Slows down guessing of passwords: by address and by account, so that neither one machine guessing many accounts nor
//! many machines guessing one gets far. The account's share refills, so nobody can be locked out for long; a browser that is known
//! to the account's owner ([`super::device`]) has a share of its own, which no stranger uses up.

use crate::graphql::{
    errors::ApiError,
    transport::rates::{KeyedLimit, network},
};
use shared::ids::UserId;
use std::{net::IpAddr, num::NonZeroU32};

/// So many addresses a minute may one person look up, by adding members: enough for people, little for one who goes through
/// lists of addresses to learn who has an account.
const LOOK_UPS: NonZeroU32 = NonZeroU32::new(30).unwrap();
/// So many times the share of one known browser have all that are known to an account: one alone does not use it up, and who signs
/// in again and again, and so makes many known, does not do it as often as they like.
const BROWSERS: NonZeroU32 = NonZeroU32::new(3).unwrap();
/// So many times the share of an address has it for known browsers. Those of one house may be many; but each try is a hash, for
/// which everybody else's waits, and whoever has many accounts has many known browsers.
const HOUSEHOLD: NonZeroU32 = NonZeroU32::new(6).unwrap();

/// Counts sign-ins, and addresses that are looked up.
pub struct Throttle {
    by_address: KeyedLimit,
    by_account: KeyedLimit,
    by_device: KeyedLimit,
    by_devices: KeyedLimit,
    by_household: KeyedLimit,
    look_ups: KeyedLimit,
}

impl Throttle {
    /// So many tries a minute from one address, and at one account; as many at an account with each browser that it knows, and
    /// thrice as many with all of them. From one address six times as many with known browsers as with others.
    pub fn new(per_address: NonZeroU32, per_account: NonZeroU32) -> Self {
        Self {
            by_address: KeyedLimit::per_minute(per_address),
            by_account: KeyedLimit::per_minute(per_account),
            by_device: KeyedLimit::per_minute(per_account),
            by_devices: KeyedLimit::per_minute(per_account.saturating_mul(BROWSERS)),
            by_household: KeyedLimit::per_minute(per_address.saturating_mul(HOUSEHOLD)),
            look_ups: KeyedLimit::per_minute(LOOK_UPS),
        }
    }

    /// Counts an address that a person looks up, found or not.
    ///
    /// # Errors
    /// `RATE_LIMITED` with the seconds to wait.
    pub fn count_look_up(&self, by: UserId) -> Result<(), ApiError> {
        self.look_ups.take(&by.to_string())
    }

    /// Counts a try that names no account.
    ///
    /// # Errors
    /// `RATE_LIMITED` with the seconds to wait.
    pub fn address(&self, address: IpAddr) -> Result<(), ApiError> {
        self.by_address.take(&network(address))
    }

    /// Counts a try: with a browser of this number, if its owner is known to have used it, else from wherever it comes.
    ///
    /// # Errors
    /// `RATE_LIMITED` with the seconds to wait.
    pub fn count(&self, address: IpAddr, email: &str, device: Option<&str>) -> Result<(), ApiError> {
        if let Some(device) = device {
            self.by_device.take(&device)?;
            self.by_devices.take(&email)?;
            return self.by_household.take(&network(address));
        }
        self.by_address.take(&network(address))?;
        self.by_account.take(&email)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use shared::error::ErrorCode;

    #[test]
    fn one_person_looks_up_so_many_addresses_and_no_more() {
        let throttle = Throttle::new(NonZeroU32::MIN, NonZeroU32::MIN);
        let person = |n: u128| UserId(uuid::Uuid::from_u128(n));
        for _ in 0..LOOK_UPS.get() {
            assert_eq!(throttle.count_look_up(person(1)), Ok(()));
        }
        assert_eq!(throttle.count_look_up(person(1)).map_err(|e| e.code), Err(ErrorCode::RateLimited));
        assert_eq!(throttle.count_look_up(person(2)), Ok(()));
    }

    #[test]
    fn guessing_from_one_address_and_at_one_account_is_slowed_down() {
        let three = NonZeroU32::new(3).unwrap();
        let throttle = Throttle::new(three, three);
        let address = |n: u8| IpAddr::from([192, 0, 2, n]);
        for n in 0..3 {
            assert_eq!(throttle.count(address(1), &format!("{n}@example.com"), None), Ok(()));
        }
        assert_eq!(throttle.count(address(1), "9@example.com", None).map_err(|e| e.code), Err(ErrorCode::RateLimited));
        for n in 10..13 {
            assert_eq!(throttle.count(address(n), "ada@example.com", None), Ok(()));
        }
        assert_eq!(
            throttle.count(address(20), "ada@example.com", None).map_err(|e| e.code),
            Err(ErrorCode::RateLimited)
        );
        assert_eq!(throttle.count(address(20), "bob@example.com", None), Ok(()));
        // Where she has signed in before, even from the address of whoever guesses.
        for _ in 0..3 {
            assert_eq!(throttle.count(address(1), "ada@example.com", Some("laptop")), Ok(()));
        }
        let refused = throttle.count(address(1), "ada@example.com", Some("laptop"));
        assert_eq!(refused.map_err(|e| e.code), Err(ErrorCode::RateLimited));
        assert_eq!(throttle.count(address(1), "ada@example.com", Some("telephone")), Ok(()));
    }

    #[test]
    fn browsers_that_are_made_known_again_and_again_share_a_bound() {
        let three = NonZeroU32::new(3).unwrap();
        let throttle = Throttle::new(three, three);
        let sign_in = |address, email, n: u8| {
            let number = format!("{email} {n}");
            throttle.count(IpAddr::from([192, 0, 2, address]), email, Some(&number)).map_err(|e| e.code)
        };
        for email in ["ada@example.com", "bob@example.com"] {
            for n in 0..9 {
                assert_eq!(sign_in(1, email, n), Ok(()));
            }
            assert_eq!(sign_in(2, email, 9), Err(ErrorCode::RateLimited), "with all that are known to an account");
        }
        assert_eq!(sign_in(1, "carol@example.com", 0), Err(ErrorCode::RateLimited), "from one address");
        assert_eq!(sign_in(2, "carol@example.com", 0), Ok(()));
    }
}
