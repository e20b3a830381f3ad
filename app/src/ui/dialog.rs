//! Dialogs: the browser's own, which keeps focus inside and puts it back afterwards.

use super::{Icon, focus, icon, unique};
use crate::i18n::t;
use crate::lean::{Show, effect, view};
use leptos::{html, prelude::*};
use wasm_bindgen::JsCast;
use web_sys::{HtmlDialogElement, HtmlElement};

/// Where a dialog begins, the first that it has: its first field, among several to choose from the chosen one; else its
/// first button, which is Cancel.
const FIRST: [&str; 2] = ["select, textarea, input:not([type='radio']:not(:checked))", ".form-actions button"];

/// A dialog, open while `open` is. Its content is made anew each time it opens.
///
/// When it opens, the focus goes to the first field of its form. Where there is none, it only asks, and the focus goes
/// to Cancel: a key that is pressed too early destroys nothing. What comes later, or in place of the form, takes the
/// focus by itself. What it says beside its fields describes it: who hears the page would be past it with the focus.
#[component]
pub fn Dialog(
    /// Whether it is open; Escape and the close button turn it off.
    open: RwSignal<bool>,
    /// Its heading.
    #[prop(into)]
    title: Signal<String>,
    /// Its content.
    children: ChildrenFn,
) -> impl IntoView {
    let node = NodeRef::<html::Dialog>::new();
    let heading = unique("dialog");
    let labelled = heading.clone();
    let body = NodeRef::<html::Div>::new();
    let before = StoredValue::new_local(None::<HtmlElement>);
    effect(move || {
        let Some(dialog) = node.get() else { return };
        if !open.get() {
            dialog.close();
            return;
        }
        // Looked at again when the content is there: the browser may be told to open before.
        body.track();
        if !dialog.open() {
            before.set_value(document().active_element().and_then(|element| element.dyn_into().ok()));
            // It is in the page and closed, which is all that this can fail for.
            let _ = dialog.show_modal();
        }
        begin(&dialog);
    });
    let closed = move |_| {
        open.set(false);
        if let Some(Some(element)) = before.try_update_value(Option::take) {
            if element.is_connected() {
                // Hidden meanwhile, it leaves the focus where it is.
                let _ = element.focus();
            } else {
                focus::rescue();
            }
        }
    };
    view! {
        <dialog node_ref=node class="dialog" aria-labelledby=labelled on:close=closed>
            <Show when=move || open.get()>
                <header class="dialog-head">
                    <h2 id=heading.clone()>{move || title.get()}</h2>
                    <button
                        type="button"
                        class="icon-button"
                        aria-label=t().common.close
                        on:click=move |_| open.set(false)
                    >
                        {icon(Icon::X)}
                    </button>
                </header>
                <div node_ref=body class="dialog-body">{children()}</div>
            </Show>
        </dialog>
    }
}

fn begin(dialog: &HtmlDialogElement) {
    let words = dialog.query_selector("form > p, form > .alert").ok().flatten();
    let id = words.map_or_else(String::new, |words| {
        let id = unique("words");
        words.set_id(&id);
        id
    });
    // A name that is right, so this is not refused.
    let _ = dialog.set_attribute("aria-describedby", &id);
    let first = FIRST.iter().find_map(|selector| dialog.query_selector(selector).ok().flatten());
    if let Some(first) = first.and_then(|element| element.dyn_into::<HtmlElement>().ok()) {
        // Focus is a help only: where the browser refuses, nothing is lost.
        let _ = first.focus();
    }
}
