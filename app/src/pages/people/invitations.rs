//! Invitations that nobody has used yet.

use crate::lean::{For, Show, memo, view};
use crate::{
    api::{
        live,
        people::{self, OpenInvitation},
        people_changes::{self, RevokeInvitationInput},
    },
    components::{Confirm, Form, loaded, open_about},
    i18n::{t, with},
    stores::toasts,
    ui::{Button, RowButton, Table, When, email},
};
use leptos::prelude::*;

/// How many are shown at first, and the most there are to show: more than a few are rare.
const PAGE: i32 = 20;
const MOST: i32 = 100;

/// The list.
#[component]
pub fn Invitations(
    /// Raised when it is to be read anew.
    version: RwSignal<u32>,
) -> impl IntoView {
    let texts = &t().invitations;
    let first = RwSignal::new(PAGE);
    let list = live::fetch(move || (first.get(), version.get()), |(first, _)| people::invitations(first));
    let revoking = RwSignal::new(None::<OpenInvitation>);
    let again = Callback::new(move |()| version.update(|version| *version += 1));
    view! {
        <section class="panel" aria-labelledby="invitations-heading">
            <h2 id="invitations-heading">{texts.open_title}</h2>
            <p class="muted">{texts.open_lead}</p>
            {loaded(list, move |list| {
                let more = memo(move |_| list.with(|list| list.page_info.has_next_page) && first.get() < MOST);
                view! {
                    <Show
                        when=move || list.with(|list| !list.nodes.is_empty())
                        fallback=|| view! { <p>{t().invitations.none}</p> }
                    >
                        <Table
                            label=texts.open_title
                            columns=vec![texts.email, texts.role, texts.by, texts.until]
                            actions=true
                            class="who-table"
                        >
                            <For each=move || list.with(|list| list.nodes.clone()) key=|one| one.id.clone() let:one>
                                <Row one=one revoking=revoking />
                            </For>
                        </Table>
                        <div class="more" tabindex="-1">
                            <Show when=move || more.get()>
                                <Button on_press=move || first.set(MOST)>{t().common.show_more}</Button>
                            </Show>
                        </div>
                    </Show>
                }
            })}
        </section>
        <Revoke one=revoking on_revoked=again />
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
fn Revoke(one: RwSignal<Option<OpenInvitation>>, on_revoked: Callback<()>) -> impl IntoView {
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
            on_revoked.run(());
        });
    });
    view! { <Confirm open=open title=texts.revoke_title.to_owned() words=words submit=texts.revoke on_confirm=revoke /> }
}
