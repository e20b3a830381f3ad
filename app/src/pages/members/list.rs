//! The list of members, searched while typing; the search lives in the address.

use super::{
    add::AddMember,
    change::{Change, ChangeDialog, may, whom},
    grants::Grants,
    leave::LeaveAndTransfer,
    role_word,
};
use crate::lean::{For, Show, dynamic, effect, memo, view};
use crate::{
    api::{
        live,
        members::{Member, MemberConnection, MembersStream},
    },
    components::{loaded, off, use_workspace},
    i18n::{count, t, with},
    paths::{Escaped, Path},
    stores::head,
    ui::{Button, Dialog, Empty, Icon, Kind, PageTitle, When, icon},
};
use gloo_timers::callback::Timeout;
use leptos::prelude::*;
use leptos_router::{
    NavigateOptions,
    hooks::{use_navigate, use_query_map},
};
use shared::{
    policy::{Whom, WorkspaceAction},
    roles::WorkspaceRole,
};

/// How many members the page asks for at first, and more each time. The most that the API gives at once is 100.
const PAGE: i32 = 50;
const MOST: i32 = 100;
/// How long typing must rest before the address and the list follow, in milliseconds.
const REST: u32 = 150;

/// The members of a workspace.
#[component]
pub fn Members() -> impl IntoView {
    let texts = &t().members;
    let workspace = use_workspace();
    head::set(move || {
        vec![head::link(workspace.name(), Path::Workspace(workspace.id.get())), head::here(t().members.title)]
    });
    let query = use_query_map();
    let search = memo(move |_| query.with(|query| query.get("q").unwrap_or_default()));
    let first = RwSignal::new(PAGE);
    let list = live::follow_on(move || {
        let search = Some(search.get()).filter(|text| !text.is_empty());
        Some(MembersStream { id: workspace.id.get(), search, first: first.get() })
    });
    let (adding, change) = (RwSignal::new(false), RwSignal::new(None::<Change>));
    view! {
        <PageTitle title=texts.title.to_owned() lead=texts.lead.to_owned()>
            <Button
                kind=Kind::Primary
                before=Icon::Plus
                off=off(WorkspaceAction::ManageMembers)
                on_press=move || adding.set(true)
            >
                {texts.add}
            </Button>
        </PageTitle>
        <Search search=search />
        {loaded(list, move |list| view! {
            <Table list=list search=search change=change />
            {more(list, first)}
            <Grants />
            <LeaveAndTransfer list=list />
        })}
        <Dialog open=adding title=texts.add_title.to_owned()><AddMember open=adding /></Dialog>
        <ChangeDialog change=change />
    }
}

/// The way to the rest of the list.
fn more(list: Signal<MemberConnection>, first: RwSignal<i32>) -> impl IntoView {
    dynamic(move || {
        let more = list.with(|list| list.page_info.has_next_page);
        more.then(|| {
            if first.get() == MOST {
                return view! { <p class="muted more">{t().members.more}</p> };
            }
            view! {
                <div class="more"><Button on_press=move || first.set(MOST)>{t().common.show_more}</Button></div>
            }
        })
    })
}

#[component]
fn Search(search: Memo<String>) -> impl IntoView {
    let texts = &t().members;
    let workspace = use_workspace();
    let navigate = use_navigate();
    let typed = RwSignal::new(search.get_untracked());
    let resting = StoredValue::new_local(None::<Timeout>);
    // Back and forward change the address: the field follows, unless someone is typing in it.
    effect(move || {
        let search = search.get();
        if resting.with_value(Option::is_none) {
            typed.set(search);
        }
    });
    let go = Callback::new(move |search: String| {
        let page = Path::Members(workspace.id.get_untracked());
        let to = if search.is_empty() { page.to_string() } else { format!("{page}?q={}", Escaped(&search)) };
        // Back leads to the page before, not through every letter.
        navigate(&to, NavigateOptions { replace: true, scroll: false, ..NavigateOptions::default() });
    });
    let type_in = move |event| {
        typed.set(event_target_value(&event));
        resting.set_value(Some(Timeout::new(REST, move || {
            resting.set_value(None);
            go.run(typed.get_untracked().trim().to_owned());
        })));
    };
    view! {
        <search class="list-search">
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
        </search>
    }
}

#[component]
fn Table(list: Signal<MemberConnection>, search: Memo<String>, change: RwSignal<Option<Change>>) -> impl IntoView {
    let texts = &t().members;
    let total = move || usize::try_from(list.with(|list| list.total_count)).unwrap_or_default();
    view! {
        <p class="muted found" role="status">{move || count(texts.found, total())}</p>
        <Show
            when=move || list.with(|list| !list.nodes.is_empty())
            fallback=move || view! {
                <Empty symbol=Icon::Search title=texts.none text=with(texts.none_text, "search", &search.get()) />
            }
        >
            <div class="table-scroll panel flush" tabindex="0" role="region" aria-label=texts.title>
                <table>
                    <thead>
                        <tr>
                            <th scope="col">{texts.name}</th>
                            <th scope="col">{texts.role}</th>
                            <th scope="col">{texts.since}</th>
                            <th scope="col"><span class="visually-hidden">{t().common.actions}</span></th>
                        </tr>
                    </thead>
                    <tbody>
                        <For each=move || list.with(|list| list.nodes.clone()) key=key let:member>
                            <Row member=member change=change />
                        </For>
                    </tbody>
                </table>
            </div>
        </Show>
    }
}

/// A row is made anew where anything in it has changed.
fn key(member: &Member) -> (String, String, WorkspaceRole) {
    (member.person_id.inner().to_owned(), member.name.clone(), member.role)
}

#[component]
fn Row(member: Member, change: RwSignal<Option<Change>>) -> impl IntoView {
    let texts = &t().members;
    let label = |text: &str| with(text, "name", &member.name);
    let (change_label, remove_label) = (label(texts.change_named), label(texts.remove_named));
    let own = member.clone();
    view! {
        <tr>
            <th scope="row">
                {member.name.clone()}
                {move || (whom(&own) == Whom::Oneself).then(|| view! { " " <span class="tag">{texts.you}</span> })}
                <span class="cell-note">{member.email.clone()}</span>
            </th>
            <td>{role_word(member.role)}</td>
            <td><When at=member.since.millis() /></td>
            <td class="end">
                {buttons(member, change, change_label, remove_label)}
            </td>
        </tr>
    }
}

/// What the viewer may do with a member. What they may never do is not offered; leaving has its own place below.
fn buttons(
    member: Member,
    change: RwSignal<Option<Change>>,
    change_label: String,
    remove_label: String,
) -> impl IntoView {
    let texts = &t().members;
    let workspace = use_workspace();
    dynamic(move || {
        let (whom, from) = (whom(&member), Some(member.role));
        let changes = WorkspaceRole::ALL.iter().any(|to| *to != member.role && may(workspace, whom, from, Some(*to)));
        let removes = whom == Whom::Another && may(workspace, whom, from, None);
        let button = |words: &'static str, label: String, next: Change| {
            view! {
                <button
                    type="button"
                    class=Kind::Quiet.class()
                    aria-label=label
                    on:click=move |_| change.set(Some(next.clone()))
                >
                    {words}
                </button>
            }
        };
        view! {
            {changes.then(|| button(texts.change, change_label.clone(), Change::Role(member.clone())))}
            {removes.then(|| button(texts.remove, remove_label.clone(), Change::Remove(member.clone())))}
        }
    })
}
