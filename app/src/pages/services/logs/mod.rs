//! Live logs of a service.

mod address;
mod ansi;
mod bar;
mod buffer;
mod colour;
mod feed;
mod find;
mod line;
mod save;
mod search;
mod state;
mod time;
mod view;

use self::{
    address::{Address, Source},
    bar::{Available, Choice, Controls, SearchBar},
    feed::Feed,
    line::Shape,
    search::Search,
    state::StateLine,
    view::LogView,
};
use crate::lean::{Show, dynamic, effect, memo, view};
use crate::{
    api::types::ServiceView,
    components::{off, use_workspace},
    i18n::t,
    paths::{Path, ServiceTab},
    ui::{Alert, Empty, Icon, Tone},
};
use leptos::{html, prelude::*};
use shared::{policy::WorkspaceAction, service::LogState};
use wasm_bindgen::JsCast;
use web_sys::{HtmlElement, KeyboardEvent};

/// The log of one container, which the viewer chooses or the console does.
#[component]
pub fn Logs(
    /// The service.
    service: Signal<ServiceView>,
) -> impl IntoView {
    let denied = off(WorkspaceAction::ReadLogs);
    let allowed = memo(move |_| denied.with(Option::is_none));
    dynamic(move || {
        if allowed.get() {
            view! { <Reader service=service /> }.into_any()
        } else {
            view! { <Alert tone=Tone::Info><p>{denied.get_untracked()}</p></Alert> }.into_any()
        }
    })
}

/// What there is to choose from.
fn sources(service: &ServiceView) -> Available {
    let of = |init: bool| {
        service.pods.iter().flat_map(move |pod| {
            let containers = pod.containers.iter().filter(move |container| container.init == init);
            containers.map(|container| ((pod.name.clone(), container.name.clone()), container.restarts > 0))
        })
    };
    of(false).chain(of(true)).collect()
}

#[component]
fn Reader(service: Signal<ServiceView>) -> impl IntoView {
    let workspace = use_workspace();
    let id = service.with_untracked(|service| service.id.clone());
    let address = {
        let id = id.clone();
        Address::of(move || Path::Service(workspace.id.get_untracked(), id.clone(), ServiceTab::Logs).to_string())
    };
    let available = memo(move |_| service.with(sources));
    let source = memo(move |before: Option<&Option<Source>>| {
        let (asked, previous) = address.chosen.with(|chosen| (chosen.source.clone(), chosen.previous));
        let before = before.cloned().flatten().map(|before| (before.pod, before.container));
        let chosen = available.with(|available| {
            let fits = |source: &(String, String)| available.iter().any(|one| one.0 == *source);
            // What was asked for; else what is read already, though its pod may be gone while another starts.
            asked.or_else(|| before.filter(fits)).or_else(|| available.first().map(|one| one.0.clone()))
        });
        chosen.map(|(pod, container)| Source { pod, container, previous })
    });
    let feed = Feed::follow(id.clone(), source);
    let search = Search::new(feed);
    let generation = RwSignal::new(0_u64);
    let times = memo(move |_| address.times());
    effect(move || {
        times.track();
        search.needle.track();
        generation.update(|generation| *generation += 1);
    });
    let shape = Shape {
        wrap: Signal::derive(move || address.chosen.with(|chosen| chosen.wrap)),
        times: times.into(),
        generation: generation.into(),
        search,
    };
    let previous = Signal::derive(move || address.chosen.with(|chosen| chosen.previous));
    let empty = Signal::derive(move || {
        let none = previous.get() && feed.state.get() == Some(LogState::Ended);
        if none { t().logs.previous_none } else { t().logs.empty }
    });
    let top = StoredValue::new(0_u64);
    let panel = NodeRef::<html::Section>::new();
    let to_lines = Callback::new(move |()| {
        let lines = panel.get_untracked().and_then(|panel| panel.query_selector("[role=log]").ok().flatten());
        if let Some(lines) = lines.and_then(|lines| lines.dyn_into::<HtmlElement>().ok()) {
            // The lines are in the page: focus goes to them.
            let _ = lines.focus();
        }
    });
    // The browser's own search finds only what is drawn. Where this one has the focus already, the browser's opens.
    let keyed = move |event: KeyboardEvent| {
        let wanted = (event.ctrl_key() || event.meta_key()) && event.key().eq_ignore_ascii_case("f");
        if wanted && !search.open.get_untracked() {
            event.prevent_default();
            search.open.set(true);
        }
    };
    let there = memo(move |_| source.with(Option::is_some));
    view! {
        <Show
            when=move || there.get()
            fallback=|| view! { <Empty symbol=Icon::Terminal title=t().logs.no_pods text=t().logs.no_pods_text /> }
        >
            <section node_ref=panel class="panel flush logs" aria-label=t().service.tab_logs on:keydown=keyed>
                <div class="log-tools">
                    <Choice available=available source=source address=address />
                    <Controls feed=feed search=search address=address available=available source=source service=id.clone() />
                </div>
                <SearchBar search=search top=top on_close=to_lines />
                <LogView feed=feed shape=shape top=top empty=empty />
                <StateLine feed=feed previous=previous />
            </section>
        </Show>
    }
}
