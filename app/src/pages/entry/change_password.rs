//! The first change of a password, which nobody can pass by.

use super::{Entry, PasswordForm};
use crate::lean::{effect, view};
use crate::{
    i18n::t,
    paths::Path,
    stores::{
        head,
        session::{self, Session},
    },
    ui::{Alert, Tone},
};
use leptos::prelude::*;
use leptos_router::{NavigateOptions, hooks::use_navigate};

/// The page that asks for a new password and says why.
#[component]
pub fn ChangePassword() -> impl IntoView {
    let texts = &t().password;
    head::set(|| vec![head::here(t().password.title)]);
    let session = session::session();
    let navigate = use_navigate();
    effect(move || {
        let to = match session.get() {
            Session::Nobody => Path::sign_in_from("/"),
            Session::Someone(viewer) if !viewer.must_change_password => Path::Workspaces,
            Session::Someone(_) | Session::Asking | Session::Unreachable(_) => return,
        };
        navigate(&to.to_string(), NavigateOptions { replace: true, ..NavigateOptions::default() });
    });
    view! {
        <Entry>
            <h1>{texts.title}</h1>
            <Alert tone=Tone::Info><p>{texts.why}</p></Alert>
            <PasswordForm autofocus=true />
        </Entry>
    }
}
