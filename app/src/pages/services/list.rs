//! A workspace's services as a table, page by page; search and filter live in the address.

use crate::lean::{For, Show, dynamic, effect, memo, view};
use crate::{
    api::{
        lists::{ServiceConnection, ServicesWanted},
        live::{self, Live},
        types::{AppRef, ServiceCard},
    },
    components::{AppIcon, Pager, StateBadge, loaded, use_workspace},
    i18n::{self, count, t},
    paths::{Path, ServiceTab, filtered},
    stores::head,
    ui::{Empty, Icon, PageTitle, When, icon, unique},
};
use gloo_timers::callback::Timeout;
use leptos::prelude::*;
use leptos_router::{
    NavigateOptions,
    hooks::{use_navigate, use_query_map},
};
use shared::service::ServiceState;

/// How many a page has.
const PAGE: i32 = 50;
/// How long typing must rest before the address and the list follow, in milliseconds.
const REST: u32 = 150;

/// The table of services.
#[component]
pub fn Services() -> impl IntoView {
    let texts = &t().services;
    let workspace = use_workspace();
    head::set(move || {
        vec![head::link(workspace.name(), Path::Workspace(workspace.id.get())), head::here(t().services.title)]
    });
    let market = move || Path::Marketplace(workspace.id.get()).to_string();
    let query = use_query_map();
    let of = move |name: &'static str| memo(move |_| query.with(|query| query.get(name).unwrap_or_default()));
    let (search, state, after) = (of("q"), of("state"), of("after"));
    let stream = live::follow(move || {
        Some(ServicesWanted {
            workspace_id: workspace.id.get(),
            search: Some(search.get()).filter(|text| !text.is_empty()),
            service_state: ServiceState::parse(&state.get().to_ascii_uppercase()),
            first: PAGE,
            after: Some(after.get()).filter(|after| !after.is_empty()),
        })
    });
    // What is shown stays until what is asked for instead is here.
    let shown = RwSignal::new(Live::Loading);
    effect(move || {
        stream.with(|now| {
            if !matches!(now, Live::Loading) {
                shown.set(now.clone());
            }
        });
    });
    let address = move |after: &str| {
        filtered(
            &Path::Services(workspace.id.get()),
            &[("q", &search.get()), ("state", &state.get()), ("after", after)],
        )
    };
    let first = Signal::derive(move || (!after.get().is_empty()).then(|| address("")));
    let is_filtered = memo(move |_| !search.get().is_empty() || !state.get().is_empty());
    view! {
        <PageTitle title=texts.title.to_owned() lead=texts.lead.to_owned()>
            <a class="button primary" href=move || market()>{icon(Icon::Plus)} <span>{t().overview.launch}</span></a>
        </PageTitle>
        <Filters search=search state=state />
        {loaded(shown, move |list| {
            let next = Signal::derive(move || {
                let end = list.with(|list| list.page_info.end_cursor.clone().filter(|_| list.page_info.has_next_page));
                end.map(|end| address(&end))
            });
            view! {
                <p class="muted found" role="status">
                    {move || count(texts.found, usize::try_from(list.with(|list| list.total_count)).unwrap_or_default())}
                </p>
                <Show
                    when=move || list.with(|list| !list.nodes.is_empty())
                    fallback=move || if is_filtered.get() {
                        let all = Path::Services(workspace.id.get()).to_string();
                        view! {
                            <Empty symbol=Icon::Search title=texts.none_fit text=texts.none_fit_text>
                                <a class="button" href=all>{texts.show_all}</a>
                            </Empty>
                        }
                    } else {
                        view! {
                            <Empty symbol=Icon::Box title=texts.none text=texts.none_text>
                                <a class="button primary" href=move || market()>{icon(Icon::Store)} <span>{t().frame.marketplace}</span></a>
                            </Empty>
                        }
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
                                    each=move || list.with(|list| list.nodes.iter().map(|one| one.id.clone()).collect::<Vec<_>>())
                                    key=Clone::clone
                                    let:id
                                >
                                    <Row view=list id=id />
                                </For>
                            </tbody>
                        </table>
                    </div>
                </Show>
                <Pager first=first next=next />
            }
            .into_any()
        })}
    }
}

#[component]
fn Filters(search: Memo<String>, state: Memo<String>) -> impl IntoView {
    let texts = &t().services;
    let workspace = use_workspace();
    let navigate = use_navigate();
    let go = Callback::new(move |(search, state): (String, String)| {
        let to = filtered(&Path::Services(workspace.id.get_untracked()), &[("q", &search), ("state", &state)]);
        // Back leads to the page before, not through every letter.
        navigate(&to, NavigateOptions { replace: true, scroll: false, ..NavigateOptions::default() });
    });
    let typed = RwSignal::new(search.get_untracked());
    let resting = StoredValue::new_local(None::<Timeout>);
    effect(move || {
        let search = search.get();
        if resting.with_value(Option::is_none) {
            typed.set(search);
        }
    });
    let type_in = move |event| {
        typed.set(event_target_value(&event));
        resting.set_value(Some(Timeout::new(REST, move || {
            resting.set_value(None);
            go.run((typed.get_untracked().trim().to_owned(), state.get_untracked()));
        })));
    };
    let field = unique("state");
    view! {
        <search class="filters">
            <div class="input">
                {icon(Icon::Search)}
                <input
                    type="search"
                    maxlength="200"
                    aria-label=texts.search
                    placeholder=texts.search
                    prop:value=move || typed.get()
                    on:input=type_in
                />
            </div>
            <label class="visually-hidden" for=field.clone()>{texts.state}</label>
            <div class="input select">
                <select
                    id=field
                    prop:value=move || state.get()
                    on:change=move |event| go.run((typed.get_untracked().trim().to_owned(), event_target_value(&event)))
                >
                    <option value="">{texts.state_all}</option>
                    {ServiceState::ALL.iter().map(|one| {
                        let word = one.as_str().to_ascii_lowercase();
                        let own = word.clone();
                        view! { <option value=word selected=move || state.get() == own>{(t().state)(*one)}</option> }
                    }).collect_view()}
                </select>
                {icon(Icon::ChevronDown)}
            </div>
        </search>
    }
}

#[component]
fn Row(view: Signal<ServiceConnection>, id: cynic::Id) -> impl IntoView {
    let workspace = use_workspace();
    let href = Path::Service(workspace.id.get_untracked(), id.clone(), ServiceTab::Overview).to_string();
    let service = memo(move |before: Option<&Option<ServiceCard>>| {
        view.with(|view| view.nodes.iter().find(|one| one.id == id).cloned()).or_else(|| before.cloned().flatten())
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
