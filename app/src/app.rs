//! The console as a whole: its addresses.

use crate::lean::view;
use crate::{
    components::Frame,
    pages::{
        account::Account,
        entry::{ChangePassword, SignIn},
        marketplace::{AppPage, LaunchPage, Marketplace},
        not_found::NotFound,
        operations::OperationPage,
        services::{ServicePage, Services},
        workspaces::{Overview, Settings, WorkspaceLayout, Workspaces},
    },
    paths::Path,
    stores::{clock, session},
    ui::watch_pointer,
};
use leptos::prelude::*;
use leptos_router::{
    components::{ParentRoute, Redirect, Route, Router, Routes},
    path,
};

/// The console.
#[component]
pub fn App() -> impl IntoView {
    clock::start();
    watch_pointer();
    session::check();
    view! {
        <Router>
            <Routes fallback=NotFound>
                <Route path=path!("/sign-in") view=SignIn />
                <Route path=path!("/change-password") view=ChangePassword />
                <ParentRoute path=path!("") view=Frame>
                    <Route path=path!("/") view=|| view! { <Redirect path=Path::Workspaces.to_string() /> } />
                    <Route path=path!("/workspaces") view=Workspaces />
                    <Route path=path!("/account") view=Account />
                    <ParentRoute path=path!("/w/:id") view=WorkspaceLayout>
                        <Route path=path!("") view=Overview />
                        <Route path=path!("/marketplace") view=Marketplace />
                        <Route path=path!("/marketplace/:slug") view=AppPage />
                        <Route path=path!("/marketplace/:slug/launch") view=LaunchPage />
                        <Route path=path!("/services") view=Services />
                        <Route path=path!("/services/:service/:tab?") view=ServicePage />
                        <Route path=path!("/operations/:operation") view=OperationPage />
                        <Route path=path!("/settings") view=Settings />
                        <Route path=path!("/*rest") view=NotFound />
                    </ParentRoute>
                    <Route path=path!("/*rest") view=NotFound />
                </ParentRoute>
            </Routes>
        </Router>
    }
    .into_any()
}
