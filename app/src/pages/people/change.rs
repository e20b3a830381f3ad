//! Changing what someone is to the platform, and removing someone.

use super::role_options;
use crate::lean::view;
use crate::{
    api::{
        people::Person,
        people_changes::{self, ChangePlatformRoleInput, RemovePersonInput},
    },
    components::{Form, focus_first_problem},
    i18n::{t, with},
    stores::{session, toasts},
    ui::{Alert, Button, Icon, SelectField, SubmitButton, TextField, Tone},
};
use leptos::prelude::*;
use shared::{error::FieldErrorCode, roles::PlatformRole};

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
    let send = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
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
        <form novalidate on:submit=send>
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
            {form.banner()}
            <div class="form-actions">
                <Button on_press=move || open.set(false)>{t().common.cancel}</Button>
                <SubmitButton busy=form.busy>{texts.role_submit}</SubmitButton>
            </div>
        </form>
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
    let send = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        if typed.with_untracked(|typed| typed.trim() != person.email) {
            form.refuse("confirm", FieldErrorCode::DoesNotMatch.into());
            focus_first_problem();
            return;
        }
        form.clear("confirm");
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
        <form novalidate on:submit=send>
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
            {form.banner()}
            <div class="form-actions">
                <Button on_press=move || open.set(false)>{t().common.cancel}</Button>
                <SubmitButton danger=true busy=form.busy before=Icon::Trash2>{texts.remove_submit}</SubmitButton>
            </div>
        </form>
    }
}
