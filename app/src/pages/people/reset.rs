//! Making a link that resets someone's password.

use super::link::ShownLink;
use crate::lean::view;
use crate::{
    api::{
        people::Person,
        people_changes::{self, CreatePasswordResetInput},
    },
    components::{DialogForm, Form},
    i18n::t,
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
    let send = move || {
        let input = CreatePasswordResetInput { person_id: id.get_value() };
        form.send(people_changes::create_password_reset(input), move |payload| link.set(Some(payload.link)));
    };
    view! {
        {move || match link.get() {
            Some(text) => view! { <ShownLink link=text words=texts.reset_once open=open /> },
            None => view! {
                <DialogForm form=form open=open on_send=send submit=texts.reset_submit>
                    <p>{texts.reset_text}</p>
                </DialogForm>
            },
        }}
    }
}
