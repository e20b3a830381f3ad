//! Changing what someone is to the platform, and removing someone.

use super::role_options;
use crate::lean::view;
use crate::{
    api::{
        people::Person,
        people_changes::{self, ChangePlatformRoleInput, RemovePersonInput},
    },
    components::{DialogForm, Form},
    i18n::{t, with},
    stores::{session, toasts},
    ui::{Alert, Icon, SelectField, TextField, Tone},
};
use leptos::prelude::*;
use shared::roles::PlatformRole;

fn is_own(person: &Person) -> bool {
    untrack(session::viewer).is_some_and(|viewer| viewer.id == person.id)
}

/// The form that changes a role.
#[component]
pub fn ChangeRole(
    /// Who.
    person: Person,
    /// Turned off when it is done.
    open: RwSignal<bool>,
) -> impl IntoView {
    let texts = &t().people;
    let form = Form::new();
    let role = RwSignal::new(person.platform_role.as_str().to_owned());
    let chosen = move || PlatformRole::parse(&role.get()).unwrap_or(PlatformRole::Member);
    let (own, before) = (is_own(&person), person.platform_role);
    let lowers = move || before == PlatformRole::Admin && chosen() != PlatformRole::Admin;
    let send = move || {
        let input = ChangePlatformRoleInput { id: person.id.clone(), version: person.version, role: untrack(chosen) };
        form.send(people_changes::change_platform_role(input), move |payload| {
            toasts::done(t().people.role_changed);
            open.set(false);
            if own && payload.person.platform_role != before {
                session::check();
            }
        });
    };
    view! {
        <DialogForm form=form open=open on_send=send submit=texts.role_submit>
            <SelectField
                label=texts.role
                value=role
                options=role_options()
                help=texts.role_help
                error=form.problem("role")
            />
            <p class="muted" role="status">{move || (t().platform_role)(chosen()).next}</p>
            {move || lowers().then(|| view! {
                <Alert tone=Tone::Warning>
                    {own.then(|| view! { <p><strong>{texts.role_own}</strong></p> })}
                    <p>{texts.role_lower}</p>
                </Alert>
            })}
        </DialogForm>
    }
}

/// The form that removes someone, once their address is typed.
#[component]
pub fn Remove(
    /// Who.
    person: Person,
    /// Turned off when it is done.
    open: RwSignal<bool>,
) -> impl IntoView {
    let texts = &t().people;
    let form = Form::new();
    let typed = RwSignal::new(String::new());
    let own = is_own(&person);
    let email = person.email.clone();
    let send = move || {
        if !form.confirms("confirm", typed, &person.email) {
            return;
        }
        let input = RemovePersonInput { id: person.id.clone(), version: person.version };
        form.send(people_changes::remove_person(input), move |_| {
            open.set(false);
            if own {
                session::ended();
            } else {
                toasts::done(t().people.removed);
            }
        });
    };
    view! {
        <DialogForm form=form open=open on_send=send submit=texts.remove_submit danger=true before=Icon::Trash2>
            <Alert tone=Tone::Warning>
                {own.then(|| view! { <p><strong>{texts.remove_own}</strong></p> })}
                <p>{texts.remove_text}</p>
            </Alert>
            <TextField
                label=with(texts.remove_confirm, "email", &email)
                value=typed
                required=true
                code=true
                error=form.problem("confirm")
            />
        </DialogForm>
    }
}
