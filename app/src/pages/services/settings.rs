//! Removing a service.

use super::overview::size;
use crate::lean::view;
use crate::{
    api::{
        mutations::{self, DeleteServiceInput},
        types::{ServiceView, Volume},
    },
    components::{DialogForm, Form, off, use_workspace},
    i18n::{count, t, with},
    paths::Path,
    stores::toasts,
    ui::{Alert, Button, Dialog, Icon, Kind, TextField, Tone, icon},
};
use leptos::prelude::*;
use leptos_router::{NavigateOptions, hooks::use_navigate};
use shared::policy::WorkspaceAction;

/// The dangerous things, each with what it means.
#[component]
pub fn Settings(
    /// The service.
    service: Signal<ServiceView>,
) -> impl IntoView {
    let texts = &t().delete;
    let denied = off(WorkspaceAction::DeleteService);
    let open = RwSignal::new(false);
    let title = Signal::derive(move || service.with(|service| with(t().delete.title, "name", &service.name)));
    view! {
        <section class="panel danger-zone" aria-labelledby="delete-heading">
            <div>
                <h2 id="delete-heading">{texts.section}</h2>
                <p class="muted">{move || if has_address(service) { texts.section_text_web } else { texts.section_text }}</p>
            </div>
            <Button kind=Kind::Danger before=Icon::Trash2 off=denied on_press=move || open.set(true)>{texts.open}</Button>
        </section>
        <Dialog open=open title=title><DeleteForm service=service open=open /></Dialog>
    }
}

/// Whether it has a web address that would be freed.
fn has_address(service: Signal<ServiceView>) -> bool {
    service.with(|service| service.address.is_some())
}

#[component]
fn DeleteForm(service: Signal<ServiceView>, open: RwSignal<bool>) -> impl IntoView {
    let texts = &t().delete;
    let workspace = use_workspace();
    let form = Form::new();
    let typed = RwSignal::new(String::new());
    let remove = RwSignal::new(false);
    let navigate = use_navigate();
    let volumes = service.with_untracked(|service| service.volumes.clone());
    let has_volumes = !volumes.is_empty();
    let name = service.with_untracked(|service| service.name.clone());
    let expected = name.clone();
    let submit = Signal::derive(move || if remove.get() { t().delete.submit_with_data } else { t().delete.submit });
    let send = move || {
        if !form.confirms("confirmName", typed, &expected) {
            return;
        }
        let id = service.with_untracked(|service| service.id.clone());
        let input = DeleteServiceInput {
            id: id.clone(),
            confirm_name: expected.clone(),
            remove_volumes: remove.get_untracked(),
        };
        let navigate = navigate.clone();
        form.send(mutations::delete_service(input), move |payload| {
            toasts::done(t().delete.asked);
            open.set(false);
            let to = Path::Operation(workspace.id.get_untracked(), payload.operation.id);
            navigate(&to.to_string(), NavigateOptions::default());
        });
    };
    view! {
        <DialogForm form=form open=open on_send=send submit=submit danger=true before=Icon::Trash2>
            <Alert tone=Tone::Warning>
                <p>{if untrack(|| has_address(service)) { texts.lost_web } else { texts.lost }}</p>
            </Alert>
            {has_volumes.then(|| view! { <VolumeChoice volumes=volumes remove=remove /> })}
            <TextField
                label=with(texts.confirm, "name", &name)
                value=typed
                required=true
                code=true
                error=form.problem("confirmName")
            />
        </DialogForm>
    }
}

/// Keep the volumes or remove them; they are named.
#[component]
fn VolumeChoice(volumes: Vec<Volume>, remove: RwSignal<bool>) -> impl IntoView {
    let texts = &t().delete;
    let choice = move |value: bool, title: &'static str, text: &'static str| {
        view! {
            <label class="choice">
                <input
                    type="radio"
                    name="volumes"
                    prop:checked=move || remove.get() == value
                    on:change=move |_| remove.set(value)
                />
                <span><strong>{title}</strong> <span class="muted">{text}</span></span>
            </label>
        }
    };
    view! {
        <fieldset>
            <legend>{count(texts.volumes, volumes.len())}</legend>
            <ul class="rows">
                {volumes.into_iter().map(|volume| view! {
                    <li>{icon(Icon::HardDrive)} <code>{volume.name}</code> <strong>{size(&volume.size)}</strong></li>
                }).collect_view()}
            </ul>
            {choice(false, texts.keep, texts.keep_text)}
            {choice(true, texts.remove, texts.remove_text)}
        </fieldset>
    }
}
