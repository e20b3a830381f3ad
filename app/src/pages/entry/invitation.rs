//! Where an invitation leads: a name, a password, and one is in.

use super::{
    Entry, dead, link_of,
    new_password::{NewPassword, username},
};
use crate::lean::view;
use crate::{
    api::people_changes::{self, AcceptInvitationInput},
    components::{Form, focus_first_problem, loaded, once_typed},
    i18n::{t, with},
    paths::Path,
    stores::{head, session, toasts},
    ui::{Alert, SubmitButton, TextField, Tone},
};
use leptos::prelude::*;
use leptos_router::{NavigateOptions, hooks::use_navigate};
use shared::{people::OneTimeLinkKind, rules};

/// The page of an invitation.
#[component]
pub fn Invitation() -> impl IntoView {
    head::set(|| vec![head::here(t().join.invitation_title)]);
    let link = link_of(OneTimeLinkKind::Invitation);
    view! {
        <Entry>
            {loaded(link.found, move |found| view! {
                {move || match found.get() {
                    Some(good) => view! { <Accept email=good.email secret=link.secret /> },
                    None => dead(t().dead_link.invitation),
                }}
            })}
        </Entry>
    }
}

#[component]
fn Accept(email: String, secret: Memo<String>) -> impl IntoView {
    let texts = &t().join;
    let form = Form::new();
    let name = RwSignal::new(String::new());
    let password = NewPassword::new(form, "password");
    let navigate = use_navigate();
    let check_name = move || form.check("name", rules::name(&name.get_untracked()));
    let own = email.clone();
    let send = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let (Some(name), Some(password)) = (check_name(), password.checked(&own)) else {
            focus_first_problem();
            return;
        };
        let input = AcceptInvitationInput { secret: secret.get_untracked(), name, password };
        let navigate = navigate.clone();
        form.send(people_changes::accept_invitation(input), move |payload| {
            toasts::done(t().join.welcome);
            session::began(payload.viewer);
            // What the sandbox shows and which build this is are asked with the session.
            session::check();
            // The used link does not stay in the browser's history.
            navigate(&Path::Workspaces.to_string(), NavigateOptions { replace: true, ..NavigateOptions::default() });
        });
    };
    let other = move || session::viewer().map(|viewer| with(texts.signed_in_as, "name", &viewer.name));
    let address = Signal::stored(email.clone());
    view! {
        <h1>{texts.invitation_title}</h1>
        {move || other().map(|words| view! { <Alert tone=Tone::Warning><p>{words}</p></Alert> })}
        <p>{with(texts.invitation_lead, "email", &email)}</p>
        <form novalidate on:submit=send>
            {username(email)}
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
            {password.fields(address, false)}
            {form.banner()}
            <SubmitButton busy=form.busy>{texts.submit}</SubmitButton>
        </form>
    }
}
