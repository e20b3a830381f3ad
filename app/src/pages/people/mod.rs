//! The people of the platform, for Admins: list, invitations, how people join.

mod change;
mod invitations;
mod invite;
mod link;
mod list;
mod reset;
mod sign_up;

use self::{
    invitations::{Invitations, open_invitations},
    invite::Invite,
    list::List,
    sign_up::SignUpSetting,
};
use crate::lean::{Show, view};
use crate::{
    api::{live, people, people::Person},
    i18n::t,
    stores::{head, session},
    ui::{Button, Dialog, Empty, Icon, Kind, PageTitle},
};
use leptos::prelude::*;
use shared::{people::SignUpMode, roles::PlatformRole};

/// What can be done with someone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum What {
    /// Changing what they are to the company.
    Role,
    /// Making a link that resets their password.
    Reset,
    /// Removing them.
    Remove,
}

/// Someone, and what is to be done with them.
type Chosen = Option<(What, Person)>;

/// Every role as an option of a field.
fn role_options() -> Vec<(String, String)> {
    let option = |role: &PlatformRole| (role.as_str().to_owned(), (t().platform_role)(*role).sentence.to_owned());
    PlatformRole::ALL.iter().map(option).collect()
}

/// The page of people.
#[component]
pub fn People() -> impl IntoView {
    head::set(|| vec![head::here(t().people.title)]);
    view! {
        <Show
            when=session::sees_people
            fallback=|| view! { <Empty symbol=Icon::Lock title=t().people.title text=t().people.not_for_you page=true /> }
        >
            <Content />
        </Show>
    }
}

#[component]
fn Content() -> impl IntoView {
    let texts = &t().people;
    let invitations = open_invitations();
    let settings_version = RwSignal::new(0_u32);
    let on_saved = Callback::new(move |()| settings_version.update(|version| *version += 1));
    let settings = live::fetch(move || settings_version.get(), |_| people::settings());
    let inviting = RwSignal::new(false);
    let off = Signal::derive(move || {
        let mode = settings.with(|settings| settings.ready().map(|settings| settings.sign_up_mode));
        (mode == Some(SignUpMode::Closed)).then(|| t().invitations.off.to_owned())
    });
    view! {
        <PageTitle title=texts.title.to_owned() lead=texts.lead.to_owned()>
            <Button kind=Kind::Primary before=Icon::Plus off=off on_press=move || inviting.set(true)>
                {t().invitations.invite}
            </Button>
        </PageTitle>
        <List />
        <Invitations invitations=invitations />
        <SignUpSetting settings=settings on_saved=on_saved />
        <Dialog open=inviting title=t().invitations.title.to_owned()>
            <Invite open=inviting on_made=Callback::new(move |()| invitations.again()) />
        </Dialog>
    }
}
