//! Values that come from the API into signals: once, or live.

use super::{
    ApiError,
    socket::{self, Event, Subscription},
    subscriptions::Stream,
};
use crate::lean::{effect, memo, spawn};
use leptos::prelude::*;
use shared::error::ErrorCode;
use std::future::Future;

/// A value that is on its way, here, or could not be had.
#[derive(Debug, Clone, PartialEq)]
pub enum Live<T> {
    /// On its way.
    Loading,
    /// Here; it may change.
    Ready(T),
    /// Refused or failed.
    Failed(ApiError),
}

impl<T> Live<T> {
    /// The value, if it is here.
    pub const fn ready(&self) -> Option<&T> {
        match self {
            Self::Ready(value) => Some(value),
            Self::Loading | Self::Failed(_) => None,
        }
    }
}

/// Follows a stream for as long as the view lives. Where the stream that `which` names changes, the old one ends.
pub fn follow<S: Stream + PartialEq + Clone + Send + Sync>(
    which: impl Fn() -> Option<S> + Send + Sync + 'static,
) -> RwSignal<Live<S::Item>> {
    follow_with(which, false)
}

/// The same, but what is shown stays until the other stream has brought something: for lists that are searched.
pub fn follow_on<S: Stream + PartialEq + Clone + Send + Sync>(
    which: impl Fn() -> Option<S> + Send + Sync + 'static,
) -> RwSignal<Live<S::Item>> {
    follow_with(which, true)
}

fn follow_with<S: Stream + PartialEq + Clone + Send + Sync>(
    which: impl Fn() -> Option<S> + Send + Sync + 'static,
    stays: bool,
) -> RwSignal<Live<S::Item>> {
    let value = RwSignal::new(Live::Loading);
    let which = memo(move |_| which());
    // Kept by the effect and dropped with the view, which ends the stream.
    let running = StoredValue::new_local(None::<Subscription>);
    effect(move || {
        let stream = which.get();
        running.set_value(None);
        if !stays || value.with_untracked(|value| value.ready().is_none()) {
            value.set(Live::Loading);
        }
        if let Some(stream) = stream {
            running.set_value(Some(listen(stream, value)));
        }
    });
    value
}

fn listen<S: Stream + Clone>(stream: S, value: RwSignal<Live<S::Item>>) -> Subscription {
    socket::subscribe(
        move || stream.request(),
        move |event| {
            let next = match event {
                Event::Next(data) => match socket::read::<S::Wire>(data) {
                    Ok(wire) => {
                        let item = value.try_with_untracked(|known| S::item_after(wire, known.ready()));
                        // Without an answer, the view is gone.
                        let Some(item) = item else { return };
                        item.ok_or_else(|| ApiError::of(super::Code::Unreadable))
                    }
                    Err(error) => Err(error),
                },
                Event::Failed(error) => Err(error),
                // A stream of a view never ends by itself while the thing is there.
                Event::Complete => Err(ApiError::of(super::Code::Server(ErrorCode::NotFound))),
            };
            take(value, next);
        },
    )
}

/// Takes what a stream has brought. While it is asked for again by itself, what is shown stays.
pub fn take<T: Send + Sync + 'static>(value: RwSignal<Live<T>>, next: Result<T, ApiError>) {
    let shown = || value.try_with_untracked(|value| !matches!(value, Live::Loading)) == Some(true);
    if next.as_ref().is_err_and(ApiError::passes) && shown() {
        return;
    }
    value.try_set(next.map_or_else(Live::Failed, Live::Ready));
}

/// Asks once, and again whenever `key` changes; the old answer stays until the new one is there. Late answers to old
/// questions are let go.
pub fn fetch<K, T, F>(
    key: impl Fn() -> K + Send + Sync + 'static,
    ask: impl Fn(K) -> F + Send + Sync + 'static,
) -> RwSignal<Live<T>>
where
    K: PartialEq + Clone + Send + Sync + 'static,
    T: Send + Sync + 'static,
    F: Future<Output = Result<T, ApiError>> + 'static,
{
    let value = RwSignal::new(Live::Loading);
    let turn = StoredValue::new(0_u32);
    let key = memo(move |_| key());
    let returned = super::wake::returned();
    effect(move || {
        returned.track();
        let answer = ask(key.get());
        turn.update_value(|turn| *turn += 1);
        let mine = turn.get_value();
        spawn(async move {
            let answer = answer.await;
            if turn.try_get_value() == Some(mine) {
                let away = answer.as_ref().is_err_and(|error| error.code == super::Code::Offline);
                // Asked again after a sleep, an answer that does not come takes nothing away.
                if away && value.try_with_untracked(|value| value.ready().is_some()) == Some(true) {
                    return;
                }
                value.try_set(answer.map_or_else(Live::Failed, Live::Ready));
            }
        });
    });
    value
}
