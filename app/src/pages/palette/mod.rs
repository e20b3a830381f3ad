//! The search for pages, workspaces, services and actions: a combobox with a list (ARIA Authoring Practices Guide,
//! "Combobox", with list autocomplete).

mod entries;
mod recent;

use self::entries::Entry;
use crate::lean::{For, effect, memo, view};
use crate::{
    api::{
        lists::{self, Destinations},
        live::{self, Live},
    },
    components::workspace_of,
    i18n::{count, t},
    ui::{Icon, icon, unique},
};
use leptos::{html, prelude::*};
use leptos_router::{
    NavigateOptions,
    hooks::{use_location, use_navigate},
};
use wasm_bindgen::JsCast;
use web_sys::{HtmlElement, KeyboardEvent};

/// The search; choosing something closes it.
#[component]
pub fn Palette(
    /// Whether it is open.
    open: RwSignal<bool>,
) -> impl IntoView {
    let texts = &t().palette;
    let (list, base) = (unique("palette"), unique("option"));
    let known = live::fetch(|| (), |()| lists::destinations());
    let here = workspace_of(&use_location().pathname.get_untracked());
    let entries = memo(move |_| {
        let nothing = Destinations { workspaces: Vec::new(), services: Vec::new() };
        known.with(|known| entries::all(here.as_ref(), known.ready().unwrap_or(&nothing)))
    });
    let lately = StoredValue::new(recent::read());
    let typed = RwSignal::new(String::new());
    let found = memo(move |_| {
        entries.with(|entries| lately.with_value(|lately| entries::fitting(entries, &typed.get(), lately)))
    });
    let active = RwSignal::new(0_usize);
    effect(move || {
        typed.track();
        active.set(0);
    });
    let input = NodeRef::<html::Input>::new();
    effect(move || {
        if let Some(input) = input.get() {
            // A help only: the field can be reached anyway.
            let _ = input.focus();
        }
    });
    let navigate = use_navigate();
    let choose = Callback::new(move |entry: Entry| {
        recent::remember(&entry.key());
        open.set(false);
        if let Some(address) = entry.choose() {
            navigate(&address, NavigateOptions::default());
        }
    });
    let option = {
        let base = base.clone();
        move |at: usize| format!("{base}-{at}")
    };
    let show = {
        let option = option.clone();
        move |at: usize| {
            active.set(at);
            let element = document().get_element_by_id(&option(at));
            if let Some(element) = element.and_then(|element| element.dyn_into::<HtmlElement>().ok()) {
                let options = web_sys::ScrollIntoViewOptions::new();
                options.set_block(web_sys::ScrollLogicalPosition::Nearest);
                element.scroll_into_view_with_scroll_into_view_options(&options);
            }
        }
    };
    let key = move |event: KeyboardEvent| {
        let end = found.with_untracked(Vec::len).saturating_sub(1);
        let now = active.get_untracked();
        match event.key().as_str() {
            "ArrowDown" => show(if now >= end { 0 } else { now + 1 }),
            "ArrowUp" => show(if now == 0 { end } else { now - 1 }),
            "Enter" => {
                if let Some(entry) = found.with_untracked(|found| found.get(now).cloned()) {
                    choose.run(entry);
                }
            }
            _ => return,
        }
        event.prevent_default();
    };
    let current = {
        let option = option.clone();
        move || found.with(|found| active.get() < found.len()).then(|| option(active.get()))
    };
    let numbered = move || found.get().into_iter().enumerate().collect::<Vec<_>>();
    view! {
        <div class="palette">
            <div class="input">
                {icon(Icon::Search)}
                <input
                    node_ref=input
                    type="text"
                    role="combobox"
                    autocomplete="off"
                    spellcheck="false"
                    maxlength="200"
                    aria-label=texts.label
                    aria-expanded="true"
                    aria-autocomplete="list"
                    aria-controls=list.clone()
                    aria-activedescendant=current
                    placeholder=texts.label
                    bind:value=typed
                    on:keydown=key
                />
            </div>
            <ul id=list role="listbox" class="palette-list" aria-label=texts.title>
                <For each=numbered key=told_apart let:one>
                    {
                        let (at, entry) = one;
                        let chosen = entry.clone();
                        view! {
                            <li
                                id=option(at)
                                role="option"
                                aria-selected=move || (active.get() == at).to_string()
                                on:click=move |_| choose.run(chosen.clone())
                            >
                                {icon(entry.symbol)}
                                <span class="palette-name">{entry.label}</span>
                                <span class="muted">{entry.detail}</span>
                            </li>
                        }
                    }
                </For>
            </ul>
            <p class="muted palette-foot" role="status">
                {move || {
                    if known.with(|known| matches!(known, Live::Failed(_))) {
                        return texts.partly.to_owned();
                    }
                    match found.with(Vec::len) {
                        0 => texts.none.to_owned(),
                        number => count(texts.found, number),
                    }
                }}
            </p>
        </div>
    }
}

/// What tells one line of the list from another.
fn told_apart((at, entry): &(usize, Entry)) -> (usize, String, String, String) {
    (*at, entry.key(), entry.label.clone(), entry.detail.clone())
}
