//! A tenant's values: from a form and from YAML to what Helm is given.
//!
//! Only declared fields can be set; any other key is an error by name. Types are not bent: `"5"` is no number.

use std::collections::BTreeMap;

use secrecy::{ExposeSecret as _, SecretString};
use serde_json::{Map, Value};
use shared::catalog::AppFieldType;
use shared::error::FieldErrorCode as Code;
use shared::rules::{Problem, SAFE_INTEGER, bounded};

use super::app::{App, Field, LOCALE, Localized};
use super::pointer;
use crate::adapters::yaml::{self, Budget};

/// Problems, each with the path of the input's field: [`path`] of a pointer, or [`YAML_PATH`].
pub type Problems = Vec<(String, Problem)>;

/// The path of problems of the YAML document as a whole.
pub const YAML_PATH: &str = "valuesYaml";
/// Stands for a secret that stays as it is. A launch has nothing to keep, so it is refused there.
pub const KEEP_SECRET: &str = "\u{2022}woow:keep\u{2022}";
/// The most letters of a value whose field does not say.
const LENGTH_MAX: usize = 10_000;
/// The most problems that are told at once.
const PROBLEMS_MAX: usize = 50;
/// The letters of made secrets: unreserved in addresses (RFC 3986, section 2.3). 64 of them, so that no letter is more
/// likely than another.
const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/// The path of a field's problems: `values/n8n/timezone` for the pointer `/n8n/timezone`.
pub fn path(pointer: &str) -> String {
    format!("values{}", shorten(pointer))
}

/// Fills a slice with random bytes.
pub type Random<'r> = &'r mut dyn FnMut(&mut [u8]);

/// Values that are right, by pointer. Every field that has a value is there, defaults and made secrets too.
#[derive(Debug, Clone, Default)]
pub struct CheckedValues {
    /// What may be shown.
    pub public: BTreeMap<String, Value>,
    /// What may not.
    pub secret: BTreeMap<String, SecretString>,
    /// Pointers of the secrets that were made here, as nothing was given.
    pub generated: Vec<String>,
}

impl CheckedValues {
    /// The secrets, for cleaning what is printed.
    pub fn secrets(&self) -> Vec<SecretString> {
        self.secret.values().cloned().collect()
    }

    /// The secrets that were made here, by pointer.
    pub fn made(&self) -> Vec<(String, SecretString)> {
        let made = |pointer: &String| Some((pointer.clone(), self.secret.get(pointer)?.clone()));
        self.generated.iter().filter_map(made).collect()
    }
}

/// Checks what is given, by pointers and as a YAML document, and fills in defaults and made secrets.
pub fn check(
    app: &App,
    by_pointer: &[(String, Value)],
    yaml: Option<&str>,
    random: Random<'_>,
) -> Result<CheckedValues, Problems> {
    let mut problems = Problems::new();
    let mut found: BTreeMap<&str, &Value> = BTreeMap::new();
    for (pointer, value) in by_pointer {
        match app.field(pointer) {
            None => problems.push((path(pointer), undeclared(pointer))),
            Some(field) => note(&mut found, field, value, &mut problems),
        }
    }
    let document = yaml.map(|text| yaml::parse(text, Budget::FORM).map_err(unreadable)).transpose();
    let document = document.unwrap_or_else(|problem| {
        problems.push((YAML_PATH.to_owned(), problem));
        None
    });
    if let Some(document) = &document {
        flatten(app, document, &mut Vec::new(), &mut found, &mut problems);
    }
    let mut checked = CheckedValues::default();
    for field in &app.fields {
        let pointer = field.pointer.as_str();
        let given = given(field, found.get(pointer).copied());
        match settle(field, given, random) {
            Ok(None) => {}
            Ok(Some(Value::String(text))) if field.is_secret() => {
                if given.is_none() && field.generate.is_some() {
                    checked.generated.push(pointer.to_owned());
                }
                checked.secret.insert(pointer.to_owned(), text.into());
            }
            Ok(Some(value)) => {
                checked.public.insert(pointer.to_owned(), value);
            }
            Err(problem) => problems.push((path(pointer), problem)),
        }
    }
    problems.truncate(PROBLEMS_MAX);
    if problems.is_empty() { Ok(checked) } else { Err(problems) }
}

/// The values for Helm: what was checked, and over it what the platform sets.
pub fn merge(app: &App, checked: &CheckedValues, platform: &Value) -> Value {
    let mut values = Value::Object(Map::new());
    for field in &app.fields {
        let pointer = field.pointer.as_str();
        if let Some(value) = checked.public.get(pointer) {
            field.pointer.put(&mut values, value.clone());
        }
        if let Some(secret) = checked.secret.get(pointer) {
            field.pointer.put(&mut values, secret.expose_secret().into());
        }
    }
    if !platform.is_null() {
        overlay(&mut values, platform);
    }
    values
}

