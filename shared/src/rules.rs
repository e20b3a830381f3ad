//! Rules for what people type, the same in the form and behind the API.

use crate::error::FieldErrorCode;

/// What is wrong with a value, with the parameters of the sentence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// What is wrong.
    pub code: FieldErrorCode,
    /// Named figures of the sentence.
    pub params: Vec<(&'static str, String)>,
}

impl Problem {
    /// A problem without parameters.
    pub const fn new(code: FieldErrorCode) -> Self {
        Self { code, params: Vec::new() }
    }

    /// Adds a parameter.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl ToString) -> Self {
        self.params.push((name, value.to_string()));
        self
    }
}

/// Most letters of a name.
pub const NAME_MAX: usize = 64;
/// Most letters of a description.
pub const DESCRIPTION_MAX: usize = 500;
/// Fewest letters of the reason of a support grant: it is read by those who are supported.
pub const REASON_MIN: usize = 10;
/// Most letters of the reason of a support grant.
pub const REASON_MAX: usize = 500;
/// Most hours of a support grant.
pub const SUPPORT_HOURS_MAX: i32 = 24;
/// Fewest letters of a password (NIST SP 800-63B, section 3.1.1, asks for 8 at least; 15 where it stands alone).
pub const PASSWORD_MIN: usize = 12;
/// Most letters of a password: hashing longer ones would only cost time.
pub const PASSWORD_MAX: usize = 256;
/// Most letters of a host name's label (RFC 1035, section 2.3.4).
pub const LABEL_MAX: usize = 63;
/// Most letters of what a list is searched for.
pub const SEARCH_MAX: usize = 200;
/// How many days an invitation can be used when nothing is said.
pub const INVITATION_DAYS: i32 = 7;
/// The most days that an invitation can be used.
pub const INVITATION_DAYS_MAX: i32 = 30;
/// The largest whole number that JSON readers keep exactly: 2^53 - 1 (RFC 8259, section 6).
pub const SAFE_INTEGER: i64 = 9_007_199_254_740_991;
/// Labels that tenants cannot have, because people would take them for the platform itself.
pub const RESERVED_LABELS: &[&str] = &[
    "admin",
    "api",
    "app",
    "apps",
    "auth",
    "billing",
    "console",
    "dashboard",
    "docs",
    "help",
    "login",
    "mail",
    "metrics",
    "ns1",
    "ns2",
    "oauth",
    "paas",
    "root",
    "static",
    "status",
    "support",
    "woow",
    "www",
];

/// A name that people see: trimmed, 1 to 64 letters, no control characters.
pub fn name(text: &str) -> Result<String, Problem> {
    let text = text.trim();
    bounded(text, 1, NAME_MAX)?;
    plain(text)?;
    Ok(text.to_owned())
}

/// A description: trimmed, at most 500 letters; new lines are allowed.
pub fn description(text: &str) -> Result<String, Problem> {
    let text = text.trim();
    bounded(text, 0, DESCRIPTION_MAX)?;
    if text.chars().any(|c| c.is_control() && c != '\n') {
        return Err(Problem::new(FieldErrorCode::InvalidFormat).with("expected", "plain text"));
    }
    Ok(text.to_owned())
}

/// The reason of a support grant: trimmed, 10 to 500 letters; new lines are allowed.
pub fn reason(text: &str) -> Result<String, Problem> {
    let text = description(text)?;
    bounded(&text, REASON_MIN, REASON_MAX)?;
    Ok(text)
}

/// How many hours a support grant lasts: 1 to 24.
pub fn support_hours(hours: i32) -> Result<i32, Problem> {
    if (1..=SUPPORT_HOURS_MAX).contains(&hours) {
        return Ok(hours);
    }
    Err(Problem::new(FieldErrorCode::OutOfRange).with("min", 1).with("max", SUPPORT_HOURS_MAX))
}

/// An e-mail address, roughly: one `@` with something on both sides; in lower case, so that it is found again.
pub fn email(text: &str) -> Result<String, Problem> {
    let text = text.trim().to_lowercase();
    bounded(&text, 3, 254)?;
    let fits = matches!(text.split_once('@'), Some((local, domain))
        if !local.is_empty() && !domain.is_empty() && !domain.contains('@'))
        && !text.chars().any(|c| c.is_whitespace() || c.is_control());
    if fits { Ok(text) } else { Err(Problem::new(FieldErrorCode::InvalidFormat).with("expected", "name@example.com")) }
}

/// A new password: 12 to 256 letters, not one letter repeated, and not the person's own e-mail address.
pub fn new_password(text: &str, email: &str) -> Result<(), Problem> {
    bounded(text, PASSWORD_MIN, PASSWORD_MAX)?;
    let mut letters = text.chars();
    let first = letters.next();
    if letters.all(|c| Some(c) == first) || text.eq_ignore_ascii_case(email) {
        return Err(Problem::new(FieldErrorCode::TooWeak));
    }
    Ok(())
}

