//! Browsers in which somebody has signed in before are known again by a cookie, and their tries are counted apart: strangers who
//! guess at an account use up its share, and its owner signs in all the same
//! (<https://owasp.org/www-community/Slow_Down_Online_Guessing_Attacks_with_Device_Cookies>).
//!
//! The cookie gives no right. It holds a random number and a code of number and account that only this installation makes, so
//! nothing has to be stored.

use crate::{crypto::seal::MasterKey, domain::state::State};
use http::{HeaderMap, header};
use tower_sessions::cookie::{Cookie, SameSite};

/// The cookie's name where browsers keep secure ones: no page of another host can set one of this name.
const SECURE_NAME: &str = "__Host-woow-device";
/// And elsewhere.
const NAME: &str = "woow-device";
/// How long a browser is known after a sign-in; browsers keep no cookie for longer than 400 days.
const DAYS: i64 = 365;
/// Letters of the number.
const LETTERS: usize = 22;

/// What a browser says to be known by.
#[derive(Debug, Clone, Default)]
pub struct Device(Option<String>);

const fn name(secure: bool) -> &'static str {
    if secure { SECURE_NAME } else { NAME }
}

impl Device {
    /// Of the browser that sent these headers; `secure` where browsers keep secure cookies.
    pub fn of(headers: &HeaderMap, secure: bool) -> Self {
        let texts = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
        let mut cookies = texts.flat_map(Cookie::split_parse).flatten();
        Self(cookies.find(|cookie| cookie.name() == name(secure)).map(|cookie| cookie.value().to_owned()))
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
    Cookie::build((name(secure), value))
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

    /// Of a browser that sends these.
    fn sends(cookies: &str, secure: bool) -> Device {
        let sent = HeaderValue::from_str(cookies).unwrap();
        Device::of(&HeaderMap::from_iter([(header::COOKIE, sent)]), secure)
    }

    /// What a browser sends back of a cookie.
    fn pair(cookie: &str) -> &str {
        cookie.split_once(';').unwrap().0
    }

    #[test]
    fn a_browser_is_known_to_whoever_has_signed_in_with_it() {
        for secure in [false, true] {
            let made = made(&key("a"), "ada@example.com", "one", secure);
            let device = sends(&format!("a=b; {}; c", pair(&made)), secure);
            assert_eq!(device.known_to(&key("a"), "ada@example.com"), Some("one"));
            assert_eq!(device.known_to(&key("a"), "bob@example.com"), None);
            assert_eq!(device.known_to(&key("b"), "ada@example.com"), None, "of another installation");
        }
        assert_eq!(Device::of(&HeaderMap::new(), true).known_to(&key("a"), "ada@example.com"), None);
        assert_eq!(sends("woow-device=two.00", false).known_to(&key("a"), "ada@example.com"), None);
    }

    /// A page of a neighbouring host can set cookies for both, but none whose name begins with `__Host-`.
    #[test]
    fn no_neighbour_makes_a_browser_unknown() {
        let made = made(&key("a"), "ada@example.com", "one", true);
        let device = sends(&format!("woow-device=two.00; {}", pair(&made)), true);
        assert_eq!(device.known_to(&key("a"), "ada@example.com"), Some("one"));
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
