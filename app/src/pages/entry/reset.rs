//! Where a link leads that resets a password.

use super::{
    Entry, dead, link_of,
    new_password::{NewPassword, username},
};
use crate::lean::view;
use crate::{
    api::people_changes::{self, ResetPasswordInput},
    components::{Form, focus_first_problem, loaded},
    i18n::{t, with},
    paths::Path,
    stores::{head, session, toasts},
    ui::SubmitButton,
};
use leptos::prelude::*;
use leptos_router::{NavigateOptions, hooks::use_navigate};
use shared::people::OneTimeLinkKind;

/// The page of a link that resets a password.
#[component]
pub fn Reset() -> impl IntoView {
    head::set(|| vec![head::here(t().reset.title)]);
    let link = link_of(OneTimeLinkKind::PasswordReset);
    view! {
        <Entry>
            {loaded(link.found, move |found| view! {
                {move || match found.get() {
                    Some(good) => view! { <Choose email=good.email secret=link.secret /> },
                    None => dead(t().dead_link.reset),
                }}
            })}
        </Entry>
    }
}

#[component]
fn Choose(email: String, secret: Memo<String>) -> impl IntoView {
    let texts = &t().reset;
    let form = Form::new();
    let password = NewPassword::new(form, "newPassword");
    let navigate = use_navigate();
    let own = email.clone();
    let send = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let Some(new_password) = password.checked(&own) else {
            focus_first_problem();
            return;
        };
        let input = ResetPasswordInput { secret: secret.get_untracked(), new_password };
        let navigate = navigate.clone();
        form.send(people_changes::reset_password(input), move |_| {
            toasts::done(t().reset.done);
            // Where the own session was one of those that have ended, the server says so.
            session::check();
            // The used link does not stay in the browser's history.
            let to = Path::sign_in_from("/").to_string();
            navigate(&to, NavigateOptions { replace: true, ..NavigateOptions::default() });
        });
    };
    let address = Signal::stored(email.clone());
    view! {
        <h1>{texts.title}</h1>
        <p>{with(texts.lead, "email", &email)}</p>
        <form novalidate on:submit=send>
            {username(email)}
            {password.fields(address, true)}
            {form.banner()}
            <SubmitButton busy=form.busy>{texts.submit}</SubmitButton>
        </form>
    }
}
