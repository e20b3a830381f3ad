//! JSON Pointers (RFC 6901) into a chart's values. Values are maps of maps: a token is always a key, never an index.

use std::fmt;

use serde_json::{Map, Value};

/// The most levels of a pointer.
const DEPTH_MAX: usize = 16;
/// The most bytes of a pointer.
const BYTES_MAX: usize = 256;

/// Why a text is no pointer to a value.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PointerError {
    /// It does not begin with `/`.
    #[error("a pointer begins with /")]
    NoSlash,
    /// A `~` is not followed by 0 or 1 (section 3).
    #[error("~ is written ~0 and / is written ~1")]
    Escape,
    /// A key is empty.
    #[error("a key is empty")]
    EmptyKey,
    /// It is too long or too deep.
    #[error("the pointer is too long")]
    TooLong,
}

/// A pointer to a value, not to the whole document.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Pointer {
    text: String,
    keys: Vec<String>,
}

impl Pointer {
    /// Reads a pointer.
    pub fn parse(text: &str) -> Result<Self, PointerError> {
        if text.len() > BYTES_MAX {
            return Err(PointerError::TooLong);
        }
        let keys = text.strip_prefix('/').ok_or(PointerError::NoSlash)?;
        let keys = keys.split('/').map(unescape).collect::<Result<Vec<_>, _>>()?;
        if keys.len() > DEPTH_MAX {
            return Err(PointerError::TooLong);
        }
        Ok(Self { text: text.to_owned(), keys })
    }

    /// The pointer as it is written.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Its keys, from the outermost.
    pub fn keys(&self) -> &[String] {
        &self.keys
    }

    /// Whether `other` is this or lies below this.
    pub fn holds(&self, other: &Self) -> bool {
        other.keys.starts_with(&self.keys)
    }

    /// Puts a value where the pointer points, making the maps on the way. What is there and is no map gives way.
    pub fn put(&self, document: &mut Value, value: Value) {
        let mut at = document;
        for key in &self.keys {
            if !at.is_object() {
                *at = Value::Object(Map::new());
            }
            let Value::Object(map) = at else { return };
            at = map.entry(key.clone()).or_insert(Value::Null);
        }
        *at = value;
    }
}

impl fmt::Display for Pointer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// Writes keys as a pointer (section 3: `~` becomes `~0`, `/` becomes `~1`).
pub fn write<'k>(keys: impl IntoIterator<Item = &'k str>) -> String {
    keys.into_iter().fold(String::new(), |text, key| text + "/" + &key.replace('~', "~0").replace('/', "~1"))
}

fn unescape(key: &str) -> Result<String, PointerError> {
    if key.is_empty() {
        return Err(PointerError::EmptyKey);
    }
    let mut escapes = key.split('~');
    let mut out = escapes.next().unwrap_or_default().to_owned();
    for part in escapes {
        let (letter, rest) = match part.as_bytes().first() {
            Some(b'0') => ('~', part.get(1..)),
            Some(b'1') => ('/', part.get(1..)),
            _ => return Err(PointerError::Escape),
        };
        out.push(letter);
        out.push_str(rest.unwrap_or_default());
    }
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    #[test]
    fn pointers_are_read_as_in_rfc_6901() {
        let pointer = Pointer::parse("/a~1b/m~0n/~01/0").unwrap();
        assert_eq!(pointer.keys(), ["a/b", "m~n", "~1", "0"]);
        for (text, error) in [
            ("", PointerError::NoSlash),
            ("a/b", PointerError::NoSlash),
            ("#/a", PointerError::NoSlash),
            ("/", PointerError::EmptyKey),
            ("/a//b", PointerError::EmptyKey),
            ("/a/", PointerError::EmptyKey),
            ("/~", PointerError::Escape),
            ("/~2", PointerError::Escape),
            (&"/a".repeat(17), PointerError::TooLong),
            (&format!("/{}", "a".repeat(10_000)), PointerError::TooLong),
        ] {
            assert_eq!(Pointer::parse(text), Err(error), "{text}");
        }
    }

    #[test]
    fn a_pointer_holds_what_lies_below() {
        let pointer = |text| Pointer::parse(text).unwrap();
        assert!(pointer("/a").holds(&pointer("/a/b")) && pointer("/a").holds(&pointer("/a")));
        assert!(!pointer("/a").holds(&pointer("/ab")) && !pointer("/a/b").holds(&pointer("/a")));
    }

    #[test]
    fn values_are_put_beside_each_other() {
        let mut document = json!({ "a": { "x": 1 } });
        Pointer::parse("/a/y/0").unwrap().put(&mut document, json!(2));
        assert_eq!(document, json!({ "a": { "x": 1, "y": { "0": 2 } } }));
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_again(keys in proptest::collection::vec("[a-z~/0-9é.-]{1,8}", 1..8)) {
            let text = write(keys.iter().map(String::as_str));
            let pointer = Pointer::parse(&text).unwrap();
            prop_assert_eq!(pointer.keys(), &keys[..]);
            let mut document = Value::Null;
            pointer.put(&mut document, json!(7));
            prop_assert_eq!(document.pointer(&text), Some(&json!(7)));
        }

        #[test]
        fn any_text_is_read_or_refused(text in "\\PC{0,40}") {
            if let Ok(pointer) = Pointer::parse(&text) {
                prop_assert_eq!(write(pointer.keys().iter().map(String::as_str)), text);
            }
        }
    }
}
