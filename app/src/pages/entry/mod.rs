//! The way in: sign-in, and the first change of a password.

mod change_password;
mod password_form;
mod sign_in;

pub use change_password::ChangePassword;
pub use password_form::PasswordForm;
pub use sign_in::SignIn;

use crate::lean::view;
use crate::{
    components::{Bars, Toasts},
    i18n::t,
};
use leptos::prelude::*;

/// The frame of the pages before one is in.
#[component]
fn Entry(
    /// The page.
    children: Children,
) -> impl IntoView {
    view! {
        <Bars />
        <div class="entry">
            <main class="entry-card">
                <p class="brand">
                    <span class="mark" aria-hidden="true"></span>
                    <span>{t().common.product}</span>
                </p>
                {children()}
            </main>
        </div>
        <Toasts />
    }
}
