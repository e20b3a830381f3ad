//! Changing a member's role, and removing a member.

use super::{meaning, role_word};
use crate::lean::view;
use crate::{
    api::members::{self, ChangeMemberRoleInput, Member, RemoveMemberInput},
    components::{DialogForm, Form, Workspace, open_about, standing_in, use_workspace},
    i18n::{t, with},
    stores::{session, toasts},
    ui::{Alert, Dialog, Tone},
};
use leptos::prelude::*;
use shared::{
    policy::{self, Whom},
    roles::WorkspaceRole,
};

/// What is being done to which member.
#[derive(Debug, Clone, PartialEq)]
pub enum Change {
    /// Their role is changed.
    Role(Member),
    /// They are removed.
    Remove(Member),
}

/// Whether the viewer may make a member of role `from` one of role `to`; none is no member.
pub fn may(workspace: Workspace, whom: Whom, from: Option<WorkspaceRole>, to: Option<WorkspaceRole>) -> bool {
    let (Some(actor), Some((standing, archived))) = (session::actor(), standing_in(workspace)) else { return false };
    policy::member_change(&actor, standing, archived, whom, from, to).is_ok()
}

/// Whether a member is the viewer.
pub fn whom(member: &Member) -> Whom {
    let own = session::viewer().is_some_and(|viewer| viewer.id == member.person_id);
    if own { Whom::Oneself } else { Whom::Another }
}

/// The roles that the viewer may give, each with what it means.
#[component]
pub fn RoleChoice(
    /// The role chosen.
    role: RwSignal<WorkspaceRole>,
    /// The role that they have now.
    from: Option<WorkspaceRole>,
    /// Whether it is the viewer's own.
    oneself: bool,
) -> impl IntoView {
    let texts = &t().members;
    let workspace = use_workspace();
    let whom = if oneself { Whom::Oneself } else { Whom::Another };
    let shown = move |to: WorkspaceRole| from == Some(to) || may(workspace, whom, from, Some(to));
    view! {
        <fieldset>
            <legend>{texts.role}</legend>
            {move || WorkspaceRole::ALL.iter().copied().filter(|to| shown(*to)).map(|to| view! {
                <label class="choice">
                    <input
                        type="radio"
                        name="role"
                        value=to.as_str()
                        prop:checked=move || role.get() == to
                        on:change=move |_| role.set(to)
                    />
                    <span><strong>{role_word(to)}</strong> <span class="muted">{meaning(texts, to)}</span></span>
                </label>
            }).collect_view()}
        </fieldset>
    }
}

/// The dialog in which a member is changed or removed.
#[component]
pub fn ChangeDialog(
    /// What is being done; none where it is closed.
    change: RwSignal<Option<Change>>,
) -> impl IntoView {
    let open = open_about(change);
    let title = Signal::derive(move || {
        let texts = &t().members;
        change.with(|change| match change {
            Some(Change::Role(member)) => with(texts.change_title, "name", &member.name),
            Some(Change::Remove(member)) => with(texts.remove_title, "name", &member.name),
            None => String::new(),
        })
    });
    view! {
        <Dialog open=open title=title>
            {move || match change.get() {
                Some(Change::Role(member)) => view! { <RoleForm member=member open=open /> },
                Some(Change::Remove(member)) => view! { <RemoveForm member=member open=open /> },
                None => ().into_any(),
            }}
        </Dialog>
    }
}

#[component]
fn RoleForm(member: Member, open: RwSignal<bool>) -> impl IntoView {
    let workspace = use_workspace();
    let form = Form::new();
    let expected_role = member.role;
    let role = RwSignal::new(expected_role);
    let oneself = whom(&member) == Whom::Oneself;
    let send = move || {
        let input = ChangeMemberRoleInput {
            workspace_id: workspace.id.get_untracked(),
            person_id: member.person_id.clone(),
            role: role.get_untracked(),
            expected_role,
        };
        form.send(members::change_member_role(input), move |_| {
            toasts::done(t().members.changed);
            open.set(false);
        });
    };
    view! {
        <DialogForm form=form open=open on_send=send submit=t().members.change_submit>
            <RoleChoice role=role from=Some(expected_role) oneself=oneself />
            {oneself.then(|| view! { <Alert tone=Tone::Warning><p>{t().members.own_role}</p></Alert> })}
        </DialogForm>
    }
}

#[component]
fn RemoveForm(member: Member, open: RwSignal<bool>) -> impl IntoView {
    let texts = &t().members;
    let workspace = use_workspace();
    let form = Form::new();
    let send = move || {
        let input =
            RemoveMemberInput { workspace_id: workspace.id.get_untracked(), person_id: member.person_id.clone() };
        let name = member.name.clone();
        form.send(members::remove_member(input), move |()| {
            toasts::done(with(t().members.removed, "name", &name));
            open.set(false);
        });
    };
    view! {
        <DialogForm form=form open=open on_send=send submit=texts.remove danger=true>
            <p>{texts.remove_text}</p>
        </DialogForm>
    }
}
