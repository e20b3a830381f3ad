//! The console as a whole: its addresses.

use crate::lean::view;
use crate::{
    api::wake,
    components::Frame,
    pages::{
        entry::{ChangePassword, SignIn},
        lazy,
        not_found::NotFound,
        workspaces::{Overview, WorkspaceLayout, Workspaces},
    },
    paths::Path,
    stores::{clock, session},
    ui::{watch_escape, watch_pointer},
};
use leptos::prelude::*;
use leptos_router::{
    PossibleRouteMatch,
    components::{ParentRoute, Redirect, Route, Router, Routes},
    path,
};
use std::sync::Arc;

/// Paths as one type: each type of its own would bring its own copy of the router.
fn way(path: impl PossibleRouteMatch + Send + Sync + 'static) -> Arc<dyn PossibleRouteMatch + Send + Sync> {
    Arc::new(path)
}

/// The console.
#[component]
pub fn App() -> impl IntoView {
    clock::start();
    wake::start();
    watch_pointer();
    watch_escape();
    session::check();
    view! {
        <Router>
            <Routes fallback=NotFound>
                <Route path=way(path!("/sign-in")) view=SignIn />
                <Route path=way(path!("/change-password")) view=ChangePassword />
                <Route path=way(path!("/sign-up")) view=lazy::sign_up />
                <Route path=way(path!("/invitation")) view=lazy::invitation />
                <Route path=way(path!("/reset")) view=lazy::reset />
                <ParentRoute path=way(path!("")) view=Frame>
                    <Route path=way(path!("/")) view=|| view! { <Redirect path=Path::Workspaces.to_string() /> } />
                    <Route path=way(path!("/workspaces")) view=Workspaces />
                    <Route path=way(path!("/account")) view=lazy::account />
                    <Route path=way(path!("/people")) view=lazy::people />
                    <ParentRoute path=way(path!("/w/:id")) view=WorkspaceLayout>
                        <Route path=way(path!("")) view=Overview />
                        <Route path=way(path!("/marketplace")) view=lazy::marketplace />
                        <Route path=way(path!("/marketplace/:slug")) view=lazy::app />
                        <Route path=way(path!("/marketplace/:slug/launch")) view=lazy::launch />
                        <Route path=way(path!("/services")) view=lazy::services />
                        <Route path=way(path!("/services/:service/:tab?")) view=lazy::service />
                        <Route path=way(path!("/operations")) view=lazy::operations />
                        <Route path=way(path!("/operations/:operation")) view=lazy::operation />
                        <Route path=way(path!("/members")) view=lazy::members />
                        <Route path=way(path!("/settings")) view=lazy::settings />
                        <Route path=way(path!("/*rest")) view=NotFound />
                    </ParentRoute>
                    <Route path=way(path!("/*rest")) view=NotFound />
                </ParentRoute>
            </Routes>
        </Router>
    }
    .into_any()
}
