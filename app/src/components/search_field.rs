//! The field that searches a list. The search lives in the address: the address follows the field, and the field the address.

use crate::lean::{effect, memo, view};
use crate::ui::{Icon, icon};
use gloo_timers::callback::Timeout;
use leptos::prelude::*;
use leptos_router::{
    NavigateOptions,
    hooks::{use_navigate, use_query_map},
};
use shared::rules;

/// How long typing must rest before the address and the list follow, in milliseconds.
const REST: u32 = 150;

/// A filter in the address; empty where it is not there.
pub fn use_filter(name: &'static str) -> Memo<String> {
    let query = use_query_map();
    memo(move |_| query.with(|query| query.get(name).unwrap_or_default()))
}

/// A filter as the API takes it: none where it is empty.
pub fn given(filter: String) -> Option<String> {
    Some(filter).filter(|filter| !filter.is_empty())
}

/// Goes to the same page with other filters. Back leads to the page before, not through every letter.
pub fn use_go() -> Callback<String> {
    let navigate = use_navigate();
    Callback::new(move |to: String| {
        navigate(&to, NavigateOptions { replace: true, scroll: false, ..NavigateOptions::default() });
    })
}

/// The field.
#[component]
pub fn SearchField(
    /// What can be searched for: its label, and what stands in it while it is empty.
    label: &'static str,
    /// What the address says.
    search: Memo<String>,
    /// Called with what was typed, once typing rests.
    on_search: Callback<String>,
) -> impl IntoView {
    let typed = RwSignal::new(search.get_untracked());
    let resting = StoredValue::new_local(None::<Timeout>);
    // Back and forward change the address: the field follows, unless someone is typing in it.
    effect(move || {
        let search = search.get();
        // The address has no space at the end, which someone may go on typing after.
        if resting.with_value(Option::is_none) && search != typed.get_untracked().trim() {
            typed.set(search);
        }
    });
    let type_in = move |event| {
        typed.set(event_target_value(&event));
        resting.set_value(Some(Timeout::new(REST, move || {
            resting.set_value(None);
            on_search.run(typed.get_untracked().trim().to_owned());
        })));
    };
    view! {
        <div class="input">
            {icon(Icon::Search)}
            <input
                type="search"
                maxlength=rules::SEARCH_MAX.to_string()
                aria-label=label
                placeholder=label
                prop:value=move || typed.get()
                on:input=type_in
            />
        </div>
    }
}
