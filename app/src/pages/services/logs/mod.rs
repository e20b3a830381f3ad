//! Live logs of a service.

mod ansi;
mod buffer;
mod feed;
mod view;

use self::{feed::Feed, view::LogView};
use crate::lean::{Show, dynamic, effect, memo, view};
use crate::{
    api::types::ServiceView,
    components::{off, use_workspace},
    i18n::{count, t, with},
    paths::{Escaped, Path, ServiceTab},
    stores::{
        link::{self, Link},
        session,
    },
    ui::{Alert, Button, Empty, Icon, SelectField, Tone, icon},
};
use leptos::prelude::*;
use leptos_router::{
    NavigateOptions,
    hooks::{use_navigate, use_query_map},
};
use shared::{policy::WorkspaceAction, service::LogState};
use std::collections::BTreeSet;

/// Which log is read.
type Source = (String, String);

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
fn sources(service: &ServiceView) -> Vec<Source> {
    let of = |init: bool| {
        service.pods.iter().flat_map(move |pod| {
            let containers = pod.containers.iter().filter(move |container| container.init == init);
            containers.map(|container| (pod.name.clone(), container.name.clone()))
        })
    };
    of(false).chain(of(true)).collect()
}

#[component]
fn Reader(service: Signal<ServiceView>) -> impl IntoView {
    let workspace = use_workspace();
    let query = use_query_map();
    let navigate = use_navigate();
    let available = memo(move |_| service.with(sources));
    let source = memo(move |before: Option<&Option<Source>>| {
        let asked = query.with(|query| Some((query.get("pod")?, query.get("container")?)));
        available.with(|available| {
            let fits = |source: &Source| available.contains(source);
            // What was asked for; else what is read already, though its pod may be gone while another starts.
            asked.or_else(|| before.cloned().flatten().filter(fits)).or_else(|| available.first().cloned())
        })
    });
    let id = service.with_untracked(|service| service.id.clone());
    let feed = Feed::follow(id.clone(), source);
    let choose = Callback::new(move |(pod, container): Source| {
        let page = Path::Service(workspace.id.get_untracked(), id.clone(), ServiceTab::Logs);
        let to = format!("{page}?pod={}&container={}", Escaped(&pod), Escaped(&container));
        navigate(&to, NavigateOptions { replace: true, scroll: false, ..NavigateOptions::default() });
    });
    let there = memo(move |_| source.with(Option::is_some));
    view! {
        <Show
            when=move || there.get()
            fallback=|| view! { <Empty symbol=Icon::Terminal title=t().logs.no_pods text=t().logs.no_pods_text /> }
        >
            <section class="panel flush logs" aria-label=t().service.tab_logs>
                <div class="log-tools">
                    <Choice available=available source=source choose=choose />
                    <Controls feed=feed />
                </div>
                <LogView feed=feed />
                <StateLine feed=feed />
            </section>
        </Show>
    }
}

/// The choice of a pod and one of its containers.
#[component]
fn Choice(available: Memo<Vec<Source>>, source: Memo<Option<Source>>, choose: Callback<Source>) -> impl IntoView {
    let texts = &t().logs;
    let (pod, container) = (RwSignal::new(String::new()), RwSignal::new(String::new()));
    effect(move || {
        if let Some((now_pod, now_container)) = source.get() {
            pod.set(now_pod);
            container.set(now_container);
        }
    });
    effect(move || {
        let wanted = (pod.get(), container.get());
        let Some(now) = source.get_untracked().filter(|now| *now != wanted && !wanted.0.is_empty()) else { return };
        let list = available.get_untracked();
        // Another pod may have other containers: then its first.
        let fits = list.contains(&wanted).then_some(wanted.clone());
        if let Some(next) = fits.or_else(|| list.into_iter().find(|one| one.0 == wanted.0)).filter(|next| *next != now)
        {
            choose.run(next);
        }
    });
    let pods = Signal::derive(move || {
        let mut names: BTreeSet<String> = available.with(|list| list.iter().map(|one| one.0.clone()).collect());
        names.extend(source.get().map(|one| one.0));
        names.into_iter().map(|name| (name.clone(), name)).collect::<Vec<_>>()
    });
    let containers = Signal::derive(move || {
        let pod = pod.get();
        let mut names: Vec<String> =
            available.with(|list| list.iter().filter(|one| one.0 == pod).map(|one| one.1.clone()).collect());
        if names.is_empty() {
            names.extend(source.get().map(|one| one.1));
        }
        names.into_iter().map(|name| (name.clone(), name)).collect::<Vec<_>>()
    });
    view! {
        <SelectField label=texts.pod value=pod options=pods />
        <SelectField label=texts.container value=container options=containers />
    }
}

