//! The table of people, searched and grown page by page.

use super::{
    Chosen, What,
    change::{ChangeRole, Remove},
    reset::Reset,
};
use crate::lean::{For, Show, effect, kept, memo, view};
use crate::{
    api::{
        live,
        people::{self, Person, PersonConnection},
    },
    components::{SearchField, found, loaded, open_about, use_filter, use_go},
    i18n::{t, with},
    paths::{Path, filtered},
    stores::session,
    ui::{Button, Dialog, Empty, Icon, RowButton, Table, When, email},
};
use leptos::prelude::*;

/// How many people the page asks for at first, and more each time; the API gives 100 at most.
const PAGE: i32 = 50;
const MOST: i32 = 100;

/// The table.
#[component]
pub fn List(
    /// Raised when it is to be read anew.
    version: RwSignal<u32>,
) -> impl IntoView {
    let texts = &t().people;
    let search = use_filter("q");
    let go = use_go();
    let on_search = Callback::new(move |search: String| go.run(filtered(&Path::People, &[("q", &search)])));
    let first = RwSignal::new(PAGE);
    // Beyond what one answer holds, the list goes on after the last one: page by page.
    let after = RwSignal::new(None::<String>);
    effect(move || {
        search.track();
        first.set(PAGE);
        after.set(None);
    });
    let list = live::fetch(
        move || (search.get(), first.get(), after.get(), version.get()),
        |(search, first, after, _)| people::people(Some(search).filter(|text| !text.is_empty()), first, after),
    );
    let chosen = RwSignal::new(None::<(What, Person)>);
    let again = Callback::new(move |()| version.update(|version| *version += 1));
    view! {
        <section class="panel" aria-labelledby="people-heading">
            <header class="panel-head">
                <h2 id="people-heading" class="visually-hidden">{texts.title}</h2>
                <search><SearchField label=texts.search search=search on_search=on_search /></search>
            </header>
            {loaded(list, move |list| {
                let more = memo(move |_| list.with(|list| list.page_info.has_next_page));
                view! {
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
                        <div class="more" tabindex="-1">
                            {move || after.with(Option::is_some).then(|| view! {
                                <Button on_press=move || after.set(None)>{texts.show_newest}</Button>
                            })}
                            {move || more.get().then(|| view! {
                                <Button on_press=move || {
                                    if first.get_untracked() < MOST {
                                        first.set(MOST);
                                    } else {
                                        after.set(list.with_untracked(|list| list.page_info.end_cursor.clone()));
                                    }
                                }>
                                    {t().common.show_more}
                                </Button>
                            })}
                        </div>
                    </Show>
                }
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
