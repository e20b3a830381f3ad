//! The form that changes the own password, used at the first sign-in and on the account page.

use crate::lean::view;
use crate::{
    api::mutations::{self, ChangePasswordInput},
    components::{Form, focus_first_problem, once_typed},
    i18n::{t, with},
    stores::{session, toasts},
    ui::{SubmitButton, TextField},
};
use leptos::prelude::*;
use shared::{error::FieldErrorCode, rules};

/// The form that changes the own password.
#[component]
pub fn PasswordForm(
    /// Whether the page begins with it.
    #[prop(optional)]
    autofocus: bool,
) -> impl IntoView {
    let texts = &t().password;
    let [current, new, again] = [(); 3].map(|()| RwSignal::new(String::new()));
    let form = Form::new();
    let check_new = move || {
        let email = session::viewer().map(|viewer| viewer.email).unwrap_or_default();
        let new = new.get_untracked();
        if new == current.get_untracked() && !new.is_empty() {
            form.refuse("newPassword", FieldErrorCode::SameAsBefore.into());
            return false;
        }
        form.check("newPassword", rules::new_password(&new, &email)).is_some()
    };
    let check_again = move || {
        if again.get_untracked() == new.get_untracked() {
            form.clear("again");
            return true;
        }
        form.refuse("again", FieldErrorCode::DoesNotMatch.into());
        false
    };
    let check_current = move || {
        if current.with_untracked(String::is_empty) {
            form.refuse("currentPassword", FieldErrorCode::Required.into());
            return false;
        }
        form.clear("currentPassword");
        true
    };
    let send = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let outcomes = [check_current(), untrack(check_new), check_again()];
        if outcomes.contains(&false) {
            focus_first_problem();
            return;
        }
        let input =
            ChangePasswordInput { current_password: current.get_untracked(), new_password: new.get_untracked() };
        form.send(mutations::change_password(input), move |payload| {
            for field in [current, new, again] {
                field.set(String::new());
            }
            toasts::done(t().password.changed);
            session::began(payload.viewer);
        });
    };
    let leave_new = Callback::new(move |()| {
        if !new.with_untracked(String::is_empty) {
            untrack(check_new);
        }
    });
    let leave_again = once_typed(again, check_again);
    let [current_problem, new_problem, again_problem] =
        ["currentPassword", "newPassword", "again"].map(|name| form.problem(name));
    view! {
        <form novalidate on:submit=send>
            <TextField
                label=texts.current
                value=current
                kind="password"
                autocomplete="current-password"
                required=true
                autofocus=autofocus
                error=current_problem
            />
            <TextField
                label=texts.new
                value=new
                kind="password"
                autocomplete="new-password"
                required=true
                help=with(texts.new_help, "min", &rules::PASSWORD_MIN.to_string())
                error=new_problem
                on_leave=leave_new
            />
            <TextField
                label=texts.again
                value=again
                kind="password"
                autocomplete="new-password"
                required=true
                error=again_problem
                on_leave=leave_again
            />
            {form.banner()}
            <div class="form-actions"><SubmitButton busy=form.busy>{texts.submit}</SubmitButton></div>
        </form>
    }
}
