//! How much there is in a list, and the two ways through one that comes page by page.
//!
//! Where the address filters a list, it says the page too: [`pager`]. So what is shown can be shared, reloaded and left
//! by Back, and where it is live, its stream is of this page. Every other list grows where it stands: [`show_more`].
//! Either way leads to the last one, however many there are.

use super::use_go;
use crate::lean::{Show, dynamic, effect, view};
use crate::{
    api::{growing::Growing, types::PageInfo},
    i18n::{count, t},
    ui::{Button, Icon, icon},
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

/// Links to the first page and to the next one; nothing where there is one page only. Where a page has become empty, the
/// first one is shown.
///
/// `after` is the cursor in this page's address, empty in the first one's; `address` makes the address of the page after a
/// cursor; `page` says where this page ends.
pub fn pager(
    after: Memo<String>,
    address: Callback<String, String>,
    page: impl Fn() -> PageInfo + Send + Sync + 'static,
) -> AnyView {
    pager_of(after, address, Signal::derive(page))
}

fn pager_of(after: Memo<String>, address: Callback<String, String>, page: Signal<PageInfo>) -> AnyView {
    let texts = &t().pager;
    let go = use_go();
    effect(move || {
        let is_empty = page.with(|page| page.end_cursor.is_none());
        // Not when the address changes: what is shown then is still the page before.
        if is_empty && !after.get_untracked().is_empty() {
            go.run(untrack(|| address.run(String::new())));
        }
    });
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

/// The button below a list that grows. It stays where it is and keeps the focus while the list grows above it; with the
/// last page it goes, and its box takes the focus.
pub fn show_more<T: Clone + Send + Sync + 'static>(list: Growing<T>) -> AnyView {
    show_more_boxed(list.more, list.busy, Callback::new(move |()| list.grow()))
}

fn show_more_boxed(more: RwSignal<bool>, busy: RwSignal<bool>, grow: Callback<()>) -> AnyView {
    view! {
        <div class="more" tabindex="-1">
            <Show when=move || more.get()>
                <Button busy=busy on_press=move || grow.run(())>{t().common.show_more}</Button>
            </Show>
        </div>
    }
}
