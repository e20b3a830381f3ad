//! The list of members, live and searched while typing; search and page live in the address.

use super::{
    add::AddMember,
    change::{Change, ChangeDialog, may, whom},
    grants::Grants,
    leave::LeaveAndTransfer,
    role_word,
};
use crate::lean::{For, Show, kept, view};
use crate::{
    api::{
        live,
        members::{Member, MemberConnection, MembersStream},
    },
    components::{SearchField, found, given, loaded, off, pager, use_filter, use_go, use_workspace},
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

/// How many a page has.
const PAGE: i32 = 50;

/// The members of a workspace.
#[component]
pub fn Members() -> impl IntoView {
    let texts = &t().members;
    let workspace = use_workspace();
    head::set(move || {
        vec![head::link(workspace.name(), Path::Workspace(workspace.id.get())), head::here(t().members.title)]
    });
    let (search, after) = (use_filter("q"), use_filter("after"));
    let go = use_go();
    let on_search = Callback::new(move |search: String| {
        go.run(filtered(&Path::Members(workspace.id.get_untracked()), &[("q", &search)]));
    });
    let list = live::follow_on(move || {
        Some(MembersStream {
            id: workspace.id.get(),
            search: given(search.get()),
            first: PAGE,
            after: given(after.get()),
        })
    });
    let address = Callback::new(move |after: String| {
        filtered(&Path::Members(workspace.id.get()), &[("q", &search.get()), ("after", &after)])
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
            {pager(after, address, move || list.with(|list| list.page_info.clone()))}
            <Grants />
            <LeaveAndTransfer list=list part=part(list, search, after) />
        })}
        <Dialog open=adding title=texts.add_title.to_owned()><AddMember open=adding /></Dialog>
        <ChangeDialog change=change />
    }
}

/// Whether the workspace has members that are not shown.
fn part(list: Signal<MemberConnection>, search: Memo<String>, after: Memo<String>) -> Signal<bool> {
    let filtered = move || [search, after].iter().any(|filter| filter.with(|filter| !filter.is_empty()));
    Signal::derive(move || filtered() || list.with(|list| list.page_info.has_next_page))
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
                <For each=move || list.with(|list| list.nodes.clone()) key=|member| member.person_id.clone() let:member>
                    <Row list=list first=member change=change />
                </For>
            </Table>
        </Show>
    }
}

/// A member. The row stays what it is while they change: what was pressed in it has the focus still.
#[component]
fn Row(list: Signal<MemberConnection>, first: Member, change: RwSignal<Option<Change>>) -> impl IntoView {
    let texts = &t().members;
    let (id, address, since) = (first.person_id.clone(), email(&first.email), first.since.millis());
    let member = kept(first, move || list.with(|list| list.nodes.iter().find(|one| one.person_id == id).cloned()));
    view! {
        <tr>
            <th scope="row">
                {move || member.with(|member| member.name.clone())}
                {move || (member.with(whom) == Whom::Oneself).then(|| view! { " " <span class="tag">{texts.you}</span> })}
                <span class="cell-note">{address}</span>
            </th>
            <td>{move || role_word(member.with(|member| member.role))}</td>
            <td><When at=since /></td>
            <td class="end">{buttons(member, change)}</td>
        </tr>
    }
}

/// What the viewer may do with a member. What they may never do is not offered; leaving has its own place below.
fn buttons(member: Memo<Member>, change: RwSignal<Option<Change>>) -> impl IntoView {
    let texts = &t().members;
    let workspace = use_workspace();
    let changes = move || {
        let (whom, from) = member.with(|member| (whom(member), member.role));
        WorkspaceRole::ALL.iter().any(|to| *to != from && may(workspace, whom, Some(from), Some(*to)))
    };
    let removes = move || {
        let (whom, from) = member.with(|member| (whom(member), member.role));
        whom == Whom::Another && may(workspace, whom, Some(from), None)
    };
    let button = move |words: &'static str, label: &'static str, next: fn(Member) -> Change| {
        let label = Signal::derive(move || member.with(|member| with(label, "name", &member.name)));
        view! { <RowButton label=label words=words on_press=move || change.set(Some(next(member.get_untracked()))) /> }
    };
    view! {
        <Show when=changes>{button(texts.change, texts.change_named, Change::Role)}</Show>
        <Show when=removes>{button(texts.remove, texts.remove_named, Change::Remove)}</Show>
    }
}
