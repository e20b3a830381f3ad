//! Names that are safe to hand to Helm: none can be taken for a flag, a path or a pattern.

use std::fmt;

/// The name is not a DNS label of at most so many letters.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("a name has 1 to {max} of a-z, 0-9 and -, and begins and ends with a letter or digit")]
pub struct InvalidName {
    max: usize,
}

/// Checks a label as in RFC 1123, section 2.1, in lower case.
fn label(text: String, max: usize) -> Result<String, InvalidName> {
    let inner = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit();
    let fits = (1..=max).contains(&text.len())
        && text.bytes().all(|b| inner(b) || b == b'-')
        && text.bytes().next().is_some_and(inner)
        && text.bytes().last().is_some_and(inner);
    if fits { Ok(text) } else { Err(InvalidName { max }) }
}

macro_rules! name {
    ($(#[$meta:meta])* $name:ident, $max:literal) => {
        $(#[$meta])*
        #[derive(Debug, Clone, PartialEq, Eq, Hash)]
        pub struct $name(String);

        impl $name {
            /// Checks a name.
            pub fn new(text: impl Into<String>) -> Result<Self, InvalidName> {
                label(text.into(), $max).map(Self)
            }

            /// The name's text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

name! {
    /// The name of a release: Helm allows 53 letters, so that names made of it fit into 63.
    ReleaseName, 53
}
name! {
    /// The name of a namespace.
    Namespace, 63
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_cannot_be_flags_paths_or_patterns() {
        let long = "a".repeat(54);
        for text in ["", "-a", "a-", "--generate-name", "a b", "A", "a/b", "a.b", "^.*$", "ä", "a\n", &long] {
            assert!(ReleaseName::new(text).is_err(), "{text}");
        }
        assert!(Namespace::new("a".repeat(63)).is_ok());
        assert!(Namespace::new("a".repeat(64)).is_err());
        assert_eq!(ReleaseName::new("n8n-k3x9").map(|name| name.to_string()), Ok("n8n-k3x9".to_owned()));
    }
}
