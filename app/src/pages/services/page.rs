//! A service's page: its head, which stays, and its tabs, which live in the address.

use super::{activity::Activity, events::Events, overview::Overview, settings::Settings};
use crate::lean::{effect, memo, view};
use crate::{
    api::{
        live,
        mutations::{self, RestartServiceInput},
        subscriptions::ServiceStream,
        types::{AppRef, ServiceView},
    },
    components::{AppIcon, Confirm, Form, StateBadge, StatusLine, loaded, off, use_workspace},
    i18n::{t, with},
    pages::lazy,
    paths::{Path, ServiceTab},
    stores::{head, toasts},
    ui::{Button, Icon, icon},
};
use cynic::Id;
use leptos::prelude::*;
use leptos_router::{
    NavigateOptions,
    hooks::{use_navigate, use_params_map},
};
use shared::{
    policy::WorkspaceAction,
    service::{DesiredState, ServiceState, StatusReason},
};

/// The page of a service.
#[component]
pub fn ServicePage() -> impl IntoView {
    let workspace = use_workspace();
    let params = use_params_map();
    let id = memo(move |_| params.with(|params| params.get("service").map(Id::new)));
    let tab = memo(move |_| {
        params.with(|params| ServiceTab::parse(&params.get("tab").unwrap_or_default())).unwrap_or_default()
    });
    let live = live::follow(move || id.get().map(ServiceStream));
    head::set(move || {
        let name = live.with(|live| live.ready().map(|service| service.name.clone()).unwrap_or_default());
        vec![
            head::link(workspace.name(), Path::Workspace(workspace.id.get())),
            head::link(t().services.title, Path::Services(workspace.id.get())),
            head::here(name),
        ]
    });
    loaded(live, move |service| view! { <Content service=service tab=tab /> }.into_any())
}

#[component]
fn Content(service: Signal<ServiceView>, tab: Memo<ServiceTab>) -> impl IntoView {
    let workspace = use_workspace();
    let id = service.with_untracked(|service| service.id.clone());
    let href = move |tab| Path::Service(workspace.id.get(), id.clone(), tab).to_string();
    let tabs: Vec<_> = ServiceTab::ALL
        .into_iter()
        .map(|one| {
            let href = href.clone();
            view! {
                <li>
                    <a href=move || href(one) aria-current=move || (tab.get() == one).then_some("page")>{word(one)}</a>
                </li>
            }
        })
        .collect();
    effect(move || {
        tab.track();
        // The current tab may be beyond the edge of a narrow screen.
        request_animation_frame(|| {
            if let Ok(Some(current)) = document().query_selector(".tabs [aria-current]") {
                let options = web_sys::ScrollIntoViewOptions::new();
                options.set_block(web_sys::ScrollLogicalPosition::Nearest);
                options.set_inline(web_sys::ScrollLogicalPosition::Center);
                current.scroll_into_view_with_scroll_into_view_options(&options);
            }
        });
    });
    view! {
        <header class="service-head">
            <AppIcon url=Signal::derive(move || service.with(|service| AppRef::picture(service.app.as_ref()))) large=true />
            <div class="service-title">
                <h1 tabindex="-1">{move || service.with(|service| service.name.clone())}</h1>
                <StateBadge state=Signal::derive(move || service.with(|service| service.status.state)) />
                <StatusLine status=Signal::derive(move || service.with(|service| service.status.clone())) />
            </div>
            <div class="actions"><Restart service=service /></div>
        </header>
        <nav class="tabs" aria-label=t().service.tabs><ul>{tabs}</ul></nav>
        <div class="tab-body">
            {move || match tab.get() {
                ServiceTab::Overview => view! { <Overview service=service /> }.into_any(),
                ServiceTab::Logs => lazy::logs(service),
                ServiceTab::Events => view! { <Events service=service /> }.into_any(),
                ServiceTab::Activity => view! { <Activity service=service /> }.into_any(),
                ServiceTab::Settings => view! { <Settings service=service /> }.into_any(),
            }}
        </div>
    }
}

fn word(tab: ServiceTab) -> &'static str {
    let texts = &t().service;
    match tab {
        ServiceTab::Overview => texts.tab_overview,
        ServiceTab::Logs => texts.tab_logs,
        ServiceTab::Events => texts.tab_events,
        ServiceTab::Activity => texts.tab_activity,
        ServiceTab::Settings => texts.tab_settings,
    }
}

/// Whether there is a release whose pods can be restarted.
fn is_deployed(service: &ServiceView) -> bool {
    service.desired == DesiredState::Running
        && !matches!(
            service.status.reason,
            StatusReason::HookFailed
                | StatusReason::LaunchCancelled
                | StatusReason::LaunchFailed
                | StatusReason::NamespaceMissing
                | StatusReason::NamespaceStuck
                | StatusReason::NamespaceTerminating
                | StatusReason::ReleaseFailed
                | StatusReason::ReleaseForeign
                | StatusReason::ReleaseMissing
                | StatusReason::ReleaseStuck
        )
}

/// Restart, with a word about what it means.
#[component]
fn Restart(service: Signal<ServiceView>) -> impl IntoView {
    let texts = &t().service;
    let workspace = use_workspace();
    let denied = off(WorkspaceAction::RestartService);
    let open = RwSignal::new(false);
    let navigate = use_navigate();
    let reason = Signal::derive(move || {
        let (running, deployed) = service.with(|service| (service.open_operation.is_some(), is_deployed(service)));
        let texts = &t().service;
        let why = if running { Some(texts.busy) } else { (!deployed).then_some(texts.restart_off) };
        denied.get().or_else(|| why.map(ToOwned::to_owned))
    });
    let restart = Callback::new(move |form: Form| {
        let id = service.with_untracked(|service| service.id.clone());
        let navigate = navigate.clone();
        form.send(mutations::restart_service(RestartServiceInput { id: id.clone() }), move |_| {
            toasts::done(t().service.restart_asked);
            open.set(false);
            let to = Path::Service(workspace.id.get_untracked(), id, ServiceTab::Activity);
            navigate(&to.to_string(), NavigateOptions::default());
        });
    });
    // Before it runs, nothing answers there.
    let running = memo(move |_| service.with(|service| service.status.state == ServiceState::Running));
    let title = Signal::derive(move || service.with(|service| with(t().service.restart_title, "name", &service.name)));
    view! {
        <Button before=Icon::RotateCw off=reason on_press=move || open.set(true)>{texts.restart}</Button>
        {move || service.with(|service| service.address.clone()).map(|address| view! {
            <a class="button" class:primary=move || running.get() href=address.url target="_blank" rel="noopener noreferrer">
                {icon(Icon::ExternalLink)} <span>{texts.open}</span>
            </a>
        })}
        <Confirm
            open=open
            title=title
            words=Callback::new(|()| t().service.restart_text.to_owned())
            submit=texts.restart
            danger=false
            before=Icon::RotateCw
            on_confirm=restart
        />
    }
}
