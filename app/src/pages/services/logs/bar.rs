//! What is above a log: whose it is, how it is shown, search, download.

use super::{
    address::{Address, Source},
    feed::Feed,
    save,
    search::Search,
    time::Times,
};
use crate::lean::{Show, effect, spawn, view};
use crate::{
    i18n::{self, count, fill, t},
    stores::{session, toasts},
    ui::{Button, Icon, Kind, Menu, SelectField, icon},
};
use cynic::Id;
use leptos::{html, prelude::*};
use std::collections::BTreeSet;
use web_sys::KeyboardEvent;

/// What there is to read: pod, container, and whether it has had a run before this one.
pub type Available = Vec<((String, String), bool)>;

/// The choice of a pod and one of its containers.
#[component]
pub fn Choice(available: Memo<Available>, source: Memo<Option<Source>>, address: Address) -> impl IntoView {
    let texts = &t().logs;
    let (pod, container) = (RwSignal::new(String::new()), RwSignal::new(String::new()));
    effect(move || {
        if let Some(now) = source.get() {
            pod.set(now.pod);
            container.set(now.container);
        }
    });
    effect(move || {
        let wanted = (pod.get(), container.get());
        let now = source.get_untracked().map(|now| (now.pod, now.container));
        let Some(now) = now.filter(|now| *now != wanted && !wanted.0.is_empty()) else { return };
        let list = available.get_untracked();
        // Another pod may have other containers: then its first.
        let fits = list.iter().any(|one| one.0 == wanted).then(|| wanted.clone());
        let first = || list.iter().map(|one| one.0.clone()).find(|one| one.0 == wanted.0);
        if let Some(next) = fits.or_else(first).filter(|next| *next != now) {
            address.change(|chosen| (chosen.source, chosen.previous) = (Some(next), false));
        }
    });
    let pods = Signal::derive(move || {
        let mut names: BTreeSet<String> = available.with(|list| list.iter().map(|one| one.0.0.clone()).collect());
        names.extend(source.get().map(|one| one.pod));
        names.into_iter().map(|name| (name.clone(), name)).collect::<Vec<_>>()
    });
    let containers = Signal::derive(move || {
        let pod = pod.get();
        let mut names: Vec<String> =
            available.with(|list| list.iter().filter(|one| one.0.0 == pod).map(|one| one.0.1.clone()).collect());
        if names.is_empty() {
            names.extend(source.get().map(|one| one.container));
        }
        names.into_iter().map(|name| (name.clone(), name)).collect::<Vec<_>>()
    });
    view! {
        <SelectField label=texts.pod value=pod options=pods />
        <SelectField label=texts.container value=container options=containers />
        <TimeChoice address=address />
    }
}

#[component]
fn TimeChoice(address: Address) -> impl IntoView {
    let texts = &t().logs;
    let shown = move || address.times().as_str().to_owned();
    let value = RwSignal::new(untrack(shown));
    effect(move || value.set(shown()));
    effect(move || {
        let times = value.with(|value| Times::parse(value));
        if times != Some(untrack(|| address.times())) {
            address.change(|chosen| chosen.times = times);
        }
    });
    let options = Times::ALL.map(|times| {
        let words = match times {
            Times::Off => texts.time_off,
            Times::Local => texts.time_local,
            Times::Utc => texts.time_utc,
            Times::Relative => texts.time_relative,
        };
        (times.as_str().to_owned(), words.to_owned())
    });
    view! { <div class="log-times"><SelectField label=texts.time value=value options=options.to_vec() /></div> }
}

/// Follow, pause, wrap, the run before, search, download.
#[component]
pub fn Controls(
    feed: Feed,
    search: Search,
    address: Address,
    available: Memo<Available>,
    source: Memo<Option<Source>>,
    service: Id,
) -> impl IntoView {
    let texts = &t().logs;
    let toggle = move |on: Signal<bool>, symbol: Icon, words: &'static str, press: Callback<()>| {
        view! { <Button kind=Kind::Toggle before=symbol pressed=on on_press=move || press.run(())>{words}</Button> }
    };
    let server = session::server();
    let sandbox = move || server.with(|server| server.as_ref().is_some_and(|server| server.sandbox));
    let previous = Signal::derive(move || address.chosen.with(|chosen| chosen.previous));
    let has_previous = Signal::derive(move || {
        let now = source.get().map(|now| (now.pod, now.container));
        available.with(|list| list.iter().any(|one| one.1 && Some(&one.0) == now.as_ref()))
    });
    let no_previous =
        Signal::derive(move || (!has_previous.get() && !previous.get()).then(|| t().logs.previous_none.to_owned()));
    let paused = feed.paused;
    let wrap = Signal::derive(move || address.chosen.with(|chosen| chosen.wrap));
    view! {
        <div class="log-controls">
            {move || sandbox().then(|| view! {
                <span class="badge sandbox" title=texts.simulated_help>{icon(Icon::FlaskConical)} <span>{t().common.simulated}</span></span>
            })}
            {toggle(search.open.into(), Icon::Search, texts.search, Callback::new(move |()| search.open.update(|open| *open = !*open)))}
            {toggle(feed.following.into(), Icon::ArrowDown, texts.follow, Callback::new(move |()| feed.following.update(|on| *on = !*on)))}
            {toggle(wrap, Icon::WrapText, texts.wrap, Callback::new(move |()| address.change(|chosen| chosen.wrap = !chosen.wrap)))}
            <Button
                kind=Kind::Toggle
                before=Icon::History
                pressed=previous
                off=no_previous
                on_press=move || address.change(|chosen| {
                    chosen.previous = !chosen.previous;
                    chosen.source = source.get_untracked().map(|now| (now.pod, now.container));
                })
            >
                {texts.previous}
            </Button>
            <button type="button" class="button" on:click=move |_| feed.set_paused(!paused.get_untracked())>
                {move || icon(if paused.get() { Icon::Play } else { Icon::Pause })}
                <span>{move || if paused.get() { texts.resume } else { texts.pause }}</span>
            </button>
            <Save feed=feed source=source service=service />
        </div>
    }
}

