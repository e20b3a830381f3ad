//! A workspace's overview: its services as cards that change by themselves.

use crate::lean::{For, Show, dynamic, memo, view};
use crate::{
    api::{
        lists::{ServiceConnection, ServicesWanted},
        live,
        types::WorkspaceView,
    },
    components::{OperationPanel, ServiceCard, loaded, off, service_of, use_workspace},
    i18n::{count, t},
    paths::Path,
    stores::head,
    ui::{Alert, Button, Empty, Icon, Kind, PageTitle, Tone, icon},
};
use leptos::prelude::*;
use shared::{
    policy::WorkspaceAction,
    service::{ServiceState, WorkspaceState},
};

/// How many services have a card here: as many as the API gives at once. The list has them all.
const CARDS: i32 = 100;

/// The overview.
#[component]
pub fn Overview() -> impl IntoView {
    let workspace = use_workspace();
    head::set(move || vec![head::here(workspace.name())]);
    let services = live::follow(move || {
        Some(ServicesWanted { workspace_id: workspace.id.get(), search: None, state: None, first: CARDS, after: None })
    });
    loaded(workspace.live, move |view| {
        view! { {loaded(services, move |list| view! { <Content workspace=view list=list /> })} }
    })
}

#[component]
fn Content(workspace: Signal<WorkspaceView>, list: Signal<ServiceConnection>) -> impl IntoView {
    let texts = &t().overview;
    let name = Signal::derive(move || workspace.with(|workspace| workspace.name.clone()));
    let lead = Signal::derive(move || workspace.with(|workspace| workspace.description.clone()));
    let ready = memo(move |_| workspace.with(|workspace| workspace.ready));
    let archived = memo(move |_| workspace.with(|workspace| workspace.state == WorkspaceState::Archived));
    let empty = memo(move |_| list.with(|list| list.nodes.is_empty()));
    let more = memo(move |_| list.with(|list| list.page_info.has_next_page));
    let operation = memo(move |_| {
        workspace.with(|workspace| {
            let operation = workspace.open_operation.as_ref().or(workspace.last_operation.as_ref());
            operation.map(|operation| operation.id.clone())
        })
    });
    view! {
        <PageTitle title=name lead=lead>
            <Show when=move || !empty.get()><LaunchLink /></Show>
        </PageTitle>
        {move || archived.get().then(|| view! { <Alert tone=Tone::Info><p>{texts.archived}</p></Alert> })}
        <Show when=move || !ready.get()>
            <section class="panel" aria-labelledby="preparing-heading">
                <h2 id="preparing-heading">{texts.preparing}</h2>
                <p class="muted">{texts.preparing_text}</p>
                {move || operation.with(Option::is_some).then(|| view! { <OperationPanel id=operation /> })}
            </section>
        </Show>
        <Show
            when=move || !empty.get()
            fallback=move || view! { <Show when=move || ready.get()><Nothing /></Show> }
        >
            <Summary list=list />
            <div class="cards">
                <For
                    each=move || list.with(|list| list.nodes.iter().map(|one| one.id.clone()).collect::<Vec<_>>())
                    key=Clone::clone
                    let:id
                >
                    <One list=list id=id />
                </For>
            </div>
            <Show when=move || more.get()>
                <p class="more">
                    <a class="button" href=move || Path::Services(workspace.with(|one| one.id.clone())).to_string()>
                        {texts.all}
                    </a>
                </p>
            </Show>
        </Show>
    }
}

/// One card: only what belongs to its own service makes it change.
#[component]
fn One(list: Signal<ServiceConnection>, id: cynic::Id) -> impl IntoView {
    let service = service_of(list, id);
    let here = memo(move |_| service.with(Option::is_some));
    dynamic(move || {
        here.get().then(|| {
            let first = service.get_untracked();
            first.map(|first| {
                let service = Signal::derive(move || service.get().unwrap_or_else(|| first.clone()));
                view! { <ServiceCard service=service /> }
            })
        })
    })
}

/// How many services there are; where all of them have a card, how many run and how many need a look.
#[component]
fn Summary(list: Signal<ServiceConnection>) -> impl IntoView {
    let texts = &t().overview;
    let of = move |wanted: fn(ServiceState) -> bool| {
        list.with(|list| {
            let fit = list.nodes.iter().filter(|one| wanted(one.status.state)).count();
            (!list.page_info.has_next_page).then_some(fit)
        })
    };
    let all = move || usize::try_from(list.with(|list| list.total_count)).unwrap_or_default();
    let running = move || of(|state| state == ServiceState::Running);
    let failing = move || of(|state| state == ServiceState::Error);
    view! {
        <p class="summary" role="status">
            <span>{move || count(texts.services, all())}</span>
            {move || running().map(|running| view! {
                <span class="good">{icon(Icon::CircleCheck)} {count(texts.running, running)}</span>
            })}
            {move || failing().filter(|failing| *failing > 0).map(|failing| view! {
                <span class="bad">{icon(Icon::CircleX)} {count(texts.failing, failing)}</span>
            })}
        </p>
    }
}

/// The way to the marketplace; where launching is not allowed, a button that is off and says why.
#[component]
pub fn LaunchLink() -> impl IntoView {
    let workspace = use_workspace();
    let denied = off(WorkspaceAction::LaunchService);
    let may = memo(move |_| denied.with(Option::is_none));
    dynamic(move || {
        let words = t().overview.launch;
        if may.get() {
            view! {
                <a class="button primary" href=Path::Marketplace(workspace.id.get()).to_string()>
                    {icon(Icon::Plus)} <span>{words}</span>
                </a>
            }
        } else {
            view! { <Button kind=Kind::Primary before=Icon::Plus off=denied on_press=|| ()>{words}</Button> }
        }
    })
}

/// A workspace without services: the guide to a first one, for who may launch it.
#[component]
fn Nothing() -> impl IntoView {
    let denied = off(WorkspaceAction::LaunchService);
    let may = memo(move |_| denied.with(Option::is_none));
    dynamic(move || {
        if may.get() {
            view! { <FirstLaunch /> }
        } else {
            view! { <Empty symbol=Icon::Box title=t().services.none text=t().services.none_text_others /> }
        }
    })
}

/// The guide to a first deployment.
#[component]
fn FirstLaunch() -> impl IntoView {
    let texts = &t().overview;
    let step = |number: &'static str, title: &'static str, text: &'static str| {
        view! {
            <li>
                <span class="step-number" aria-hidden="true">{number}</span>
                <div><h3>{title}</h3><p class="muted">{text}</p></div>
            </li>
        }
    };
    view! {
        <section class="panel guide" aria-labelledby="guide-heading">
            <span class="empty-icon">{icon(Icon::Rocket)}</span>
            <h2 id="guide-heading">{texts.first_title}</h2>
            <p class="muted">{texts.first_text}</p>
            <ol class="first-steps">
                {step("1", texts.first_1, texts.first_1_text)}
                {step("2", texts.first_2, texts.first_2_text)}
                {step("3", texts.first_3, texts.first_3_text)}
            </ol>
            <LaunchLink />
        </section>
    }
}