/// The first label of a web address: lower-case letters, digits and inner hyphens, 3 to 63, not reserved.
pub fn subdomain(text: &str) -> Result<String, Problem> {
    let text = text.trim().to_lowercase();
    bounded(&text, 3, LABEL_MAX)?;
    let fits = text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
        && !text.starts_with('-')
        && !text.ends_with('-')
        // `xn--` begins a label in Punycode (RFC 5891): it may look like another's name.
        && text.get(2..4) != Some("--");
    if !fits {
        return Err(Problem::new(FieldErrorCode::InvalidFormat).with("expected", "a-z, 0-9, -"));
    }
    if RESERVED_LABELS.contains(&text.as_str()) {
        return Err(Problem::new(FieldErrorCode::Reserved));
    }
    Ok(text)
}

/// What a list is searched for: trimmed, at most 200 letters, no control characters; empty when all is wanted.
pub fn search(text: &str) -> Result<String, Problem> {
    let text = text.trim();
    bounded(text, 0, SEARCH_MAX)?;
    if text.chars().any(char::is_control) {
        return Err(Problem::new(FieldErrorCode::InvalidFormat).with("expected", "one line of text"));
    }
    Ok(text.to_owned())
}

/// Checks the count of letters.
pub fn bounded(text: &str, min: usize, max: usize) -> Result<(), Problem> {
    // Counting stops just after the limit: the text may be long.
    let count = text.chars().take(max + 1).count();
    if count == 0 && min > 0 {
        return Err(Problem::new(FieldErrorCode::Required));
    }
    if count < min {
        return Err(Problem::new(FieldErrorCode::TooShort).with("min", min));
    }
    if count > max {
        return Err(Problem::new(FieldErrorCode::TooLong).with("max", max));
    }
    Ok(())
}

fn plain(text: &str) -> Result<(), Problem> {
    // Letters that cannot be seen or that turn the direction make one name look like another (Unicode TR 36).
    let unseen = |c: char| matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}');
    if text.chars().any(|c| c.is_control() || unseen(c)) {
        return Err(Problem::new(FieldErrorCode::InvalidFormat).with("expected", "one line of text"));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_trimmed_and_bounded() {
        assert_eq!(name("  Shop  "), Ok("Shop".to_owned()));
        assert_eq!(name("   ").map_err(|p| p.code), Err(FieldErrorCode::Required));
        assert_eq!(name(&"x".repeat(10_000)).map_err(|p| p.code), Err(FieldErrorCode::TooLong));
        for text in ["a\u{0}b", "\u{200b}", "a\u{202e}b"] {
            assert_eq!(name(text).map_err(|p| p.code), Err(FieldErrorCode::InvalidFormat));
        }
    }

    #[test]
    fn a_search_is_one_line_or_nothing() {
        let most = "ö".repeat(SEARCH_MAX);
        for (text, words) in [("", ""), (" \t\n", ""), ("  Flows  ", "Flows"), ("100% _\\", "100% _\\"), (&most, &most)]
        {
            assert_eq!(search(text), Ok(words.to_owned()), "{text:?}");
        }
        let long = "ö".repeat(SEARCH_MAX + 1);
        for (text, code) in [
            (long.as_str(), FieldErrorCode::TooLong),
            ("\0", FieldErrorCode::InvalidFormat),
            ("a\0b", FieldErrorCode::InvalidFormat),
            ("a\nb", FieldErrorCode::InvalidFormat),
            ("\u{7f}", FieldErrorCode::InvalidFormat),
        ] {
            assert_eq!(search(text).map_err(|problem| problem.code), Err(code), "{text:?}");
        }
    }

    #[test]
    fn subdomains_are_host_labels() {
        assert_eq!(subdomain("My-Shop"), Ok("my-shop".to_owned()));
        for (text, code) in [
            ("ab", FieldErrorCode::TooShort),
            ("-abc", FieldErrorCode::InvalidFormat),
            ("xn--bcher-kva", FieldErrorCode::InvalidFormat),
            ("a.b.c", FieldErrorCode::InvalidFormat),
            ("www", FieldErrorCode::Reserved),
        ] {
            assert_eq!(subdomain(text).map_err(|p| p.code), Err(code), "{text}");
        }
    }

    #[test]
    fn a_support_grant_has_a_reason_and_an_end() {
        assert_eq!(reason("  Their flows stand still.\n"), Ok("Their flows stand still.".to_owned()));
        assert_eq!(reason("because").map_err(|p| p.code), Err(FieldErrorCode::TooShort));
        assert_eq!(reason(" ").map_err(|p| p.code), Err(FieldErrorCode::Required));
        assert_eq!((support_hours(1), support_hours(24)), (Ok(1), Ok(24)));
        for hours in [0, 25, -1] {
            assert_eq!(support_hours(hours).map_err(|p| p.code), Err(FieldErrorCode::OutOfRange));
        }
    }

    #[test]
    fn passwords_that_are_easy_to_guess_are_refused() {
        assert_eq!(new_password("correct horse battery", "a@b.c"), Ok(()));
        assert_eq!(new_password("aaaaaaaaaaaaaaa", "a@b.c").map_err(|p| p.code), Err(FieldErrorCode::TooWeak));
        assert_eq!(
            new_password("ada@example.com", "ada@example.com").map_err(|p| p.code),
            Err(FieldErrorCode::TooWeak)
        );
        assert_eq!(new_password("short", "a@b.c").map_err(|p| p.code), Err(FieldErrorCode::TooShort));
    }
}
