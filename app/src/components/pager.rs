//! How much there is in a list, and the ways through one that comes page by page.

use crate::lean::{dynamic, view};
use crate::{
    api::types::PageInfo,
    i18n::{count, t},
    ui::{Icon, icon},
};
use leptos::prelude::*;

/// How many there are; read out when that changes.
pub fn found(forms: (&'static str, &'static str), total: impl Fn() -> i32 + Send + 'static) -> AnyView {
    found_boxed(forms, Box::new(total))
}

fn found_boxed(forms: (&'static str, &'static str), total: Box<dyn Fn() -> i32 + Send>) -> AnyView {
    view! {
        <p class="muted found" role="status">{move || count(forms, usize::try_from(total()).unwrap_or_default())}</p>
    }
}

/// Links to the first page and to the next one; nothing where there is one page only.
#[component]
pub fn Pager(
    /// The cursor in this page's address; empty in the first one's.
    after: Memo<String>,
    /// Where this page ends.
    #[prop(into)]
    page: Signal<PageInfo>,
    /// The address of the page after a cursor.
    address: Callback<String, String>,
) -> impl IntoView {
    let texts = &t().pager;
    dynamic(move || {
        let first = (!after.get().is_empty()).then(|| address.run(String::new()));
        let next = page.with(PageInfo::next).map(|cursor| address.run(cursor));
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
