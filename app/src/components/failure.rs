//! A page that could not be had.

use crate::lean::view;
use crate::{
    api::{ApiError, Code},
    i18n::{self, t},
    paths::Path,
    stores::head,
    ui::{Button, Empty, Icon, Kind},
};
use leptos::prelude::*;
use shared::error::ErrorCode;

/// What stands in place of a page that could not be had: what happened, and the way on.
#[component]
pub fn Failure(
    /// Why.
    error: ApiError,
) -> impl IntoView {
    let texts = &t().errors;
    let missing = error.is(ErrorCode::NotFound);
    let (symbol, title) = if missing {
        (Icon::CircleDashed, texts.not_found_title)
    } else if error.code == Code::Offline {
        (Icon::Unplug, texts.offline_title)
    } else {
        (Icon::TriangleAlert, texts.failed_title)
    };
    let text = if missing { texts.not_found_text.to_owned() } else { i18n::api_error(&error) };
    if missing {
        head::set(move || vec![head::here(t().errors.not_found_title)]);
    }
    view! {
        <Empty symbol=symbol title=title text=text page=true>
            {(!missing).then(|| view! {
                <Button kind=Kind::Primary before=Icon::RotateCw on_press=reload>{t().common.try_again}</Button>
            })}
            <a class="button" href=Path::Workspaces.to_string()>{t().errors.to_workspaces}</a>
        </Empty>
    }
}

/// Loads the page anew.
pub fn reload() {
    // Only a sandboxed frame refuses this.
    let _ = window().location().reload();
}
