//! What all pages of a workspace have in common: one stream of it.

use crate::lean::{effect, memo, view};
use crate::{
    api::{live, subscriptions::WorkspaceStream},
    components::{Workspace, loaded},
    stores::head,
};
use cynic::Id;
use leptos::prelude::*;
use leptos_router::{components::Outlet, hooks::use_params_map};

/// Follows the workspace of the address and gives it to the pages within.
#[component]
pub fn WorkspaceLayout() -> impl IntoView {
    let params = use_params_map();
    let id = memo(move |_| Id::new(params.with(|params| params.get("id").unwrap_or_default())));
    let live = live::follow(move || Some(WorkspaceStream(id.get())));
    let workspace = Workspace { id, live };
    provide_context(workspace);
    effect(move || {
        let name = Some(workspace.name()).filter(|name| !name.is_empty());
        head::workspace_name().set(name);
    });
    on_cleanup(|| head::workspace_name().set(None));
    loaded(live, |_| view! { <Outlet /> }.into_any())
}
