//! The ways through a list that comes page by page.

use crate::lean::{dynamic, view};
use crate::{
    i18n::t,
    ui::{Icon, icon},
};
use leptos::prelude::*;

/// Links to the first page and to the next one; nothing where there is one page only.
#[component]
pub fn Pager(
    /// The first page's address, unless this is it.
    #[prop(into)]
    first: Signal<Option<String>>,
    /// The next page's address, if there is one.
    #[prop(into)]
    next: Signal<Option<String>>,
) -> impl IntoView {
    let texts = &t().pager;
    dynamic(move || {
        let (first, next) = (first.get(), next.get());
        (first.is_some() || next.is_some()).then(|| {
            view! {
                <nav class="pager" aria-label=texts.label>
                    {first.map(|href| view! { <a class="button" href=href>{texts.first}</a> })}
                    {next.map(|href| view! { <a class="button" href=href><span>{texts.next}</span> {icon(Icon::ChevronRight)}</a> })}
                </nav>
            }
        })
    })
}
