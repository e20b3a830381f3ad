//! Forms in dialogs: what was asked, what the server said, the way back and the way on.

use super::Form;
use crate::lean::view;
use crate::{
    i18n::t,
    ui::{Button, Dialog, Icon, Press, SubmitButton},
};
use leptos::prelude::*;

/// A form in a dialog, with Cancel and the button that sends it.
#[component]
pub fn DialogForm(
    /// The form's state.
    form: Form,
    /// Whether the dialog is open; Cancel turns it off.
    open: RwSignal<bool>,
    /// Sends it.
    #[prop(into)]
    on_send: Press,
    /// The words of the button that sends it.
    #[prop(into)]
    submit: Signal<&'static str>,
    /// Whether sending it destroys something.
    #[prop(optional)]
    danger: bool,
    /// An icon before those words.
    #[prop(optional_no_strip, into)]
    before: Option<Icon>,
    /// Its fields.
    children: Children,
) -> impl IntoView {
    let send = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        on_send.run();
    };
    view! {
        <form novalidate on:submit=send>
            {children()}
            {form.banner()}
            <div class="form-actions">
                <Button on_press=move || open.set(false)>{t().common.cancel}</Button>
                <SubmitButton danger=danger busy=form.busy before=before>{move || submit.get()}</SubmitButton>
            </div>
        </form>
    }
}

/// A dialog that asks before something is done, and says what it means.
#[component]
pub fn Confirm(
    /// Whether it is open.
    open: RwSignal<bool>,
    /// The question.
    #[prop(into)]
    title: Signal<String>,
    /// What it means; worked out each time it opens.
    words: Callback<(), String>,
    /// The words of the button that does it.
    submit: &'static str,
    /// Whether it destroys something.
    #[prop(default = true)]
    danger: bool,
    /// An icon before those words.
    #[prop(optional_no_strip, into)]
    before: Option<Icon>,
    /// Does it.
    on_confirm: Callback<Form>,
) -> impl IntoView {
    view! {
        <Dialog open=open title=title>
            {move || {
                let form = Form::new();
                view! {
                    <DialogForm
                        form=form
                        open=open
                        on_send=move || on_confirm.run(form)
                        submit=submit
                        danger=danger
                        before=before
                    >
                        <p>{words.run(())}</p>
                    </DialogForm>
                }
            }}
        </Dialog>
    }
}
