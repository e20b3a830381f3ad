//! A link for one use, shown this once.

use crate::lean::view;
use crate::{
    components::focus_on,
    i18n::t,
    ui::{Alert, Button, CopyButton, Kind, Tone},
};
use leptos::prelude::*;

/// The link, with what it is good for. It stands in place of the form that made it, and takes over the focus.
#[component]
pub fn ShownLink(
    /// The link.
    link: String,
    /// What it is good for.
    words: &'static str,
    /// Turned off when it was copied.
    open: RwSignal<bool>,
) -> impl IntoView {
    let texts = &t().people;
    focus_on(".secret-line button");
    view! {
        <Alert tone=Tone::Warning><p>{texts.link_once}</p></Alert>
        <p class="secret-line">
            <code>{link.clone()}</code>
            <CopyButton text=link label=texts.link_copy />
        </p>
        <p class="muted">{words}</p>
        <div class="form-actions">
            <Button kind=Kind::Primary on_press=move || open.set(false)>{t().common.done}</Button>
        </div>
    }
}
