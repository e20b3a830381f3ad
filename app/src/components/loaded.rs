//! A page whose content is on its way, here, or could not be had.

use super::Failure;
use crate::lean::{dynamic, memo, view};
use crate::{api::live::Live, ui::Skeleton};
use leptos::prelude::*;

#[derive(Clone, PartialEq)]
enum Phase {
    Loading,
    Ready,
    Failed(crate::api::ApiError),
}

/// Shows the page's shape, the page, or why it could not be had. The page is made once; what changes comes to it as a
/// signal, so that nothing loses focus or place.
pub fn loaded<T>(live: RwSignal<Live<T>>, ready: impl Fn(Signal<T>) -> AnyView + Send + Sync + 'static) -> impl IntoView
where
    T: Clone + PartialEq + Send + Sync + 'static,
{
    let phase = memo(move |_| {
        live.with(|live| match live {
            Live::Loading => Phase::Loading,
            Live::Ready(_) => Phase::Ready,
            Live::Failed(error) => Phase::Failed(error.clone()),
        })
    });
    dynamic(move || match phase.get() {
        Phase::Loading => view! { <Skeleton /> }.into_any(),
        Phase::Failed(error) => view! { <Failure error=error /> }.into_any(),
        Phase::Ready => {
            let Some(first) = live.with_untracked(|live| live.ready().cloned()) else {
                return view! { <Skeleton /> }.into_any();
            };
            // While the page is being replaced, it still shows the last value.
            let value = memo(move |before: Option<&T>| {
                live.with(|live| live.ready().cloned()).or_else(|| before.cloned()).unwrap_or_else(|| first.clone())
            });
            ready(value.into())
        }
    })
}
