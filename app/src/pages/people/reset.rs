//! Making a link that resets someone's password.

use super::link::ShownLink;
use crate::lean::view;
use crate::{
    api::{
        people::Person,
        people_changes::{self, CreatePasswordResetInput},
    },
    components::Form,
    i18n::t,
    ui::{Button, SubmitButton},
};
use leptos::prelude::*;

/// Asks first, then shows the link.
#[component]
pub fn Reset(
    /// Whose password.
    person: Person,
    /// Turned off when it is done.
    open: RwSignal<bool>,
) -> impl IntoView {
    let texts = &t().people;
    let form = Form::new();
    let link = RwSignal::new(None::<String>);
    let id = StoredValue::new(person.id);
    let send = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let input = CreatePasswordResetInput { person_id: id.get_value() };
        form.send(people_changes::create_password_reset(input), move |payload| link.set(Some(payload.link)));
    };
    view! {
        {move || match link.get() {
            Some(text) => view! { <ShownLink link=text words=texts.reset_once open=open /> },
            None => view! {
                <form on:submit=send>
                    <p>{texts.reset_text}</p>
                    {form.banner()}
                    <div class="form-actions">
                        <Button on_press=move || open.set(false)>{t().common.cancel}</Button>
                        <SubmitButton busy=form.busy>{texts.reset_submit}</SubmitButton>
                    </div>
                </form>
            },
        }}
    }
}
