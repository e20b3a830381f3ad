//! Named values of sentences that the console words.

use async_graphql::SimpleObject;

/// A named value of a sentence.
#[derive(Debug, Clone, PartialEq, Eq, SimpleObject)]
pub struct Param {
    /// The value's name in the sentence.
    pub name: String,
    /// The value, as text.
    pub value: String,
}

/// Parameters from stored JSON: an object of texts.
pub fn from_json(text: &str) -> Vec<Param> {
    let stored: std::collections::BTreeMap<String, String> = serde_json::from_str(text).unwrap_or_default();
    from(stored)
}

/// Parameters from pairs.
pub fn from<N: Into<String>>(pairs: impl IntoIterator<Item = (N, String)>) -> Vec<Param> {
    pairs.into_iter().map(|(name, value)| Param { name: name.into(), value }).collect()
}
