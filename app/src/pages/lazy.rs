//! The pages that are fetched when they are first opened, and the files that they are in.
//!
//! In the first load are sign-in, the list of workspaces and the overview of one: what a visit begins with.

use super::{
    account, entry, marketplace, members as member_pages, operations, palette, people as people_pages, services,
    workspaces,
};
use crate::api::types::ServiceView;
use crate::lazy::{Lazy, lazy};
use crate::lean::view;
use leptos::prelude::*;

/// The own account.
pub fn account() -> AnyView {
    static PAGE: Lazy<()> = lazy!(account, (), |()| view! { <account::Account /> });
    PAGE.show(())
}

/// The people of the platform.
pub fn people() -> AnyView {
    static PAGE: Lazy<()> = lazy!(people, (), |()| view! { <people_pages::People /> });
    PAGE.show(())
}

/// The page that an open platform offers to strangers.
pub fn sign_up() -> AnyView {
    static PAGE: Lazy<()> = lazy!(join, (), |()| view! { <entry::SignUp /> });
    PAGE.show(())
}

/// Where an invitation leads.
pub fn invitation() -> AnyView {
    static PAGE: Lazy<()> = lazy!(join, (), |()| view! { <entry::Invitation /> });
    PAGE.show(())
}

/// Where a link for a new password leads.
pub fn reset() -> AnyView {
    static PAGE: Lazy<()> = lazy!(join, (), |()| view! { <entry::Reset /> });
    PAGE.show(())
}

/// The apps that can be launched.
pub fn marketplace() -> AnyView {
    static PAGE: Lazy<()> = lazy!(market, (), |()| view! { <marketplace::Marketplace /> });
    PAGE.show(())
}

/// One app.
pub fn app() -> AnyView {
    static PAGE: Lazy<()> = lazy!(market, (), |()| view! { <marketplace::AppPage /> });
    PAGE.show(())
}

/// The form that launches an app.
pub fn launch() -> AnyView {
    static PAGE: Lazy<()> = lazy!(market, (), |()| view! { <marketplace::LaunchPage /> });
    PAGE.show(())
}

/// The services of a workspace. From here one goes to one of them, so both come together.
pub fn services() -> AnyView {
    static PAGE: Lazy<()> = lazy!(service, (), |()| view! { <services::Services /> });
    PAGE.show(())
}

/// A service with its tabs.
pub fn service() -> AnyView {
    static PAGE: Lazy<()> = lazy!(service, (), |()| view! { <services::ServicePage /> });
    PAGE.show(())
}

/// The log of a service.
pub fn logs(service: Signal<ServiceView>) -> AnyView {
    static PAGE: Lazy<Signal<ServiceView>> =
        lazy!(logs, Signal<ServiceView>, |service| view! { <services::Logs service=service /> });
    PAGE.show(service)
}

/// What an operation does.
pub fn operation() -> AnyView {
    static PAGE: Lazy<()> = lazy!(operation, (), |()| view! { <operations::OperationPage /> });
    PAGE.show(())
}

/// The members of a workspace.
pub fn members() -> AnyView {
    static PAGE: Lazy<()> = lazy!(members, (), |()| view! { <member_pages::Members /> });
    PAGE.show(())
}

/// Everything that was done in a workspace.
pub fn operations() -> AnyView {
    static PAGE: Lazy<()> = lazy!(operation, (), |()| view! { <operations::Operations /> });
    PAGE.show(())
}

/// What is searched in for somewhere to go; closed when `open` is turned off.
pub fn palette(open: RwSignal<bool>) -> AnyView {
    static PAGE: Lazy<RwSignal<bool>> = lazy!(palette, RwSignal<bool>, |open| view! { <palette::Palette open=open /> });
    PAGE.show(open)
}

/// The settings of a workspace.
pub fn settings() -> AnyView {
    static PAGE: Lazy<()> = lazy!(settings, (), |()| view! { <workspaces::Settings /> });
    PAGE.show(())
}
