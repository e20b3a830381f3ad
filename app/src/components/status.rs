//! States as a word and a shape.

use crate::lean::{memo, view};
use crate::{
    api::types::ServiceStatus,
    i18n::{self, t},
    ui::{Icon, Lasting, icon},
};
use leptos::prelude::*;
use shared::{operation::OperationState, service::ServiceState};

/// How a service is: a word and a shape, never colour alone.
#[component]
pub fn StateBadge(
    /// How it is.
    #[prop(into)]
    state: Signal<ServiceState>,
) -> impl IntoView {
    let state = memo(move |_| state.get());
    view! {
        <span class=move || format!("badge {}", tone(state.get())) data-state=move || state.get().as_str()>
            {move || icon(shape(state.get()))} <span>{move || (t().state)(state.get())}</span>
        </span>
    }
}

const fn tone(state: ServiceState) -> &'static str {
    match state {
        ServiceState::Running => "good",
        ServiceState::Error => "bad",
        ServiceState::Deploying | ServiceState::Upgrading | ServiceState::Restarting | ServiceState::Deleting => {
            "moving"
        }
        ServiceState::Pending | ServiceState::Stopped => "calm",
        ServiceState::Unknown => "unsure",
    }
}

const fn shape(state: ServiceState) -> Icon {
    match state {
        ServiceState::Running => Icon::CircleCheck,
        ServiceState::Error => Icon::CircleX,
        ServiceState::Deploying => Icon::LoaderCircle,
        ServiceState::Upgrading => Icon::CircleArrowUp,
        ServiceState::Restarting => Icon::RotateCw,
        ServiceState::Deleting => Icon::CircleMinus,
        ServiceState::Pending => Icon::Clock,
        ServiceState::Stopped => Icon::CirclePause,
        ServiceState::Unknown => Icon::CloudOff,
    }
}

/// The status as a sentence, for how long it has been so, and what to do next. Changes are read out.
#[component]
pub fn StatusLine(
    /// The status.
    #[prop(into)]
    status: Signal<ServiceStatus>,
) -> impl IntoView {
    let words = memo(move |_| status.with(|status| i18n::explain(status.reason, &status.params)));
    let since = memo(move |_| status.with(|status| status.since.as_ref().map(crate::api::DateTime::millis)));
    view! {
        <div class="status-line" aria-live="polite">
            <p class="status-sentence">{move || words.with(|words| words.0.clone())}</p>
            {move || {
                status.with(|status| i18n::message(status.reason, &status.params))
                    .map(|message| view! { <p class="status-message"><code>{message}</code></p> })
            }}
            {move || {
                words.with(|words| Some(words.1.clone()).filter(|next| !next.is_empty()))
                    .map(|next| view! { <p class="status-next">{next}</p> })
            }}
        </div>
        {move || since.get().map(|since| view! {
            <p class="status-since"><Lasting from=since /></p>
        })}
    }
}

/// How far an operation is.
#[component]
pub fn OperationBadge(
    /// How far it is.
    #[prop(into)]
    state: Signal<OperationState>,
) -> impl IntoView {
    let tone = move || match state.get() {
        OperationState::Succeeded => "good",
        OperationState::Failed => "bad",
        OperationState::Running | OperationState::Cancelling => "moving",
        OperationState::Queued | OperationState::Cancelled => "calm",
    };
    let shape = move || match state.get() {
        OperationState::Succeeded => Icon::CircleCheck,
        OperationState::Failed => Icon::CircleX,
        OperationState::Running => Icon::LoaderCircle,
        OperationState::Cancelling => Icon::CircleMinus,
        OperationState::Queued => Icon::Clock,
        OperationState::Cancelled => Icon::Ban,
    };
    view! {
        <span class=move || format!("badge {}", tone()) data-state=move || state.get().as_str()>
            {move || icon(shape())} <span>{move || (t().operation_state)(state.get())}</span>
        </span>
    }
}