#[component]
fn Save(feed: Feed, source: Memo<Option<Source>>, service: Id) -> impl IntoView {
    let texts = &t().logs;
    let loaded = move |_| {
        let Some(source) = source.get_untracked() else { return };
        if feed.buffer.with_value(|buffer| save::loaded(buffer, &source)).is_err() {
            toasts::failed(texts.download_failed);
        }
    };
    let service = StoredValue::new(service);
    let whole = move |_| {
        let Some(source) = source.get_untracked() else { return };
        let service = service.get_value();
        spawn(async move {
            match save::whole(service, source).await {
                Ok(()) => toasts::done(texts.download_begun),
                Err(error) => toasts::failed(i18n::api_error(&error)),
            }
        });
    };
    let trigger = view! { {icon(Icon::Download)} <span>{texts.download}</span> };
    view! {
        <Menu label=Signal::stored(texts.download.to_owned()) class="button" trigger=trigger>
            <ul>
                <li><button type="button" on:click=loaded>{icon(Icon::ScrollText)} <span>{texts.download_loaded}</span></button></li>
                <li><button type="button" on:click=whole>{icon(Icon::HardDrive)} <span>{texts.download_whole}</span></button></li>
            </ul>
        </Menu>
    }
}

/// The search, while it is open.
#[component]
pub fn SearchBar(search: Search, top: StoredValue<u64>, on_close: Callback<()>) -> impl IntoView {
    view! { <Show when=move || search.open.get()><Bar search=search top=top on_close=on_close /></Show> }
}

#[component]
fn Bar(search: Search, top: StoredValue<u64>, on_close: Callback<()>) -> impl IntoView {
    let texts = &t().logs;
    let input = NodeRef::<html::Input>::new();
    effect(move || {
        if let Some(input) = input.get() {
            // Focus is a help only: where the browser refuses, nothing is lost.
            let _ = input.focus();
            input.select();
        }
    });
    let step = move |forwards: bool| search.step(forwards, top.get_value());
    let close = move || {
        search.close();
        on_close.run(());
    };
    let keyed = move |event: KeyboardEvent| match event.key().as_str() {
        "Enter" => {
            event.prevent_default();
            step(!event.shift_key());
        }
        "Escape" => {
            event.stop_propagation();
            close();
        }
        _ => {}
    };
    let words = move || {
        if search.typed.with(String::is_empty) {
            return String::new();
        }
        let found = search.found.get();
        let lines = count(texts.hits, found.lines);
        match found.position {
            _ if !found.done => format!("{lines} {}", texts.searching),
            Some(position) => {
                #[allow(clippy::cast_precision_loss, reason = "100,000 at most")]
                let position = i18n::grouped(position as f64);
                fill(texts.hit, |name| match name {
                    "at" => Some(position.as_str()),
                    "lines" => Some(lines.as_str()),
                    _ => None,
                })
            }
            None if found.lines == 0 => texts.no_hits.to_owned(),
            None => lines,
        }
    };
    let button = move |symbol: Icon, words: &'static str, press: Callback<()>| {
        view! {
            <button type="button" class="icon-button" aria-label=words title=words on:click=move |_| press.run(())>
                {icon(symbol)}
            </button>
        }
    };
    view! {
        <div class="log-search" role="search">
            <div class="input">
                {icon(Icon::Search)}
                <input
                    node_ref=input
                    type="search"
                    aria-label=texts.search_label
                    placeholder=texts.search_label
                    autocomplete="off"
                    spellcheck="false"
                    autocapitalize="none"
                    maxlength="200"
                    bind:value=search.typed
                    on:keydown=keyed
                />
            </div>
            <span class="log-hits muted" role="status">{words}</span>
            {button(Icon::ChevronUp, texts.hit_before, Callback::new(move |()| step(false)))}
            {button(Icon::ChevronDown, texts.hit_after, Callback::new(move |()| step(true)))}
            {button(Icon::X, texts.search_close, Callback::new(move |()| close()))}
        </div>
    }
}
