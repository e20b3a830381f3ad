//! A row of a log: a line with its colours and what was found in it, or a mark.

use super::{
    ansi::{self, Span},
    buffer::{Line, Mark, Row, Shown},
    find::Needle,
    search::Search,
    time::Times,
    view::px,
};
use crate::lean::view;
use crate::{
    i18n::{self, count, t},
    stores::clock,
    ui::{Icon, icon},
};
use leptos::prelude::*;
use std::ops::Range;

/// How lines are drawn.
#[derive(Clone, Copy)]
pub struct Shape {
    /// Whether long lines are wrapped.
    pub wrap: Signal<bool>,
    /// How times are shown.
    pub times: Signal<Times>,
    /// Grows with each change that every line has to be drawn anew for.
    pub generation: Signal<u64>,
    /// What is looked for.
    pub search: Search,
}

/// A row.
#[component]
pub fn RowView(row: Shown, shape: Shape) -> impl IntoView {
    let (number, height, row) = row;
    match row {
        Row::Line(line) => view! { <LineView number=number height=height line=line shape=shape /> },
        Row::Mark(mark) => {
            let symbol = match mark {
                Mark::Gap | Mark::Dropped(_) => Icon::TriangleAlert,
                Mark::Reconnected | Mark::WentOn => Icon::RefreshCw,
                Mark::Ended => Icon::CircleStop,
            };
            let warns = matches!(mark, Mark::Gap | Mark::Dropped(_));
            view! { <p class="log-mark" class:warns=warns>{icon(symbol)} <span>{words(mark)}</span></p> }
        }
    }
}

/// What a mark says.
pub fn words(mark: Mark) -> String {
    let texts = &t().logs;
    match mark {
        Mark::Gap => texts.gap.to_owned(),
        Mark::Dropped(lines) => count(texts.dropped, usize::try_from(lines).unwrap_or(usize::MAX)),
        Mark::Reconnected => texts.reconnected.to_owned(),
        Mark::WentOn => texts.went_on.to_owned(),
        Mark::Ended => texts.ended.to_owned(),
    }
}

#[component]
fn LineView(number: u64, height: u64, line: Line, shape: Shape) -> impl IntoView {
    let needle = shape.search.needle.get_untracked();
    let current = shape.search.current;
    let cut = line.cut.then(|| view! { <em class="muted">{t().logs.cut}</em> });
    view! {
        <div class="log-line" class:current=move || current.get() == Some(number) style:height=px(height)>
            <Time at=line.at times=shape.times.get_untracked() />
            <span class="log-text">{text(&line.text, needle.as_deref())} {cut}</span>
        </div>
    }
}

#[component]
fn Time(at: f64, times: Times) -> impl IntoView {
    let words = match times {
        Times::Off => return ().into_any(),
        Times::Local => i18n::log_time(at, false).into_any(),
        Times::Utc => i18n::log_time(at, true).into_any(),
        Times::Relative => {
            let now = clock::seconds();
            view! { {move || i18n::relative(at, now.get().max(at))} }
        }
    };
    view! { <time title=i18n::exact(at)>{words}</time> }
}

/// The text in its colours, with what is looked for marked.
fn text(text: &str, needle: Option<&Needle>) -> AnyView {
    let places = |text: &str| needle.map(|needle| needle.places(text)).unwrap_or_default();
    if !text.contains('\u{1b}') {
        return marked(text, 0, &places(text));
    }
    let places = places(&ansi::plain(text));
    let mut start = 0;
    let spans = ansi::spans(text).into_iter().map(|span| {
        let Span { class, colours, text } = span;
        let inside = marked(&text, start, &places);
        start += text.len();
        let (colour, behind) = colours.map_or((None, None), |(colour, behind)| (Some(colour), behind));
        view! { <span class=class style:color=colour style:background-color=behind>{inside}</span> }
    });
    spans.collect_view().into_any()
}

/// A piece of a line that begins at `start` in it, with those parts of it marked that are in the places.
fn marked(text: &str, start: usize, places: &[Range<usize>]) -> AnyView {
    if places.is_empty() {
        return text.to_owned().into_any();
    }
    let parts = cut(text, start, places).into_iter().map(|(part, found)| {
        let part = part.to_owned();
        if found {
            view! { <mark>{part}</mark> }
        } else {
            part.into_any()
        }
    });
    parts.collect_view().into_any()
}

/// The piece in parts, each with whether it is in one of the places.
fn cut<'a>(text: &'a str, start: usize, places: &[Range<usize>]) -> Vec<(&'a str, bool)> {
    let mut parts = Vec::new();
    let mut done = 0;
    for place in places {
        let from = place.start.saturating_sub(start).clamp(done, text.len());
        let to = place.end.saturating_sub(start).clamp(from, text.len());
        parts.push((&text[done..from], false));
        parts.push((&text[from..to], true));
        done = to;
    }
    parts.push((&text[done..], false));
    parts.retain(|(part, _)| !part.is_empty());
    parts
}

#[cfg(test)]
mod tests {
    use super::cut;

    #[test]
    fn what_is_found_is_marked_over_the_borders_of_colours() {
        let places = [1..3, 4..8];
        assert_eq!(cut("abcdef", 0, &places), [("a", false), ("bc", true), ("d", false), ("ef", true)]);
        assert_eq!(cut("ghij", 6, &places), [("gh", true), ("ij", false)]);
        assert_eq!(cut("xyz", 20, &places), [("xyz", false)]);
    }
}
