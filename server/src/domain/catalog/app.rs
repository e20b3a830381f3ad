//! An app of the marketplace, checked.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde_json::Value;
use shared::catalog::{AppCategory, AppFieldType};
use shared::operation::OperationErrorCode;

use super::pointer::Pointer;
use super::schema::{self, Schema, SchemaError};
use super::{field, files, icon, manifest, values};
use crate::adapters::yaml::{self, Budget};

/// Values that only the platform sets, with all that lies below.
pub const RESERVED: &[&str] = &["/ingress", "/replicaCount", "/woow", "/global"];

/// English comes first; other languages follow the person's choice once there is one.
pub(super) const LOCALE: &str = "en";

/// Texts by locale; English is always there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Localized(BTreeMap<String, String>);

impl Localized {
    /// Checks texts.
    pub(super) fn new(texts: BTreeMap<String, String>) -> Result<Self, String> {
        if texts.get("en").is_none_or(|text| text.trim().is_empty()) {
            return Err("a text has no English (en)".to_owned());
        }
        Ok(Self(texts))
    }

    /// The text in a locale such as `de-AT`, else in its language, else in English.
    pub fn get(&self, locale: &str) -> &str {
        let language = locale.split('-').next().unwrap_or_default();
        [locale, language, "en"].into_iter().find_map(|key| self.0.get(key)).map_or("", String::as_str)
    }

    /// All texts.
    pub fn all(&self) -> impl Iterator<Item = &str> {
        self.0.values().map(String::as_str)
    }
}

/// A price each month, in minor units of an ISO 4217 currency.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Price {
    /// How many minor units.
    pub amount: i32,
    /// The currency's code.
    pub currency: String,
}

/// What an app needs at least, as Kubernetes quantities.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Minimum {
    /// Processor time.
    pub cpu: String,
    /// Memory.
    pub memory: String,
    /// Disk space.
    pub storage: String,
}

/// An option of a field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldOption {
    /// The value in the chart.
    pub value: String,
    /// What people read.
    pub label: Localized,
}

/// A value of the chart that a tenant may set.
#[derive(Debug, Clone, PartialEq)]
pub struct Field {
    /// Where the value is.
    pub pointer: Pointer,
    /// What kind of value it takes.
    pub kind: AppFieldType,
    /// Its name.
    pub label: Localized,
    /// A sentence about it.
    pub help: Option<Localized>,
    /// An example.
    pub placeholder: Option<Localized>,
    /// What it is when nothing is given.
    pub default: Option<Value>,
    /// Whether it must have a value.
    pub required: bool,
    /// Fewest letters.
    pub min_length: Option<usize>,
    /// Most letters.
    pub max_length: Option<usize>,
    /// The form that the chart's schema wants of a text, in words: what people are told in place of a pattern.
    pub rule: Option<Localized>,
    /// The least number.
    pub min: Option<i32>,
    /// The greatest number.
    pub max: Option<i32>,
    /// What can be chosen.
    pub options: Vec<FieldOption>,
    /// Left empty, a random text of this length is made.
    pub generate: Option<usize>,
}

impl Field {
    /// Whether the value is a secret.
    pub fn is_secret(&self) -> bool {
        self.kind == AppFieldType::Password
    }
}

/// An app of the marketplace.
#[derive(Debug)]
pub struct App {
    /// Its name in addresses, and its folder's.
    pub slug: String,
    /// What people read.
    pub name: String,
    /// Its shelf.
    pub category: AppCategory,
    /// Words for finding it.
    pub tags: Vec<String>,
    /// One line.
    pub summary: Localized,
    /// Some paragraphs.
    pub description: Localized,
    /// An address on the web.
    pub documentation: String,
    /// What it costs.
    pub price: Price,
    /// The icon, an SVG drawing.
    pub icon: String,
    /// The port of its Service.
    pub port: u16,
    /// Whether it has a web address.
    pub web: bool,
    /// What it needs at least.
    pub minimum: Minimum,
    /// Whether its hooks need ready pods.
    pub needs_wait: bool,
    /// What a tenant may set, required ones first.
    pub fields: Vec<Field>,
    /// The chart's folder; an absolute path.
    pub chart: PathBuf,
    /// The chart's name.
    pub chart_name: String,
    /// The chart's version.
    pub chart_version: String,
    /// The version of what is in the chart.
    pub app_version: String,
    /// The chart's own values.
    pub defaults: Value,
    /// The chart's schema of values.
    pub schema: Schema,
}

/// Why a folder is no app.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadApp {
    /// A file is missing or wrong.
    #[error("{0}")]
    Wrong(String),
    /// Its schema cannot be used.
    #[error("values.schema.json: {0}")]
    Schema(#[from] SchemaError),
}

impl From<String> for BadApp {
    fn from(problem: String) -> Self {
        Self::Wrong(problem)
    }
}

impl BadApp {
    /// The same as the reason of a failed operation.
    pub const fn code(&self) -> OperationErrorCode {
        match self {
            Self::Schema(SchemaError::ForeignRef { .. }) => OperationErrorCode::ChartSchemaForeignRef,
            Self::Schema(SchemaError::Invalid(_)) | Self::Wrong(_) => OperationErrorCode::ChartInvalid,
        }
    }

