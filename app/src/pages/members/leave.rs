//! Leaving a workspace, and giving it to another owner.

use super::change::whom;
use crate::lean::{Show, effect, memo, view};
use crate::{
    api::{
        live,
        members::{self, LeaveWorkspaceInput, MemberConnection, MembersStream, TransferWorkspaceInput},
    },
    components::{Confirm, DialogForm, Form, SearchField, focus_first_problem, given, off, use_workspace},
    i18n::{t, with},
    paths::Path,
    stores::toasts,
    ui::{Alert, Button, Dialog, Icon, Kind, SelectField, TextField, Tone},
};
use leptos::prelude::*;
use leptos_router::{NavigateOptions, hooks::use_navigate};
use shared::{
    error::FieldErrorCode,
    policy::{Whom, WorkspaceAction},
};

/// So many of those that a search finds are offered as the new owner.
const OFFERED: i32 = 50;

/// Both, as far as the viewer may.
#[component]
pub fn LeaveAndTransfer(
    /// The members that are shown.
    list: Signal<MemberConnection>,
    /// Whether there are others.
    part: Signal<bool>,
) -> impl IntoView {
    let texts = &t().members;
    let (leaving, giving) = (RwSignal::new(false), RwSignal::new(false));
    let owner = off(WorkspaceAction::TransferWorkspace);
    let member = off(WorkspaceAction::LeaveWorkspace);
    view! {
        <Show when=move || owner.with(Option::is_none)>
            <section class="panel danger-zone" aria-labelledby="transfer-heading">
                <div>
                    <h2 id="transfer-heading">{texts.transfer}</h2>
                    <p class="muted">{texts.transfer_text}</p>
                </div>
                <Button on_press=move || giving.set(true)>{texts.transfer_open}</Button>
            </section>
        </Show>
        <Show when=move || member.with(Option::is_none)>
            <section class="panel danger-zone" aria-labelledby="leave-heading">
                <div>
                    <h2 id="leave-heading">{texts.leave}</h2>
                    <p class="muted">{texts.leave_text}</p>
                </div>
                <Button kind=Kind::Danger before=Icon::LogOut on_press=move || leaving.set(true)>
                    {texts.leave_submit}
                </Button>
            </section>
        </Show>
        <Dialog open=giving title=texts.transfer.to_owned()><TransferForm list=list part=part open=giving /></Dialog>
        <Leave open=leaving />
    }
}

#[component]
fn TransferForm(list: Signal<MemberConnection>, part: Signal<bool>, open: RwSignal<bool>) -> impl IntoView {
    let texts = &t().members;
    let workspace = use_workspace();
    let form = Form::new();
    let (chosen, typed) = (RwSignal::new(String::new()), RwSignal::new(String::new()));
    let search = RwSignal::new(String::new());
    let found = live::follow_on(move || {
        let (id, search) = (workspace.id.get(), given(search.get())?);
        Some(MembersStream { id, search: Some(search), first: OFFERED, after: None })
    });
    let others = memo(move |_| {
        let searched = search.with(|search| !search.is_empty());
        let found = searched.then(|| found.with(|found| found.ready().map(others_of))).flatten();
        found.unwrap_or_else(|| list.with(others_of))
    });
    // Nobody is chosen until the owner chooses: not by the order of the list, nor because the one chosen has left it.
    effect(move || {
        let there = others.with(|others| others.iter().any(|(id, _)| chosen.with_untracked(|chosen| chosen == id)));
        if !there {
            chosen.set(String::new());
        }
    });
    let options = Signal::derive(move || {
        let nobody = if others.with(Vec::is_empty) { texts.none } else { texts.transfer_choose };
        std::iter::once((String::new(), nobody.to_owned())).chain(others.get()).collect::<Vec<_>>()
    });
    let name = untrack(|| workspace.name());
    let expected = name.clone();
    let send = move || {
        if chosen.with_untracked(String::is_empty) {
            form.refuse("personId", FieldErrorCode::Required.into());
            return focus_first_problem();
        }
        form.clear("personId");
        if !form.confirms("confirmName", typed, &expected) {
            return;
        }
        let input = TransferWorkspaceInput {
            workspace_id: workspace.id.get_untracked(),
            person_id: cynic::Id::new(chosen.get_untracked()),
            confirm_name: expected.clone(),
        };
        form.send(members::transfer_workspace(input), move |payload| {
            toasts::done(with(t().members.transferred, "name", &payload.member.name));
            open.set(false);
        });
    };
    let part = part.get_untracked();
    if !part && others.with_untracked(Vec::is_empty) {
        return view! { <p>{texts.transfer_nobody}</p> };
    }
    let words = memo(move |_| search.get());
    let on_search = Callback::new(move |words| search.set(words));
    view! {
        {part.then(|| view! {
            <div class="list-search"><SearchField label=texts.search search=words on_search=on_search /></div>
        })}
        <DialogForm form=form open=open on_send=send submit=texts.transfer_submit danger=true>
            <Alert tone=Tone::Warning><p>{texts.transfer_means}</p></Alert>
            <SelectField
                label=texts.transfer_to
                value=chosen
                options=options
                help=texts.transfer_to_help
                error=form.problem("personId")
            />
            <TextField
                label=with(t().delete.confirm, "name", &name)
                value=typed
                required=true
                code=true
                error=form.problem("confirmName")
            />
        </DialogForm>
    }
}

/// Members to choose from, without the viewer: their ids and what they are called.
fn others_of(list: &MemberConnection) -> Vec<(String, String)> {
    let others = list.nodes.iter().filter(|member| whom(member) == Whom::Another);
    others.map(|member| (member.person_id.inner().to_owned(), format!("{} ({})", member.name, member.email))).collect()
}

#[component]
fn Leave(open: RwSignal<bool>) -> impl IntoView {
    let texts = &t().members;
    let workspace = use_workspace();
    let navigate = use_navigate();
    let send = Callback::new(move |form: Form| {
        let input = LeaveWorkspaceInput { workspace_id: workspace.id.get_untracked() };
        let navigate = navigate.clone();
        form.send(members::leave_workspace(input), move |()| {
            toasts::done(t().members.left);
            navigate(&Path::Workspaces.to_string(), NavigateOptions::default());
        });
    });
    view! {
        <Confirm
            open=open
            title=texts.leave.to_owned()
            words=Callback::new(|()| t().members.leave_means.to_owned())
            submit=texts.leave_submit
            before=Icon::LogOut
            on_confirm=send
        />
    }
}
