//! A workspace's services as a table.

use crate::lean::{For, Show, dynamic, memo, view};
use crate::{
    api::types::{AppRef, ServiceCard, WorkspaceView},
    components::{AppIcon, StateBadge, loaded, use_workspace},
    i18n::{self, t},
    paths::{Path, ServiceTab},
    stores::head,
    ui::{Empty, Icon, PageTitle, When, icon},
};
use leptos::prelude::*;

/// The table of services.
#[component]
pub fn Services() -> impl IntoView {
    let texts = &t().services;
    let workspace = use_workspace();
    head::set(move || {
        vec![head::link(workspace.name(), Path::Workspace(workspace.id.get())), head::here(t().services.title)]
    });
    let market = move || Path::Marketplace(workspace.id.get()).to_string();
    loaded(workspace.live, move |view| {
        view! {
            <PageTitle title=texts.title.to_owned() lead=texts.lead.to_owned()>
                <a class="button primary" href=move || market()>{icon(Icon::Plus)} <span>{t().overview.launch}</span></a>
            </PageTitle>
            <Show
                when=move || view.with(|view| !view.services.is_empty())
                fallback=move || view! {
                    <Empty symbol=Icon::Box title=texts.none text=texts.none_text>
                        <a class="button primary" href=move || market()>{icon(Icon::Store)} <span>{t().frame.marketplace}</span></a>
                    </Empty>
                }
            >
                <div class="table-scroll panel flush" tabindex="0" role="region" aria-label=texts.title>
                    <table class="services-table">
                        <thead>
                            <tr>
                                <th scope="col">{texts.name}</th>
                                <th scope="col">{texts.status}</th>
                                <th scope="col">{texts.address}</th>
                                <th scope="col">{texts.version}</th>
                                <th scope="col">{texts.created}</th>
                            </tr>
                        </thead>
                        <tbody>
                            <For
                                each=move || view.with(|view| view.services.iter().map(|one| one.id.clone()).collect::<Vec<_>>())
                                key=Clone::clone
                                let:id
                            >
                                <Row view=view id=id />
                            </For>
                        </tbody>
                    </table>
                </div>
            </Show>
        }
        .into_any()
    })
}

#[component]
fn Row(view: Signal<WorkspaceView>, id: cynic::Id) -> impl IntoView {
    let workspace = use_workspace();
    let href = Path::Service(workspace.id.get_untracked(), id.clone(), ServiceTab::Overview).to_string();
    let service = memo(move |before: Option<&Option<ServiceCard>>| {
        view.with(|view| view.services.iter().find(|one| one.id == id).cloned()).or_else(|| before.cloned().flatten())
    });
    let of =
        move |read: fn(&ServiceCard) -> String| service.with(|service| service.as_ref().map(read).unwrap_or_default());
    let href_of_row = StoredValue::new(href);
    dynamic(move || {
        let first = service.with_untracked(Clone::clone)?;
        let state = first.status.state;
        Some(view! {
            <tr>
                <th scope="row">
                    <span class="cell-app">
                        <AppIcon url=AppRef::picture(first.app.as_ref()) />
                        <a href=href_of_row.get_value()>{move || of(|service| service.name.clone())}</a>
                    </span>
                </th>
                <td>
                    <StateBadge state=Signal::derive(move || service.with(|service| service.as_ref().map_or(state, |service| service.status.state))) />
                    <span class="cell-note">
                        {move || of(|service| i18n::explain(service.status.reason, &service.status.params).0)}
                    </span>
                </td>
                <td>
                    {move || service.with(|service| service.as_ref().and_then(|service| service.address.clone())).map(|address| view! {
                        <a class="host" href=address.url target="_blank" rel="noopener noreferrer">{address.host} " " {icon(Icon::ExternalLink)}</a>
                    })}
                </td>
                <td>
                    {first.app.as_ref().map_or_else(|| first.app_slug.clone(), |app| app.name.clone())} " "
                    <span class="muted">{move || of(|service| service.chart_version.clone())}</span>
                </td>
                <td><When at=first.created_at.millis() /></td>
            </tr>
        })
    })
}
