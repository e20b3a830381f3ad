//! How the stream is, in words: a silent container and a lost stream look different.

use super::feed::Feed;
use crate::lean::view;
use crate::{
    i18n::{self, count, t, with},
    stores::{
        clock,
        link::{self, Link},
    },
    ui::{Button, Icon, icon},
};
use leptos::prelude::*;
use shared::service::LogState;

/// The line below a log.
#[component]
pub fn StateLine(feed: Feed, previous: Signal<bool>) -> impl IntoView {
    let texts = &t().logs;
    let link = link::link();
    let words = move || {
        if let Some(error) = feed.error.get() {
            let mut words = i18n::api_error(&error);
            if error.passes() {
                words = format!("{words} {}", texts.state_failing);
            }
            return (Icon::TriangleAlert, words);
        }
        let ended = feed.state.get() == Some(LogState::Ended);
        if link.get() == Link::Lost && !ended {
            return (Icon::Unplug, texts.state_lost.to_owned());
        }
        if feed.paused.get() {
            return (Icon::Pause, count(texts.state_paused, feed.waiting.get()));
        }
        match feed.state.get() {
            None => (Icon::LoaderCircle, texts.state_opening.to_owned()),
            Some(LogState::Ended) if previous.get() => (Icon::CircleStop, texts.state_previous.to_owned()),
            Some(LogState::Following) if previous.get() => (Icon::LoaderCircle, texts.state_opening.to_owned()),
            Some(LogState::Following) => (Icon::CircleCheck, texts.state_following.to_owned()),
            Some(LogState::Waiting) => (Icon::Clock, texts.state_waiting.to_owned()),
            Some(LogState::Ended) => (Icon::CircleStop, texts.state_ended.to_owned()),
        }
    };
    let now = clock::seconds();
    // A stream without news may be a container without news: its newest line tells since when.
    let newest = move || {
        let newest = feed.newest.get()?;
        let live = feed.state.get() == Some(LogState::Following) && !previous.get();
        live.then(|| with(texts.newest, "ago", &i18n::relative(newest, now.get().max(newest))))
    };
    let left_out = move || {
        let lines = usize::try_from(feed.left_out.get()).unwrap_or(usize::MAX);
        (lines > 0)
            .then(|| view! { <span class="warn">{icon(Icon::TriangleAlert)} {count(texts.left_out, lines)}</span> })
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
            {left_out}
            <span class="muted">{newest}</span>
            <span class="muted log-count">{move || count(texts.lines, feed.lines.get())}</span>
        </footer>
    }
}
