//! A tab that slept, or whose network went away: it says so at once, and comes back at once and right.
//!
//! While a tab sleeps its timers stand still, and a connection that died meanwhile looks alive. So the browser's own
//! signs are listened to: the network goes or comes, the tab is looked at again. Where the whole machine slept, or the tab
//! in full view, there is no sign but the time that has passed.

use super::socket;
use gloo_timers::callback::Interval;
use leptos::prelude::*;
use std::cell::Cell;

/// Away for longer than this, what was fetched may be out of date, in milliseconds.
const LONG: f64 = 30_000.0;
/// How often it is looked whether time was slept through, in milliseconds.
const TICK: u32 = 5_000;
/// A tick that comes so long after the last one has slept, in milliseconds.
const SLEPT: f64 = 20_000.0;

thread_local! {
    static RETURNED: ArcRwSignal<u32> = ArcRwSignal::new(0);
    static HIDDEN_SINCE: Cell<Option<f64>> = const { Cell::new(None) };
}

/// Counts how often the tab has come back from somewhere: whoever shows what was fetched once asks again.
pub fn returned() -> ArcRwSignal<u32> {
    RETURNED.with(Clone::clone)
}

fn come_back() {
    returned().update(|times| *times += 1);
}

/// Listens from now on.
pub fn start() {
    let listen = |name: &'static str, hear: fn()| drop(window_event_listener_untyped(name, move |_| hear()));
    listen("offline", socket::network_gone);
    listen("online", || {
        socket::try_now();
        come_back();
    });
    // It bubbles up from the document.
    listen("visibilitychange", || {
        if document().hidden() {
            HIDDEN_SINCE.set(Some(js_sys::Date::now()));
            return;
        }
        socket::look();
        let away = HIDDEN_SINCE.take().map_or(0.0, |since| js_sys::Date::now() - since);
        if away > LONG {
            come_back();
        }
    });
    let mut last = js_sys::Date::now();
    Interval::new(TICK, move || {
        let now = js_sys::Date::now();
        let slept = now - std::mem::replace(&mut last, now) > SLEPT;
        // One that is hidden is made slow by the browser, and is looked after when it is seen again.
        if slept && !document().hidden() {
            socket::look();
            come_back();
        }
    })
    .forget();
}
