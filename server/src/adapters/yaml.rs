//! YAML read within bounds, by the rules of YAML 1.2 (section 10.3, core schema): `n` and `yes` are texts, `12e4` is a
//! number. Numbers that JSON readers would round (RFC 8259, section 6) are errors, and so are keys given twice.

use std::fmt;

use serde::de::{self, Deserialize, DeserializeOwned, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};
use serde_saphyr::Options;
use shared::rules::SAFE_INTEGER;

/// How much a document may unfold to.
#[derive(Debug, Clone, Copy)]
pub struct Budget {
    /// Most bytes of text.
    pub bytes: usize,
    /// Most levels of lists and maps in each other.
    pub depth: usize,
    /// Most nodes: texts, numbers, lists, maps; those that aliases repeat count each time.
    pub nodes: usize,
    /// Most aliases (`*name`).
    pub aliases: usize,
}

impl Budget {
    /// What a person types into a form.
    pub const FORM: Self = Self { bytes: 256 * 1024, depth: 32, nodes: 10_000, aliases: 100 };
    /// Files of a chart: `app.yaml`, `Chart.yaml`, `values.yaml`.
    pub const CHART: Self = Self { bytes: 1024 * 1024, depth: 48, nodes: 100_000, aliases: 1_000 };
    /// What `helm template` prints.
    pub const MANIFEST: Self = Self { bytes: 16 * 1024 * 1024, depth: 96, nodes: 1_000_000, aliases: 1_000 };

    fn options(self) -> Options {
        serde_saphyr::options! {
            budget: serde_saphyr::budget! {
                max_depth: self.depth,
                flow_nesting_limit: self.depth,
                max_nodes: self.nodes,
                max_events: self.nodes.saturating_mul(2),
                max_aliases: self.aliases,
                max_anchors: self.aliases,
                max_recorded_anchor_events: self.nodes,
                max_recorded_anchor_bytes: self.bytes,
                max_total_scalar_bytes: self.bytes.saturating_mul(2),
            },
            alias_limits: serde_saphyr::alias_limits! {
                max_total_replayed_events: self.nodes,
                max_replay_stack_depth: self.depth,
            },
            // YAML 1.1 reads `yes` as true and `1_000` as 1000, YAML 1.2 does not.
            strict_booleans: true,
            underscored_numbers_as_strings: true,
            // The zeros of a post code or a file mode would be lost.
            leading_zero_numbers_as_strings: true,
            with_snippet: false,
        }
    }
}

/// Why a document cannot be read. The text of the document is not repeated: it may hold secrets.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// It is not YAML, or not of the expected shape.
    #[error("line {line}, column {column}: {message}")]
    Invalid {
        /// The line, from 1.
        line: u64,
        /// The column, from 1.
        column: u64,
        /// What is wrong.
        message: String,
    },
    /// It is larger, deeper or unfolds to more than the budget allows.
    #[error("line {line}, column {column}: the document unfolds to too much")]
    TooComplex {
        /// The line, from 1.
        line: u64,
        /// The column, from 1.
        column: u64,
    },
    /// A number is beyond 2^53 and would lose digits.
    #[error("line {line}, column {column}: a number beyond 2^53 would lose digits; write it as a text in quotes")]
    NumberTooLarge {
        /// The line, from 1.
        line: u64,
        /// The column, from 1.
        column: u64,
    },
}

/// The one document of a text. A text without any is null.
pub fn parse(text: &str, budget: Budget) -> Result<Value, Error> {
    read::<Bounded>(text, budget).map(|bounded| bounded.0)
}

/// The one document of a text, as a type.
pub fn read<T: DeserializeOwned>(text: &str, budget: Budget) -> Result<T, Error> {
    fits(text, budget)?;
    serde_saphyr::from_str_with_options(text, budget.options()).map_err(Error::from)
}

/// All documents of a text, without empty ones.
pub fn parse_all(text: &str, budget: Budget) -> Result<Vec<Value>, Error> {
    fits(text, budget)?;
    let documents: Vec<Bounded> =
        serde_saphyr::from_multiple_with_options(text, budget.options()).map_err(Error::from)?;
    Ok(documents.into_iter().map(|bounded| bounded.0).filter(|value| !value.is_null()).collect())
}

fn fits(text: &str, budget: Budget) -> Result<(), Error> {
    if text.len() > budget.bytes { Err(Error::TooComplex { line: 1, column: 1 }) } else { Ok(()) }
}

