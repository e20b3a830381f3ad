//! Where one is signed in: listed, one ended, all others ended.

use crate::lean::{For, kept, memo, view};
use crate::{
    api::{
        live,
        people::{self, OwnSession},
        people_changes::{self, EndSessionInput},
    },
    components::{Confirm, Form, loaded, open_about},
    i18n::{agent, count, t, with},
    stores::{session, toasts},
    ui::{Button, RowButton, Table, When},
};
use leptos::prelude::*;

/// The viewer's sessions.
#[component]
pub fn Sessions() -> impl IntoView {
    let texts = &t().sessions;
    let version = RwSignal::new(0_u32);
    let sessions = live::fetch(move || version.get(), |_| people::sessions());
    let ending = RwSignal::new(None::<OwnSession>);
    let ending_others = RwSignal::new(false);
    let again = Callback::new(move |()| version.update(|version| *version += 1));
    let alone = memo(move |_| sessions.with(|list| list.ready().is_none_or(|list| list.len() < 2)));
    let off = Signal::derive(move || alone.get().then(|| t().sessions.none.to_owned()));
    view! {
        <section class="panel" aria-labelledby="sessions-heading">
            <header class="panel-head">
                <div>
                    <h2 id="sessions-heading">{texts.title}</h2>
                    <p class="muted">{texts.lead}</p>
                </div>
                <Button off=off on_press=move || ending_others.set(true)>{texts.end_others}</Button>
            </header>
            {loaded(sessions, move |sessions| view! {
                <Table
                    label=texts.title
                    columns=vec![texts.browser, texts.address, texts.began, texts.last_used]
                    actions=true
                    class="who-table"
                >
                    <For each=move || sessions.get() key=|one| one.id.clone() let:one>
                        <Row list=sessions one=one ending=ending />
                    </For>
                </Table>
            })}
        </section>
        <EndOne one=ending on_ended=again />
        <EndOthers open=ending_others on_ended=again />
    }
}

#[component]
fn Row(list: Signal<Vec<OwnSession>>, one: OwnSession, ending: RwSignal<Option<OwnSession>>) -> impl IntoView {
    let texts = &t().sessions;
    // Nothing else of a session changes.
    let id = one.id.clone();
    let used = kept(one.last_used_at.millis(), move || {
        list.with(|list| list.iter().find(|one| one.id == id).map(|one| one.last_used_at.millis()))
    });
    let name = agent(one.user_agent.as_deref());
    let told = if one.current { format!("{name} ({})", texts.this) } else { name.clone() };
    let label = with(texts.end_named, "name", &told);
    let own = one.clone();
    view! {
        <tr>
            <th scope="row" title=one.user_agent.clone()>
                {name} " " {one.current.then(|| view! { <span class="tag">{texts.this}</span> })}
            </th>
            <td><code>{one.address.clone()}</code></td>
            <td><When at=one.created_at.millis() /></td>
            <td><When at=used /></td>
            <td class="end">
                <RowButton label=label words=texts.end on_press=move || ending.set(Some(own.clone())) />
            </td>
        </tr>
    }
}

#[component]
fn EndOne(one: RwSignal<Option<OwnSession>>, on_ended: Callback<()>) -> impl IntoView {
    let texts = &t().sessions;
    let open = open_about(one);
    let words = Callback::new(move |()| {
        let named = one.with_untracked(|one| one.as_ref().map(|one| (one.current, agent(one.user_agent.as_deref()))));
        match named {
            Some((true, _)) => texts.end_own_text.to_owned(),
            Some((false, name)) => with(texts.end_text, "name", &name),
            None => String::new(),
        }
    });
    let end = Callback::new(move |form: Form| {
        let chosen = one.with_untracked(|one| one.as_ref().map(|one| (one.id.clone(), one.current)));
        let Some((id, current)) = chosen else { return };
        form.send(people_changes::end_session(EndSessionInput { id }), move |_| {
            open.set(false);
            if current {
                session::ended();
            } else {
                toasts::done(t().sessions.ended);
                on_ended.run(());
            }
        });
    });
    view! { <Confirm open=open title=texts.end_title.to_owned() words=words submit=texts.end on_confirm=end /> }
}

#[component]
fn EndOthers(open: RwSignal<bool>, on_ended: Callback<()>) -> impl IntoView {
    let texts = &t().sessions;
    let end = Callback::new(move |form: Form| {
        form.send(people_changes::end_other_sessions(), move |payload| {
            open.set(false);
            let ended = usize::try_from(payload.count).unwrap_or_default();
            toasts::done(count(t().sessions.ended_others, ended));
            on_ended.run(());
        });
    });
    view! {
        <Confirm
            open=open
            title=texts.end_others_title.to_owned()
            words=Callback::new(|()| t().sessions.end_others_text.to_owned())
            submit=texts.end_others
            on_confirm=end
        />
    }
}
