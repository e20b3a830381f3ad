//! A service as a card.

use super::{AppIcon, StateBadge, use_workspace};
use crate::lean::{memo, view};
use crate::{
    api::{
        lists::ServiceConnection,
        types::{AppRef, ServiceCard as Card, ServiceStatus},
    },
    i18n::{self, t},
    paths::{Path, ServiceTab},
    ui::{Icon, icon},
};
use leptos::prelude::*;

/// One service of a list, for what is drawn of it alone: it changes when that one does. One that is gone from the list stays as it
/// was until what shows it is gone, too.
pub fn service_of(list: Signal<ServiceConnection>, id: cynic::Id) -> Memo<Option<Card>> {
    memo(move |before: Option<&Option<Card>>| {
        list.with(|list| list.nodes.iter().find(|one| one.id == id).cloned()).or_else(|| before.cloned().flatten())
    })
}

/// A service as a card: what it is, how it is and why, where it is. The whole card leads to its page.
#[component]
pub fn ServiceCard(
    /// The service.
    #[prop(into)]
    service: Signal<Card>,
) -> impl IntoView {
    let workspace = use_workspace();
    let id = service.with_untracked(|service| service.id.clone());
    let href = move || Path::Service(workspace.id.get(), id.clone(), ServiceTab::Overview).to_string();
    let words = memo(move |_| service.with(|service| i18n::explain(service.status.reason, &service.status.params)));
    let address = memo(move |_| service.with(|service| service.address.clone()));
    let sentence = move || words.with(|words| words.0.clone());
    // The card cuts a long sentence, and has no room for what to do next.
    let whole = move || words.with(|(sentence, next)| format!("{sentence} {next}").trim_end().to_owned());
    view! {
        <article class="card service-card">
            <header>
                <AppIcon url=Signal::derive(move || service.with(|service| AppRef::picture(service.app.as_ref()))) />
                <div>
                    <h2><a class="cover" href=move || href()>{move || service.with(|service| service.name.clone())}</a></h2>
                    <p class="muted">
                        {move || service.with(|service| {
                            service.app.as_ref().map_or_else(|| service.app_slug.clone(), |app| app.name.clone())
                        })}
                    </p>
                </div>
                <StateBadge state=Signal::derive(move || service.with(|service| service.status.state)) />
            </header>
            <p class="service-sentence" title=move || whole()>{move || sentence()}</p>
            <footer>
                {move || address.get().map_or_else(
                    || view! { <span class="muted">{t().service.no_address}</span> }.into_any(),
                    |address| view! { <span class="host">{icon(Icon::Globe)} <span>{address.host}</span></span> }.into_any(),
                )}
                <span class="muted pods">{move || service.with(|service| ready_of(&service.status))}</span>
            </footer>
        </article>
    }
}

/// "2 of 2 pods ready".
fn ready_of(status: &ServiceStatus) -> Option<String> {
    (status.total_pods > 0).then(|| {
        let (ready, total) = (status.ready_pods.to_string(), status.total_pods.to_string());
        i18n::fill(t().service.pods_ready, |name| match name {
            "ready" => Some(ready.as_str()),
            "total" => Some(total.as_str()),
            _ => None,
        })
    })
}
