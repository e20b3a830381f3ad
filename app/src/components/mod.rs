//! Parts that know the API's types: forms, states, timelines, the frame around every page.

mod app_icon;
mod dialog_form;
mod failure;
mod form;
mod frame;
mod gate;
mod loaded;
mod pager;
mod rail;
mod search_field;
mod service_card;
mod status;
mod timeline;
mod top_bar;
mod tray;
mod workspace_menu;

pub use app_icon::AppIcon;
pub use dialog_form::{Confirm, DialogForm};
pub use failure::Failure;
pub use failure::reload;
pub use form::{Form, focus_first_problem, once_typed};
pub use frame::{Bars, Frame, Toasts};
pub use gate::{Workspace, off, standing_in, use_workspace};
pub use loaded::loaded;
pub use pager::{found, pager, show_more};
pub use rail::workspace_of;
pub use search_field::{SearchField, given, use_filter, use_go};
pub use service_card::{ServiceCard, service_of};
pub use status::{OperationBadge, StateBadge, StatusLine};
pub use timeline::{OperationPanel, Timeline, follow_operation};
pub use top_bar::sign_out;

/// A dialog about one thing: open while there is one.
pub fn open_about<T: Send + Sync + 'static>(
    thing: leptos::prelude::RwSignal<Option<T>>,
) -> leptos::prelude::RwSignal<bool> {
    use leptos::prelude::{Get, RwSignal, Set, With, WithUntracked};
    let open = RwSignal::new(false);
    crate::lean::effect(move || open.set(thing.with(Option::is_some)));
    crate::lean::effect(move || {
        // Only where there is one: setting it again would come back here for ever.
        if !open.get() && thing.with_untracked(Option::is_some) {
            thing.set(None);
        }
    });
    open
}

/// Moves the focus to the first element that fits, once the page has changed.
pub fn focus_on(selector: &'static str) {
    gloo_timers::callback::Timeout::new(30, move || {
        use wasm_bindgen::JsCast;
        let element = leptos::prelude::document().query_selector(selector).ok().flatten();
        if let Some(element) = element.and_then(|element| element.dyn_into::<web_sys::HtmlElement>().ok()) {
            // An element that cannot take the focus leaves it where it is.
            let _ = element.focus();
        }
    })
    .forget();
}
