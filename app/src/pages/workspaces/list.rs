//! All workspaces of the viewer.

use super::create::CreateWorkspace;
use crate::lean::{For, Show, memo, view};
use crate::{
    api::{lists::Growing, queries, types::WorkspaceCard},
    components::loaded,
    i18n::{count, t},
    paths::Path,
    stores::head,
    ui::{Button, Dialog, Icon, Kind, PageTitle, When, icon},
};
use leptos::prelude::*;
use shared::service::WorkspaceState;

/// How many workspaces the page asks for at a time.
const PAGE: i32 = 60;

/// The list of workspaces; with none, the first steps.
#[component]
pub fn Workspaces() -> impl IntoView {
    let texts = &t().workspaces;
    head::set(|| vec![head::here(t().workspaces.title)]);
    let growing = Growing::new(|after| {
        Box::pin(async move {
            let page = queries::workspaces(PAGE, after).await?;
            Ok((page.nodes, page.page_info.next()))
        })
    });
    let creating = RwSignal::new(false);
    loaded(growing.items, move |list| {
        let empty = memo(move |_| list.with(Vec::is_empty));
        view! {
            <Show when=move || !empty.get() fallback=|| view! { <FirstSteps /> }>
                <PageTitle title=texts.title.to_owned() lead=texts.lead.to_owned()>
                    <Button kind=Kind::Primary before=Icon::Plus on_press=move || creating.set(true)>{texts.new}</Button>
                </PageTitle>
                <ul class="cards">
                    <For each=move || list.get() key=|one| one.id.clone() let:workspace>
                        <Card workspace=workspace />
                    </For>
                </ul>
                <div class="more" tabindex="-1">
                    <Show when=move || growing.more.get()>
                        <Button busy=growing.busy on_press=move || growing.grow()>{t().common.show_more}</Button>
                    </Show>
                </div>
            </Show>
            <Dialog open=creating title=texts.new.to_owned()><CreateWorkspace /></Dialog>
        }
        .into_any()
    })
}

#[component]
fn Card(workspace: WorkspaceCard) -> impl IntoView {
    let texts = &t().workspaces;
    let services = usize::try_from(workspace.service_count).unwrap_or_default();
    view! {
        <li class="card workspace-card">
            <header>
                <span class="switch-mark" aria-hidden="true">
                    {workspace.name.chars().next().map(String::from)}
                </span>
                <h2><a class="cover" href=Path::Workspace(workspace.id).to_string()>{workspace.name}</a></h2>
                {workspace.viewer_role.is_none().then(|| view! {
                    <span class="badge calm">{icon(Icon::Users)} <span>{texts.foreign}</span></span>
                })}
                {(workspace.state == WorkspaceState::Archived).then(|| view! {
                    <span class="badge calm">{icon(Icon::Lock)} <span>{texts.archived}</span></span>
                })}
                {(!workspace.ready).then(|| view! {
                    <span class="badge moving">{icon(Icon::LoaderCircle)} <span>{texts.preparing}</span></span>
                })}
            </header>
            <p class="service-sentence">{workspace.description}</p>
            <footer>
                <span>{count(texts.services, services)}</span>
                <span class="muted">{texts.created} " " <When at=workspace.created_at.millis() /></span>
            </footer>
        </li>
    }
}

/// What someone sees who has no workspace yet: what it is, and the form that makes one.
#[component]
fn FirstSteps() -> impl IntoView {
    let texts = &t().first;
    let step = |number: &'static str, title: &'static str, text: &'static str| {
        view! {
            <li>
                <span class="step-number" aria-hidden="true">{number}</span>
                <div>
                    <h2>{title}</h2>
                    <p class="muted">{text}</p>
                </div>
            </li>
        }
    };
    view! {
        <div class="first">
            <section>
                <h1 tabindex="-1">{texts.title}</h1>
                <p class="lead">{texts.lead}</p>
                <ol class="first-steps">
                    {step("1", texts.step_1, texts.step_1_text)}
                    {step("2", texts.step_2, texts.step_2_text)}
                    {step("3", texts.step_3, texts.step_3_text)}
                </ol>
            </section>
            <section class="panel" aria-labelledby="first-heading">
                <h2 id="first-heading">{texts.form}</h2>
                <CreateWorkspace autofocus=true />
            </section>
        </div>
    }
}
