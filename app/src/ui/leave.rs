//! When a field that is left may say what is wrong with it.

use gloo_timers::callback::Timeout;
use leptos::{ev, prelude::*};
use std::cell::{Cell, RefCell};

thread_local! {
    static PRESSED: Cell<bool> = const { Cell::new(false) };
    static WAITING: RefCell<Vec<Callback<()>>> = const { RefCell::new(Vec::new()) };
}

/// Watches the pointer; once, with the console.
pub fn watch_pointer() {
    // They live as long as the page.
    let _ = window_event_listener(ev::pointerdown, |_| PRESSED.set(true));
    let _ = window_event_listener(ev::pointerup, |_| released());
    let _ = window_event_listener(ev::pointercancel, |_| released());
}

fn released() {
    PRESSED.set(false);
    // The click comes right after: what it does goes first.
    Timeout::new(0, || {
        for check in WAITING.take() {
            // The page may be gone meanwhile.
            check.try_run(());
        }
    })
    .forget();
}

/// A field was left. Where a press of the pointer took the focus, the check waits until the pointer is up: a message
/// that appears in between would push the pressed button from under the pointer, and the click would be lost.
pub fn left(check: Option<Callback<()>>) {
    let Some(check) = check else { return };
    if PRESSED.get() {
        WAITING.with_borrow_mut(|waiting| waiting.push(check));
    } else {
        // A field that is taken out of the page while it has the focus is left too; what it belonged to is gone by then.
        check.try_run(());
    }
}
