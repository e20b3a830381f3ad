//! The table of people; search and page live in the address.

use super::{
    Chosen, What,
    change::{ChangeRole, Remove},
    reset::Reset,
};
use crate::lean::{For, Show, kept, view};
use crate::{
    api::{
        live,
        people::{self, Person, PersonConnection},
    },
    components::{SearchField, found, given, loaded, open_about, pager, use_filter, use_go},
    i18n::{t, with},
    paths::{Path, filtered},
    stores::session,
    ui::{Dialog, Empty, Icon, RowButton, Table, When, email},
};
use leptos::prelude::*;

/// How many a page has.
const PAGE: i32 = 50;

/// The table.
#[component]
pub fn List() -> impl IntoView {
    let texts = &t().people;
    let (search, after) = (use_filter("q"), use_filter("after"));
    let go = use_go();
    let on_search = Callback::new(move |search: String| go.run(filtered(&Path::People, &[("q", &search)])));
    let version = RwSignal::new(0_u32);
    let list = live::fetch(
        move || (search.get(), after.get(), version.get()),
        |(search, after, _)| people::people(given(search), PAGE, given(after)),
    );
    let address =
        Callback::new(move |after: String| filtered(&Path::People, &[("q", &search.get()), ("after", &after)]));
    let chosen = RwSignal::new(None::<(What, Person)>);
    let again = Callback::new(move |()| version.update(|version| *version += 1));
    view! {
        <section class="panel" aria-labelledby="people-heading">
            <header class="panel-head">
                <h2 id="people-heading" class="visually-hidden">{texts.title}</h2>
                <search><SearchField label=texts.search search=search on_search=on_search /></search>
            </header>
            {loaded(list, move |list| view! {
                {found(texts.found, move || list.with(|list| list.total_count))}
                <Show
                    when=move || list.with(|list| !list.nodes.is_empty())
                    fallback=|| view! { <Empty symbol=Icon::Search title=t().people.none text=t().people.none_text /> }
                >
                    <Table label=texts.title columns=vec![texts.name, texts.role, texts.joined] actions=true class="who-table">
                        <For each=move || list.with(|list| list.nodes.clone()) key=|person| person.id.clone() let:person>
                            <Row list=list first=person chosen=chosen />
                        </For>
                    </Table>
                </Show>
                {pager(after, address, move || list.with(|list| list.page_info.clone()))}
            })}
        </section>
        <Dialogs chosen=chosen on_closed=again />
    }
}

/// Somebody. The row stays what it is while they change: what was pressed in it has the focus still.
#[component]
fn Row(list: Signal<PersonConnection>, first: Person, chosen: RwSignal<Chosen>) -> impl IntoView {
    let texts = &t().people;
    let (id, address, joined) = (first.id.clone(), email(&first.email), first.created_at.millis());
    let person = kept(first, move || list.with(|list| list.nodes.iter().find(|one| one.id == id).cloned()));
    let is_own = move || session::viewer().is_some_and(|viewer| person.with(|person| viewer.id == person.id));
    let action = move |what: What, words: &'static str, label: &'static str| {
        let label = Signal::derive(move || person.with(|person| with(label, "name", &person.name)));
        view! { <RowButton label=label words=words on_press=move || chosen.set(Some((what, person.get_untracked()))) /> }
    };
    view! {
        <tr>
            <th scope="row">
                {move || person.with(|person| person.name.clone())} " "
                {move || is_own().then(|| view! { <span class="tag">{texts.you}</span> })}
                <span class="cell-note">{address}</span>
            </th>
            <td>{move || (t().platform_role)(person.with(|person| person.platform_role)).sentence}</td>
            <td><When at=joined /></td>
            <td class="end">
                {action(What::Role, texts.change_role, texts.change_role_of)}
                {action(What::Reset, texts.reset, texts.reset_of)}
                {action(What::Remove, texts.remove, texts.remove_of)}
            </td>
        </tr>
    }
}

/// One dialog for whatever was chosen.
#[component]
fn Dialogs(chosen: RwSignal<Chosen>, on_closed: Callback<()>) -> impl IntoView {
    let texts = &t().people;
    let open = open_about(chosen);
    // Whether it was done or somebody else was faster: what is shown next is what holds now.
    Effect::new(move |before: Option<bool>| {
        let now = chosen.with(Option::is_some);
        if before == Some(true) && !now {
            on_closed.run(());
        }
        now
    });
    let title = Signal::derive(move || {
        chosen.with(|chosen| {
            let Some((what, person)) = chosen else { return String::new() };
            let words = match what {
                What::Role => texts.role_title,
                What::Reset => texts.reset_title,
                What::Remove => texts.remove_title,
            };
            with(words, "name", &person.name)
        })
    });
    view! {
        <Dialog open=open title=title>
            {move || match chosen.get_untracked() {
                Some((What::Role, person)) => {
                    view! { <ChangeRole person=person open=open /> }.into_any()
                }
                Some((What::Reset, person)) => view! { <Reset person=person open=open /> }.into_any(),
                Some((What::Remove, person)) => {
                    view! { <Remove person=person open=open /> }.into_any()
                }
                None => ().into_any(),
            }}
        </Dialog>
    }
}
