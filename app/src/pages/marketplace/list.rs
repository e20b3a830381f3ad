//! The list of apps, searched while typing; search, shelf and page live in the address.

use super::price;
use crate::lean::{For, Show, memo, view};
use crate::{
    api::{live, queries, types::AppCard},
    components::{AppIcon, SearchField, found, given, loaded, pager, use_filter, use_go, use_workspace},
    i18n::t,
    paths::{Path, filtered},
    stores::head,
    ui::{Button, Empty, Icon, PageTitle},
};
use leptos::prelude::*;
use shared::catalog::AppCategory;

/// How many a page has.
const PAGE: i32 = 50;

/// The marketplace.
#[component]
pub fn Marketplace() -> impl IntoView {
    let texts = &t().market;
    let workspace = use_workspace();
    head::set(move || {
        vec![head::link(workspace.name(), Path::Workspace(workspace.id.get())), head::here(t().market.title)]
    });
    let (search, shelf, after) = (use_filter("q"), use_filter("category"), use_filter("after"));
    let category = memo(move |_| AppCategory::parse(&shelf.get().to_ascii_uppercase()));
    let apps = live::fetch(
        move || (search.get(), category.get(), after.get()),
        |(search, category, after)| queries::apps(given(search), category, PAGE, given(after)),
    );
    let address = Callback::new(move |after: String| {
        let market = Path::Marketplace(workspace.id.get());
        filtered(&market, &[("q", &search.get()), ("category", &shelf.get()), ("after", &after)])
    });
    let to = use_go();
    let go = Callback::new(move |(search, category): (String, Option<AppCategory>)| {
        let shelf = category.map(|category| category.as_str().to_ascii_lowercase()).unwrap_or_default();
        let market = Path::Marketplace(workspace.id.get_untracked());
        to.run(filtered(&market, &[("q", &search), ("category", &shelf)]));
    });
    view! {
        <PageTitle title=texts.title.to_owned() lead=texts.lead.to_owned() />
        <div class="market">
            <Filters search=search category=category go=go />
            <div class="market-list">
                {loaded(apps, move |apps| view! {
                    {found(texts.found, move || apps.with(|apps| apps.total_count))}
                    <Show
                        when=move || apps.with(|apps| !apps.nodes.is_empty())
                        fallback=move || view! {
                            <Empty symbol=Icon::Search title=texts.none text=texts.none_text>
                                <Button on_press=move || go.run((String::new(), None))>{texts.show_all}</Button>
                            </Empty>
                        }
                    >
                        <ul class="cards">
                            <For each=move || apps.with(|apps| apps.nodes.clone()) key=|app| app.slug.clone() let:app>
                                <Card app=app />
                            </For>
                        </ul>
                    </Show>
                    {pager(after, address, move || apps.with(|apps| apps.page_info.clone()))}
                })}
            </div>
        </div>
    }
}

#[component]
fn Filters(
    search: Memo<String>,
    category: Memo<Option<AppCategory>>,
    go: Callback<(String, Option<AppCategory>)>,
) -> impl IntoView {
    let texts = &t().market;
    let on_search = Callback::new(move |search: String| go.run((search, category.get_untracked())));
    let shelf = move |wanted: Option<AppCategory>, words: &'static str| {
        view! {
            <li>
                <button
                    type="button"
                    class="filter"
                    aria-pressed=move || (category.get() == wanted).to_string()
                    on:click=move |_| go.run((search.get_untracked(), wanted))
                >
                    {words}
                </button>
            </li>
        }
    };
    view! {
        <search class="market-filters">
            <SearchField label=texts.search search=search on_search=on_search />
            <ul aria-label=texts.categories>
                {shelf(None, texts.all)}
                {AppCategory::ALL.iter().map(|one| shelf(Some(*one), (t().category)(*one))).collect_view()}
            </ul>
        </search>
    }
}

#[component]
fn Card(app: AppCard) -> impl IntoView {
    let workspace = use_workspace();
    let slug = app.slug.clone();
    let href = move || Path::App(workspace.id.get(), slug.clone()).to_string();
    view! {
        <li class="card app-card">
            <header>
                <AppIcon url=Some(app.icon_url.clone()) />
                <div>
                    <h2><a class="cover" href=move || href()>{app.name.clone()}</a></h2>
                    <p class="muted">{(t().category)(app.category)}</p>
                </div>
            </header>
            <p class="service-sentence">{app.summary.clone()}</p>
            <footer>
                <span class="tags">
                    {app.tags.iter().take(3).map(|tag| view! { <span class="tag">{tag.clone()}</span> }).collect_view()}
                </span>
                <strong>{price(&app.price)}</strong>
            </footer>
        </li>
    }
}
