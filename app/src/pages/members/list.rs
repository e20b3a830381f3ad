//! The list of members, searched while typing; the search lives in the address.

use super::{
    add::AddMember,
    change::{Change, ChangeDialog, may, whom},
    grants::Grants,
    leave::LeaveAndTransfer,
    role_word,
};
use crate::lean::{For, Show, dynamic, effect, view};
use crate::{
    api::{
        live,
        members::{Member, MemberConnection, MembersStream},
    },
    components::{SearchField, found, loaded, off, use_filter, use_go, use_workspace},
    i18n::{t, with},
    paths::{Path, filtered},
    stores::head,
    ui::{Button, Dialog, Empty, Icon, Kind, PageTitle, RowButton, Table, When, email},
};
use leptos::prelude::*;
use shared::{
    policy::{Whom, WorkspaceAction},
    roles::WorkspaceRole,
};

/// How many members the page asks for at first, and more each time. The most that the API gives at once is 100.
const PAGE: i32 = 50;
const MOST: i32 = 100;

/// The members of a workspace.
#[component]
pub fn Members() -> impl IntoView {
    let texts = &t().members;
    let workspace = use_workspace();
    head::set(move || {
        vec![head::link(workspace.name(), Path::Workspace(workspace.id.get())), head::here(t().members.title)]
    });
    let search = use_filter("q");
    let go = use_go();
    let on_search = Callback::new(move |search: String| {
        go.run(filtered(&Path::Members(workspace.id.get_untracked()), &[("q", &search)]));
    });
    let first = RwSignal::new(PAGE);
    effect(move || {
        search.track();
        first.set(PAGE);
    });
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
        <search class="list-search"><SearchField label=texts.search search=search on_search=on_search /></search>
        {loaded(list, move |list| view! {
            <List list=list search=search change=change />
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
fn List(list: Signal<MemberConnection>, search: Memo<String>, change: RwSignal<Option<Change>>) -> impl IntoView {
    let texts = &t().members;
    view! {
        {found(texts.found, move || list.with(|list| list.total_count))}
        <Show
            when=move || list.with(|list| !list.nodes.is_empty())
            fallback=move || view! {
                <Empty symbol=Icon::Search title=texts.none text=with(texts.none_text, "search", &search.get()) />
            }
        >
            <Table label=texts.title columns=vec![texts.name, texts.role, texts.since] actions=true alone=true class="who-table">
                <For each=move || list.with(|list| list.nodes.clone()) key=key let:member>
                    <Row member=member change=change />
                </For>
            </Table>
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
                <span class="cell-note">{email(&member.email)}</span>
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
            view! { <RowButton label=label words=words on_press=move || change.set(Some(next.clone())) /> }
        };
        view! {
            {changes.then(|| button(texts.change, change_label.clone(), Change::Role(member.clone())))}
            {removes.then(|| button(texts.remove, remove_label.clone(), Change::Remove(member.clone())))}
        }
    })
}
