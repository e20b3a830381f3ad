//! What staff who are no members see of a workspace, and how they come to read in it.

use crate::lean::{dynamic, view};
use crate::{
    api::{
        ApiError, Code, live,
        members::{self, EndSupportGrantInput, OpenSupportGrantInput, StaffView, SupportGrant},
    },
    components::{Form, focus_first_problem, loaded, once_typed},
    i18n::{count, t, with},
    paths::Path,
    stores::{head, session, toasts},
    ui::{Alert, Button, Icon, PageTitle, SelectField, SubmitButton, TextArea, Tone, When},
};
use cynic::Id;
use leptos::prelude::*;
use shared::{
    error::ErrorCode,
    policy::{self, PlatformAction},
    rules,
};

/// Stands in place of a workspace's pages: what staff may see, and the form that opens a support grant.
#[component]
pub fn StaffDoor(
    /// Which workspace.
    id: Id,
    /// Called when a grant is open.
    on_open: Callback<()>,
) -> impl IntoView {
    let asked = id.clone();
    let sees_all =
        untrack(session::actor).is_some_and(|actor| policy::platform(&actor, PlatformAction::SeeAllWorkspaces).is_ok());
    let seen = live::fetch(
        move || asked.clone(),
        move |id| async move {
            let seen = members::staff_view(id).await?;
            // For who sees every workspace, what is not seen is not there. Other staff learn it when they begin to read.
            if seen.is_none() && sees_all { Err(ApiError::of(Code::Server(ErrorCode::NotFound))) } else { Ok(seen) }
        },
    );
    head::set(|| vec![head::here(t().support.door)]);
    loaded(seen, move |seen| {
        let texts = &t().support;
        let id = id.clone();
        let title = Signal::derive(move || {
            seen.with(|seen| seen.as_ref().map_or_else(|| t().support.door.to_owned(), |seen| seen.name.clone()))
        });
        let lead = Signal::derive(move || {
            let texts = &t().support;
            seen.with(|seen| if seen.is_some() { texts.door_lead } else { texts.door_unseen }).to_owned()
        });
        view! {
            <PageTitle title=title lead=lead />
            {dynamic(move || seen.get().map(|seen| view! { <Facts seen=seen /> }))}
            <section class="panel narrow" aria-labelledby="door-heading">
                <h2 id="door-heading">{texts.ask}</h2>
                <p class="muted">{texts.ask_text}</p>
                <OpenForm id=id on_open=on_open />
            </section>
            <p class="more"><a class="button" href=Path::Workspaces.to_string()>{t().errors.to_workspaces}</a></p>
        }
    })
}

#[component]
fn Facts(seen: StaffView) -> impl IntoView {
    let services = usize::try_from(seen.service_count).unwrap_or_default();
    view! {
        <section class="panel narrow" aria-labelledby="seen-heading">
            <h2 id="seen-heading">{t().support.seen}</h2>
            <dl class="facts">
                <div><dt>{t().settings.namespace}</dt><dd><code>{seen.namespace}</code></dd></div>
                <div><dt>{t().services.title}</dt><dd>{count(t().overview.services, services)}</dd></div>
            </dl>
        </section>
    }
}

#[component]
fn OpenForm(id: Id, on_open: Callback<()>) -> impl IntoView {
    let texts = &t().support;
    let form = Form::new();
    let (reason, hours) = (RwSignal::new(String::new()), RwSignal::new("1".to_owned()));
    // One key a form: sent twice, it is still one grant.
    let key = crate::stores::random_key();
    let check = move || form.check("reason", rules::reason(&reason.get_untracked()));
    let send = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let Some(reason) = check() else {
            focus_first_problem();
            return;
        };
        let input = OpenSupportGrantInput {
            workspace_id: id.clone(),
            reason,
            hours: hours.get_untracked().parse().unwrap_or(1),
            idempotency_key: Some(key.clone()),
        };
        form.send(members::open_support_grant(input), move |_| {
            toasts::done(t().support.opened);
            on_open.run(());
        });
    };
    let options = [1, 2, 4, 8, 24].map(|hours: usize| (hours.to_string(), count(texts.hours, hours))).to_vec();
    view! {
        <form novalidate on:submit=send>
            <TextArea
                label=texts.reason
                value=reason
                required=true
                help=texts.reason_help
                error=form.problem("reason")
                on_leave=once_typed(reason, check)
            />
            <SelectField label=texts.duration value=hours options=options error=form.problem("hours") />
            {form.banner()}
            <div class="form-actions"><SubmitButton busy=form.busy before=Icon::Eye>{texts.submit}</SubmitButton></div>
        </form>
    }
}

/// A line above the pages of a workspace in which the viewer reads by a grant: until when, and the way to end it.
#[component]
pub fn SupportBar(
    /// Which workspace.
    id: Id,
) -> impl IntoView {
    let seen = live::fetch(move || id.clone(), members::staff_view);
    dynamic(move || {
        let grant = seen.with(|seen| seen.ready().cloned().flatten().and_then(|seen| seen.viewer_support_grant));
        grant.map(|grant| view! { <Bar grant=grant /> })
    })
}

#[component]
fn Bar(grant: SupportGrant) -> impl IntoView {
    let texts = &t().support;
    let form = Form::new();
    let id = grant.id.clone();
    let end = move || {
        form.send(members::end_support_grant(EndSupportGrantInput { id: id.clone() }), |_| {
            toasts::done(t().support.ended);
        });
    };
    view! {
        <Alert tone=Tone::Info>
            <p>{with(texts.reading, "reason", &grant.reason)}</p>
            <p class="muted">{texts.until} " " <When at=grant.expires_at.millis() /></p>
            {form.banner()}
            <div class="actions"><Button busy=form.busy on_press=end>{texts.end_own}</Button></div>
        </Alert>
    }
}
