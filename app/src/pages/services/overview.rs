//! What a service is and how it is.

use super::{pods::Pods, usage::Usage};
use crate::lean::{For, Show, dynamic, memo, view};
use crate::{
    api::types::{FieldValue, ServiceView},
    components::OperationPanel,
    i18n::{t, with},
    ui::{CopyButton, Icon, When, icon},
};
use leptos::prelude::*;

/// The first tab.
#[component]
pub fn Overview(
    /// The service.
    service: Signal<ServiceView>,
) -> impl IntoView {
    let texts = &t().service;
    let open =
        memo(move |_| service.with(|service| service.open_operation.as_ref().map(|operation| operation.id.clone())));
    let has_open = memo(move |_| open.with(Option::is_some));
    view! {
        <Show when=move || has_open.get()>
            <section class="panel" aria-label=texts.now>
                <OperationPanel id=open />
            </section>
        </Show>
        <div class="split">
            <div>
                <Usage service=service />
                <Pods service=service />
                <section class="panel" aria-labelledby="volumes-heading">
                    <h2 id="volumes-heading">{texts.volumes}</h2>
                    <Show when=move || service.with(|service| !service.volumes.is_empty()) fallback=|| view! { <p class="muted">{t().service.no_volumes}</p> }>
                        <ul class="rows">
                            <For each=move || service.with(|service| service.volumes.clone()) key=Clone::clone let:volume>
                                <li>
                                    {icon(Icon::HardDrive)} <code>{volume.name}</code>
                                    <span class="muted">{volume.phase}</span>
                                    {(volume.size != volume.requested_size).then(|| view! {
                                        <span class="muted">{with(texts.asked_for, "size", &size(&volume.requested_size))}</span>
                                    })}
                                    <strong>{size(&volume.size)}</strong>
                                </li>
                            </For>
                        </ul>
                    </Show>
                </section>
                <section class="panel" aria-labelledby="values-heading">
                    <h2 id="values-heading">{texts.values}</h2>
                    <Show when=move || service.with(|service| !service.values.is_empty()) fallback=|| view! { <p class="muted">{t().service.no_values}</p> }>
                        <dl class="facts wide">
                            <For each=move || service.with(|service| service.values.clone()) key=|value| value.pointer.clone() let:value>
                                <Value value=value />
                            </For>
                        </dl>
                    </Show>
                </section>
            </div>
            <Facts service=service />
        </div>
    }
}

/// `5Gi` as `5 GiB`.
pub fn size(size: &str) -> String {
    crate::pages::marketplace::binary(size)
}

#[component]
fn Value(value: FieldValue) -> impl IntoView {
    let texts = &t().service;
    // An option in the words in which it was chosen.
    let shown = value.option_label.unwrap_or_else(|| match value.value.map(|value| value.0) {
        Some(serde_json::Value::Bool(on)) => if on { t().common.yes } else { t().common.no }.to_owned(),
        Some(other) => size(&crate::api::Json(other).text()),
        None => String::new(),
    });
    view! {
        <div>
            <dt title=value.pointer>{value.label}</dt>
            <dd>
                {if value.secret {
                    view! { <span class="muted secret">{icon(Icon::Lock)} <span>{texts.secret}</span></span> }.into_any()
                } else {
                    view! { <span>{shown}</span> }.into_any()
                }}
            </dd>
        </div>
    }
}

/// Address, release, chart and the like.
#[component]
fn Facts(service: Signal<ServiceView>) -> impl IntoView {
    let texts = &t().service;
    let fact = move |label: &'static str, read: fn(&ServiceView) -> Option<String>| {
        let text = memo(move |_| service.with(read));
        dynamic(move || {
            // What there is none of, for example before a launch, takes no line.
            text.get().map(|text| view! { <div><dt>{label}</dt><dd>{text}</dd></div> })
        })
    };
    view! {
        <aside class="panel summary-panel" aria-label=texts.about>
            <Address service=service />
            <dl class="facts stacked">
                {fact(texts.app, |service| Some(service.app.as_ref().map_or_else(|| service.app_slug.clone(), |app| app.name.clone())))}
                {fact(texts.chart, |service| Some(service.chart_version.clone()))}
                {fact(texts.revision, |service| service.revision.map(|revision| revision.to_string()))}
                {fact(texts.port, |service| service.port.map(|port| port.to_string()))}
                <div>
                    <dt>{texts.created}</dt>
                    <dd><When at=Signal::derive(move || service.with(|service| service.created_at.millis())) /></dd>
                </div>
                <div>
                    <dt>{texts.release}</dt>
                    <dd>
                        <code>{move || service.with(|service| service.release_name.clone())}</code>
                        <CopyButton
                            text=Signal::derive(move || service.with(|service| service.release_name.clone()))
                            label=texts.copy_release
                        />
                    </dd>
                </div>
                <div>
                    <dt>{texts.namespace}</dt>
                    <dd><code>{move || service.with(|service| service.namespace.clone())}</code></dd>
                </div>
                <div>
                    <dt>{texts.reference}</dt>
                    <dd><code>{move || service.with(|service| service.reference.clone())}</code></dd>
                </div>
            </dl>
            {move || service.with(|service| service.app.as_ref().map(|app| app.documentation.clone())).map(|href| view! {
                <a href=href target="_blank" rel="noopener noreferrer">{t().market.documentation} " " {icon(Icon::ExternalLink)}</a>
            })}
        </aside>
    }
}

#[component]
fn Address(service: Signal<ServiceView>) -> impl IntoView {
    let texts = &t().service;
    let address = memo(move |_| service.with(|service| service.address.clone()));
    view! {
        <h2>{texts.address}</h2>
        {move || match address.get() {
            None => view! {
                <p class="muted">{texts.no_address_text}</p>
                {move || service.with(|service| service.internal_address.clone()).map(|internal| view! {
                    <p class="address">
                        <code>{internal.clone()}</code>
                        <CopyButton text=internal label=texts.copy_address />
                    </p>
                })}
            }.into_any(),
            Some(address) => view! {
                <p class="address">
                    <a href=address.url.clone() target="_blank" rel="noopener noreferrer">
                        {address.host} " " {icon(Icon::ExternalLink)}
                    </a>
                    <CopyButton text=address.url label=texts.copy_address />
                </p>
                {address.simulated.then(|| view! {
                    <p class="simulated">
                        <span class="badge sandbox">{icon(Icon::FlaskConical)} <span>{t().common.simulated}</span></span>
                        <span class="muted">{texts.address_simulated}</span>
                    </p>
                })}
            }.into_any(),
        }}
    }
}
