//! Leaving a workspace, and giving it to another owner.

use super::change::whom;
use crate::lean::{Show, view};
use crate::{
    api::members::{self, LeaveWorkspaceInput, MemberConnection, TransferWorkspaceInput},
    components::{Confirm, DialogForm, Form, off, use_workspace},
    i18n::{t, with},
    paths::Path,
    stores::toasts,
    ui::{Alert, Button, Dialog, Icon, Kind, SelectField, TextField, Tone},
};
use leptos::prelude::*;
use leptos_router::{NavigateOptions, hooks::use_navigate};
use shared::policy::{Whom, WorkspaceAction};

/// Both, as far as the viewer may.
#[component]
pub fn LeaveAndTransfer(
    /// The members that are shown.
    list: Signal<MemberConnection>,
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
        <Dialog open=giving title=texts.transfer.to_owned()><TransferForm list=list open=giving /></Dialog>
        <Leave open=leaving />
    }
}

#[component]
fn TransferForm(list: Signal<MemberConnection>, open: RwSignal<bool>) -> impl IntoView {
    let texts = &t().members;
    let workspace = use_workspace();
    let form = Form::new();
    let (chosen, typed) = (RwSignal::new(String::new()), RwSignal::new(String::new()));
    let options = list.with_untracked(|list| {
        let others = list.nodes.iter().filter(|member| untrack(|| whom(member)) == Whom::Another);
        others
            .map(|member| (member.person_id.inner().to_owned(), format!("{} ({})", member.name, member.email)))
            .collect::<Vec<_>>()
    });
    let nobody = options.is_empty();
    if let Some((first, _)) = options.first() {
        chosen.set(first.clone());
    }
    let name = untrack(|| workspace.name());
    let expected = name.clone();
    let send = move || {
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
    if nobody {
        return view! { <p>{texts.transfer_nobody}</p> };
    }
    view! {
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
