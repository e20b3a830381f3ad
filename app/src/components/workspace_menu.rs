//! The switcher between workspaces.

use crate::lean::{memo, view};
use crate::{
    api::{live, queries},
    i18n::t,
    paths::Path,
    stores::head,
    ui::{Icon, Menu, icon},
};
use cynic::Id;
use leptos::prelude::*;

/// How many workspaces the switcher offers; all are on the page that its last link leads to.
const OFFERED: i32 = 50;

/// The name of the workspace, and the others to go to.
#[component]
pub fn WorkspaceMenu(
    /// The workspace that the viewer is in.
    current: Id,
) -> impl IntoView {
    let workspaces = live::fetch(|| (), |()| queries::workspaces(OFFERED, None));
    let id = StoredValue::new(current);
    let name = memo(move |_| {
        let live = head::workspace_name();
        live.get()
            .or_else(|| {
                workspaces.with(|list| {
                    let nodes = &list.ready()?.nodes;
                    nodes.iter().find(|one| id.with_value(|id| *id == one.id)).map(|one| one.name.clone())
                })
            })
            .unwrap_or_default()
    });
    let trigger = view! {
        <span class="switch-mark" aria-hidden="true">{move || name.get().chars().next().map(String::from)}</span>
        <span class="switch-name">{move || name.get()}</span>
        {icon(Icon::ChevronsUpDown)}
    };
    let label = Signal::derive(move || format!("{}: {}", t().frame.switch_workspace, name.get()));
    view! {
        <Menu label=label class="switch" trigger=trigger.into_any()>
            <ul>
                {move || {
                    workspaces.with(|list| list.ready().map(|list| {
                        list.nodes.iter().map(|workspace| {
                            let here = id.with_value(|id| *id == workspace.id);
                            view! {
                                <li>
                                    <a
                                        href=Path::Workspace(workspace.id.clone()).to_string()
                                        aria-current=here.then_some("true")
                                    >
                                        <span>{workspace.name.clone()}</span>
                                        {here.then(|| icon(Icon::Check))}
                                    </a>
                                </li>
                            }
                        }).collect_view()
                    }))
                }}
                <li class="menu-line">
                    <a href=Path::Workspaces.to_string()>{icon(Icon::Layers)} <span>{t().frame.all_workspaces}</span></a>
                </li>
            </ul>
        </Menu>
    }
}
