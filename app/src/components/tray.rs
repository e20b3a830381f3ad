//! The operations tray: what runs now, from anywhere in the console.

use super::{OperationBadge, rail::workspace_of};
use crate::lean::{Show, dynamic, effect, memo, view};
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
                {
                    let store = store.clone();
                    dynamic(move || {
                        let newest = store.with(|seen| seen.as_ref().map(|seen| seen.newest.clone()));
                        newest.unwrap_or_default().into_iter().map(line).collect_view()
                    })
                }
                {move || workspace.get().map(|id| view! {
                    <li class="menu-line">
                        <a href=Path::Operations(id).to_string()>{icon(Icon::Activity)} <span>{texts.all}</span></a>
                    </li>
                })}
            </ul>
        </Menu>
    }
}

fn line(open: OpenOperation) -> impl IntoView {
    let OpenOperation { operation, workspace_name } = open;
    let title = with((t().operation_kind)(operation.kind), "name", &operation.target_name);
    let href = Path::Operation(operation.workspace_id.clone(), operation.id.clone()).to_string();
    let (done, all) = progress(&operation);
    let words = fill(t().tray.steps, |hole| match hole {
        "done" => Some(done.as_str()),
        "all" => Some(all.as_str()),
        _ => None,
    });
    view! {
        <li>
            <a href=href class="tray-line">
                <span class="tray-title">{title}</span>
                <OperationBadge state=Signal::stored(operation.state) />
                <span class="tray-place muted">{workspace_name} " · " {words.clone()}</span>
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
