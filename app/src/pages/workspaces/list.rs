//! All workspaces of the viewer.

use super::create::CreateWorkspace;
use crate::lean::{For, Show, kept, memo, view};
use crate::{
    api::{growing::Growing, queries, types::WorkspaceCard},
    components::{loaded, show_more},
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
    let growing: Growing<WorkspaceCard> = Growing::new(|after| async move {
        let page = queries::workspaces(PAGE, after).await;
        page.map(|page| (page.nodes, page.page_info))
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
                        <Card list=list first=workspace />
                    </For>
                </ul>
                {show_more(growing)}
            </Show>
            <Dialog open=creating title=texts.new.to_owned()><CreateWorkspace /></Dialog>
        }
        .into_any()
    })
}

/// A workspace. The card stays what it is while the list is read anew.
#[component]
fn Card(list: Signal<Vec<WorkspaceCard>>, first: WorkspaceCard) -> impl IntoView {
    let texts = &t().workspaces;
    let (id, created) = (first.id.clone(), first.created_at.millis());
    let href = Path::Workspace(first.id.clone()).to_string();
    let workspace = kept(first, move || list.with(|list| list.iter().find(|one| one.id == id).cloned()));
    let name = memo(move |_| workspace.with(|workspace| workspace.name.clone()));
    let is = move |what: fn(&WorkspaceCard) -> bool| workspace.with(what);
    view! {
        <li class="card workspace-card">
            <header>
                <span class="switch-mark" aria-hidden="true">
                    {move || name.with(|name| name.chars().next().map(String::from))}
                </span>
                <h2><a class="cover" href=href>{move || name.get()}</a></h2>
                {move || is(|workspace| workspace.viewer_role.is_none()).then(|| view! {
                    <span class="badge calm">{icon(Icon::Users)} <span>{texts.foreign}</span></span>
                })}
                {move || is(|workspace| workspace.state == WorkspaceState::Archived).then(|| view! {
                    <span class="badge calm">{icon(Icon::Lock)} <span>{texts.archived}</span></span>
                })}
                {move || is(|workspace| !workspace.ready).then(|| view! {
                    <span class="badge moving">{icon(Icon::LoaderCircle)} <span>{texts.preparing}</span></span>
                })}
            </header>
            <p class="service-sentence">{move || workspace.with(|workspace| workspace.description.clone())}</p>
            <footer>
                <span>{move || {
                    let services = workspace.with(|workspace| workspace.service_count);
                    count(texts.services, usize::try_from(services).unwrap_or_default())
                }}</span>
                <span class="muted">{texts.created} " " <When at=created /></span>
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
