//! Buttons.

use super::{Icon, icon, unique};
use crate::lean::{dynamic, view};
use leptos::{ev, prelude::*};
use std::cell::Cell;
use web_sys::KeyboardEvent;

thread_local! {
    /// Whether the button that the pointer is on is hushed.
    static POINTED: Cell<Option<RwSignal<bool>>> = const { Cell::new(None) };
}

/// Lets Escape hush the button that the pointer is on, wherever the focus is; once, with the console.
pub fn watch_escape() {
    // It lives as long as the page.
    let _ = window_event_listener(ev::keydown, |event| {
        let pointed = POINTED.get().filter(|_| event.key() == "Escape");
        if let Some(hushed) = pointed {
            // It may have left the page from under the pointer.
            hushed.try_set(true);
        }
    });
}

/// What a button is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Kind {
    /// The one main thing on a page.
    Primary,
    /// Anything else.
    #[default]
    Plain,
    /// Something that cannot be undone.
    Danger,
    /// Beside other things, without an edge.
    Quiet,
    /// One that stays on or off.
    Toggle,
}

impl Kind {
    /// The button's classes.
    pub const fn class(self) -> &'static str {
        match self {
            Self::Primary => "button primary",
            Self::Plain => "button",
            Self::Danger => "button danger",
            Self::Quiet => "button quiet",
            Self::Toggle => "button toggle",
        }
    }
}

/// What a button does.
pub struct Press(Box<dyn Fn()>);

impl Press {
    /// Does it.
    pub fn run(&self) {
        (self.0)();
    }
}

impl<F: Fn() + 'static> From<F> for Press {
    fn from(press: F) -> Self {
        Self(Box::new(press))
    }
}

/// A button. Where it is off, it can still be reached, and says why: in its description, and in words beside it while
/// the focus or the pointer is on it, until Escape.
#[component]
pub fn Button(
    /// What it is for.
    #[prop(optional)]
    kind: Kind,
    /// An icon before the words.
    #[prop(optional, into)]
    before: Option<Icon>,
    /// Whether it is on, where it is one that stays on or off.
    #[prop(optional, into)]
    pressed: Option<Signal<bool>>,
    /// Why it is off, where it is.
    #[prop(optional, into)]
    off: Signal<Option<String>>,
    /// Whether what it began is still under way.
    #[prop(optional, into)]
    busy: Signal<bool>,
    /// What it does.
    #[prop(into)]
    on_press: Press,
    /// Its words.
    children: Children,
) -> impl IntoView {
    let reason = unique("why");
    let described = reason.clone();
    let inactive = move || busy.get() || off.with(Option::is_some);
    let hushed = RwSignal::new(false);
    let key = move |event: KeyboardEvent| {
        if event.key() == "Escape" {
            hushed.set(true);
        }
    };
    let pointed = move |_| {
        POINTED.set(Some(hushed));
        hushed.set(false);
    };
    view! {
        <span
            class="button-wrap"
            class:hushed=move || hushed.get()
            on:keydown=key
            on:focusin=move |_| hushed.set(false)
            on:pointerenter=pointed
            on:pointerleave=|_| POINTED.set(None)
        >
            <button
                type="button"
                class=kind.class()
                aria-pressed=move || pressed.map(|on| on.get().to_string())
                aria-disabled=move || inactive().then_some("true")
                aria-busy=move || busy.get().then_some("true")
                aria-describedby=move || off.with(Option::is_some).then(|| described.clone())
                on:click=move |_| {
                    if !untrack(inactive) {
                        on_press.run();
                    }
                }
            >
                {sign(busy, before)}
                <span>{children()}</span>
            </button>
            <span id=reason class="why" role="tooltip">{move || off.get()}</span>
        </span>
    }
}

/// The button that sends a form.
#[component]
pub fn SubmitButton(
    /// Whether the form is under way.
    #[prop(into)]
    busy: Signal<bool>,
    /// An icon before the words.
    #[prop(optional_no_strip, into)]
    before: Option<Icon>,
    /// Whether it destroys something.
    #[prop(optional)]
    danger: bool,
    /// Its words.
    children: Children,
) -> impl IntoView {
    view! {
        <button
            type="submit"
            class=if danger { Kind::Danger.class() } else { Kind::Primary.class() }
            aria-disabled=move || busy.get().then_some("true")
            aria-busy=move || busy.get().then_some("true")
        >
            {sign(busy, before)}
            <span>{children()}</span>
        </button>
    }
}

/// What stands before a button's words: that it is under way, or its icon.
fn sign(busy: Signal<bool>, before: Option<Icon>) -> AnyView {
    dynamic(move || {
        if busy.get() {
            view! { <span class="spin">{icon(Icon::LoaderCircle)}</span> }
        } else {
            before.map(icon).into_any()
        }
    })
}

/// A button in the row of a table.
#[component]
pub fn RowButton(
    /// Its name, which tells of which row it is.
    #[prop(into)]
    label: Signal<String>,
    /// What it does.
    #[prop(into)]
    on_press: Press,
    /// Its words.
    words: &'static str,
) -> impl IntoView {
    view! {
        <button type="button" class=Kind::Quiet.class() aria-label=move || label.get() on:click=move |_| on_press.run()>
            {words}
        </button>
    }
}
