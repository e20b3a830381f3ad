//! One clock for all relative times.

use gloo_timers::callback::Interval;
use leptos::prelude::*;

thread_local! {
    static SECONDS: ArcRwSignal<f64> = ArcRwSignal::new(js_sys::Date::now());
    static COARSE: ArcRwSignal<f64> = ArcRwSignal::new(js_sys::Date::now());
}

/// Starts the clock; once, with the console.
pub fn start() {
    let (seconds, coarse) = (seconds(), coarse());
    let mut ticks = 0_u32;
    Interval::new(1000, move || {
        let now = js_sys::Date::now();
        seconds.set(now);
        ticks += 1;
        if ticks.is_multiple_of(10) {
            coarse.set(now);
        }
    })
    .forget();
}

/// Now, in milliseconds, each second.
pub fn seconds() -> ArcRwSignal<f64> {
    SECONDS.with(Clone::clone)
}

/// Now, in milliseconds, every ten seconds: enough for "5 minutes ago".
pub fn coarse() -> ArcRwSignal<f64> {
    COARSE.with(Clone::clone)
}
