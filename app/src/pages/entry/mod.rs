//! The way in: sign-in, the first change of a password, sign-up, and the pages that links for one use lead to.

mod change_password;
mod invitation;
mod new_password;
mod password_form;
mod reset;
mod sign_in;
mod sign_up;

pub use change_password::ChangePassword;
pub use invitation::Invitation;
pub use password_form::PasswordForm;
pub use reset::Reset;
pub use sign_in::SignIn;
pub use sign_up::SignUp;

use crate::lean::{memo, view};
use crate::{
    api::{
        live::{self, Live},
        people::{self, OneTimeLink},
    },
    components::{Bars, Toasts},
    i18n::t,
    paths::Path,
    ui::{Empty, Icon},
};
use leptos::prelude::*;
use leptos_router::hooks::use_location;
use shared::people::OneTimeLinkKind;

/// A link that has led here: its secret, and what the server says of it.
#[derive(Clone, Copy)]
struct Link {
    secret: Memo<String>,
    found: RwSignal<Live<Option<OneTimeLink>>>,
}

/// The link that has led here. Its secret stands behind `#`, which browsers send to nobody.
fn link_of(kind: OneTimeLinkKind) -> Link {
    let hash = use_location().hash;
    let secret = memo(move |_| hash.with(|hash| hash.trim_start_matches('#').to_owned()));
    let found = live::fetch(move || secret.get(), move |secret| people::one_time_link(kind, secret));
    Link { secret, found }
}

/// What stands where a link cannot be used.
fn dead(text: &'static str) -> AnyView {
    view! {
        <Empty symbol=Icon::Unplug title=t().dead_link.title text=text page=true>
            <a class="button" href=Path::sign_in_from("/").to_string()>{t().join.to_sign_in}</a>
        </Empty>
    }
}

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
