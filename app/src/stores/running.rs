//! What runs now, wherever in the console the viewer is: one stream for the tray and for whoever lists operations.

use crate::api::lists::OpenOperations;
use leptos::prelude::*;

thread_local! {
    static RUNNING: ArcRwSignal<Option<OpenOperations>> = ArcRwSignal::new(None);
}

/// What runs now; none while it is not known.
pub fn running() -> ArcRwSignal<Option<OpenOperations>> {
    RUNNING.with(Clone::clone)
}
