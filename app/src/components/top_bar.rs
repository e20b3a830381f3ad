//! The bar above the page: the way to it, the theme, the account.

use super::{frame::Crumbs, tray::Tray};
use crate::lean::{memo, spawn, view};
use crate::{
    api::mutations,
    i18n::{self, t},
    paths::Path,
    stores::{
        session,
        theme::{self, Theme},
        toasts,
    },
    ui::{Icon, Menu, icon},
};
use leptos::prelude::*;

/// The bar above the page.
#[component]
pub fn TopBar(
    /// Whether the rail is open where it is a sheet.
    sheet: RwSignal<bool>,
    /// Whether the search for somewhere to go is open.
    search: RwSignal<bool>,
) -> impl IntoView {
    let server = session::server();
    let sandbox = move || server.with(|server| server.as_ref().is_some_and(|server| server.sandbox));
    view! {
        <header class="top-bar">
            <button
                type="button"
                id="open-rail"
                class="icon-button only-phone"
                aria-label=t().frame.open_navigation
                aria-controls="rail"
                aria-expanded=move || sheet.get().to_string()
                on:click=move |_| sheet.set(true)
            >
                {icon(Icon::Menu)}
            </button>
            <Crumbs />
            <div class="top-end">
                {move || sandbox().then(|| view! {
                    <span class="badge sandbox" title=t().frame.sandbox_help>
                        {icon(Icon::FlaskConical)} <span>{t().frame.sandbox}</span>
                    </span>
                })}
                <button
                    type="button"
                    class="search-button"
                    aria-label=t().palette.title
                    aria-keyshortcuts="Control+K Meta+K"
                    aria-haspopup="dialog"
                    on:click=move |_| search.set(true)
                >
                    {icon(Icon::Search)}
                    <span class="not-phone" aria-hidden="true">{t().palette.title} " " <kbd>{t().palette.keys}</kbd></span>
                </button>
                <Tray />
                <ThemeMenu />
                <AccountMenu />
            </div>
        </header>
    }
}

/// Light, dark, or as the system says.
#[component]
pub fn ThemeMenu() -> impl IntoView {
    let chosen = RwSignal::from(theme::chosen());
    let picture = |theme| match theme {
        Theme::System => Icon::Monitor,
        Theme::Light => Icon::Sun,
        Theme::Dark => Icon::Moon,
    };
    let words = |theme| match theme {
        Theme::System => t().frame.theme_system,
        Theme::Light => t().frame.theme_light,
        Theme::Dark => t().frame.theme_dark,
    };
    let trigger = view! { {move || icon(picture(chosen.get()))} };
    view! {
        <Menu label=t().frame.theme.to_owned() trigger=trigger.into_any()>
            <ul>
                {Theme::ALL.into_iter().map(|theme| view! {
                    <li>
                        <button
                            type="button"
                            aria-pressed=move || (chosen.get() == theme).to_string()
                            on:click=move |_| theme::choose(theme)
                        >
                            {icon(picture(theme))} <span>{words(theme)}</span>
                            {move || (chosen.get() == theme).then(|| icon(Icon::Check))}
                        </button>
                    </li>
                }).collect_view()}
            </ul>
        </Menu>
    }
}

#[component]
fn AccountMenu() -> impl IntoView {
    let viewer = memo(|_| session::viewer());
    let name = move || viewer.with(|viewer| viewer.as_ref().map(|viewer| viewer.name.clone()).unwrap_or_default());
    let initials = move || name().split_whitespace().filter_map(|word| word.chars().next()).take(2).collect::<String>();
    let label = Signal::derive(move || format!("{}: {}", t().frame.account_menu, name()));
    let trigger = view! { <span class="avatar" aria-hidden="true">{move || initials()}</span> };
    view! {
        <Menu label=label trigger=trigger.into_any()>
            <p class="menu-head">
                <strong>{move || name()}</strong>
                <span class="muted">
                    {move || viewer.with(|viewer| viewer.as_ref().map(|viewer| viewer.email.clone()))}
                </span>
            </p>
            <ul>
                <li class="menu-line">
                    <a href=Path::Account.to_string()>{icon(Icon::User)} <span>{t().frame.account}</span></a>
                </li>
                <li>
                    <button type="button" on:click=|_| sign_out()>
                        {icon(Icon::LogOut)} <span>{t().frame.sign_out}</span>
                    </button>
                </li>
            </ul>
        </Menu>
    }
}

/// Ends the session.
pub fn sign_out() {
    spawn(async {
        match mutations::sign_out().await {
            Ok(()) => session::left(),
            Err(error) => toasts::failed(i18n::api_error(&error)),
        }
    });
}
