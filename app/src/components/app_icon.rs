//! An app's picture.

use crate::lean::{memo, view};
use crate::{
    api::types::AppRef,
    ui::{Icon, icon},
};
use leptos::prelude::*;

/// An app's picture; a plain one where the app has left the marketplace or its picture cannot be had.
#[component]
pub fn AppIcon(
    /// Where the picture is.
    #[prop(into)]
    url: Signal<Option<String>>,
    /// Whether it stands in a heading.
    #[prop(optional)]
    large: bool,
) -> impl IntoView {
    let broken = RwSignal::new(false);
    let url = memo(move |_| url.get().filter(|_| !broken.get()));
    view! {
        <span class=if large { "app-icon large" } else { "app-icon" }>
            {move || match url.get() {
                Some(url) => {
                    view! { <img src=url alt="" width="24" height="24" on:error=move |_| broken.set(true) /> }.into_any()
                }
                None => icon(Icon::Box).into_any(),
            }}
        </span>
    }
}

impl AppRef {
    /// Where the picture of a service's app is.
    pub fn picture(app: Option<&Self>) -> Option<String> {
        app.map(|app| app.icon_url.clone())
    }
}
