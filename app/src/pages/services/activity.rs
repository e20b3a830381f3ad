//! What is being done to a service, or was done last.

use crate::lean::{Show, memo, view};
use crate::{
    api::types::ServiceView,
    components::{OperationPanel, use_workspace},
    i18n::{t, with},
    paths::Path,
    ui::{Empty, Icon},
};
use leptos::prelude::*;

/// The open operation, or the last one.
#[component]
pub fn Activity(
    /// The service.
    service: Signal<ServiceView>,
) -> impl IntoView {
    let texts = &t().service;
    let workspace = use_workspace();
    let operation = memo(move |_| {
        service.with(|service| {
            let operation = service.open_operation.as_ref().or(service.last_operation.as_ref());
            operation.map(|operation| {
                let title = with((t().operation_kind)(operation.kind), "name", &operation.target_name);
                (operation.id.clone(), title)
            })
        })
    });
    let id = Signal::derive(move || operation.get().map(|(id, _)| id));
    let there = memo(move |_| operation.with(Option::is_some));
    view! {
        <Show
            when=move || there.get()
            fallback=move || view! { <Empty symbol=Icon::Clock title=texts.no_activity text=texts.no_activity_text /> }
        >
            <section class="panel" aria-labelledby="activity-heading">
                <h2 id="activity-heading">
                    {move || operation.get().map(|(id, title)| view! {
                        <a href=Path::Operation(workspace.id.get(), id).to_string()>{title}</a>
                    })}
                </h2>
                <OperationPanel id=id />
            </section>
        </Show>
    }
}
