//! Invitations that nobody has used yet.

use crate::lean::{For, Show, view};
use crate::{
    api::{
        growing::Growing,
        people::{self, OpenInvitation},
        people_changes::{self, RevokeInvitationInput},
    },
    components::{Confirm, Form, loaded, open_about, show_more},
    i18n::{t, with},
    stores::toasts,
    ui::{RowButton, Table, When, email},
};
use leptos::prelude::*;

/// How many are asked for at a time: more than a few are rare.
const PAGE: i32 = 20;

/// Asks for the invitations, newest first.
pub fn open_invitations() -> Growing<OpenInvitation> {
    Growing::new(|after| async move {
        let page = people::invitations(PAGE, after).await;
        page.map(|page| (page.nodes, page.page_info))
    })
}

/// The list.
#[component]
pub fn Invitations(
    /// The invitations.
    invitations: Growing<OpenInvitation>,
) -> impl IntoView {
    let texts = &t().invitations;
    let revoking = RwSignal::new(None::<OpenInvitation>);
    view! {
        <section class="panel" aria-labelledby="invitations-heading">
            <h2 id="invitations-heading">{texts.open_title}</h2>
            <p class="muted">{texts.open_lead}</p>
            {loaded(invitations.items, move |list| view! {
                <Show
                    when=move || list.with(|list| !list.is_empty())
                    fallback=|| view! { <p>{t().invitations.none}</p> }
                >
                    <Table
                        label=texts.open_title
                        columns=vec![texts.email, texts.role, texts.by, texts.until]
                        actions=true
                        class="who-table"
                    >
                        <For each=move || list.get() key=|one| one.id.clone() let:one>
                            <Row one=one revoking=revoking />
                        </For>
                    </Table>
                    {show_more(invitations)}
                </Show>
            })}
        </section>
        <Revoke one=revoking invitations=invitations />
    }
}

#[component]
fn Row(one: OpenInvitation, revoking: RwSignal<Option<OpenInvitation>>) -> impl IntoView {
    let texts = &t().invitations;
    let own = one.clone();
    view! {
        <tr>
            <th scope="row">{email(&one.email)}</th>
            <td>{(t().platform_role)(one.platform_role).sentence}</td>
            <td>{one.created_by.clone()} <span class="cell-note"><When at=one.created_at.millis() /></span></td>
            <td><When at=one.expires_at.millis() /></td>
            <td class="end">
                <RowButton
                    label=with(texts.revoke_of, "email", &one.email)
                    words=texts.revoke
                    on_press=move || revoking.set(Some(own.clone()))
                />
            </td>
        </tr>
    }
}

#[component]
fn Revoke(one: RwSignal<Option<OpenInvitation>>, invitations: Growing<OpenInvitation>) -> impl IntoView {
    let texts = &t().invitations;
    let open = open_about(one);
    let words = Callback::new(move |()| {
        one.with_untracked(|one| {
            one.as_ref().map(|one| with(texts.revoke_text, "email", &one.email)).unwrap_or_default()
        })
    });
    let revoke = Callback::new(move |form: Form| {
        let Some(id) = one.with_untracked(|one| one.as_ref().map(|one| one.id.clone())) else { return };
        form.send(people_changes::revoke_invitation(RevokeInvitationInput { id }), move |_| {
            toasts::done(t().invitations.revoked);
            open.set(false);
            invitations.again();
        });
    });
    view! { <Confirm open=open title=texts.revoke_title.to_owned() words=words submit=texts.revoke on_confirm=revoke /> }
}
