//! The operations tray: what runs now, from anywhere in the console.

use super::{OperationBadge, rail::workspace_of};
use crate::lean::{For, Show, effect, kept, memo, view};
use crate::{
    api::{
        lists::{OpenOperation, OpenStream},
        live,
        types::OperationView,
    },
    i18n::{count, fill, t, with},
    paths::Path,
    stores::{
        running::running,
        session::{self, Session},
    },
    ui::{Icon, Menu, icon},
};
use leptos::prelude::*;
use leptos_router::hooks::use_location;
use shared::operation::StepState;

/// The button with the number of what runs, and the list below it.
#[component]
pub fn Tray() -> impl IntoView {
    let texts = &t().tray;
    let session = session::session();
    let signed_in = memo(move |_| {
        session.with(|session| matches!(session, Session::Someone(viewer) if !viewer.must_change_password))
    });
    let live = live::follow(move || signed_in.get().then_some(OpenStream));
    let store = running();
    effect({
        let store = store.clone();
        move || {
            // While it is asked for anew, what was known stays.
            if let Some(seen) = live.with(|live| live.ready().cloned()) {
                store.set(Some(seen));
            } else if !signed_in.get() {
                store.set(None);
            }
        }
    });
    let number = memo({
        let store = store.clone();
        move |_| store.with(|seen| seen.as_ref().map_or(0, |seen| usize::try_from(seen.total_count).unwrap_or(0)))
    });
    let newest = memo(move |_| store.with(|seen| seen.as_ref().map(|seen| seen.newest.clone()).unwrap_or_default()));
    let words = move || match number.get() {
        0 => texts.nothing.to_owned(),
        number => count(texts.running, number),
    };
    let label = Signal::derive(move || format!("{}: {}", texts.title, words()));
    let path = use_location().pathname;
    let workspace = memo(move |_| workspace_of(&path.get()));
    let trigger = view! {
        {icon(Icon::Activity)}
        {move || (number.get() > 0).then(|| view! { <span class="count" aria-hidden="true">{number.get()}</span> })}
    };
    view! {
        <span class="visually-hidden" role="status">{move || (number.get() > 0).then(words)}</span>
        <Menu label=label trigger=trigger>
            <p class="menu-head"><strong>{texts.title}</strong></p>
            <Show when=move || number.get() == 0>
                <p class="menu-note muted">{texts.nothing_text}</p>
            </Show>
            <ul class="tray">
                <For each=move || newest.get() key=|open| open.operation.id.clone() let:open>
                    {line(newest, open)}
                </For>
                {move || workspace.get().map(|id| view! {
                    <li class="menu-line">
                        <a href=Path::Operations(id).to_string()>{icon(Icon::Activity)} <span>{texts.all}</span></a>
                    </li>
                })}
            </ul>
        </Menu>
    }
}

/// An operation in the list. It stays the same line while it goes on: whoever has the focus on it keeps it.
fn line(newest: Memo<Vec<OpenOperation>>, first: OpenOperation) -> impl IntoView {
    let id = first.operation.id.clone();
    let title = with((t().operation_kind)(first.operation.kind), "name", &first.operation.target_name);
    let href = Path::Operation(first.operation.workspace_id.clone(), id.clone()).to_string();
    let open = kept(first, move || newest.with(|newest| newest.iter().find(|open| open.operation.id == id).cloned()));
    let state = Signal::derive(move || open.with(|open| open.operation.state));
    let steps = memo(move |_| open.with(|open| progress(&open.operation)));
    let (done, all) = (move || steps.get().0, move || steps.get().1);
    let words = move || {
        let (done, all) = steps.get();
        fill(t().tray.steps, |hole| match hole {
            "done" => Some(done.as_str()),
            "all" => Some(all.as_str()),
            _ => None,
        })
    };
    view! {
        <li>
            <a href=href class="tray-line">
                <span class="tray-title">{title}</span>
                <OperationBadge state=state />
                <span class="tray-place muted">{move || open.with(|open| open.workspace_name.clone())} " · " {words}</span>
                <progress max=all value=done aria-label=words></progress>
            </a>
        </li>
    }
}

/// How many of the steps are done.
fn progress(operation: &OperationView) -> (String, String) {
    let done = operation.steps.iter().filter(|step| step.state == StepState::Done).count();
    (done.to_string(), operation.steps.len().to_string())
}
