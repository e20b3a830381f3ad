//! Who of the staff reads in a workspace: for its owners and admins.

use crate::lean::{For, Show, view};
use crate::{
    api::{
        live,
        members::{self, EndSupportGrantInput, GrantsStream, SupportGrant},
    },
    components::{Form, loaded, off, use_workspace},
    i18n::{t, with},
    stores::toasts,
    ui::{Button, Icon, When, icon},
};
use leptos::prelude::*;
use shared::policy::WorkspaceAction;

/// How many grants are shown: the newest.
const SHOWN: i32 = 20;

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
    let list = live::follow(move || Some(GrantsStream { id: workspace.id.get(), first: SHOWN }));
    view! {
        <section class="panel" aria-labelledby="support-heading">
            <h2 id="support-heading">{texts.title}</h2>
            <p class="muted">{texts.lead}</p>
            {loaded(list, move |list| view! {
                <Show
                    when=move || list.with(|list| !list.nodes.is_empty())
                    fallback=|| view! { <p class="muted">{t().support.none}</p> }
                >
                    <ul class="rows grants">
                        <For each=move || list.with(|list| list.nodes.clone()) key=key let:grant>
                            <Grant grant=grant />
                        </For>
                    </ul>
                </Show>
            })}
        </section>
    }
}

fn key(grant: &SupportGrant) -> (String, bool) {
    (grant.id.inner().to_owned(), grant.open)
}

#[component]
fn Grant(grant: SupportGrant) -> impl IntoView {
    let texts = &t().support;
    let form = Form::new();
    let id = grant.id.clone();
    let label = with(texts.end_named, "name", &grant.person_name);
    let end = move || {
        form.send(members::end_support_grant(EndSupportGrantInput { id: id.clone() }), |_| {
            toasts::done(t().support.ended);
        });
    };
    let state = if grant.open {
        view! { <span class="badge moving">{icon(Icon::Eye)} <span>{texts.open}</span></span> }
    } else {
        view! { <span class="badge calm">{icon(Icon::CircleMinus)} <span>{texts.over}</span></span> }
    };
    let until = match (&grant.ended_by_name, &grant.ended_at, grant.open) {
        (Some(name), Some(at), _) => {
            view! { {with(texts.ended_by, "name", name)} " " <When at=at.millis() /> }
        }
        (_, _, true) => view! { {texts.until} " " <When at=grant.expires_at.millis() /> },
        _ => view! { {texts.ran_out} " " <When at=grant.expires_at.millis() /> },
    };
    view! {
        <li>
            {state}
            <div>
                <strong>{grant.person_name.clone()}</strong> " " <span class="muted">{grant.person_email.clone()}</span>
                <p>{grant.reason.clone()}</p>
                <p class="muted">{texts.since} " " <When at=grant.opened_at.millis() /> " · " {until}</p>
                {form.banner()}
            </div>
            {grant.open.then(|| view! {
                <span aria-label=label role="group"><Button busy=form.busy on_press=end>{texts.end}</Button></span>
            })}
        </li>
    }
}
