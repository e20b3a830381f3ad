//! What all pages of a workspace have in common: one stream of it.

use crate::lean::{Show, dynamic, effect, memo, view};
use crate::{
    api::{
        live::{self, Live},
        subscriptions::{Stream, WorkspaceRoot, WorkspaceStream},
        types::WorkspaceView,
    },
    components::{Workspace, loaded, off},
    pages::members::{StaffDoor, SupportBar},
    stores::{head, session},
};
use cynic::Id;
use leptos::prelude::*;
use leptos_router::{components::Outlet, hooks::use_params_map};
use shared::{
    error::ErrorCode,
    policy::{self, WorkspaceAction},
};

/// A workspace, asked for anew as often as the number changes.
#[derive(Debug, Clone, PartialEq)]
struct Turn(WorkspaceStream, u32);

impl Stream for Turn {
    type Item = WorkspaceView;
    type Wire = WorkspaceRoot;

    fn request(&self) -> String {
        self.0.request()
    }

    fn item(wire: WorkspaceRoot) -> WorkspaceView {
        WorkspaceStream::item(wire)
    }
}

/// Follows the workspace of the address and gives it to the pages within. Staff who have no part in it find the way to read.
#[component]
pub fn WorkspaceLayout() -> impl IntoView {
    let params = use_params_map();
    let id = memo(move |_| Id::new(params.with(|params| params.get("id").unwrap_or_default())));
    let turn = RwSignal::new(0_u32);
    let live = live::follow(move || Some(Turn(WorkspaceStream(id.get()), turn.get())));
    let workspace = Workspace { id, live };
    provide_context(workspace);
    effect(move || {
        let name = Some(workspace.name()).filter(|name| !name.is_empty());
        head::workspace_name().set(name);
    });
    let no_members = off(WorkspaceAction::SeeMembers);
    effect(move || head::no_members().set(no_members.with(Option::is_some)));
    on_cleanup(|| {
        head::workspace_name().set(None);
        head::no_members().set(false);
    });
    let outside = memo(move |_| {
        let refused = live.with(|live| match live {
            Live::Failed(error) => error.is(ErrorCode::Forbidden) || error.is(ErrorCode::NotFound),
            Live::Ready(workspace) => workspace.is_seen_from_outside(),
            Live::Loading => false,
        });
        refused && session::actor().is_some_and(|actor| policy::gives_support(actor.platform_role))
    });
    let supports = memo(move |_| live.with(|live| live.ready().is_some_and(|view| view.viewer_role.is_none())));
    let again = Callback::new(move |()| turn.update(|turn| *turn += 1));
    dynamic(move || {
        if outside.get() {
            return view! { <StaffDoor id=id.get_untracked() on_open=again /> };
        }
        view! {
            <Show when=move || supports.get()><SupportBar id=id.get_untracked() /></Show>
            {loaded(live, |_| view! { <Outlet /> }.into_any())}
        }
    })
}
