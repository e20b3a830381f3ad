//! A workspace's services as a table, page by page; search and filter live in the address.

use crate::lean::{For, Show, dynamic, memo, view};
use crate::{
    api::{
        lists::{ServiceConnection, ServicesWanted},
        live,
        types::{AppRef, ServiceCard},
    },
    components::{
        AppIcon, SearchField, StateBadge, found, given, loaded, off, pager, service_of, use_filter, use_go,
        use_workspace,
    },
    i18n::{self, t},
    pages::workspaces::LaunchLink,
    paths::{Path, ServiceTab, filtered},
    stores::head,
    ui::{Empty, Icon, PageTitle, Table, When, icon, unique},
};
use leptos::prelude::*;
use shared::{policy::WorkspaceAction, service::ServiceState};

/// How many a page has.
const PAGE: i32 = 50;

/// The table of services.
#[component]
pub fn Services() -> impl IntoView {
    let texts = &t().services;
    let workspace = use_workspace();
    head::set(move || {
        vec![head::link(workspace.name(), Path::Workspace(workspace.id.get())), head::here(t().services.title)]
    });
    let market = move || Path::Marketplace(workspace.id.get()).to_string();
    let (search, state, after) = (use_filter("q"), use_filter("state"), use_filter("after"));
    let shown = live::follow_on(move || {
        Some(ServicesWanted {
            workspace_id: workspace.id.get(),
            search: given(search.get()),
            state: ServiceState::parse(&state.get().to_ascii_uppercase()),
            first: PAGE,
            after: given(after.get()),
        })
    });
    let address = Callback::new(move |after: String| {
        filtered(
            &Path::Services(workspace.id.get()),
            &[("q", &search.get()), ("state", &state.get()), ("after", &after)],
        )
    });
    let denied = off(WorkspaceAction::LaunchService);
    let is_filtered = memo(move |_| !search.get().is_empty() || !state.get().is_empty());
    view! {
        <PageTitle title=texts.title.to_owned() lead=texts.lead.to_owned()>
            <LaunchLink />
        </PageTitle>
        <Filters search=search state=state />
        {loaded(shown, move |list| {
            view! {
                {found(texts.found, move || list.with(|list| list.total_count))}
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
                        let may = denied.with(Option::is_none);
                        let text = if may { texts.none_text } else { texts.none_text_others };
                        view! {
                            <Empty symbol=Icon::Box title=texts.none text=text>
                                {may.then(|| view! {
                                    <a class="button primary" href=move || market()>{icon(Icon::Store)} <span>{t().frame.marketplace}</span></a>
                                })}
                            </Empty>
                        }
                    }
                >
                    <Table
                        label=texts.title
                        columns=vec![texts.name, texts.status, texts.address, texts.version, texts.created]
                        alone=true
                        class="services-table"
                    >
                        <For
                            each=move || list.with(|list| list.nodes.iter().map(|one| one.id.clone()).collect::<Vec<_>>())
                            key=Clone::clone
                            let:id
                        >
                            <Row view=list id=id />
                        </For>
                    </Table>
                </Show>
                {pager(after, address, move || list.with(|list| list.page_info.clone()))}
            }
        })}
    }
}

#[component]
fn Filters(search: Memo<String>, state: Memo<String>) -> impl IntoView {
    let texts = &t().services;
    let workspace = use_workspace();
    let go = use_go();
    let to = Callback::new(move |(search, state): (String, String)| {
        go.run(filtered(&Path::Services(workspace.id.get_untracked()), &[("q", &search), ("state", &state)]));
    });
    let on_search = Callback::new(move |search: String| to.run((search, state.get_untracked())));
    let field = unique("state");
    view! {
        <search class="filters">
            <SearchField label=texts.search search=search on_search=on_search />
            <label class="visually-hidden" for=field.clone()>{texts.state}</label>
            <div class="input select">
                <select
                    id=field
                    prop:value=move || state.get()
                    on:change=move |event| to.run((search.get_untracked(), event_target_value(&event)))
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
    let service = service_of(view, id);
    let of =
        move |read: fn(&ServiceCard) -> String| service.with(|service| service.as_ref().map(read).unwrap_or_default());
    let href_of_row = StoredValue::new(href);
    let address = memo(move |_| service.with(|service| service.as_ref().and_then(|service| service.address.clone())));
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
                    {move || address.get().map(|address| view! {
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
