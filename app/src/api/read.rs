//! Reads answers.
//!
//! What is asked for is checked against the schema by cynic; its own readers weigh about a kilobyte for each field,
//! so an answer is parsed once into a [`Value`] and taken apart by name here.

use cynic::Id;
use serde_json::Value;
use shared::{
    catalog::{AppCategory, AppFieldType},
    error::FieldErrorCode,
    operation::{JournalCode, JournalLevel, OperationErrorCode, OperationKind, OperationState, StepName, StepState},
    people::SignUpMode,
    roles::{PlatformRole, TokenScope, WorkspaceRole},
    service::{DesiredState, LogState, ServiceState, StatusReason, UsageResource, UsageState, WorkspaceState},
};

/// What can be read out of an answer.
pub trait Read: Sized {
    /// It. Where the value is something else, that is noted, and anything of the type stands in: code that need not
    /// stop half-way is much smaller.
    fn read(value: Value, wrong: &mut bool) -> Self;
}

/// Reads all of an answer, unless anything in it is something else.
pub fn whole<T: Read>(value: Value) -> Option<T> {
    let mut wrong = false;
    let read = T::read(value, &mut wrong);
    (!wrong).then_some(read)
}

/// Reads a field of an object; where it is left out, as if it were null.
pub fn field<T: Read>(object: &mut Value, name: &str, wrong: &mut bool) -> T {
    T::read(take(object, name), wrong)
}

/// Takes a field out of an object, by its name in Rust or in the schema.
pub fn take(object: &mut Value, name: &str) -> Value {
    let Value::Object(fields) = object else { return Value::Null };
    fields.iter_mut().find(|(key, _)| is_same(key, name)).map(|(_, value)| value.take()).unwrap_or_default()
}

/// Whether `createdAt` is `created_at`.
fn is_same(key: &str, name: &str) -> bool {
    let name = name.bytes().filter(|byte| *byte != b'_');
    key.bytes().map(|byte| byte.to_ascii_lowercase()).eq(name.map(|byte| byte.to_ascii_lowercase()))
}

/// Reads a type field by field.
macro_rules! read {
    ($($name:ident { $($field:ident $(as $key:literal)?),+ $(,)? })+) => {
        $(
            impl $crate::api::read::Read for $name {
                fn read(mut value: serde_json::Value, wrong: &mut bool) -> Self {
                    Self { $($field: $crate::api::read::field(&mut value, read!(@key $field $($key)?), wrong),)+ }
                }
            }
        )+
    };
    (@key $field:ident $key:literal) => { $key };
    (@key $field:ident) => { stringify!($field) };
}
pub(crate) use read;

/// The value that was expected; otherwise notes that there was something else.
fn expected<T: Default>(value: Option<T>, wrong: &mut bool) -> T {
    *wrong |= value.is_none();
    value.unwrap_or_default()
}

impl Read for String {
    fn read(value: Value, wrong: &mut bool) -> Self {
        match value {
            Value::String(text) => text,
            _ => expected(None, wrong),
        }
    }
}

impl Read for Id {
    fn read(value: Value, wrong: &mut bool) -> Self {
        Self::new(String::read(value, wrong))
    }
}

impl Read for bool {
    fn read(value: Value, wrong: &mut bool) -> Self {
        expected(value.as_bool(), wrong)
    }
}

impl Read for i32 {
    fn read(value: Value, wrong: &mut bool) -> Self {
        expected(value.as_i64().and_then(|number| Self::try_from(number).ok()), wrong)
    }
}

impl Read for f64 {
    fn read(value: Value, wrong: &mut bool) -> Self {
        expected(value.as_f64(), wrong)
    }
}

impl<T: Read> Read for Option<T> {
    fn read(value: Value, wrong: &mut bool) -> Self {
        match value {
            Value::Null => None,
            value => Some(T::read(value, wrong)),
        }
    }
}

impl<T: Read> Read for Vec<T> {
    fn read(value: Value, wrong: &mut bool) -> Self {
        let list = match value {
            Value::Array(list) => list,
            _ => expected(None, wrong),
        };
        let mut read = Self::with_capacity(list.len());
        for value in list {
            read.push(T::read(value, wrong));
        }
        read
    }
}

macro_rules! read_by_name {
    ($($name:ident),+ $(,)?) => {
        $(
            impl Read for $name {
                fn read(value: Value, wrong: &mut bool) -> Self {
                    value.as_str().and_then(Self::parse).unwrap_or_else(|| {
                        *wrong = true;
                        Self::ALL[0]
                    })
                }
            }
        )+
    };
}

read_by_name! {
    AppCategory, AppFieldType, DesiredState, FieldErrorCode, JournalCode, JournalLevel, LogState, OperationErrorCode,
    OperationKind, OperationState, PlatformRole, ServiceState, SignUpMode, StatusReason, StepName, StepState, TokenScope,
    UsageResource, UsageState, WorkspaceRole, WorkspaceState,
}

#[cfg(test)]
mod tests {
    use super::{Value, is_same, whole};
    use serde_json::json;

    #[derive(Debug, PartialEq)]
    struct Thing {
        a_text: String,
        a_number: Option<i32>,
    }

    read! { Thing { a_text, a_number as "number" } }

    #[test]
    fn names_of_rust_and_of_the_schema_meet() {
        assert!(is_same("createdAt", "created_at"));
        assert!(is_same("name", "name"));
        assert!(!is_same("names", "name"));
        assert!(!is_same("nam", "name"));
    }

    #[test]
    fn what_is_left_out_is_null_and_what_is_otherwise_is_refused() {
        let thing = Thing { a_text: "x".to_owned(), a_number: Some(3) };
        assert_eq!(whole(json!({ "aText": "x", "number": 3 })), Some(thing));
        let thing = Thing { a_text: "x".to_owned(), a_number: None };
        assert_eq!(whole(json!({ "aText": "x" })), Some(thing));
        for wrong in [json!({}), json!({ "aText": 1 }), json!({ "aText": "x", "number": "3" }), json!([]), Value::Null]
        {
            assert_eq!(whole::<Thing>(wrong), None);
        }
        assert_eq!(whole(json!([1, 2])), Some(vec![1, 2]));
        assert_eq!(whole::<Vec<i32>>(json!([1, "2"])), None);
    }
}
