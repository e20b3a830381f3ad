//! The page's title and the way to it, shown in the top bar and in the browser's tab.

use crate::i18n::t;
use crate::lean::effect;
use leptos::prelude::*;

/// One part of the way to a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Crumb {
    /// What it says.
    pub label: String,
    /// Where it leads; none for the page itself.
    pub href: Option<String>,
}

thread_local! {
    static CRUMBS: ArcRwSignal<Vec<Crumb>> = ArcRwSignal::new(Vec::new());
    static WORKSPACE: ArcRwSignal<Option<String>> = ArcRwSignal::new(None);
    static NO_MEMBERS: ArcRwSignal<bool> = ArcRwSignal::new(false);
}

/// The way to the page that is shown.
pub fn crumbs() -> ArcRwSignal<Vec<Crumb>> {
    CRUMBS.with(Clone::clone)
}

/// The name of the workspace that is shown, once it is known.
pub fn workspace_name() -> ArcRwSignal<Option<String>> {
    WORKSPACE.with(Clone::clone)
}

/// Whether the viewer may not see who is in the workspace that is shown: then nothing leads there.
pub fn no_members() -> ArcRwSignal<bool> {
    NO_MEMBERS.with(Clone::clone)
}

/// A part of the way that is a link.
pub fn link(label: impl Into<String>, href: impl ToString) -> Crumb {
    Crumb { label: label.into(), href: Some(href.to_string()) }
}

/// The page itself.
pub fn here(label: impl Into<String>) -> Crumb {
    Crumb { label: label.into(), href: None }
}

/// Says where the viewer is; again whenever what it reads changes.
pub fn set(way: impl Fn() -> Vec<Crumb> + 'static) {
    set_boxed(Box::new(way));
}

fn set_boxed(way: Box<dyn Fn() -> Vec<Crumb>>) {
    effect(move || {
        let way = way();
        let names: Vec<&str> =
            way.iter().rev().map(|crumb| crumb.label.as_str()).filter(|name| !name.is_empty()).collect();
        let title = match names.first() {
            Some(_) => format!("{} · {}", names.join(" · "), t().common.product),
            None => t().common.product.to_owned(),
        };
        document().set_title(&title);
        crumbs().set(way);
    });
}