/// Checks values as Helm would: over the chart's own, against the chart's schema. Where a field has its rule in words, they
/// are told in place of the schema's.
pub fn validate(app: &App, values: &Value) -> Result<(), Problems> {
    let mut all = app.defaults.clone();
    overlay(&mut all, values);
    let violations = app.schema.violations(&all);
    if violations.is_empty() {
        return Ok(());
    }
    let mut problems = Problems::new();
    for (at, problem) in violations {
        // A rule may fail below the field that breaks it.
        let field = app.fields.iter().find(|field| {
            at.strip_prefix(field.pointer.as_str()).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        });
        let in_words = |rule: &Localized| Problem::new(Code::InvalidFormat).with("expected", rule.get(LOCALE));
        let problem = field.and_then(|field| field.rule.as_ref()).map_or(problem, in_words);
        let told = (path(field.map_or(at.as_str(), |field| field.pointer.as_str())), problem);
        if !problems.contains(&told) {
            problems.push(told);
        }
    }
    Err(problems)
}

/// Checks stored values, which were right for a chart of another version, by this one's fields and rules; `all` is what Helm
/// would be given. A secret that would have to be made is missing: nobody would be told of it.
pub fn check_again(app: &App, stored: &CheckedValues, all: &Value) -> Result<(), Problems> {
    let public = stored.public.iter().map(|(pointer, value)| (pointer.clone(), value.clone()));
    let secret = stored.secret.iter().map(|(pointer, text)| (pointer.clone(), Value::from(text.expose_secret())));
    let given: Vec<(String, Value)> = public.chain(secret).collect();
    let checked = check(app, &given, None, &mut |_: &mut [u8]| {})?;
    let missing = checked.generated.iter().map(|pointer| (path(pointer), Problem::new(Code::Required)));
    let missing: Problems = missing.collect();
    if missing.is_empty() { validate(app, all) } else { Err(missing) }
}

/// Puts values over others as Helm does (<https://helm.sh/docs/chart_template_guide/values_files/>): maps are merged,
/// null takes a key away, anything else replaces what was there.
pub fn overlay(base: &mut Value, over: &Value) {
    let (Value::Object(base), Value::Object(over)) = (&mut *base, over) else {
        *base = over.clone();
        return;
    };
    for (key, value) in over {
        match (base.get_mut(key), value) {
            (_, Value::Null) => {
                base.remove(key);
            }
            (Some(below @ Value::Object(_)), Value::Object(_)) => overlay(below, value),
            _ => {
                base.insert(key.clone(), value.clone());
            }
        }
    }
}

/// Checks one value of a field.
pub(super) fn one(field: &Field, value: &Value) -> Result<Value, Problem> {
    let wrong = |expected: &str| Problem::new(Code::WrongType).with("expected", expected);
    match field.kind {
        AppFieldType::Boolean => value.as_bool().map(Value::Bool).ok_or_else(|| wrong("true or false")),
        AppFieldType::Number => {
            let number = whole(value)?;
            let (min, max) = (field.min.map(i64::from), field.max.map(i64::from));
            if min.is_some_and(|min| number < min) || max.is_some_and(|max| number > max) {
                let bound = |bound: Option<i64>| bound.map(|bound| bound.to_string());
                let mut problem = Problem::new(Code::OutOfRange);
                problem.params.extend(bound(min).map(|min| ("min", min)));
                problem.params.extend(bound(max).map(|max| ("max", max)));
                return Err(problem);
            }
            Ok(number.into())
        }
        AppFieldType::Select => {
            let text = value.as_str().ok_or_else(|| wrong("text"))?;
            let known = field.options.iter().any(|option| option.value == text);
            if known { Ok(text.into()) } else { Err(Problem::new(Code::NotAnOption)) }
        }
        AppFieldType::Text | AppFieldType::Password => {
            let text = value.as_str().ok_or_else(|| wrong("text"))?;
            if field.is_secret() && text == KEEP_SECRET {
                return Err(Problem::new(Code::NotAllowed));
            }
            bounded(text, field.min_length.unwrap_or(0), field.max_length.unwrap_or(LENGTH_MAX))?;
            // A secret may be a key of several lines.
            let stray = |letter: char| letter.is_control() && !(field.is_secret() && ['\n', '\t'].contains(&letter));
            if text.contains(stray) {
                return Err(Problem::new(Code::InvalidFormat).with("expected", "one line of text"));
            }
            Ok(text.into())
        }
    }
}

