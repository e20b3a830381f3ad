//! What the cluster says about a service.

use crate::lean::{For, Show, view};
use crate::{
    api::types::{ClusterEvent, ServiceView},
    i18n::{self, t},
    ui::{Empty, Icon, When, icon},
};
use leptos::prelude::*;

/// The newest events, newest first.
#[component]
pub fn Events(
    /// The service.
    service: Signal<ServiceView>,
) -> impl IntoView {
    let texts = &t().service;
    view! {
        <Show
            when=move || service.with(|service| !service.events.is_empty())
            fallback=move || view! { <Empty symbol=Icon::ScrollText title=texts.no_events text=texts.no_events_text /> }
        >
            <section class="panel" aria-label=texts.tab_events>
                <ol class="events">
                    <For each=move || service.with(|service| service.events.clone()) key=|event| (event.id.clone(), event.count) let:event>
                        <EventRow event=event />
                    </For>
                </ol>
            </section>
        </Show>
    }
}

#[component]
fn EventRow(event: ClusterEvent) -> impl IntoView {
    let texts = &t().service;
    view! {
        <li class:warning=event.warning>
            {icon(if event.warning { Icon::TriangleAlert } else { Icon::Info })}
            <div>
                <p>
                    <strong>{event.reason}</strong> " " <code class="muted">{event.object}</code>
                    {event.warning.then(|| view! { <span class="visually-hidden">{texts.warning}</span> })}
                </p>
                <p>{event.message}</p>
            </div>
            <span class="muted end">
                <When at=event.at.millis() /> {i18n::event_line(event.count).map(|times| format!(" · {times}"))}
            </span>
        </li>
    }
}
