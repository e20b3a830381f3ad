//! The own account: name, sessions, personal access tokens, password.

mod new_token;
mod profile;
mod sessions;
mod tokens;

use self::{profile::Profile, sessions::Sessions, tokens::Tokens};
use super::entry::PasswordForm;
use crate::lean::view;
use crate::{
    i18n::t,
    stores::{head, session},
    ui::PageTitle,
};
use leptos::prelude::*;

/// The account page.
#[component]
pub fn Account() -> impl IntoView {
    let texts = &t().account;
    head::set(|| vec![head::here(t().account.title)]);
    let lead = Signal::derive(|| session::viewer().map(|viewer| viewer.email).unwrap_or_default());
    view! {
        <PageTitle title=texts.title.to_owned() lead=lead />
        <Profile />
        <Sessions />
        <Tokens />
        <section class="panel narrow" aria-labelledby="password-heading">
            <h2 id="password-heading">{t().password.section}</h2>
            <p class="muted">{t().password.ends_others}</p>
            <PasswordForm />
        </section>
    }
}