impl From<serde_saphyr::Error> for Error {
    fn from(error: serde_saphyr::Error) -> Self {
        use serde_saphyr::Error as E;
        let (line, column) = error.location().map_or((1, 1), |at| (at.line().max(1), at.column().max(1)));
        let mut cause = &error;
        while let E::AliasError { error, .. } | E::WithSnippet { error, .. } = cause {
            cause = error;
        }
        match cause {
            E::Budget { .. }
            | E::AliasReplayCounterOverflow { .. }
            | E::AliasReplayLimitExceeded { .. }
            | E::AliasExpansionLimitExceeded { .. }
            | E::AliasReplayStackDepthExceeded { .. } => Self::TooComplex { line, column },
            E::Message { msg, .. } if msg.contains(NUMBER_TOO_LARGE) => Self::NumberTooLarge { line, column },
            E::NonFiniteFloat { .. } => {
                Self::Invalid { line, column, message: "a number that is not finite".to_owned() }
            }
            E::DuplicateMappingKey { .. } => Self::Invalid { line, column, message: "a key is given twice".to_owned() },
            E::MultipleDocuments { .. } => Self::Invalid { line, column, message: "more than one document".to_owned() },
            E::SerdeUnknownField { field, .. } => {
                Self::Invalid { line, column, message: format!("unknown key {field}") }
            }
            E::SerdeMissingField { field, .. } => {
                Self::Invalid { line, column, message: format!("key {field} is missing") }
            }
            E::Message { msg, .. } => Self::Invalid { line, column, message: msg.clone() },
            // Others may repeat what stands in the document.
            E::ExternalMessage { msg, .. } if msg.contains("nesting") || msg.contains("recursion") => {
                Self::TooComplex { line, column }
            }
            _ => Self::Invalid { line, column, message: "not valid YAML".to_owned() },
        }
    }
}

/// Marks our own error among those of serde, which are texts.
const NUMBER_TOO_LARGE: &str = "number-beyond-2-53";

/// A JSON value whose numbers are kept exactly.
struct Bounded(Value);

impl<'de> Deserialize<'de> for Bounded {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(BoundedVisitor)
    }
}

struct BoundedVisitor;

fn whole<E: de::Error>(number: i128) -> Result<Bounded, E> {
    match i64::try_from(number) {
        Ok(number) if number.abs() <= SAFE_INTEGER => Ok(Bounded(number.into())),
        _ => Err(E::custom(NUMBER_TOO_LARGE)),
    }
}

impl<'de> Visitor<'de> for BoundedVisitor {
    type Value = Bounded;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_unit<E>(self) -> Result<Bounded, E> {
        Ok(Bounded(Value::Null))
    }

