//! Dialogs: the browser's own, which keeps focus inside and puts it back afterwards.

use super::{Icon, focus, icon, unique};
use crate::i18n::t;
use crate::lean::{Show, effect, view};
use leptos::{html, prelude::*};
use wasm_bindgen::JsCast;
use web_sys::HtmlElement;

/// A dialog, open while `open` is. Its content is made anew each time it opens.
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
    let before = StoredValue::new_local(None::<HtmlElement>);
    effect(move || {
        let Some(dialog) = node.get() else { return };
        if open.get() && !dialog.open() {
            before.set_value(document().active_element().and_then(|element| element.dyn_into().ok()));
            // It is in the page and closed, which is all that this can fail for.
            let _ = dialog.show_modal();
        } else if !open.get() && dialog.open() {
            dialog.close();
        }
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
                <div class="dialog-body">{children()}</div>
            </Show>
        </dialog>
    }
}
