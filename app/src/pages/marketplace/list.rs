//! The list of apps, searched while typing; search and shelf live in the address.

use super::price;
use crate::lean::{For, Show, effect, memo, view};
use crate::{
    api::{live, queries, types::AppCard},
    components::{AppIcon, loaded, use_workspace},
    i18n::{count, t},
    paths::{Escaped, Path},
    stores::head,
    ui::{Button, Empty, Icon, PageTitle, icon},
};
use gloo_timers::callback::Timeout;
use leptos::prelude::*;
use leptos_router::{
    NavigateOptions,
    hooks::{use_navigate, use_query_map},
};
use shared::catalog::AppCategory;

/// How many apps the page asks for at first, and more each time; the API gives 100 at most.
const PAGE: i32 = 50;
/// How long typing must rest before the address and the list follow, in milliseconds.
const REST: u32 = 150;

/// The marketplace.
#[component]
pub fn Marketplace() -> impl IntoView {
    let texts = &t().market;
    let workspace = use_workspace();
    head::set(move || {
        vec![head::link(workspace.name(), Path::Workspace(workspace.id.get())), head::here(t().market.title)]
    });
    let query = use_query_map();
    let search = memo(move |_| query.with(|query| query.get("q").unwrap_or_default()));
    let category = memo(move |_| {
        query.with(|query| query.get("category").and_then(|word| AppCategory::parse(&word.to_ascii_uppercase())))
    });
    let first = RwSignal::new(PAGE);
    let apps = live::fetch(
        move || (search.get(), category.get(), first.get()),
        |(search, category, first)| queries::apps(Some(search).filter(|text| !text.is_empty()), category, first, None),
    );
    let navigate = use_navigate();
    let go = Callback::new(move |(search, category): (String, Option<AppCategory>)| {
        let to = address(&Path::Marketplace(workspace.id.get_untracked()), &search, category);
        // Back leads to the page before, not through every letter.
        navigate(&to, NavigateOptions { replace: true, scroll: false, ..NavigateOptions::default() });
    });
    view! {
        <PageTitle title=texts.title.to_owned() lead=texts.lead.to_owned() />
        <div class="market">
            <Filters search=search category=category go=go />
            <div class="market-list">
                {loaded(apps, move |apps| {
                    let more = memo(move |_| apps.with(|apps| apps.page_info.has_next_page));
                    view! {
                        <p class="muted found" role="status">
                            {move || count(texts.found, usize::try_from(apps.with(|apps| apps.total_count)).unwrap_or_default())}
                        </p>
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
                            <Show when=move || more.get()>
                                <div class="more">
                                    <Button on_press=move || first.update(|first| *first += PAGE)>{t().common.show_more}</Button>
                                </div>
                            </Show>
                        </Show>
                    }.into_any()
                })}
            </div>
        </div>
    }
}

fn address(page: &Path, search: &str, category: Option<AppCategory>) -> String {
    let mut parts = Vec::new();
    if !search.is_empty() {
        parts.push(format!("q={}", Escaped(search)));
    }
    if let Some(category) = category {
        parts.push(format!("category={}", category.as_str().to_ascii_lowercase()));
    }
    if parts.is_empty() { page.to_string() } else { format!("{page}?{}", parts.join("&")) }
}

#[component]
fn Filters(
    search: Memo<String>,
    category: Memo<Option<AppCategory>>,
    go: Callback<(String, Option<AppCategory>)>,
) -> impl IntoView {
    let texts = &t().market;
    let typed = RwSignal::new(search.get_untracked());
    // Back and forward change the address: the field follows, unless someone is typing in it.
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
            go.run((typed.get_untracked().trim().to_owned(), category.get_untracked()));
        })));
    };
    let shelf = move |wanted: Option<AppCategory>, words: &'static str| {
        view! {
            <li>
                <button
                    type="button"
                    class="filter"
                    aria-pressed=move || (category.get() == wanted).to_string()
                    on:click=move |_| go.run((typed.get_untracked().trim().to_owned(), wanted))
                >
                    {words}
                </button>
            </li>
        }
    };
    view! {
        <search class="market-filters">
            <div class="input">
                {icon(Icon::Search)}
                <input
                    type="search"
                    aria-label=texts.search
                    placeholder=texts.search
                    prop:value=move || typed.get()
                    on:input=type_in
                />
            </div>
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
