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
    roles::{PlatformRole, TokenScope, WorkspaceRole},
    service::{LogState, ServiceState, StatusReason, WorkspaceState},
};

/// What can be read out of an answer.
pub trait Read: Sized {
    /// It, unless the value is something else.
    fn read(value: Value) -> Option<Self>;
}

/// Reads a field of an object; where it is left out, as if it were null.
pub fn field<T: Read>(object: &mut Value, name: &str) -> Option<T> {
    T::read(take(object, name))
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
                fn read(mut value: serde_json::Value) -> Option<Self> {
                    Some(Self { $($field: $crate::api::read::field(&mut value, read!(@key $field $($key)?))?,)+ })
                }
            }
        )+
    };
    (@key $field:ident $key:literal) => { $key };
    (@key $field:ident) => { stringify!($field) };
}
pub(crate) use read;

impl Read for String {
    fn read(value: Value) -> Option<Self> {
        match value {
            Value::String(text) => Some(text),
            _ => None,
        }
    }
}

impl Read for Id {
    fn read(value: Value) -> Option<Self> {
        String::read(value).map(Self::new)
    }
}

impl Read for bool {
    fn read(value: Value) -> Option<Self> {
        value.as_bool()
    }
}

impl Read for i32 {
    fn read(value: Value) -> Option<Self> {
        value.as_i64().and_then(|number| Self::try_from(number).ok())
    }
}

impl<T: Read> Read for Option<T> {
    fn read(value: Value) -> Option<Self> {
        match value {
            Value::Null => Some(None),
            value => T::read(value).map(Some),
        }
    }
}

impl<T: Read> Read for Vec<T> {
    fn read(value: Value) -> Option<Self> {
        match value {
            Value::Array(list) => {
                let mut read = Self::with_capacity(list.len());
                for value in list {
                    read.push(T::read(value)?);
                }
                Some(read)
            }
            _ => None,
        }
    }
}

macro_rules! read_by_name {
    ($($name:ident),+ $(,)?) => {
        $(
            impl Read for $name {
                fn read(value: Value) -> Option<Self> {
                    value.as_str().and_then(Self::parse)
                }
            }
        )+
    };
}

read_by_name! {
    AppCategory, AppFieldType, FieldErrorCode, JournalCode, JournalLevel, LogState, OperationErrorCode, OperationKind,
    OperationState, PlatformRole, ServiceState, StatusReason, StepName, StepState, TokenScope, WorkspaceRole,
    WorkspaceState,
}

#[cfg(test)]
mod tests {
    use super::{Read, Value, field, is_same, take};
    use serde_json::json;

    #[test]
    fn names_of_rust_and_of_the_schema_meet() {
        assert!(is_same("createdAt", "created_at"));
        assert!(is_same("name", "name"));
        assert!(!is_same("names", "name"));
        assert!(!is_same("nam", "name"));
    }

    #[test]
    fn what_is_left_out_is_null_and_what_is_otherwise_is_refused() {
        let mut object = json!({ "aText": "x", "aNumber": 3, "list": ["a", null] });
        assert_eq!(field::<String>(&mut object, "a_text"), Some("x".to_owned()));
        assert_eq!(field::<Option<String>>(&mut object, "missing"), Some(None));
        assert_eq!(field::<String>(&mut object, "missing"), None);
        assert_eq!(field::<Option<String>>(&mut object, "a_number"), None);
        assert_eq!(Vec::<String>::read(take(&mut object, "list")), None);
        assert_eq!(Vec::<i32>::read(Value::Array(vec![1.into(), 2.into()])), Some(vec![1, 2]));
    }
}
