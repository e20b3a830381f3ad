//! Inviting someone: a form, then the link.

use super::{link::ShownLink, role_options};
use crate::lean::view;
use crate::{
    api::people_changes::{self, CreateInvitationInput},
    components::{DialogForm, Form, focus_first_problem, once_typed},
    i18n::t,
    ui::{SelectField, TextField},
};
use leptos::prelude::*;
use shared::{roles::PlatformRole, rules};

/// The form, then the link.
#[component]
pub fn Invite(
    /// Turned off when it is done.
    open: RwSignal<bool>,
    /// Called when there is a new invitation.
    on_made: Callback<()>,
) -> impl IntoView {
    let link = RwSignal::new(None::<String>);
    view! {
        {move || match link.get() {
            Some(text) => view! { <ShownLink link=text words=t().invitations.made_once open=open /> },
            None => view! { <InviteForm link=link open=open on_made=on_made /> },
        }}
    }
}

#[component]
fn InviteForm(link: RwSignal<Option<String>>, open: RwSignal<bool>, on_made: Callback<()>) -> impl IntoView {
    let texts = &t().invitations;
    let form = Form::new();
    let email = RwSignal::new(String::new());
    let role = RwSignal::new(PlatformRole::Member.as_str().to_owned());
    let days = RwSignal::new(rules::INVITATION_DAYS.to_string());
    let chosen = move || PlatformRole::parse(&role.get()).unwrap_or(PlatformRole::Member);
    let check_email = move || form.check("email", rules::email(&email.get_untracked()));
    let send = move || {
        let Some(email) = check_email() else {
            focus_first_problem();
            return;
        };
        let input = CreateInvitationInput {
            email,
            platform_role: untrack(chosen),
            expires_in_days: days.get_untracked().parse().unwrap_or(rules::INVITATION_DAYS),
        };
        form.send(people_changes::create_invitation(input), move |payload| {
            link.set(Some(payload.link));
            on_made.run(());
        });
    };
    let spans = [("1", texts.days_1), ("7", texts.days_7), ("30", texts.days_30)]
        .map(|(value, words)| (value.to_owned(), words.to_owned()));
    view! {
        <DialogForm form=form open=open on_send=send submit=texts.submit>
            <TextField
                label=texts.email
                value=email
                kind="email"
                required=true
                help=texts.email_help
                error=form.problem("email")
                on_leave=once_typed(email, check_email)
            />
            <SelectField label=texts.role value=role options=role_options() error=form.problem("platformRole") />
            <p class="muted" role="status">{move || (t().platform_role)(chosen()).next}</p>
            <SelectField
                label=texts.expires
                value=days
                options=spans.to_vec()
                error=form.problem("expiresInDays")
            />
        </DialogForm>
    }
}
