//! Search in the lines that are loaded: a piece at a time, so that the page answers meanwhile however many there are.

use super::{
    ansi,
    buffer::{Buffer, Row},
    feed::Feed,
    find::Needle,
};
use crate::lean::effect;
use gloo_timers::callback::Timeout;
use leptos::prelude::*;
use std::{collections::VecDeque, sync::Arc};

/// How long a piece of the search may take, in milliseconds: a frame has room for more than that.
const PIECE: f64 = 6.0;
/// Rows between two looks at the clock.
const ROWS: usize = 256;

/// How far a search is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Found {
    /// Lines that hold what is looked for.
    pub lines: usize,
    /// Which of them is the current one, from 1 on.
    pub position: Option<usize>,
    /// Whether all rows have been looked at.
    pub done: bool,
}

/// Rows that hold what is looked for, by number, oldest first.
#[derive(Default)]
struct Hits {
    rows: VecDeque<u64>,
    /// The first row that has not been looked at.
    next: u64,
}

/// A search.
#[derive(Clone, Copy)]
pub struct Search {
    /// Whether it is shown.
    pub open: RwSignal<bool>,
    /// What is typed.
    pub typed: RwSignal<String>,
    /// What is looked for.
    pub needle: RwSignal<Option<Arc<Needle>>>,
    /// The row that was gone to.
    pub current: RwSignal<Option<u64>>,
    /// How far it is.
    pub found: RwSignal<Found>,
    hits: StoredValue<Hits>,
    /// Runs until the next piece.
    waiting: StoredValue<Option<Timeout>, LocalStorage>,
    buffer: StoredValue<Buffer>,
    following: RwSignal<bool>,
    revealed: RwSignal<Option<u64>>,
}

impl Search {
    /// A search in what `feed` brings.
    pub fn new(feed: Feed) -> Self {
        let search = Self {
            open: RwSignal::new(false),
            typed: RwSignal::new(String::new()),
            needle: RwSignal::new(None),
            current: RwSignal::new(None),
            found: RwSignal::new(Found::default()),
            hits: StoredValue::new(Hits::default()),
            waiting: StoredValue::new_local(None),
            buffer: feed.buffer,
            following: feed.following,
            revealed: feed.revealed,
        };
        effect(move || {
            let needle = if search.open.get() { search.typed.with(|typed| Needle::new(typed)) } else { None };
            search.needle.set(needle.map(Arc::new));
            search.current.set(None);
            search.hits.set_value(Hits::default());
            search.wake();
        });
        // New lines are looked through too, and hits go with the lines that go.
        effect(move || {
            feed.version.track();
            search.wake();
        });
        search
    }

    fn wake(self) {
        let is_idle = self.waiting.try_with_value(Option::is_none) == Some(true);
        if is_idle {
            self.waiting.set_value(Some(Timeout::new(0, move || self.piece())));
        }
    }

    /// Looks through some rows, and comes back for more.
    fn piece(self) {
        // Where the page is gone, so is the search.
        let Some(Some(_)) = self.waiting.try_update_value(Option::take) else { return };
        let Some(needle) = self.needle.get_untracked() else { return self.found.set(Found::default()) };
        let until = js_sys::Date::now() + PIECE;
        let done = self.buffer.with_value(|buffer| {
            self.hits.try_update_value(|hits| {
                if buffer.next() < hits.next {
                    // Another log.
                    *hits = Hits::default();
                }
                while hits.rows.front().is_some_and(|number| *number < buffer.first()) {
                    hits.rows.pop_front();
                }
                hits.next = hits.next.max(buffer.first());
                while hits.next < buffer.next() {
                    for _ in 0..ROWS {
                        let Some(row) = buffer.row(hits.next) else { break };
                        if matches!(row, Row::Line(line) if needle.is_in(&ansi::plain(&line.text))) {
                            hits.rows.push_back(hits.next);
                        }
                        hits.next += 1;
                    }
                    if js_sys::Date::now() >= until {
                        break;
                    }
                }
                hits.next >= buffer.next()
            })
        });
        self.tell(done == Some(true));
        if done == Some(false) {
            self.wake();
        }
    }

    fn tell(self, done: bool) {
        let current = self.current.get_untracked();
        let found = self.hits.with_value(|hits| Found {
            lines: hits.rows.len(),
            position: current.and_then(|current| hits.rows.binary_search(&current).ok()).map(|index| index + 1),
            done,
        });
        if self.found.get_untracked() != found {
            self.found.set(found);
        }
    }

    /// Goes to the next hit after the current one, or the one before it; from the end it begins anew. The first step is
    /// from the row at the top of what is seen.
    pub fn step(self, forwards: bool, top: u64) {
        let next = self.hits.with_value(|hits| {
            let from = self.current.get_untracked();
            let index = match (from, forwards) {
                (Some(from), true) => hits.rows.partition_point(|number| *number <= from),
                (None, true) => hits.rows.partition_point(|number| *number < top),
                (from, false) => hits.rows.partition_point(|number| *number < from.unwrap_or(top)).wrapping_sub(1),
            };
            let around = if forwards { hits.rows.front() } else { hits.rows.back() };
            hits.rows.get(index).or(around).copied()
        });
        let Some(next) = next else { return };
        self.current.set(Some(next));
        self.following.set(false);
        self.revealed.set(Some(next));
        self.tell(self.found.get_untracked().done);
    }

    /// Hides it, and what it has marked.
    pub fn close(self) {
        self.open.set(false);
    }
}
