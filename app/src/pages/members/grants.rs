//! Who of the staff reads in a workspace: for its owners and admins.

use crate::lean::{For, Show, dynamic, effect, kept, memo, view};
use crate::{
    api::{
        growing::Growing,
        live::{self, Live},
        members::{self, EndSupportGrantInput, GrantsStream, SupportGrant},
    },
    components::{Form, loaded, off, show_more, use_workspace},
    i18n::{t, with},
    stores::toasts,
    ui::{Button, Icon, When, icon},
};
use leptos::prelude::*;
use shared::policy::WorkspaceAction;

/// How many are asked for at a time.
const PAGE: i32 = 20;

/// The box of support grants, for those who may see it.
#[component]
pub fn Grants() -> impl IntoView {
    let seen = off(WorkspaceAction::SeeSupportGrants);
    view! { <Show when=move || seen.with(Option::is_none)><Shown /></Show> }
}

#[component]
fn Shown() -> impl IntoView {
    let texts = &t().support;
    let workspace = use_workspace();
    let grants: Growing<SupportGrant> = Growing::new(move |after| {
        let id = workspace.id.get_untracked();
        async move { members::support_grants(id, PAGE, after).await.map(|page| (page.nodes, page.page_info)) }
    });
    // They last a day at most: those that are opened or end are among the newest.
    let newest = live::follow(move || Some(GrantsStream { id: workspace.id.get(), first: PAGE }));
    effect(move || {
        // A workspace tells of much else. What is compared is what is shown: a reading may have failed.
        let shown = newest.with(|newest| match newest {
            Live::Loading => true,
            Live::Ready(newest) => {
                grants.items.with_untracked(|items| items.ready().is_some_and(|items| items.starts_with(&newest.nodes)))
            }
            Live::Failed(_) => false,
        });
        if !shown {
            grants.again();
        }
    });
    view! {
        <section class="panel" aria-labelledby="support-heading">
            <h2 id="support-heading">{texts.title}</h2>
            <p class="muted">{texts.lead}</p>
            {loaded(grants.items, move |list| view! {
                <Show
                    when=move || list.with(|list| !list.is_empty())
                    fallback=|| view! { <p class="muted">{t().support.none}</p> }
                >
                    <ul class="rows grants">
                        <For each=move || list.get() key=|grant| grant.id.clone() let:grant>
                            <Grant grants=grants list=list first=grant />
                        </For>
                    </ul>
                    {show_more(grants)}
                </Show>
            })}
        </section>
    }
}

/// A grant. The row stays what it is when the grant ends.
#[component]
fn Grant(grants: Growing<SupportGrant>, list: Signal<Vec<SupportGrant>>, first: SupportGrant) -> impl IntoView {
    let texts = &t().support;
    let form = Form::new();
    let id = StoredValue::new(first.id.clone());
    // Who it is, why and since when does not change.
    let (name, address, reason) = (first.person_name.clone(), first.person_email.clone(), first.reason.clone());
    let (label, since) = (with(texts.end_named, "name", &name), first.opened_at.millis());
    let grant =
        kept(first, move || list.with(|list| list.iter().find(|one| id.with_value(|id| *id == one.id)).cloned()));
    let open = memo(move |_| grant.with(|grant| grant.open));
    let end = move || {
        form.send(members::end_support_grant(EndSupportGrantInput { id: id.get_value() }), move |_| {
            toasts::done(t().support.ended);
            grants.again();
        });
    };
    let state = dynamic(move || {
        if open.get() {
            view! { <span class="badge moving">{icon(Icon::Eye)} <span>{texts.open}</span></span> }
        } else {
            view! { <span class="badge calm">{icon(Icon::CircleMinus)} <span>{texts.over}</span></span> }
        }
    });
    let until = dynamic(move || {
        let grant = grant.get();
        match (&grant.ended_by_name, &grant.ended_at, grant.open) {
            (Some(name), Some(at), _) => {
                view! { {with(texts.ended_by, "name", name)} " " <When at=at.millis() /> }
            }
            (_, _, true) => view! { {texts.until} " " <When at=grant.expires_at.millis() /> },
            _ => view! { {texts.ran_out} " " <When at=grant.expires_at.millis() /> },
        }
    });
    view! {
        <li>
            {state}
            <div>
                <strong>{name}</strong> " " <span class="muted">{address}</span>
                <p>{reason}</p>
                <p class="muted">{texts.since} " " <When at=since /> " · " {until}</p>
                {form.banner()}
            </div>
            <Show when=move || open.get()>
                <span aria-label=label.clone() role="group"><Button busy=form.busy on_press=end>{texts.end}</Button></span>
            </Show>
        </li>
    }
}
