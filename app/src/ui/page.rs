//! The parts that pages have in common.

use super::{Icon, icon};
use crate::i18n::t;
use crate::lean::view;
use leptos::prelude::*;

/// The page's heading, a line below it, and what can be done at its right.
#[component]
pub fn PageTitle(
    /// The heading.
    #[prop(into)]
    title: Signal<String>,
    /// A line below it.
    #[prop(optional, into)]
    lead: Signal<String>,
    /// What can be done.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    view! {
        <header class="page-title">
            <div>
                <h1 tabindex="-1">{move || title.get()}</h1>
                {move || Some(lead.get()).filter(|lead| !lead.is_empty()).map(|lead| view! { <p>{lead}</p> })}
            </div>
            {children.map(|children| view! { <div class="actions">{children()}</div> })}
        </header>
    }
}

/// Nothing here yet, why, and what to do about it.
#[component]
pub fn Empty(
    /// A picture of what would be here.
    symbol: Icon,
    /// What is missing.
    #[prop(into)]
    title: String,
    /// Why, and what to do.
    #[prop(into)]
    text: String,
    /// Whether this is all of the page.
    #[prop(optional)]
    page: bool,
    /// The way out.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    view! {
        <div class="empty">
            <span class="empty-icon">{icon(symbol)}</span>
            {if page { view! { <h1 tabindex="-1">{title}</h1> } } else { view! { <h2>{title}</h2> } }}
            <p>{text}</p>
            {children.map(|children| view! { <div class="actions">{children()}</div> })}
        </div>
    }
}

/// The page's shape while it is on its way; shown only when that takes a moment.
#[component]
pub fn Skeleton() -> impl IntoView {
    view! {
        <div class="skeleton" role="status">
            <span class="visually-hidden">{t().common.loading}</span>
            <span class="bone title"></span>
            <span class="bone line"></span>
            <div class="bones">
                <span class="bone block"></span>
                <span class="bone block"></span>
                <span class="bone block"></span>
            </div>
        </div>
    }
}
