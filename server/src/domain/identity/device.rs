//! Browsers in which somebody has signed in before are known again by a cookie, and their tries are counted apart: strangers who
//! guess at an account use up its share, and its owner signs in all the same
//! (<https://owasp.org/www-community/Slow_Down_Online_Guessing_Attacks_with_Device_Cookies>).
//!
//! The cookie gives no right. It holds a random number and a code of number and account that only this installation makes, so
//! nothing has to be stored.

use crate::{crypto::seal::MasterKey, domain::state::State};
use http::{HeaderMap, header};
use tower_sessions::cookie::{Cookie, SameSite};

/// Names of the cookie: where browsers keep secure ones, and elsewhere.
const NAMES: [&str; 2] = ["__Host-woow-device", "woow-device"];
/// How long a browser is known after a sign-in; browsers keep no cookie for longer than 400 days.
const DAYS: i64 = 365;
/// Letters of the number.
const LETTERS: usize = 22;

/// What a browser says to be known by.
#[derive(Debug, Clone, Default)]
pub struct Device(Option<String>);

impl Device {
    /// Of the browser that sent these headers.
    pub fn of(headers: &HeaderMap) -> Self {
        let texts = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
        let mut cookies = texts.flat_map(Cookie::split_parse).flatten();
        Self(cookies.find(|cookie| NAMES.contains(&cookie.name())).map(|cookie| cookie.value().to_owned()))
    }

    /// Its number, if the owner of this account has signed in with it.
    pub fn known_to(&self, key: &MasterKey, email: &str) -> Option<&str> {
        let (number, code) = self.0.as_deref()?.split_once('.')?;
        // Codes of the codes: how long it takes to compare them tells nothing of the right one.
        let same = key.code_of(code.as_bytes()) == key.code_of(code_of(key, email, number).as_bytes());
        same.then_some(number)
    }
}

fn code_of(key: &MasterKey, email: &str, number: &str) -> String {
    // An address holds no line's end, so no two pairs are the same text.
    key.code_of(format!("device\n{email}\n{number}").as_bytes())
}

/// The cookie by which a browser is known after this sign-in.
pub fn cookie(state: &State, email: &str) -> String {
    made(&state.master_key, email, &state.random.secret(LETTERS), state.settings.secure_cookies)
}

fn made(key: &MasterKey, email: &str, number: &str, secure: bool) -> String {
    let value = format!("{number}.{}", code_of(key, email, number));
    Cookie::build((NAMES[usize::from(!secure)], value))
        .path("/")
        .secure(secure)
        .http_only(true)
        .same_site(SameSite::Lax)
        .max_age(time::Duration::days(DAYS))
        .build()
        .to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crypto::random::Random;
    use http::HeaderValue;

    fn key(digit: &str) -> MasterKey {
        MasterKey::from_hex(&digit.repeat(64), Random::seeded(1)).unwrap()
    }

    /// As a browser sends it back, beside others.
    fn back(cookie: &str) -> Device {
        let (own, _) = cookie.split_once(';').unwrap();
        let sent = HeaderValue::from_str(&format!("a=b; {own}; c")).unwrap();
        Device::of(&HeaderMap::from_iter([(header::COOKIE, sent)]))
    }

    #[test]
    fn a_browser_is_known_to_whoever_has_signed_in_with_it() {
        for secure in [false, true] {
            let device = back(&made(&key("a"), "ada@example.com", "one", secure));
            assert_eq!(device.known_to(&key("a"), "ada@example.com"), Some("one"));
            assert_eq!(device.known_to(&key("a"), "bob@example.com"), None);
            assert_eq!(device.known_to(&key("b"), "ada@example.com"), None, "of another installation");
        }
        assert_eq!(Device::of(&HeaderMap::new()).known_to(&key("a"), "ada@example.com"), None);
        let made_up = back("woow-device=two.00; Path=/");
        assert_eq!(made_up.known_to(&key("a"), "ada@example.com"), None);
    }

    #[test]
    fn the_cookie_stays_where_it_was_made() {
        let cookie = made(&key("a"), "ada@example.com", "one", true);
        assert!(cookie.starts_with("__Host-woow-device=one."), "{cookie}");
        for part in ["Path=/", "Secure", "HttpOnly", "SameSite=Lax", "Max-Age=31536000"] {
            assert!(cookie.split("; ").any(|own| own == part), "{part}: {cookie}");
        }
        assert!(!cookie.contains("Domain") && !cookie.contains("ada"), "{cookie}");
    }
}
