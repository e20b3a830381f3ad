//! A password that is chosen without an old one: twice, so that a slip of the hand locks nobody out.

use crate::lean::view;
use crate::{
    components::Form,
    i18n::{t, with},
    ui::TextField,
};
use leptos::prelude::*;
use shared::{error::FieldErrorCode, rules};

/// The two fields of a new password in a form.
#[derive(Clone, Copy)]
pub struct NewPassword {
    form: Form,
    field: &'static str,
    new: RwSignal<String>,
    again: RwSignal<String>,
}

impl NewPassword {
    /// Empty fields; the server names the first one `field`.
    pub fn new(form: Form, field: &'static str) -> Self {
        Self { form, field, new: RwSignal::new(String::new()), again: RwSignal::new(String::new()) }
    }

    /// The password, if both fields are right.
    pub fn checked(self, email: &str) -> Option<String> {
        let new = self.new.get_untracked();
        let fits = self.form.check(self.field, rules::new_password(&new, email)).is_some();
        (self.check_again() && fits).then_some(new)
    }

    fn check_again(self) -> bool {
        if self.again.get_untracked() == self.new.get_untracked() {
            self.form.clear("again");
            return true;
        }
        self.form.refuse("again", FieldErrorCode::DoesNotMatch.into());
        false
    }

    /// The fields. The address is for password managers; `autofocus` is for where the page begins with them.
    pub fn fields(self, email: Signal<String>, autofocus: bool) -> AnyView {
        let texts = &t().password;
        let leave_new = Callback::new(move |()| {
            let new = self.new.get_untracked();
            if !new.is_empty() {
                self.form.check(self.field, rules::new_password(&new, &email.get_untracked()));
            }
        });
        let leave_again = Callback::new(move |()| {
            if !self.again.with_untracked(String::is_empty) {
                self.check_again();
            }
        });
        view! {
            <TextField
                label=texts.new
                value=self.new
                kind="password"
                autocomplete="new-password"
                required=true
                autofocus=autofocus
                help=with(texts.new_help, "min", &rules::PASSWORD_MIN.to_string())
                error=self.form.problem(self.field)
                on_leave=leave_new
            />
            <TextField
                label=texts.again
                value=self.again
                kind="password"
                autocomplete="new-password"
                required=true
                error=self.form.problem("again")
                on_leave=leave_again
            />
        }
    }
}

/// The address that a password belongs to, for password managers only.
pub fn username(email: String) -> AnyView {
    view! {
        <input
            type="text"
            class="visually-hidden"
            autocomplete="username"
            tabindex="-1"
            aria-hidden="true"
            readonly
            value=email
        />
    }
}
