//! Adding somebody who has an account.

use super::change::RoleChoice;
use crate::lean::view;
use crate::{
    api::members::{self, AddMemberInput},
    components::{DialogForm, Form, focus_first_problem, once_typed, use_workspace},
    i18n::{t, with},
    stores::toasts,
    ui::TextField,
};
use leptos::prelude::*;
use shared::{roles::WorkspaceRole, rules};

/// The form that adds a member.
#[component]
pub fn AddMember(
    /// Whether its dialog is open.
    open: RwSignal<bool>,
) -> impl IntoView {
    let texts = &t().members;
    let workspace = use_workspace();
    let form = Form::new();
    let email = RwSignal::new(String::new());
    let role = RwSignal::new(WorkspaceRole::User);
    let check = move || form.check("email", rules::email(&email.get_untracked()));
    let send = move || {
        let Some(email) = check() else {
            focus_first_problem();
            return;
        };
        let input = AddMemberInput { workspace_id: workspace.id.get_untracked(), email, role: role.get_untracked() };
        form.send(members::add_member(input), move |payload| {
            toasts::done(with(t().members.added, "name", &payload.member.name));
            open.set(false);
        });
    };
    view! {
        <DialogForm form=form open=open on_send=send submit=texts.add_submit>
            <TextField
                label=texts.email
                value=email
                kind="email"
                required=true
                help=texts.email_help
                error=form.problem("email")
                on_leave=once_typed(email, check)
            />
            <RoleChoice role=role from=None oneself=false />
        </DialogForm>
    }
}
