//! Everything that was done in a workspace, newest first; the filters live in the address.

use super::title;
use crate::lean::{For, Show, effect, memo, view};
use crate::{
    api::{
        lists::{self, OperationConnection, OperationsWanted},
        live,
        types::OperationView,
    },
    components::{OperationBadge, OperationPanel, found, given, loaded, pager, use_filter, use_workspace},
    i18n::{t, with},
    paths::{Path, filtered},
    stores::{head, running::running},
    ui::{Empty, Icon, PageTitle, SelectField, When, icon, unique},
};
use cynic::Id;
use leptos::prelude::*;
use leptos_router::{NavigateOptions, hooks::use_navigate};
use shared::operation::{OperationFilter, OperationKind};

/// How many a page has.
const PAGE: i32 = 25;

/// The list of operations.
#[component]
pub fn Operations() -> impl IntoView {
    let texts = &t().history;
    let workspace = use_workspace();
    head::set(move || {
        vec![head::link(workspace.name(), Path::Workspace(workspace.id.get())), head::here(t().history.title)]
    });
    let (show, kind, after) = (use_filter("show"), use_filter("kind"), use_filter("after"));
    let running = running();
    // What begins or ends here changes the list.
    let here = memo(move |_| {
        running.with(|running| {
            let all = running.as_ref().map(|running| running.newest.as_slice()).unwrap_or_default();
            let own = all.iter().map(|one| &one.operation).filter(|one| one.workspace_id == workspace.id.get());
            own.map(|one| (one.id.clone(), one.state)).collect::<Vec<_>>()
        })
    });
    let list = live::fetch(
        move || {
            let wanted = OperationsWanted {
                id: workspace.id.get(),
                progress: OperationFilter::parse(&show.get().to_ascii_uppercase()),
                kind: OperationKind::parse(&kind.get().to_ascii_uppercase()),
                first: PAGE,
                after: given(after.get()),
            };
            (wanted, here.get())
        },
        |(wanted, _)| lists::operations(wanted),
    );
    let address = Callback::new(move |after: String| {
        filtered(
            &Path::Operations(workspace.id.get()),
            &[("show", &show.get()), ("kind", &kind.get()), ("after", &after)],
        )
    });
    let is_filtered = memo(move |_| !show.get().is_empty() || !kind.get().is_empty());
    view! {
        <PageTitle title=texts.title.to_owned() lead=texts.lead.to_owned() />
        <Filters show=show kind=kind />
        {loaded(list, move |list| {
            view! {
                {found(texts.found, move || list.with(|list| list.total_count))}
                <Show
                    when=move || list.with(|list| !list.nodes.is_empty())
                    fallback=move || {
                        let (title, text) = if is_filtered.get() {
                            (texts.none_fit, texts.none_fit_text)
                        } else {
                            (texts.none, texts.none_text)
                        };
                        let all = Path::Operations(workspace.id.get()).to_string();
                        view! {
                            <Empty symbol=Icon::Activity title=title text=text>
                                {is_filtered.get().then(|| view! { <a class="button" href=all>{t().services.show_all}</a> })}
                            </Empty>
                        }
                    }
                >
                    <ul class="panel flush history">
                        <For
                            each=move || list.with(|list| list.nodes.iter().map(|one| one.id.clone()).collect::<Vec<_>>())
                            key=Clone::clone
                            let:id
                        >
                            <Row list=list id=id />
                        </For>
                    </ul>
                </Show>
                {pager(after, address, move || list.with(|list| list.page_info.clone()))}
            }
        })}
    }
}

#[component]
fn Filters(show: Memo<String>, kind: Memo<String>) -> impl IntoView {
    let texts = &t().history;
    let workspace = use_workspace();
    let (shown, sort) = (RwSignal::new(show.get_untracked()), RwSignal::new(kind.get_untracked()));
    // Back and forward change the address: the fields follow.
    effect(move || {
        shown.set(show.get());
        sort.set(kind.get());
    });
    let navigate = use_navigate();
    effect(move || {
        let (shown, sort) = (shown.get(), sort.get());
        if (&shown, &sort) == (&show.get_untracked(), &kind.get_untracked()) {
            return;
        }
        let to = filtered(&Path::Operations(workspace.id.get_untracked()), &[("show", &shown), ("kind", &sort)]);
        navigate(&to, NavigateOptions { scroll: false, ..NavigateOptions::default() });
    });
    let progress = vec![
        (String::new(), texts.state_all.to_owned()),
        ("open".to_owned(), texts.state_open.to_owned()),
        ("failed".to_owned(), texts.state_failed.to_owned()),
    ];
    let mut kinds = vec![(String::new(), texts.kind_all.to_owned())];
    kinds.extend(
        OperationKind::ALL
            .iter()
            .map(|kind| (kind.as_str().to_ascii_lowercase(), (t().operation_word)(*kind).to_owned())),
    );
    view! {
        <search class="filters">
            <SelectField label=texts.state value=shown options=Signal::stored(progress) />
            <SelectField label=texts.kind value=sort options=Signal::stored(kinds) />
        </search>
    }
}

#[component]
fn Row(list: Signal<OperationConnection>, id: Id) -> impl IntoView {
    let texts = &t().history;
    let workspace = use_workspace();
    let operation = {
        let id = id.clone();
        memo(move |before: Option<&Option<OperationView>>| {
            let found = list.with(|list| list.nodes.iter().find(|one| one.id == id).cloned());
            found.or_else(|| before.cloned().flatten())
        })
    };
    let open = RwSignal::new(false);
    let region = unique("operation");
    let controls = region.clone();
    let href = {
        let id = id.clone();
        move || Path::Operation(workspace.id.get(), id.clone()).to_string()
    };
    // What it is and who asked for it does not change.
    let first = operation.get_untracked();
    let name = first.as_ref().map(title).unwrap_or_default();
    let (who, at) = first.map(|first| (first.actor_name, first.created_at.millis())).unwrap_or_default();
    let state = memo(move |_| operation.with(|one| one.as_ref().map(|one| one.state)));
    view! {
        <li>
            <div class="history-line">
                <button
                    type="button"
                    class="icon-button"
                    aria-label=with(texts.details, "name", &name)
                    aria-expanded=move || open.get().to_string()
                    aria-controls=controls
                    on:click=move |_| open.update(|open| *open = !*open)
                >
                    <span class="chevron" class:open=move || open.get()>{icon(Icon::ChevronRight)}</span>
                </button>
                <a href=move || href()>{name}</a>
                {move || state.get().map(|state| view! { <OperationBadge state=Signal::stored(state) /> })}
                <span class="muted history-who">{who}</span>
                <span class="muted"><When at=at /></span>
            </div>
            <div id=region class="history-detail" hidden=move || !open.get()>
                {move || open.get().then(|| view! { <OperationPanel id=Signal::stored(Some(id.clone())) /> })}
            </div>
        </li>
    }
}
