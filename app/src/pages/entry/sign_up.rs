//! Making an account by oneself, where that is switched on.

use super::{Entry, new_password::NewPassword};
use crate::lean::{effect, memo, view};
use crate::{
    api::people_changes::{self, SignUpInput},
    components::{Form, focus_first_problem, once_typed},
    i18n::t,
    paths::Path,
    stores::{
        head,
        session::{self, Session},
    },
    ui::{Alert, Skeleton, SubmitButton, TextField, Tone},
};
use leptos::prelude::*;
use leptos_router::{NavigateOptions, hooks::use_navigate};
use shared::{people::SignUpMode, rules};

/// The page where one makes an account.
#[component]
pub fn SignUp() -> impl IntoView {
    let texts = &t().join;
    head::set(|| vec![head::here(t().join.sign_up_title)]);
    let session = session::session();
    let navigate = use_navigate();
    effect(move || {
        if matches!(session.get(), Session::Someone(_)) {
            navigate("/", NavigateOptions { replace: true, ..NavigateOptions::default() });
        }
    });
    let sent = RwSignal::new(false);
    // Only a change of the mode itself makes the page anew: what is typed stays meanwhile.
    let mode = memo(|_| session::server().with(|server| server.as_ref().map(|server| server.sign_up_mode)));
    let to_sign_in = move |words: &'static str| {
        view! { <p class="entry-help"><a href=Path::sign_in_from("/").to_string()>{words}</a></p> }
    };
    view! {
        <Entry>
            {move || if sent.get() {
                view! {
                    <h1>{texts.accepted_title}</h1>
                    <Alert tone=Tone::Info><p>{texts.accepted}</p></Alert>
                    <a class="button primary" href=Path::sign_in_from("/").to_string()>{texts.to_sign_in}</a>
                }
            } else {
                match mode.get() {
                    None => view! { <Skeleton /> },
                    Some(SignUpMode::Open) => view! { <SignUpForm sent=sent /> {to_sign_in(texts.have_account)} },
                    Some(SignUpMode::Invitation | SignUpMode::Closed) => view! {
                        <h1>{texts.sign_up_title}</h1>
                        <Alert tone=Tone::Info><p>{texts.closed}</p></Alert>
                        {to_sign_in(texts.to_sign_in)}
                    },
                }
            }}
        </Entry>
    }
}

#[component]
fn SignUpForm(sent: RwSignal<bool>) -> impl IntoView {
    let texts = &t().join;
    let form = Form::new();
    let (name, email) = (RwSignal::new(String::new()), RwSignal::new(String::new()));
    let password = NewPassword::new(form, "password");
    let check_name = move || form.check("name", rules::name(&name.get_untracked()));
    let check_email = move || form.check("email", rules::email(&email.get_untracked()));
    let send = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let address = check_email();
        let secret = password.checked(address.as_deref().unwrap_or_default());
        let (Some(name), Some(email), Some(password)) = (check_name(), address, secret) else {
            focus_first_problem();
            return;
        };
        form.send(people_changes::sign_up(SignUpInput { name, email, password }), move |_| sent.set(true));
    };
    view! {
        <h1>{texts.sign_up_title}</h1>
        <p>{texts.sign_up_lead}</p>
        <form novalidate on:submit=send>
            <TextField
                label=texts.name
                value=name
                autocomplete="name"
                required=true
                autofocus=true
                help=texts.name_help
                error=form.problem("name")
                on_leave=once_typed(name, check_name)
            />
            <TextField
                label=texts.email
                value=email
                kind="email"
                autocomplete="username"
                required=true
                error=form.problem("email")
                on_leave=once_typed(email, check_email)
            />
            {password.fields(email.into(), false)}
            {form.banner()}
            <SubmitButton busy=form.busy>{texts.submit}</SubmitButton>
        </form>
    }
}
