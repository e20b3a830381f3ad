//! Apps of the marketplace.

use crate::api::{Json, read::read, schema};
use shared::{
    catalog::{AppCategory, AppFieldType},
    error::FieldErrorCode,
};

/// An app as a card shows it.
#[derive(cynic::QueryFragment, Debug, Clone, PartialEq)]
#[cynic(graphql_type = "App")]
pub struct AppCard {
    pub slug: String,
    pub name: String,
    pub category: AppCategory,
    pub tags: Vec<String>,
    pub summary: String,
    pub price: Money,
    pub icon_url: String,
}

/// An app with all that its pages show.
#[derive(cynic::QueryFragment, Debug, Clone, PartialEq)]
#[cynic(graphql_type = "App")]
pub struct AppDetail {
    pub slug: String,
    pub name: String,
    pub category: AppCategory,
    pub tags: Vec<String>,
    pub summary: String,
    pub description: String,
    pub documentation: String,
    pub price: Money,
    pub icon_url: String,
    pub chart_version: String,
    pub app_version: String,
    pub port: i32,
    pub web: bool,
    pub minimum: MinimumResources,
    pub fields: Vec<AppField>,
}

/// An amount of money in minor units.
#[derive(cynic::QueryFragment, Debug, Clone, PartialEq, Eq)]
pub struct Money {
    pub amount: i32,
    pub currency: String,
}

/// What an app needs at least.
#[derive(cynic::QueryFragment, Debug, Clone, PartialEq, Eq)]
pub struct MinimumResources {
    pub cpu: String,
    pub memory: String,
    pub storage: String,
}

/// A value that a tenant may set.
#[derive(cynic::QueryFragment, Debug, Clone, PartialEq)]
pub struct AppField {
    pub pointer: String,
    #[cynic(rename = "type")]
    pub kind: AppFieldType,
    pub label: String,
    pub help: Option<String>,
    pub placeholder: Option<String>,
    pub default: Option<Json>,
    pub required: bool,
    pub min_length: Option<i32>,
    pub max_length: Option<i32>,
    pub min: Option<i32>,
    pub max: Option<i32>,
    pub options: Vec<AppFieldOption>,
    pub generate: Option<i32>,
}

/// One option of a field.
#[derive(cynic::QueryFragment, Debug, Clone, PartialEq, Eq)]
pub struct AppFieldOption {
    pub value: String,
    pub label: String,
}

/// The page of apps that the marketplace shows.
#[derive(cynic::QueryFragment, Debug, Clone, PartialEq)]
pub struct AppConnection {
    pub nodes: Vec<AppCard>,
    pub total_count: i32,
    pub page_info: PageInfo,
}

/// Where a page ends.
#[derive(cynic::QueryFragment, Debug, Clone, PartialEq, Eq)]
pub struct PageInfo {
    pub has_next_page: bool,
    pub end_cursor: Option<String>,
}

impl PageInfo {
    /// The cursor of the next page, if there is one.
    pub fn next(&self) -> Option<String> {
        self.end_cursor.clone().filter(|_| self.has_next_page)
    }
}

/// What an address would look like.
#[derive(cynic::QueryFragment, Debug, Clone, PartialEq, Eq)]
pub struct AddressPreview {
    pub host: String,
    pub url: String,
    pub available: bool,
    pub problem: Option<FieldErrorCode>,
}

read! {
    AppCard { slug, name, category, tags, summary, price, icon_url }
    AppDetail {
        slug, name, category, tags, summary, description, documentation, price, icon_url, chart_version, app_version,
        port, web, minimum, fields,
    }
    Money { amount, currency }
    MinimumResources { cpu, memory, storage }
    AppField {
        pointer, kind as "type", label, help, placeholder, default, required, min_length, max_length, min, max,
        options, generate,
    }
    AppFieldOption { value, label }
    AppConnection { nodes, total_count, page_info }
    PageInfo { has_next_page, end_cursor }
    AddressPreview { host, url, available, problem }
}
