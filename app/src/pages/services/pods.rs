//! A service's pods with their containers.

use crate::lean::{For, Show, dynamic, memo, view};
use crate::{
    api::types::ServiceView,
    i18n::{self, count, t},
    ui::{Icon, When, icon},
};
use leptos::prelude::*;

/// The pods.
#[component]
pub fn Pods(
    /// The service.
    service: Signal<ServiceView>,
) -> impl IntoView {
    let texts = &t().service;
    view! {
        <section class="panel" aria-labelledby="pods-heading">
            <h2 id="pods-heading">{texts.pods}</h2>
            <Show when=move || service.with(|service| !service.pods.is_empty()) fallback=|| view! { <p class="muted">{t().service.no_pods}</p> }>
                <ul class="pods">
                    <For
                        each=move || service.with(|service| service.pods.iter().map(|pod| pod.name.clone()).collect::<Vec<_>>())
                        key=Clone::clone
                        let:name
                    >
                        <PodRow service=service name=name />
                    </For>
                </ul>
            </Show>
        </section>
    }
}

#[component]
fn PodRow(service: Signal<ServiceView>, name: String) -> impl IntoView {
    let texts = &t().service;
    let pod = memo({
        let name = name.clone();
        move |_| service.with(|service| service.pods.iter().find(|pod| pod.name == name).cloned())
    });
    let body = dynamic(move || {
        let pod = pod.get()?;
        let (tone, symbol) = match (pod.ready, pod.reason) {
            (true, _) => ("good", Icon::CircleCheck),
            (false, Some(reason)) if !reason.is_passing() => ("bad", Icon::TriangleAlert),
            (false, _) => ("moving", Icon::LoaderCircle),
        };
        let restarts = usize::try_from(pod.restarts).unwrap_or_default();
        let why = pod.reason.filter(|_| !pod.ready).map(|reason| i18n::pod_reason(reason, &pod.params));
        Some(view! {
            <div class="pod-head">
                <span class=format!("badge {tone}")>
                    {icon(symbol)} <span>{if pod.ready { texts.pod_ready } else { texts.pod_not_ready }}</span>
                </span>
                <span class="muted">{pod.phase}</span>
                {(restarts > 0).then(|| view! { <span class="warn">{count(texts.restarts, restarts)}</span> })}
                {pod.started_at.map(|at| view! { <span class="muted"><When at=at.millis() /></span> })}
                {pod.node.map(|node| view! { <span class="muted">{texts.on_node} " " <code>{node}</code></span> })}
            </div>
            {why.map(|why| view! { <p class="pod-why">{why}</p> })}
            <ul class="containers">
                {pod.containers.into_iter().map(|container| view! {
                    <li>
                        {icon(if container.ready { Icon::Check } else { Icon::CircleDashed })}
                        <span class="visually-hidden">
                            {if container.ready { texts.pod_ready } else { texts.pod_not_ready }}
                        </span>
                        <strong>{container.name}</strong>
                        {container.init.then(|| view! { <span class="tag">{texts.init}</span> })}
                        <code class="muted image">{container.image}</code>
                    </li>
                }).collect_view()}
            </ul>
        })
    });
    view! {
        <li class="pod">
            <code class="pod-name">{name}</code>
            {body}
        </li>
    }
}
