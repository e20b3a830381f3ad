//! A workspace's name and description.

use crate::lean::{memo, view};
use crate::{
    api::{
        mutations::{self, UpdateWorkspaceInput},
        types::WorkspaceView,
    },
    components::{Form, focus_first_problem, loaded, off, use_workspace},
    i18n::t,
    paths::Path,
    stores::{head, toasts},
    ui::{Alert, Button, CopyButton, PageTitle, SubmitButton, TextArea, TextField, Tone, When},
};
use leptos::prelude::*;
use shared::{policy::WorkspaceAction, rules};

/// The settings page.
#[component]
pub fn Settings() -> impl IntoView {
    let workspace = use_workspace();
    head::set(move || {
        vec![head::link(workspace.name(), Path::Workspace(workspace.id.get())), head::here(t().settings.title)]
    });
    loaded(workspace.live, |view| view! { <Content workspace=view /> }.into_any())
}

#[component]
fn Content(workspace: Signal<WorkspaceView>) -> impl IntoView {
    let texts = &t().settings;
    let form = Form::new();
    let denied = off(WorkspaceAction::UpdateSettings);
    let first = workspace.get_untracked();
    let (name, description) = (RwSignal::new(first.name), RwSignal::new(first.description));
    // The version that what is typed was based on: someone else's change meanwhile is not written over.
    let version = RwSignal::new(first.version);
    let moved_on = memo(move |_| workspace.with(|workspace| workspace.version) > version.get());
    let take_theirs = move || {
        let current = workspace.get_untracked();
        name.set(current.name);
        description.set(current.description);
        version.set(current.version);
        form.settle();
    };
    let keep_mine = move || {
        version.set(workspace.with_untracked(|workspace| workspace.version));
        form.settle();
    };
    let check_name = move || form.check("name", rules::name(&name.get_untracked()));
    let check_description = move || form.check("description", rules::description(&description.get_untracked()));
    let send = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        if untrack(|| denied.with(Option::is_some)) {
            return;
        }
        let (Some(name), Some(description)) = (check_name(), check_description()) else {
            focus_first_problem();
            return;
        };
        let input = UpdateWorkspaceInput {
            id: workspace.with_untracked(|workspace| workspace.id.clone()),
            version: version.get_untracked(),
            name,
            description: Some(description),
        };
        form.send(mutations::update_workspace(input), move |payload| {
            version.set(payload.workspace.version);
            toasts::done(t().settings.saved);
        });
    };
    view! {
        <PageTitle title=texts.title.to_owned() />
        <section class="panel narrow" aria-labelledby="general-heading">
            <h2 id="general-heading">{texts.general}</h2>
            {move || denied.get().map(|reason| view! { <Alert tone=Tone::Info><p>{reason}</p></Alert> })}
            <form novalidate on:submit=send>
                <TextField
                    label=t().workspaces.name
                    value=name
                    required=true
                    error=form.problem("name")
                    on_leave=Callback::new(move |()| drop(check_name()))
                />
                <TextArea
                    label=t().workspaces.description
                    value=description
                    error=form.problem("description")
                    on_leave=Callback::new(move |()| drop(check_description()))
                />
                {form.banner()}
                {move || (moved_on.get() && !form.busy.get()).then(|| view! {
                    <Alert tone=Tone::Warning>
                        <p>{texts.conflict}</p>
                        <div class="actions">
                            <Button on_press=take_theirs>{texts.take_theirs}</Button>
                            <Button on_press=keep_mine>{texts.keep_mine}</Button>
                        </div>
                    </Alert>
                })}
                <div class="form-actions"><SubmitButton busy=form.busy>{texts.save}</SubmitButton></div>
            </form>
        </section>
        <section class="panel narrow" aria-labelledby="facts-heading">
            <h2 id="facts-heading">{texts.facts}</h2>
            <dl class="facts">
                <div>
                    <dt>{texts.namespace}</dt>
                    <dd>
                        <code>{move || workspace.with(|workspace| workspace.namespace.clone())}</code>
                        <CopyButton
                            text=Signal::derive(move || workspace.with(|workspace| workspace.namespace.clone()))
                            label=texts.copy_namespace
                        />
                    </dd>
                </div>
                <div>
                    <dt>{texts.created}</dt>
                    <dd><When at=Signal::derive(move || workspace.with(|workspace| workspace.created_at.millis())) /></dd>
                </div>
            </dl>
        </section>
    }
}
