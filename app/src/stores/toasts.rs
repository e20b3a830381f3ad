//! Short messages about what was just done. They are read out by screen readers and go by themselves; errors stay.

use gloo_timers::callback::Timeout;
use leptos::prelude::*;

/// A message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Toast {
    /// Tells messages apart.
    pub id: u32,
    /// What it says.
    pub text: String,
    /// Whether something failed.
    pub error: bool,
}

thread_local! {
    static TOASTS: ArcRwSignal<Vec<Toast>> = ArcRwSignal::new(Vec::new());
}

/// How long a message stays, in milliseconds.
const STAYS: u32 = 5000;

/// The messages shown now.
pub fn toasts() -> ArcRwSignal<Vec<Toast>> {
    TOASTS.with(Clone::clone)
}

/// Says that something was done.
pub fn done(text: impl Into<String>) {
    let id = push(text.into(), false);
    Timeout::new(STAYS, move || dismiss(id)).forget();
}

/// Says that something failed.
pub fn failed(text: impl Into<String>) {
    push(text.into(), true);
}

/// Takes a message away.
pub fn dismiss(id: u32) {
    toasts().update(|toasts| toasts.retain(|toast| toast.id != id));
}

fn push(text: String, error: bool) -> u32 {
    let toasts = toasts();
    let id = toasts.with_untracked(|toasts| toasts.last().map_or(0, |toast| toast.id)) + 1;
    toasts.update(|toasts| {
        // The same sentence twice helps nobody.
        toasts.retain(|toast| toast.text != text);
        toasts.push(Toast { id, text, error });
    });
    id
}