    fn visit_none<E>(self) -> Result<Bounded, E> {
        Ok(Bounded(Value::Null))
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Bounded, D::Error> {
        Bounded::deserialize(deserializer)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Bounded, E> {
        Ok(Bounded(value.into()))
    }

    fn visit_i64<E: de::Error>(self, value: i64) -> Result<Bounded, E> {
        whole(value.into())
    }

    fn visit_u64<E: de::Error>(self, value: u64) -> Result<Bounded, E> {
        whole(value.into())
    }

    fn visit_i128<E: de::Error>(self, value: i128) -> Result<Bounded, E> {
        whole(value)
    }

    fn visit_u128<E: de::Error>(self, value: u128) -> Result<Bounded, E> {
        whole(i128::try_from(value).map_err(|_| E::custom(NUMBER_TOO_LARGE))?)
    }

    #[expect(clippy::cast_precision_loss, reason = "2^53 - 1 is exact in a double")]
    fn visit_f64<E: de::Error>(self, value: f64) -> Result<Bounded, E> {
        if value.abs() > SAFE_INTEGER as f64 {
            return Err(E::custom(NUMBER_TOO_LARGE));
        }
        Number::from_f64(value).map(|number| Bounded(number.into())).ok_or_else(|| E::custom("not a finite number"))
    }

    fn visit_str<E>(self, value: &str) -> Result<Bounded, E> {
        Ok(Bounded(value.into()))
    }

    fn visit_string<E>(self, value: String) -> Result<Bounded, E> {
        Ok(Bounded(value.into()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut access: A) -> Result<Bounded, A::Error> {
        let mut items = Vec::new();
        while let Some(Bounded(item)) = access.next_element()? {
            items.push(item);
        }
        Ok(Bounded(items.into()))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<Bounded, A::Error> {
        let mut map = Map::new();
        while let Some((key, Bounded(value))) = access.next_entry::<String, Bounded>()? {
            if map.insert(key, value).is_some() {
                return Err(de::Error::custom("a key is given twice"));
            }
        }
        Ok(Bounded(map.into()))
    }
}

#[cfg(test)]
mod tests {
    use std::fmt::Write as _;

    use serde_json::json;

    use super::*;

    fn form(text: &str) -> Result<Value, Error> {
        parse(text, Budget::FORM)
    }

    #[test]
    fn scalars_are_those_of_yaml_1_2() {
        let text = "a: n\nb: yes\nc: 12e4\nd: 010\ne: 1_000\nf: on\ng: true\nh: null\ni: 3\nj: '5'\nk: 1.5\nl: 0x10\nm: 12:30:45\nn: ~\n";
        assert_eq!(
            form(text),
            Ok(json!({
                "a": "n", "b": "yes", "c": 120_000.0, "d": "010", "e": "1_000", "f": "on", "g": true, "h": null,
                "i": 3, "j": "5", "k": 1.5, "l": 16, "m": "12:30:45", "n": null
            }))
        );
        assert_eq!(form(""), Ok(Value::Null));
    }

    #[test]
    fn numbers_that_would_lose_digits_are_refused() {
        assert_eq!(form("a: 9007199254740991"), Ok(json!({ "a": 9_007_199_254_740_991_i64 })));
        for text in [
            "a: 9007199254740992",
            "a: -9007199254740992",
            "a: 18446744073709551616",
            "a: 1e300",
            "a: 340282366920938463463374607431768211456",
            "a: 99999999999999999999999999999999999999999999999999",
        ] {
            assert!(matches!(form(text), Err(Error::NumberTooLarge { line: 1, .. })), "{text}: {:?}", form(text));
        }
        assert!(matches!(form("a: .inf"), Err(Error::Invalid { line: 1, .. })));
        assert!(matches!(form("a: 1e999"), Err(Error::Invalid { .. })));
    }

    #[test]
    fn mistakes_are_told_by_line_and_column() {
        let error = form("a: 1\nb: [1, 2\nc: 3\n").unwrap_err();
        assert!(matches!(error, Error::Invalid { line: 2..=4, .. }), "{error}");
        assert_eq!(
            form("a: 1\na: 2\n"),
            Err(Error::Invalid { line: 2, column: 1, message: "a key is given twice".to_owned() })
        );
        assert!(matches!(form("a: 1\n---\nb: 2\n"), Err(Error::Invalid { .. })));
        let secret = form("password: [canary-4711\n").unwrap_err().to_string();
        assert!(!secret.contains("canary"), "{secret}");
    }

    #[test]
    fn bombs_are_refused() {
        let mut laughs = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n".to_owned();
        for level in 1..10 {
            let alias = format!("*a{}", level - 1);
            let aliases = [alias.as_str(); 10].join(", ");
            writeln!(laughs, "a{level}: &a{level} [{aliases}]").unwrap();
        }
        assert!(matches!(form(&laughs), Err(Error::TooComplex { .. })), "{:?}", form(&laughs));
        let deep = "[".repeat(100_000);
        assert!(matches!(form(&deep), Err(Error::TooComplex { .. })), "{:?}", form(&deep));
        let deep = (0..200).map(|level| " ".repeat(level) + "a:\n").collect::<String>();
        assert!(matches!(form(&deep), Err(Error::TooComplex { .. })), "{:?}", form(&deep));
        let wide = "- a\n".repeat(20_000);
        assert!(matches!(form(&wide), Err(Error::TooComplex { .. })));
        assert!(matches!(form(&"x".repeat(300 * 1024)), Err(Error::TooComplex { line: 1, column: 1 })));
        assert!(form("a: &a [*a]\n").is_err());
    }

    #[test]
    fn many_documents_are_read_and_empty_ones_dropped() {
        let text = "---\n# Source: a\na: 1\n---\n---\n# only a comment\n---\nb: {c: 2}\n";
        assert_eq!(parse_all(text, Budget::MANIFEST), Ok(vec![json!({"a": 1}), json!({"b": {"c": 2}})]));
    }

    #[test]
    fn aliases_and_merges_work_within_bounds() {
        let text = "base: &base {a: 1, b: 2}\nuse:\n  <<: *base\n  b: 3\n";
        assert_eq!(form(text), Ok(json!({"base": {"a": 1, "b": 2}, "use": {"a": 1, "b": 3}})));
    }
}
