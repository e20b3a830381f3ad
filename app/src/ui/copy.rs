//! Copying to the clipboard.

use super::{Icon, icon};
use crate::lean::{spawn, view};
use crate::{i18n::t, stores::toasts};
use gloo_timers::callback::Timeout;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{HtmlDocument, HtmlTextAreaElement};

/// A button that copies a text and says so.
#[component]
pub fn CopyButton(
    /// What is copied.
    #[prop(into)]
    text: Signal<String>,
    /// What the button says to those who do not see it.
    #[prop(into)]
    label: String,
) -> impl IntoView {
    let copied = RwSignal::new(false);
    let copy = move |_| {
        let text = text.get_untracked();
        spawn(async move {
            if write(&text).await {
                toasts::done(t().common.copied);
                copied.try_set(true);
                Timeout::new(2000, move || {
                    copied.try_set(false);
                })
                .forget();
            } else {
                toasts::failed(t().common.copy_failed);
            }
        });
    };
    view! {
        <button type="button" class="icon-button" title=label.clone() aria-label=label on:click=copy>
            {move || icon(if copied.get() { Icon::Check } else { Icon::Copy })}
        </button>
    }
}

async fn write(text: &str) -> bool {
    // The clipboard's own API is there on https and localhost only; elsewhere a selected field does it.
    if window().is_secure_context() {
        let promise = window().navigator().clipboard().write_text(text);
        if wasm_bindgen_futures::JsFuture::from(promise).await.is_ok() {
            return true;
        }
    }
    write_selected(text).unwrap_or(false)
}

fn write_selected(text: &str) -> Option<bool> {
    let document = document();
    let area: HtmlTextAreaElement = document.create_element("textarea").ok()?.dyn_into().ok()?;
    area.set_value(text);
    area.set_class_name("visually-hidden");
    let body = document.body()?;
    body.append_child(&area).ok()?;
    area.select();
    let copied = document.dyn_ref::<HtmlDocument>()?.exec_command("copy").unwrap_or(false);
    area.remove();
    Some(copied)
}
