//! Sign-in.

use super::Entry;
use crate::lean::{effect, view};
use crate::{
    api::mutations::{self, SignInInput},
    components::{Failure, Form, focus_first_problem, once_typed},
    i18n::{field_error, t},
    paths::{Path, safe_next},
    stores::{
        head,
        session::{self, Session},
    },
    ui::{SubmitButton, TextField},
};
use leptos::prelude::*;
use leptos_router::{
    NavigateOptions,
    hooks::{use_navigate, use_query_map},
};
use shared::{error::FieldErrorCode, people::SignUpMode, rules};

/// Whether anybody may make an account.
fn sign_up_is_open() -> bool {
    session::server().with(|server| server.as_ref().is_some_and(|server| server.sign_up_mode == SignUpMode::Open))
}

/// The page where one signs in; afterwards it leads back to where one wanted to go.
#[component]
pub fn SignIn() -> impl IntoView {
    let texts = &t().sign_in;
    head::set(|| vec![head::here(t().sign_in.title)]);
    let session = session::session();
    let query = use_query_map();
    let navigate = use_navigate();
    let watched = session.clone();
    effect(move || {
        if let Session::Someone(viewer) = watched.get() {
            let to = if viewer.must_change_password {
                Path::ChangePassword.to_string()
            } else {
                safe_next(query.with_untracked(|query| query.get("next")))
            };
            navigate(&to, NavigateOptions { replace: true, ..NavigateOptions::default() });
        }
    });
    let (email, password) = (RwSignal::new(String::new()), RwSignal::new(String::new()));
    let form = Form::new();
    let check_email = move || form.check("email", rules::email(&email.get_untracked()));
    let send = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let secret = password.get_untracked();
        let address = check_email();
        if secret.is_empty() {
            form.refuse("password", FieldErrorCode::Required.into());
        } else {
            form.clear("password");
        }
        let Some(email) = address.filter(|_| !secret.is_empty()) else {
            focus_first_problem();
            return;
        };
        let input = SignInInput { email, password: secret };
        form.send(mutations::sign_in(input), |payload| {
            session::began(payload.viewer);
            // What the sandbox shows and which build this is are asked with the session.
            session::check();
        });
    };
    let unreachable = move || match session.get() {
        Session::Unreachable(error) => Some(error),
        Session::Asking | Session::Nobody | Session::Someone(_) => None,
    };
    let email_problem = form.problem("email");
    // Which of the two is wrong is not told, so the field does not say that it is the password.
    let password_problem = form.problem_as("password", |error| match error.code {
        FieldErrorCode::Wrong => t().sign_in.wrong.to_owned(),
        _ => field_error(error),
    });
    let leave_email = once_typed(email, check_email);
    view! {
        <Entry>
            <h1>{texts.title}</h1>
            {move || unreachable().map(|error| view! { <Failure error=error /> })}
            <form novalidate on:submit=send>
                <TextField
                    label=texts.email
                    value=email
                    kind="email"
                    autocomplete="username"
                    required=true
                    autofocus=true
                    error=email_problem
                    on_leave=leave_email
                />
                <TextField
                    label=texts.password
                    value=password
                    kind="password"
                    autocomplete="current-password"
                    required=true
                    error=password_problem
                />
                {form.banner()}
                <SubmitButton busy=form.busy>{texts.submit}</SubmitButton>
            </form>
            {move || sign_up_is_open().then(|| view! {
                <p class="entry-help"><a href=Path::SignUp.to_string()>{texts.sign_up}</a></p>
            })}
            <p class="muted entry-help">{texts.help}</p>
        </Entry>
    }
}
