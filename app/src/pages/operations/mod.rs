//! An operation on a page of its own: what a launch leads to.

mod list;

pub use list::Operations;

use crate::lean::{dynamic, effect, memo, view};
use crate::{
    api::{mutations::GeneratedSecret, types::OperationView},
    components::{Timeline, follow_operation, loaded, use_workspace},
    i18n::{t, with},
    paths::{Path, ServiceTab},
    stores::{head, made},
    ui::{Alert, CopyButton, Icon, PageTitle, Tone, icon},
};
use cynic::Id;
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;
use shared::operation::{OperationKind, OperationState};

/// The page of an operation, right also after a reload and on another device.
#[component]
pub fn OperationPage() -> impl IntoView {
    let workspace = use_workspace();
    let params = use_params_map();
    let id = memo(move |_| params.with(|params| params.get("operation").map(Id::new)));
    let live = follow_operation(move || id.get());
    // They go with the page.
    let secrets = RwSignal::new(Vec::new());
    effect(move || secrets.set(id.with(|id| id.as_ref().map(made::take)).unwrap_or_default()));
    head::set(move || {
        let title = live.operation.with(|live| live.ready().map(title).unwrap_or_default());
        vec![
            head::link(workspace.name(), Path::Workspace(workspace.id.get())),
            head::link(t().history.title, Path::Operations(workspace.id.get())),
            head::here(title),
        ]
    });
    loaded(live.operation, move |operation| {
        let heading = Signal::derive(move || operation.with(title));
        view! {
            <PageTitle title=heading><Links operation=operation /></PageTitle>
            <Secrets secrets=secrets operation=operation />
            <Outcome operation=operation />
            <section class="panel"><Timeline operation=operation entries=live.entries /></section>
        }
        .into_any()
    })
}

/// What the launch has made for the tenant, told this once. A launch that is cancelled leaves no app that has it; tried again, it
/// makes that app with the very same.
#[component]
fn Secrets(secrets: RwSignal<Vec<GeneratedSecret>>, operation: Signal<OperationView>) -> impl IntoView {
    let texts = &t().operation;
    let undone = memo(move |_| {
        operation.with(|operation| matches!(operation.state, OperationState::Cancelling | OperationState::Cancelled))
    });
    let line = move |secret: GeneratedSecret| {
        let copy = with(texts.made_copy, "name", &secret.label);
        view! {
            <p class="secret-line">
                <strong>{secret.label}</strong>
                <code>{secret.value.clone()}</code>
                <CopyButton text=secret.value label=copy />
            </p>
        }
    };
    dynamic(move || {
        let secrets = secrets.get();
        (!secrets.is_empty() && !undone.get()).then(|| {
            view! {
                <section class="panel" aria-labelledby="made-heading">
                    <h2 id="made-heading">{texts.made}</h2>
                    <Alert tone=Tone::Warning><p>{texts.made_text}</p></Alert>
                    {secrets.into_iter().map(line).collect_view()}
                </section>
            }
        })
    })
}

/// "Launch of n8n".
pub(super) fn title(operation: &OperationView) -> String {
    with((t().operation_kind)(operation.kind), "name", &operation.target_name)
}

/// The ways on to the service and its log.
#[component]
fn Links(operation: Signal<OperationView>) -> impl IntoView {
    let workspace = use_workspace();
    let service = memo(move |_| {
        operation.with(|operation| {
            let gone = operation.kind == OperationKind::ServiceDelete && operation.state == OperationState::Succeeded;
            operation.service_id.clone().filter(|_| !gone)
        })
    });
    dynamic(move || {
        service.get().map(|service| {
            let to = |tab| Path::Service(workspace.id.get(), service.clone(), tab).to_string();
            view! {
                <a class="button" href=to(ServiceTab::Logs)>{icon(Icon::Terminal)} <span>{t().operation.to_log}</span></a>
                <a class="button" href=to(ServiceTab::Overview)>{icon(Icon::Box)} <span>{t().operation.to_service}</span></a>
            }
        })
    })
}

/// What an operation that is done has led to.
#[component]
fn Outcome(operation: Signal<OperationView>) -> impl IntoView {
    let done = memo(move |_| operation.with(|operation| (operation.kind, operation.state)));
    dynamic(move || match done.get() {
        (OperationKind::ServiceLaunch, OperationState::Succeeded) => {
            view! { <Alert tone=Tone::Success><p>{t().operation.launched}</p></Alert> }.into_any()
        }
        (OperationKind::ServiceDelete, OperationState::Succeeded) => {
            view! { <Alert tone=Tone::Success><p>{t().operation.deleted}</p></Alert> }.into_any()
        }
        _ => ().into_any(),
    })
}
