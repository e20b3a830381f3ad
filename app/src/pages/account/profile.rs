//! The own name.

use crate::lean::view;
use crate::{
    api::people_changes::{self, UpdateProfileInput},
    components::{Form, focus_first_problem},
    i18n::t,
    stores::{session, toasts},
    ui::{SubmitButton, TextField},
};
use leptos::prelude::*;
use shared::rules;

/// The form that changes the own name.
#[component]
pub fn Profile() -> impl IntoView {
    let texts = &t().account;
    let form = Form::new();
    let name = RwSignal::new(untrack(session::viewer).map(|viewer| viewer.name).unwrap_or_default());
    let check_name = move || form.check("name", rules::name(&name.get_untracked()));
    let send = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let Some(name) = check_name() else {
            focus_first_problem();
            return;
        };
        form.send(people_changes::update_profile(UpdateProfileInput { name }), |_| {
            toasts::done(t().account.saved);
            session::check();
        });
    };
    view! {
        <section class="panel narrow" aria-labelledby="profile-heading">
            <h2 id="profile-heading">{texts.profile}</h2>
            <form novalidate on:submit=send>
                <TextField
                    label=texts.name
                    value=name
                    autocomplete="name"
                    required=true
                    help=texts.name_help
                    error=form.problem("name")
                    on_leave=Callback::new(move |()| drop(check_name()))
                />
                {form.banner()}
                <div class="form-actions"><SubmitButton busy=form.busy>{texts.save}</SubmitButton></div>
            </form>
        </section>
    }
}
