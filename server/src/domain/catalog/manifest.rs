//! `app.yaml`, as it is written.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;

/// The whole file.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Manifest {
    pub(super) slug: String,
    pub(super) name: String,
    pub(super) category: String,
    #[serde(default)]
    pub(super) tags: Vec<String>,
    pub(super) summary: BTreeMap<String, String>,
    pub(super) description: BTreeMap<String, String>,
    pub(super) documentation: String,
    pub(super) price: Price,
    pub(super) icon: String,
    pub(super) port: u16,
    pub(super) web: bool,
    pub(super) minimum: Minimum,
    #[serde(default)]
    pub(super) needs_wait: bool,
    #[serde(default)]
    pub(super) fields: Vec<Field>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Price {
    pub(super) amount: i64,
    pub(super) currency: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Minimum {
    pub(super) cpu: String,
    pub(super) memory: String,
    pub(super) storage: String,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Field {
    pub(super) pointer: String,
    #[serde(rename = "type")]
    pub(super) kind: String,
    pub(super) label: BTreeMap<String, String>,
    pub(super) help: Option<BTreeMap<String, String>>,
    pub(super) placeholder: Option<BTreeMap<String, String>>,
    pub(super) default: Option<Value>,
    #[serde(default)]
    pub(super) required: bool,
    pub(super) min_length: Option<usize>,
    pub(super) max_length: Option<usize>,
    pub(super) rule: Option<BTreeMap<String, String>>,
    pub(super) min: Option<i32>,
    pub(super) max: Option<i32>,
    #[serde(default)]
    pub(super) options: Vec<FieldOption>,
    pub(super) generate: Option<usize>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct FieldOption {
    pub(super) value: String,
    pub(super) label: BTreeMap<String, String>,
}

/// What is read of `Chart.yaml`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Chart {
    pub(super) name: String,
    pub(super) version: String,
    #[serde(default)]
    pub(super) app_version: String,
    #[serde(rename = "type", default)]
    pub(super) kind: String,
}
