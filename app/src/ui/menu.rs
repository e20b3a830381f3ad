//! A button with a small panel of links and buttons below it.

use super::unique;
use crate::lean::{Show, view};
use leptos::{html, prelude::*};
use wasm_bindgen::JsCast;
use web_sys::{Element, FocusEvent, KeyboardEvent, Node};

/// A button that opens a panel. Escape, a choice, or focus elsewhere closes it.
#[component]
pub fn Menu(
    /// What the button says to those who do not see it.
    #[prop(into)]
    label: Signal<String>,
    /// Classes of the button.
    #[prop(default = "icon-button")]
    class: &'static str,
    /// What the button shows.
    trigger: AnyView,
    /// The panel's content.
    children: ChildrenFn,
) -> impl IntoView {
    let open = RwSignal::new(false);
    let root = NodeRef::<html::Div>::new();
    let button = NodeRef::<html::Button>::new();
    let panel = unique("menu");
    let controls = panel.clone();
    let close_and_return = move || {
        open.set(false);
        if let Some(button) = button.get_untracked() {
            // The button is in the page: focus goes back to it.
            let _ = button.focus();
        }
    };
    let left = move |event: FocusEvent| {
        let to = event.related_target().and_then(|target| target.dyn_into::<Node>().ok());
        // A menu that is taken out of the page while it has the focus is left, too.
        let inside = root.try_get_untracked().flatten().is_some_and(|root| root.contains(to.as_ref()));
        if !inside {
            open.set(false);
        }
    };
    let key = move |event: KeyboardEvent| {
        if event.key() == "Escape" && open.get_untracked() {
            event.stop_propagation();
            close_and_return();
        }
    };
    let chosen = move |event: leptos::ev::MouseEvent| {
        let target = event.target().and_then(|target| target.dyn_into::<Element>().ok());
        let choice = target.and_then(|target| target.closest("a, button").ok().flatten());
        if choice.is_some_and(|choice| !choice.has_attribute("data-stay")) {
            close_and_return();
        }
    };
    view! {
        <div class="menu" node_ref=root on:focusout=left on:keydown=key>
            <button
                node_ref=button
                type="button"
                class=class
                aria-label=move || label.get()
                aria-expanded=move || open.get().to_string()
                aria-controls=controls
                on:click=move |_| open.update(|open| *open = !*open)
            >
                {trigger}
            </button>
            <div class="menu-panel" id=panel tabindex="-1" hidden=move || !open.get() on:click=chosen>
                <Show when=move || open.get()>{children()}</Show>
            </div>
        </div>
    }
}
