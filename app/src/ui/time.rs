//! Points in time and how long things take.

use crate::lean::view;
use crate::{i18n, stores::clock};
use leptos::prelude::*;

/// A point in time, told relative to now; the exact time on hover.
#[component]
pub fn When(
    /// Milliseconds since 1970.
    #[prop(into)]
    at: Signal<f64>,
) -> impl IntoView {
    let now = clock::coarse();
    view! {
        <time
            datetime=move || iso(at.get())
            title=move || i18n::exact(at.get())
        >
            {move || i18n::relative(at.get(), now.get().max(at.get_untracked().min(js_sys::Date::now())))}
        </time>
    }
}

fn iso(millis: f64) -> Option<String> {
    millis.is_finite().then(|| js_sys::Date::new(&wasm_bindgen::JsValue::from_f64(millis)).to_iso_string().into())
}

/// How long something has been as it is: "For 12 seconds"; the exact time of its beginning on hover.
#[component]
pub fn Lasting(
    /// Since when, in milliseconds since 1970.
    from: f64,
) -> impl IntoView {
    let now = clock::coarse();
    view! {
        <time datetime=iso(from) title=i18n::exact(from)>
            {move || {
                now.track();
                i18n::with(i18n::t().common.lasting, "span", &i18n::span(js_sys::Date::now() - from))
            }}
        </time>
    }
}

/// How long something took, or has been going on until now.
#[component]
pub fn Elapsed(
    /// When it began.
    #[prop(into)]
    from: Signal<f64>,
    /// When it ended, if it has.
    #[prop(into)]
    to: Signal<Option<f64>>,
) -> impl IntoView {
    let now = clock::seconds();
    view! {
        <span class="elapsed">{move || i18n::duration(to.get().unwrap_or_else(|| now.get()) - from.get())}</span>
    }
}
