//! The marketplace in the API.

use super::{App as CatalogApp, Field, Localized, app::LOCALE};
use crate::{
    domain::actor::Actor,
    graphql::{
        context::{actor, state},
        errors::ApiError,
        page::{self, Page, Total},
        scalars::Json,
    },
};
use async_graphql::{
    Context, Object, SimpleObject,
    connection::{Connection, Edge},
};
use shared::{
    catalog::{AppCategory, AppFieldType},
    policy::PlatformAction,
};
use std::sync::Arc;

/// An app of the marketplace.
pub struct App(pub Arc<CatalogApp>);

/// An amount of money in minor units, for example cents.
#[derive(SimpleObject)]
pub struct Money {
    /// Minor units.
    amount: i32,
    /// ISO 4217 code.
    currency: String,
}

/// What an app needs at least, as Kubernetes quantities.
#[derive(SimpleObject)]
pub struct MinimumResources {
    /// Processor time, for example `250m`.
    cpu: String,
    /// Memory, for example `512Mi`.
    memory: String,
    /// Disk space, for example `1Gi`.
    storage: String,
}

/// A value of the chart that a tenant may set.
#[derive(SimpleObject)]
pub struct AppField {
    /// JSON Pointer (RFC 6901) of the value.
    pointer: String,
    /// The kind of value it takes.
    #[graphql(name = "type")]
    kind: AppFieldType,
    /// What people read.
    label: String,
    /// A sentence about it.
    help: Option<String>,
    /// An example.
    placeholder: Option<String>,
    /// What it is when nothing is given.
    default: Option<Json>,
    /// Whether it must have a value.
    required: bool,
    /// Fewest letters.
    min_length: Option<i32>,
    /// Most letters.
    max_length: Option<i32>,
    /// The least number.
    min: Option<i32>,
    /// The greatest number.
    max: Option<i32>,
    /// What can be chosen.
    options: Vec<AppFieldOption>,
    /// Left empty, the platform makes a random value of this length.
    generate: Option<i32>,
}

/// A choice.
#[derive(SimpleObject)]
pub struct AppFieldOption {
    /// The value in the chart.
    value: String,
    /// What people read.
    label: String,
}

fn text(localized: &Localized) -> String {
    localized.get(LOCALE).to_owned()
}

fn length(number: Option<usize>) -> Option<i32> {
    number.and_then(|number| i32::try_from(number).ok())
}

impl From<&Field> for AppField {
    fn from(field: &Field) -> Self {
        Self {
            pointer: field.pointer.as_str().to_owned(),
            kind: field.kind,
            label: label_of(field),
            help: field.help.as_ref().map(text),
            placeholder: field.placeholder.as_ref().map(text),
            default: field.default.clone().map(Json),
            required: field.required,
            min_length: length(field.min_length),
            max_length: length(field.max_length),
            min: field.min,
            max: field.max,
            options: field
                .options
                .iter()
                .map(|option| AppFieldOption { value: option.value.clone(), label: text(&option.label) })
                .collect(),
            generate: length(field.generate),
        }
    }
}

/// A field's label in the viewer's language.
pub fn label_of(field: &Field) -> String {
    text(&field.label)
}

/// What people read of a value in place of itself: the label of the option that it is.
pub fn option_label_of(field: &Field, value: &serde_json::Value) -> Option<String> {
    let value = value.as_str()?;
    field.options.iter().find(|option| option.value == value).map(|option| text(&option.label))
}

/// An app of the marketplace.
#[Object]
impl App {
    /// Its name in addresses.
    async fn slug(&self) -> &str {
        &self.0.slug
    }

    /// What people read.
    async fn name(&self) -> &str {
        &self.0.name
    }

    /// Its shelf.
    async fn category(&self) -> AppCategory {
        self.0.category
    }

    /// Words for finding it.
    async fn tags(&self) -> &[String] {
        &self.0.tags
    }

    /// One line, in the viewer's language.
    async fn summary(&self) -> String {
        text(&self.0.summary)
    }

    /// Plain text; blank lines part paragraphs.
    async fn description(&self) -> String {
        text(&self.0.description)
    }

    /// Where its own documentation is.
    async fn documentation(&self) -> &str {
        &self.0.documentation
    }

    /// What it costs a month.
    async fn price(&self) -> Money {
        Money { amount: self.0.price.amount, currency: self.0.price.currency.clone() }
    }

    /// Address of the icon (SVG) on this server.
    async fn icon_url(&self) -> String {
        format!("/icons/{}.svg", self.0.slug)
    }

    /// Version of the chart.
    async fn chart_version(&self) -> &str {
        &self.0.chart_version
    }

    /// Version of the app in it.
    async fn app_version(&self) -> &str {
        &self.0.app_version
    }

    /// Its port inside the cluster.
    async fn port(&self) -> i32 {
        i32::from(self.0.port)
    }

    /// Whether the app has a web address.
    async fn web(&self) -> bool {
        self.0.web
    }

    /// What it needs at least.
    async fn minimum(&self) -> MinimumResources {
        let minimum = &self.0.minimum;
        MinimumResources { cpu: minimum.cpu.clone(), memory: minimum.memory.clone(), storage: minimum.storage.clone() }
    }

    /// The values that a tenant may set, required ones first.
    async fn fields(&self) -> Vec<AppField> {
        self.0.fields.iter().map(Into::into).collect()
    }
}

/// Queries of the marketplace.
#[derive(Default)]
pub struct CatalogQuery;

#[Object]
impl CatalogQuery {
    /// The apps of the marketplace, by name. `search` looks at name, summary and tags.
    async fn apps(
        &self,
        ctx: &Context<'_>,
        search: Option<String>,
        category: Option<AppCategory>,
        first: Option<i32>,
        after: Option<String>,
    ) -> Result<Page<App>, ApiError> {
        allowed(actor(ctx)?)?;
        let words = page::search(search.as_deref())?.unwrap_or_default();
        let first = page::first(first)?;
        let found = state(ctx)?.catalog.search(category, &words);
        let total = Total { total_count: length(Some(found.len())).unwrap_or(i32::MAX) };
        let start = match &after {
            None => 0,
            Some(slug) => found.iter().position(|app| app.slug == *slug).ok_or_else(page::bad_cursor)? + 1,
        };
        let more = found.len() > start + first;
        let mut connection = Connection::with_additional_fields(start > 0, more, total);
        connection
            .edges
            .extend(found.into_iter().skip(start).take(first).map(|app| Edge::new(app.slug.clone(), App(app))));
        Ok(connection)
    }

    /// One app; null when there is none of this slug.
    async fn app(&self, ctx: &Context<'_>, slug: String) -> Result<Option<App>, ApiError> {
        allowed(actor(ctx)?)?;
        Ok(state(ctx)?.catalog.get(&slug).cloned().map(App))
    }
}

fn allowed(actor: &Actor) -> Result<(), ApiError> {
    actor.may(PlatformAction::SeeCatalog)
}
