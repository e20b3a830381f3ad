//! The marketplace: apps as folders of data (`<catalog_dir>/<slug>/app.yaml` beside the chart), loaded once at the start.
//!
//! A folder without `app.yaml` is a chart for other uses and is passed over. An app with a mistake is left out and told
//! in the log and by `doctor`; the others are there.

pub mod app;
mod field;
mod files;
pub mod graphql;
pub mod icon;
mod manifest;
pub mod pointer;
pub mod schema;
pub mod values;

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use shared::catalog::AppCategory;

pub use app::{App, BadApp, Field, FieldOption, Localized, Minimum, Price};
pub use values::{CheckedValues, Problems};

/// An app that was left out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Skipped {
    /// The folder's name.
    pub folder: String,
    /// What is wrong.
    pub problem: BadApp,
}

/// All apps. It does not change while the server runs; cheap to clone.
#[derive(Debug, Clone, Default)]
pub struct Catalog(Arc<Shelves>);

#[derive(Debug, Default)]
struct Shelves {
    by_slug: BTreeMap<String, Arc<App>>,
    /// By name, as people sort.
    by_name: Vec<Arc<App>>,
    skipped: Vec<Skipped>,
}

impl Catalog {
    /// Loads the apps of a folder. Only a folder that cannot be read is an error.
    pub fn load(folder: &Path) -> std::io::Result<Self> {
        let mut shelves = Shelves::default();
        for entry in std::fs::read_dir(folder)? {
            let path = entry?.path();
            if !path.join("app.yaml").is_file() {
                continue;
            }
            match App::load(&path) {
                Ok(app) => {
                    shelves.by_slug.insert(app.slug.clone(), Arc::new(app));
                }
                Err(problem) => {
                    let folder = path.file_name().unwrap_or_default().display().to_string();
                    tracing::error!(app = folder, %problem, "an app is left out of the marketplace");
                    shelves.skipped.push(Skipped { folder, problem });
                }
            }
        }
        shelves.skipped.sort_by(|a, b| a.folder.cmp(&b.folder));
        shelves.by_name = shelves.by_slug.values().cloned().collect();
        shelves.by_name.sort_by_cached_key(|app| (app.name.to_lowercase(), app.slug.clone()));
        Ok(Self(Arc::new(shelves)))
    }

    /// The app of a slug.
    pub fn get(&self, slug: &str) -> Option<&Arc<App>> {
        self.0.by_slug.get(slug)
    }

    /// All apps by name.
    pub fn apps(&self) -> &[Arc<App>] {
        &self.0.by_name
    }

    /// The apps that were left out.
    pub fn skipped(&self) -> &[Skipped] {
        &self.0.skipped
    }

    /// The apps of a category that have all the words in name, summary or tags; by name.
    pub fn search(&self, category: Option<AppCategory>, words: &str) -> Vec<Arc<App>> {
        let words: Vec<String> = words.split_whitespace().take(10).map(str::to_lowercase).collect();
        let fits = |app: &&Arc<App>| {
            let texts = [app.name.as_str(), app.slug.as_str()]
                .into_iter()
                .chain(app.summary.all())
                .chain(app.tags.iter().map(String::as_str));
            let text = texts.map(str::to_lowercase).collect::<Vec<_>>().join("\n");
            category.is_none_or(|category| app.category == category)
                && words.iter().all(|word| text.contains(word.as_str()))
        };
        self.apps().iter().filter(fits).cloned().collect()
    }
}
