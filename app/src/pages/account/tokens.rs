//! The list of tokens.

use super::new_token::NewToken;
use crate::lean::{For, Show, dynamic, kept, view};
use crate::{
    api::{
        DateTime, live,
        mutations::{self, RevokeAccessTokenInput},
        queries,
        types::AccessToken,
    },
    components::{Confirm, Form, loaded, open_about},
    i18n::{t, with},
    stores::toasts,
    ui::{Button, Empty, Icon, Kind, RowButton, Table, When},
};
use leptos::prelude::*;
use shared::roles::TokenScope;

/// The viewer's tokens: made, listed, ended.
#[component]
pub fn Tokens() -> impl IntoView {
    let texts = &t().tokens;
    let version = RwSignal::new(0_u32);
    let tokens = live::fetch(move || version.get(), |_| queries::access_tokens());
    let creating = RwSignal::new(false);
    let revoking = RwSignal::new(None::<AccessToken>);
    let again = move || version.update(|version| *version += 1);
    view! {
        <section class="panel" aria-labelledby="tokens-heading">
            <header class="panel-head">
                <div>
                    <h2 id="tokens-heading">{texts.title}</h2>
                    <p class="muted">{texts.lead}</p>
                </div>
                <Button kind=Kind::Primary before=Icon::Plus on_press=move || creating.set(true)>{texts.create}</Button>
            </header>
            {loaded(tokens, move |tokens| view! {
                <Show
                    when=move || tokens.with(|tokens| !tokens.is_empty())
                    fallback=|| view! { <Empty symbol=Icon::KeyRound title=t().tokens.empty text=t().tokens.empty_text /> }
                >
                    <Table
                        label=texts.title
                        columns=vec![texts.name, texts.scope, texts.created, texts.last_used, texts.expires]
                        actions=true
                    >
                        <For each=move || tokens.get() key=|token| token.id.clone() let:token>
                            <Row list=tokens token=token revoking=revoking />
                        </For>
                    </Table>
                </Show>
            }.into_any())}
        </section>
        <NewToken open=creating on_created=Callback::new(move |()| again()) />
        <Revoke token=revoking on_revoked=Callback::new(move |()| again()) />
    }
}

#[component]
fn Row(list: Signal<Vec<AccessToken>>, token: AccessToken, revoking: RwSignal<Option<AccessToken>>) -> impl IntoView {
    let texts = &t().tokens;
    // Nothing else of a token changes.
    let id = token.id.clone();
    let used = kept(token.last_used_at.clone(), move || {
        list.with(|list| list.iter().find(|one| one.id == id).map(|one| one.last_used_at.clone()))
    });
    let when = |at: Option<&DateTime>, none: &'static str| match at {
        Some(at) => view! { <When at=at.millis() /> }.into_any(),
        None => view! { <span class="muted">{none}</span> }.into_any(),
    };
    let label = with(texts.revoke_named, "name", &token.name);
    let own = token.clone();
    view! {
        <tr>
            <th scope="row">
                {token.name.clone()} " " <code class="muted">{format!("{}…", token.prefix)}</code>
            </th>
            <td>{scope_words(&token.scopes)}</td>
            <td>{when(Some(&token.created_at), "")}</td>
            <td>{dynamic(move || when(used.get().as_ref(), texts.never_used))}</td>
            <td>{when(token.expires_at.as_ref(), texts.never_expires)}</td>
            <td class="end">
                <RowButton label=label words=texts.revoke on_press=move || revoking.set(Some(own.clone())) />
            </td>
        </tr>
    }
}

fn scope_words(scopes: &[TokenScope]) -> &'static str {
    if scopes.contains(&TokenScope::Write) { t().tokens.scope_write } else { t().tokens.scope_read }
}

#[component]
fn Revoke(token: RwSignal<Option<AccessToken>>, on_revoked: Callback<()>) -> impl IntoView {
    let texts = &t().tokens;
    let open = open_about(token);
    let title = Signal::derive(move || {
        token.with(|token| token.as_ref().map(|one| with(texts.revoke_title, "name", &one.name)).unwrap_or_default())
    });
    let revoke = Callback::new(move |form: Form| {
        let Some(id) = token.with_untracked(|token| token.as_ref().map(|one| one.id.clone())) else { return };
        form.send(mutations::revoke_access_token(RevokeAccessTokenInput { id }), move |_| {
            toasts::done(t().tokens.revoked);
            open.set(false);
            on_revoked.run(());
        });
    });
    view! {
        <Confirm
            open=open
            title=title
            words=Callback::new(|()| t().tokens.revoke_text.to_owned())
            submit=texts.revoke
            on_confirm=revoke
        />
    }
}
