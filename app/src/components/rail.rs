//! The rail at the left: the workspace and its pages. On a phone it is a sheet.

use super::workspace_menu::WorkspaceMenu;
use crate::lean::{dynamic, memo, view};
use crate::{
    i18n::t,
    paths::Path,
    stores::{head, session},
    ui::{Icon, icon},
};
use cynic::Id;
use leptos::{html, prelude::*};
use leptos_router::hooks::use_location;
use web_sys::KeyboardEvent;

/// The workspace that an address is in.
pub fn workspace_of(path: &str) -> Option<Id> {
    let id = path.strip_prefix("/w/")?.split('/').next()?;
    (!id.is_empty()).then(|| Id::new(id))
}

/// The rail.
#[component]
pub fn Rail(
    /// Whether it is open where it is a sheet.
    sheet: RwSignal<bool>,
) -> impl IntoView {
    let path = use_location().pathname;
    let workspace = memo(move |_| workspace_of(&path.get()));
    let node = NodeRef::<html::Nav>::new();
    Effect::new(move |before: Option<bool>| {
        let open = sheet.get();
        let target = if open { "#rail a, #rail button" } else { "#open-rail" };
        if before.is_some_and(|before| before != open) {
            super::focus_on(target);
        }
        open
    });
    let server = session::server();
    let version = move || server.with(|server| server.as_ref().map(|server| server.version.clone()));
    view! {
        <div class="backdrop" class:open=move || sheet.get() on:click=move |_| sheet.set(false)></div>
        <nav
            node_ref=node
            id="rail"
            class="rail"
            class:open=move || sheet.get()
            aria-label=t().frame.main_navigation
            on:keydown=move |event: KeyboardEvent| {
                if event.key() == "Escape" {
                    sheet.set(false);
                }
            }
        >
            <a class="brand" href=Path::Workspaces.to_string()>
                <span class="mark" aria-hidden="true"></span>
                <span>{t().common.product}</span>
            </a>
            {move || workspace.get().map(|id| view! { <WorkspaceMenu current=id /> })}
            <ul class="rail-links">
                {move || match workspace.get() {
                    Some(id) => links(id, path).into_any(),
                    None => view! {
                        <RailLink href=Path::Workspaces.to_string() symbol=Icon::Layers words=t().frame.workspaces path=path exact=true />
                    }.into_any()
                }}
            </ul>
            {move || session::sees_people().then(|| view! {
                <ul class="rail-links rail-platform">
                    <RailLink href=Path::People.to_string() symbol=Icon::Users words=t().frame.people path=path />
                </ul>
            })}
            <p class="rail-foot">
                {move || version().map(|version| format!("{} {version}", t().common.product))}
            </p>
        </nav>
    }
}

fn links(id: Id, path: Memo<String>) -> impl IntoView {
    let words = &t().frame;
    let no_members = head::no_members();
    let members = Path::Members(id.clone()).to_string();
    view! {
        <RailLink href=Path::Workspace(id.clone()).to_string() symbol=Icon::LayoutDashboard words=words.overview path=path exact=true />
        <RailLink href=Path::Marketplace(id.clone()).to_string() symbol=Icon::Store words=words.marketplace path=path />
        <RailLink href=Path::Services(id.clone()).to_string() symbol=Icon::Box words=words.services path=path />
        {dynamic(move || {
            let href = members.clone();
            (!no_members.get()).then(|| view! { <RailLink href=href symbol=Icon::Users words=words.members path=path /> })
        })}
        <RailLink href=Path::Operations(id.clone()).to_string() symbol=Icon::Activity words=words.operations path=path />
        <RailLink href=Path::Settings(id).to_string() symbol=Icon::Settings words=words.settings path=path />
    }
}

#[component]
fn RailLink(
    href: String,
    symbol: Icon,
    words: &'static str,
    path: Memo<String>,
    #[prop(optional)] exact: bool,
) -> impl IntoView {
    let own = href.clone();
    let current = move || {
        path.with(|path| path == &own || (!exact && path.strip_prefix(&own).is_some_and(|rest| rest.starts_with('/'))))
    };
    view! {
        <li>
            <a href=href aria-current=move || current().then_some("page")>{icon(symbol)} <span>{words}</span></a>
        </li>
    }
}
