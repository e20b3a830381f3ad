//! What is wrong with a configuration, and what to do.

use std::fmt;

use figment::error::{Actual, Kind};

/// One mistake.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mistake {
    /// The key as it stands in the file, for example `database.url`.
    pub key: String,
    /// What is wrong with it. Never holds a value, which may be secret.
    pub wrong: String,
    /// What to do.
    pub remedy: String,
}

/// Why the configuration cannot be used: every mistake that was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfigError(pub Vec<Mistake>);

impl Mistake {
    /// A mistake in this key.
    pub fn new(key: impl Into<String>, wrong: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self { key: key.into(), wrong: wrong.into(), remedy: remedy.into() }
    }
}

impl From<Mistake> for ConfigError {
    fn from(mistake: Mistake) -> Self {
        Self(vec![mistake])
    }
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the configuration cannot be used:")?;
        for Mistake { key, wrong, remedy } in &self.0 {
            write!(f, "\n  {key} ({}): {wrong}; {remedy}", variable(key))?;
        }
        Ok(())
    }
}

impl std::error::Error for ConfigError {}

impl From<figment::Error> for ConfigError {
    fn from(error: figment::Error) -> Self {
        Self(error.into_iter().map(|error| mistake(&error)).collect())
    }
}

/// The environment variable of a key.
pub fn variable(key: &str) -> String {
    format!("WOOW_{}", key.replace('.', "__").to_uppercase())
}

fn mistake(error: &figment::Error) -> Mistake {
    let key = error.path.join(".");
    let example = "see `woow-paas config example`";
    match &error.kind {
        Kind::UnknownField(field, known) => {
            // The path already ends with it.
            let key = if key.is_empty() { field.clone() } else { key };
            let near = known.iter().min_by_key(|name| distance(name, field)).filter(|name| distance(name, field) <= 3);
            let remedy = match near {
                Some(name) => format!("did you mean `{name}`? Else remove it"),
                None => format!("remove it; known here: {}", known.join(", ")),
            };
            Mistake::new(key, "there is no such key", remedy)
        }
        Kind::MissingField(field) => Mistake::new(field.as_ref(), "it is missing", format!("set it; {example}")),
        Kind::InvalidType(actual, expected) => {
            Mistake::new(key, format!("it is {} where {expected} is expected", noun(actual)), example)
        }
        Kind::InvalidValue(_, expected) => Mistake::new(key, format!("it is not {expected}"), example),
        Kind::UnknownVariant(_, known) => {
            Mistake::new(key, "it is none of the choices", format!("choose one of {}", known.join(", ")))
        }
        Kind::Message(text) => Mistake::new(key, text.clone(), example),
        _ => Mistake::new(key, "it is not of the right form", example),
    }
}

const fn noun(actual: &Actual) -> &'static str {
    match actual {
        Actual::Bool(_) => "true or false",
        Actual::Unsigned(_) | Actual::Signed(_) | Actual::Float(_) => "a number",
        Actual::Char(_) | Actual::Str(_) => "a text",
        Actual::Seq => "a list",
        Actual::Map => "a table",
        _ => "something else",
    }
}

/// How many letters differ (Levenshtein).
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, y) in b.iter().enumerate() {
            let replaced = diagonal + usize::from(x != *y);
            diagonal = row[j + 1];
            row[j + 1] = replaced.min(row[j] + 1).min(row[j + 1] + 1);
        }
    }
    row[b.len()]
}