/// Follow, pause, wrap.
#[component]
fn Controls(feed: Feed) -> impl IntoView {
    let texts = &t().logs;
    let toggle = move |signal: RwSignal<bool>, symbol: Icon, words: &'static str| {
        view! {
            <button
                type="button"
                class="button toggle"
                aria-pressed=move || signal.get().to_string()
                on:click=move |_| signal.update(|on| *on = !*on)
            >
                {icon(symbol)} <span>{words}</span>
            </button>
        }
    };
    let server = session::server();
    let sandbox = move || server.with(|server| server.as_ref().is_some_and(|server| server.sandbox));
    let paused = feed.paused;
    view! {
        <div class="log-controls">
            {move || sandbox().then(|| view! {
                <span class="badge sandbox" title=texts.simulated_help>{icon(Icon::FlaskConical)} <span>{t().common.simulated}</span></span>
            })}
            {toggle(feed.following, Icon::ArrowDown, texts.follow)}
            {toggle(feed.wrap, Icon::WrapText, texts.wrap)}
            <button type="button" class="button" on:click=move |_| feed.set_paused(!paused.get_untracked())>
                {move || icon(if paused.get() { Icon::Play } else { Icon::Pause })}
                <span>{move || if paused.get() { texts.resume } else { texts.pause }}</span>
            </button>
        </div>
    }
}

/// How the stream is, in words: a silent container and a lost stream look different.
#[component]
fn StateLine(feed: Feed) -> impl IntoView {
    let texts = &t().logs;
    let link = link::link();
    let words = move || {
        if let Some(error) = feed.error.get() {
            let mut words = crate::i18n::api_error(&error);
            if error.passes() {
                words = format!("{words} {}", texts.state_failing);
            }
            return (Icon::TriangleAlert, words);
        }
        if link.get() == Link::Lost {
            return (Icon::Unplug, texts.state_lost.to_owned());
        }
        if feed.paused.get() {
            return (Icon::Pause, count(texts.state_paused, feed.waiting.get()));
        }
        match feed.state.get() {
            None => (Icon::LoaderCircle, texts.state_opening.to_owned()),
            Some(LogState::Following) => (Icon::CircleCheck, texts.state_following.to_owned()),
            Some(LogState::Waiting) => (Icon::Clock, texts.state_waiting.to_owned()),
            Some(LogState::Ended) => (Icon::CircleStop, texts.state_ended.to_owned()),
        }
    };
    let lines = move || {
        #[allow(clippy::cast_precision_loss, reason = "100,000 at most")]
        let lines = feed.lines.get() as f64;
        with(texts.lines, "n", &crate::i18n::grouped(lines))
    };
    view! {
        <footer class="log-state">
            <span role="status">
                {move || {
                    let (symbol, words) = words();
                    view! { {icon(symbol)} <span>{words}</span> }
                }}
            </span>
            {move || feed.paused.get().then(|| view! { <Button on_press=move || feed.set_paused(false)>{texts.resume}</Button> })}
            <span class="muted">{move || lines()}</span>
        </footer>
    }
}
