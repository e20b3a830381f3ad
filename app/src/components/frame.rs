//! The frame around every page of someone who is signed in.

use super::{Failure, rail::Rail, reload, top_bar::TopBar};
use crate::lean::{For, effect, memo, view};
use crate::{
    i18n::t,
    pages::lazy,
    paths::Path,
    stores::{
        head,
        link::{self, Link},
        session::{self, Session},
        toasts,
    },
    ui::{Dialog, Icon, Skeleton, focus, icon},
};
use gloo_timers::callback::Timeout;
use leptos::prelude::*;
use leptos_router::{
    NavigateOptions,
    components::Outlet,
    hooks::{use_location, use_navigate},
};

/// The frame: rail, top bar, page, messages. Whoever is not signed in is led to sign-in and comes back afterwards.
#[component]
pub fn Frame() -> impl IntoView {
    let location = use_location();
    let navigate = use_navigate();
    let session = session::session();
    let (path, query) = (location.pathname, location.search);
    effect({
        let session = session.clone();
        move || {
            let to = match session.get() {
                Session::Nobody => {
                    let (path, query) = (path.get_untracked(), query.get_untracked());
                    let here = if query.is_empty() { path } else { format!("{path}?{query}") };
                    if session::take_left() { Path::SignIn { next: None } } else { Path::sign_in_from(&here) }
                }
                Session::Someone(viewer) if viewer.must_change_password => Path::ChangePassword,
                Session::Someone(_) | Session::Asking | Session::Unreachable(_) => return,
            };
            navigate(&to.to_string(), NavigateOptions { replace: true, ..NavigateOptions::default() });
        }
    });
    let sheet = RwSignal::new(false);
    let search = RwSignal::new(false);
    let keys = window_event_listener(leptos::ev::keydown, move |event| {
        let key = event.key().eq_ignore_ascii_case("k");
        if key && (event.ctrl_key() || event.meta_key()) && !event.alt_key() && !event.shift_key() {
            event.prevent_default();
            // Behind another dialog it would not be seen.
            let other = document().query_selector("dialog[open]").is_ok_and(|dialog| dialog.is_some());
            let open = search.try_get_untracked().unwrap_or(true);
            if open || !other {
                search.try_set(!open);
            }
        }
    });
    on_cleanup(move || keys.remove());
    focus::watch();
    Effect::new(move |before: Option<String>| {
        let now = path.get();
        if before.is_some_and(|before| before != now) {
            sheet.set(false);
            focus::rescue();
        }
        now
    });
    let phase = memo(move |_| match session.get() {
        Session::Someone(viewer) if !viewer.must_change_password => Ok(true),
        Session::Someone(_) | Session::Asking | Session::Nobody => Ok(false),
        Session::Unreachable(error) => Err(error),
    });
    view! {
        <a class="skip" href="#main" on:click=|event| {
            // The router would take it for a page.
            event.prevent_default();
            focus::to_page();
        }>{t().common.skip}</a>
        <Bars />
        <div class="shell">
            <Rail sheet=sheet />
            <div class="column">
                <TopBar sheet=sheet search=search />
                <main id="main" tabindex="-1">
                    {move || match phase.get() {
                        Ok(true) => view! { <Outlet /> }.into_any(),
                        Ok(false) => view! { <Skeleton /> }.into_any(),
                        Err(error) => view! { <Failure error=error /> }.into_any(),
                    }}
                </main>
            </div>
        </div>
        <Dialog open=search title=t().palette.title.to_owned()>{lazy::palette(search)}</Dialog>
        <Toasts />
    }
}

/// Bars above everything: the connection is lost, the page is older than the server.
#[component]
pub fn Bars() -> impl IntoView {
    let (link, stale) = (link::link(), session::stale());
    // A link that comes back within a moment is not worth a word.
    let shown = RwSignal::new(None::<&'static str>);
    let waiting = StoredValue::new_local(None::<Timeout>);
    effect(move || {
        waiting.set_value(None);
        let words = match link.get() {
            Link::Lost => t().common.connection_lost,
            Link::Failing => t().common.stream_failing,
            Link::Quiet | Link::Up => return shown.set(None),
        };
        waiting.set_value(Some(Timeout::new(1200, move || {
            shown.try_set(Some(words));
        })));
    });
    view! {
        <div class="bars" role="status">
            {move || shown.get().map(|words| view! {
                <div class="bar warning">
                    {icon(Icon::Unplug)} <span>{words}</span>
                    <button type="button" class="link" on:click=|_| crate::api::socket::try_now()>
                        {t().common.try_now}
                    </button>
                </div>
            })}
            {move || stale.get().then(|| view! {
                <div class="bar info">
                    {icon(Icon::RefreshCw)} <span>{t().common.new_version}</span>
                    <button type="button" class="link" on:click=|_| reload()>{t().common.reload}</button>
                </div>
            })}
        </div>
    }
}

/// Messages about what was just done.
#[component]
pub fn Toasts() -> impl IntoView {
    let toasts = toasts::toasts();
    let reader = toasts.clone();
    view! {
        <div class="toasts" role="status" aria-live="polite">
            <For each=move || reader.get() key=|toast| toast.id let:toast>
                <div class="toast" class:error=toast.error>
                    {icon(if toast.error { Icon::CircleX } else { Icon::CircleCheck })}
                    <span>{toast.text.clone()}</span>
                    <button
                        type="button"
                        class="icon-button"
                        aria-label=t().common.dismiss
                        on:click=move |_| toasts::dismiss(toast.id)
                    >
                        {icon(Icon::X)}
                    </button>
                </div>
            </For>
        </div>
    }
}

/// The way to the page, as links.
#[component]
pub fn Crumbs() -> impl IntoView {
    let crumbs = head::crumbs();
    view! {
        <nav class="crumbs" aria-label=t().frame.breadcrumbs>
            <ol>
                {move || {
                    crumbs.get().into_iter().filter(|crumb| !crumb.label.is_empty()).map(|crumb| match crumb.href {
                        Some(href) => view! { <li><a href=href>{crumb.label}</a></li> }.into_any(),
                        None => view! { <li aria-current="page">{crumb.label}</li> }.into_any(),
                    }).collect_view()
                }}
            </ol>
        </nav>
    }
}
