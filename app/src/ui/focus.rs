//! Where the focus goes when what had it leaves the page: a button whose work is done, a row that is gone. Browsers
//! let it fall to the body of the page, where whoever works by keyboard or by ear has lost their place.

use gloo_timers::callback::Timeout;
use leptos::{ev, prelude::*};
use std::{cell::RefCell, iter::successors};
use wasm_bindgen::{JsCast, closure::Closure};
use web_sys::{Element, FocusEvent, FocusOptions, HtmlElement, MutationObserver, MutationObserverInit};

/// How long whatever was pressed may take to move the focus by itself, in milliseconds.
const PATIENCE: u32 = 60;

/// Boxes that stand in for what was in them.
const BOXES: &str = "section, article, [role='group'], [tabindex='-1']";

thread_local! {
    /// What had the focus last, outside of dialogs, and all that is around it, from the inside.
    static AROUND: RefCell<Vec<Element>> = const { RefCell::new(Vec::new()) };
}

/// Watches over the focus for as long as the view lives. Dialogs are let alone: they give it back by themselves.
pub fn watch() {
    let lost = Closure::<dyn FnMut()>::new(|| {
        let around = if nowhere() { AROUND.take() } else { Vec::new() };
        if !around.is_empty() {
            Timeout::new(PATIENCE, move || settle(&around)).forget();
        }
    });
    let Ok(observer) = MutationObserver::new(lost.as_ref().unchecked_ref()) else { return };
    let watching = StoredValue::new_local(Some((observer.clone(), lost)));
    let came = window_event_listener(ev::focusin, move |event| {
        let Some(target) = outside_dialogs(&event) else { return };
        let options = MutationObserverInit::new();
        options.set_child_list(true);
        observer.disconnect();
        // It leaves the page with a child of one of the boxes around it: nothing else has to be watched.
        let around: Vec<_> = successors(Some(target), |element| element.parent_element()).collect();
        for element in &around {
            // With these options, nothing is refused.
            let _ = observer.observe_with_options(element, &options);
        }
        AROUND.set(around);
    });
    let went = window_event_listener(ev::focusout, |event| {
        // Whoever presses beside everything wants it nowhere. What is taken out of the page is left too, in some
        // browsers: by the time this runs, that is known, and taken care of.
        if event.related_target().is_none() && outside_dialogs(&event).is_some() {
            Timeout::new(0, || {
                if nowhere() {
                    AROUND.set(Vec::new());
                }
            })
            .forget();
        }
    });
    on_cleanup(move || {
        came.remove();
        went.remove();
        if let Some(Some((observer, _))) = watching.try_update_value(Option::take) {
            observer.disconnect();
        }
        AROUND.set(Vec::new());
    });
}

/// Looks in a moment whether anything has the focus: after a change of page, and where a dialog finds gone what it would
/// give it back to.
pub fn rescue() {
    Timeout::new(PATIENCE, || {
        if nowhere() {
            settle(&AROUND.take());
        }
    })
    .forget();
}

/// The page takes the focus.
pub fn to_page() -> bool {
    give_first("#main")
}

/// The nearest box around what had the focus takes it; without one the page's heading does, or else the page.
fn settle(around: &[Element]) {
    // What was only moved takes it back.
    if !nowhere() || around.first().is_some_and(give) {
        return;
    }
    for element in around.iter().take_while(|element| element.id() != "main") {
        // A menu that has closed is still there as its button.
        let stands_in = if element.class_name() == "menu" {
            element.first_element_child()
        } else {
            element.matches(BOXES).is_ok_and(|fits| fits).then(|| element.clone())
        };
        let Some(stands_in) = stands_in else { continue };
        if stands_in.tag_name() != "BUTTON" && !stands_in.has_attribute("tabindex") {
            // A name that is right, so this is not refused.
            let _ = stands_in.set_attribute("tabindex", "-1");
        }
        if give(&stands_in) {
            return;
        }
    }
    if around.is_empty() || !give_first("#main h1") {
        to_page();
    }
}

fn give_first(selector: &str) -> bool {
    document().query_selector(selector).ok().flatten().is_some_and(|element| give(&element))
}

/// Gives an element the focus, and leaves the page where it is scrolled to; whether it was taken.
fn give(element: &Element) -> bool {
    if let Some(element) = element.dyn_ref::<HtmlElement>() {
        let options = FocusOptions::new();
        options.set_prevent_scroll(true);
        // One that is gone or hidden does not take it.
        let _ = element.focus_with_options(&options);
    }
    document().active_element().as_ref() == Some(element)
}

/// Whether nothing has the focus, and nobody is in a dialog.
fn nowhere() -> bool {
    let document = document();
    document.active_element().is_none_or(|element| element.tag_name() == "BODY")
        && document.query_selector("dialog[open]").is_ok_and(|dialog| dialog.is_none())
}

/// What an event is about, unless that is in a dialog.
fn outside_dialogs(event: &FocusEvent) -> Option<Element> {
    let target = event.target()?.dyn_into::<Element>().ok()?;
    target.closest("dialog").is_ok_and(|dialog| dialog.is_none()).then_some(target)
}