    /// What it is about, by name.
    pub fn params(&self) -> Vec<(&'static str, String)> {
        let mut params = vec![("message", self.to_string())];
        if let Self::Schema(SchemaError::ForeignRef { at, reference }) = self {
            params.extend([("at", at.clone()), ("reference", reference.clone())]);
        }
        params
    }
}

impl App {
    /// Checks the chart's schemas again as they are on the disk now, where Helm will read them.
    pub fn check_schemas(&self) -> Result<(), BadApp> {
        read_schema(&self.chart).map(|_| ())
    }

    /// The field of a pointer.
    pub fn field(&self, pointer: &str) -> Option<&Field> {
        self.fields.iter().find(|field| field.pointer.as_str() == pointer)
    }

    /// Loads an app from its folder.
    pub fn load(folder: &Path) -> Result<Self, BadApp> {
        let chart = folder.canonicalize().map_err(|error| error.to_string())?;
        let text = |name: &str| files::read(&chart.join(name), files::BYTES_MAX);
        let at = |file: &'static str| move |error: yaml::Error| format!("{file}: {error}");
        let manifest: manifest::Manifest = yaml::read(&text("app.yaml")?, Budget::CHART).map_err(at("app.yaml"))?;
        let about: manifest::Chart = yaml::read(&text("Chart.yaml")?, Budget::CHART).map_err(at("Chart.yaml"))?;
        if about.kind == "library" {
            return Err("Chart.yaml: a library cannot be an app".to_owned().into());
        }
        let mut defaults = yaml::parse(&text("values.yaml")?, Budget::CHART).map_err(at("values.yaml"))?;
        if defaults.is_null() {
            defaults = Value::Object(serde_json::Map::new());
        }
        let schema = read_schema(&chart)?;
        let folder = folder.file_name().unwrap_or_default().display().to_string();
        let app = Self::checked(manifest, about, &folder, chart, defaults, schema)
            .map_err(|problem| BadApp::Wrong(format!("app.yaml: {problem}")))?;
        app.check_defaults()?;
        Ok(app)
    }

    fn checked(
        manifest: manifest::Manifest,
        about: manifest::Chart,
        folder: &str,
        chart: PathBuf,
        defaults: Value,
        schema: Schema,
    ) -> Result<Self, String> {
        let slug = manifest.slug;
        if slug != folder || crate::adapters::helm::ReleaseName::new(slug.as_str()).is_err() {
            return Err(format!("slug {slug} is not the folder's name, or has other letters than a-z, 0-9 and -"));
        }
        let lower = manifest.category.to_lowercase() == manifest.category;
        let category = AppCategory::parse(&manifest.category.to_uppercase())
            .filter(|_| lower)
            .ok_or_else(|| format!("unknown category {}", manifest.category))?;
        if !manifest.documentation.starts_with("https://") {
            return Err("documentation is not an https address".to_owned());
        }
        let amount = i32::try_from(manifest.price.amount).ok().filter(|amount| *amount >= 0);
        let amount = amount.ok_or("price.amount is less than 0 or too great")?;
        let currency = manifest.price.currency;
        if currency.len() != 3 || !currency.bytes().all(|b| b.is_ascii_uppercase()) {
            return Err("price.currency is not three capital letters".to_owned());
        }
        if manifest.port == 0 {
            return Err("port is 0".to_owned());
        }
        if Path::new(&manifest.icon).components().count() != 1 {
            return Err("icon is not a file of the folder".to_owned());
        }
        let icon = files::read(&chart.join(&manifest.icon), icon::BYTES_MAX)?;
        icon::check(&icon).map_err(|problem| format!("{}: {problem}", manifest.icon))?;
        let fields = field::all(manifest.fields)?;
        let manifest::Minimum { cpu, memory, storage } = manifest.minimum;
        Ok(Self {
            slug,
            name: shared::rules::name(&manifest.name).map_err(|problem| format!("name: {}", problem.code.as_str()))?,
            category,
            tags: manifest.tags,
            summary: Localized::new(manifest.summary)?,
            description: Localized::new(manifest.description)?,
            documentation: manifest.documentation,
            price: Price { amount, currency },
            icon,
            port: manifest.port,
            web: manifest.web,
            minimum: Minimum { cpu, memory, storage },
            needs_wait: manifest.needs_wait,
            fields,
            chart,
            chart_name: about.name,
            chart_version: about.version,
            app_version: about.app_version,
            defaults,
            schema,
        })
    }

    /// A form that is sent as it stands must be right, or nobody can launch the app.
    fn check_defaults(&self) -> Result<(), String> {
        if self.fields.iter().any(|field| field.required && field.default.is_none() && field.generate.is_none()) {
            return Ok(());
        }
        let told = |problems: values::Problems| {
            let list: Vec<_> = problems.iter().map(|(path, problem)| format!("{path}: {problem:?}")).collect();
            format!("its own defaults are refused: {}", list.join(", "))
        };
        let checked = values::check(self, &[], None, &mut |bytes| bytes.fill(7)).map_err(told)?;
        let merged = values::merge(self, &checked, &Value::Null);
        values::validate(self, &merged).map_err(told)
    }
}

fn read_schema(chart: &Path) -> Result<Schema, BadApp> {
    let text = files::read(&chart.join("values.schema.json"), files::BYTES_MAX)?;
    let schema: Value = serde_json::from_str(&text).map_err(|error| format!("values.schema.json: {error}"))?;
    let schema = Schema::new(&schema)?;
    schema::inside_dependencies(chart, 4)?;
    Ok(schema)
}