/// A whole number that every JSON reader keeps (RFC 8259, section 6); `3.0` is one.
#[expect(clippy::cast_precision_loss, clippy::cast_possible_truncation, reason = "checked to be whole and within 2^53")]
fn whole(value: &Value) -> Result<i64, Problem> {
    let number = value.as_number().ok_or_else(|| Problem::new(Code::WrongType).with("expected", "whole number"))?;
    let too_large = || Problem::new(Code::NumberTooLarge);
    if let Some(number) = number.as_i64() {
        return if number.unsigned_abs() <= SAFE_INTEGER.unsigned_abs() { Ok(number) } else { Err(too_large()) };
    }
    let number = number.as_f64().unwrap_or(f64::INFINITY);
    if number.abs() > SAFE_INTEGER as f64 {
        return Err(too_large());
    }
    if number.fract() != 0.0 {
        return Err(Problem::new(Code::WrongType).with("expected", "whole number"));
    }
    Ok(number as i64)
}

/// What was given for a field. An emptied text stays empty where that is allowed; else empty means not given.
fn given<'v>(field: &Field, found: Option<&'v Value>) -> Option<&'v Value> {
    let keeps_empty = field.kind == AppFieldType::Text && !field.required && field.min_length.unwrap_or(0) == 0;
    found.filter(|value| !value.is_null() && (keeps_empty || value.as_str() != Some("")))
}

/// The value that a field ends up with.
fn settle(field: &Field, given: Option<&Value>, random: Random<'_>) -> Result<Option<Value>, Problem> {
    if let Some(value) = given {
        return one(field, value).map(Some);
    }
    if let Some(length) = field.generate {
        return Ok(Some(secret(length, random).into()));
    }
    match &field.default {
        Some(default) => one(field, default).map(Some),
        None if field.required => Err(Problem::new(Code::Required)),
        None => Ok(None),
    }
}

/// A random text of 6 bits a letter. The first is a capital or a small letter up to f (5 bits): programs take a text
/// that begins with `-` for a flag.
fn secret(length: usize, random: Random<'_>) -> String {
    let mut bytes = vec![0; length];
    random(&mut bytes);
    let letter = |(index, byte): (usize, &u8)| {
        let mask = if index == 0 { 31 } else { 63 };
        LETTERS.get(usize::from(byte & mask)).map_or('A', |&letter| char::from(letter))
    };
    let text = bytes.iter().enumerate().map(letter).collect();
    zeroize::Zeroize::zeroize(&mut bytes);
    text
}

fn note<'v>(found: &mut BTreeMap<&'v str, &'v Value>, field: &'v Field, value: &'v Value, problems: &mut Problems) {
    let pointer = field.pointer.as_str();
    if found.insert(pointer, value).is_some() {
        problems.push((path(pointer), Problem::new(Code::Duplicate)));
    }
}

/// Finds the declared fields of a document; names every other key.
fn flatten<'v>(
    app: &'v App,
    value: &'v Value,
    keys: &mut Vec<&'v str>,
    found: &mut BTreeMap<&'v str, &'v Value>,
    problems: &mut Problems,
) {
    if let Some(field) = app.fields.iter().find(|field| field.pointer.keys().iter().eq(keys.iter())) {
        note(found, field, value, problems);
        return;
    }
    let pointer = pointer::write(keys.iter().copied());
    let above = |field: &Field| field.pointer.keys().iter().zip(keys.iter()).all(|(a, b)| a == b);
    if !app.fields.iter().any(|field| field.pointer.keys().len() > keys.len() && above(field)) {
        problems.push((path(&pointer), undeclared(&pointer)));
        return;
    }
    match value {
        // `n8n:` with nothing below sets nothing.
        Value::Null => {}
        Value::Object(map) => {
            for (key, below) in map {
                keys.push(key);
                flatten(app, below, keys, found, problems);
                keys.pop();
                if problems.len() >= PROBLEMS_MAX {
                    return;
                }
            }
        }
        _ => {
            let at = if keys.is_empty() { YAML_PATH.to_owned() } else { path(&pointer) };
            problems.push((at, Problem::new(Code::WrongType).with("expected", "map")));
        }
    }
}

fn undeclared(pointer: &str) -> Problem {
    Problem::new(Code::Undeclared).with("key", shorten(pointer))
}

fn unreadable(error: yaml::Error) -> Problem {
    let (code, line, column) = match error {
        yaml::Error::Invalid { line, column, .. } => (Code::YamlInvalid, line, column),
        yaml::Error::TooComplex { line, column } => (Code::YamlTooComplex, line, column),
        yaml::Error::NumberTooLarge { line, column } => (Code::NumberTooLarge, line, column),
    };
    Problem::new(code).with("line", line).with("column", column)
}

fn shorten(text: &str) -> String {
    match text.char_indices().nth(200) {
        Some((cut, _)) => text.get(..cut).unwrap_or_default().to_owned() + "…",
        None => text.to_owned(),
    }
}
