//! An operation as it goes on: its steps with the time each took, what happened in each, and what can be done.

use super::{OperationBadge, off};
use crate::lean::{For, Show, effect, memo, spawn, view};
use crate::{
    api::{
        DateTime,
        live::{self, Live},
        mutations::{self, CancelOperationInput, RetryOperationInput},
        socket::{self, Event, Subscription},
        subscriptions::{OperationStream, Stream},
        types::{JournalEntry, OperationStep, OperationView},
    },
    i18n::{self, t, with},
    stores::toasts,
    ui::{Alert, Button, Elapsed, Icon, Tone, When, icon},
};
use cynic::Id;
use leptos::prelude::*;
use shared::{
    operation::{JournalCode, JournalLevel, StepName, StepState},
    policy::WorkspaceAction,
};

/// An operation with its journal, live.
#[derive(Clone, Copy)]
pub struct OperationLive {
    /// The operation.
    pub operation: RwSignal<Live<OperationView>>,
    /// Its journal, oldest first.
    pub entries: RwSignal<Vec<JournalEntry>>,
}

/// Follows an operation; after a lost connection, the journal goes on after the last entry that is known.
pub fn follow_operation(id: impl Fn() -> Option<Id> + Send + Sync + 'static) -> OperationLive {
    let live = OperationLive { operation: RwSignal::new(Live::Loading), entries: RwSignal::new(Vec::new()) };
    let id = memo(move |_| id());
    let running = StoredValue::new_local(None::<Subscription>);
    effect(move || {
        let id = id.get();
        running.set_value(None);
        live.operation.set(Live::Loading);
        live.entries.set(Vec::new());
        running.set_value(id.map(|id| live.listen(id)));
    });
    live
}

impl OperationLive {
    fn listen(self, id: Id) -> Subscription {
        let request = move || {
            let after_seq = self.entries.with_untracked(|entries| entries.last().map(|entry| entry.seq));
            OperationStream { id: id.clone(), after_seq }.request()
        };
        socket::subscribe(request, move |event| match event {
            Event::Next(data) => match socket::read::<<OperationStream as Stream>::Wire>(data) {
                Ok(wire) => self.take(OperationStream::item(wire)),
                Err(error) => live::take(self.operation, Err(error)),
            },
            Event::Failed(error) => live::take(self.operation, Err(error)),
            // An ended operation says nothing more; what is known stays.
            Event::Complete => {}
        })
    }

    fn take(self, update: crate::api::types::OperationUpdate) {
        if !update.entries.is_empty() {
            self.entries.try_update(|entries| {
                let last = entries.last().map_or(i32::MIN, |entry| entry.seq);
                entries.extend(update.entries.into_iter().filter(|entry| entry.seq > last));
            });
        }
        self.operation.try_set(Live::Ready(update.operation));
    }
}

/// What can be done about an operation: cancel it, or try again.
#[component]
pub fn OperationActions(
    /// The operation.
    operation: Signal<OperationView>,
) -> impl IntoView {
    let denied = off(WorkspaceAction::SteerOperation);
    let busy = RwSignal::new(false);
    let cancellable = memo(move |_| operation.with(|operation| operation.cancellable));
    let retryable = memo(move |_| operation.with(|operation| operation.retryable));
    view! {
        <Show when=move || cancellable.get()>
            <Button
                before=Icon::CircleStop
                off=denied
                busy=busy
                on_press=move || act_on_operation(&operation.read_untracked().id, true, busy)
            >
                {t().operation.cancel}
            </Button>
        </Show>
        <Show when=move || retryable.get()>
            <Button
                kind=crate::ui::Kind::Primary
                before=Icon::RotateCw
                off=denied
                busy=busy
                on_press=move || act_on_operation(&operation.read_untracked().id, false, busy)
            >
                {t().operation.retry}
            </Button>
        </Show>
    }
}

/// Cancels an operation or tries it again, and says so.
pub fn act_on_operation(id: &Id, cancel: bool, busy: RwSignal<bool>) {
    let id = id.clone();
    busy.set(true);
    spawn(async move {
        let (answer, text) = if cancel {
            (mutations::cancel_operation(CancelOperationInput { id }).await.map(drop), t().operation.cancel_asked)
        } else {
            (mutations::retry_operation(RetryOperationInput { id }).await.map(drop), t().operation.retry_asked)
        };
        match answer {
            Ok(()) => toasts::done(text),
            Err(error) => toasts::failed(i18n::api_error(&error)),
        }
        busy.try_set(false);
    });
}

/// An operation with its head, its steps and its journal.
#[component]
pub fn OperationPanel(
    /// Which one.
    #[prop(into)]
    id: Signal<Option<Id>>,
) -> impl IntoView {
    let live = follow_operation(move || id.get());
    super::loaded(live.operation, move |operation| {
        view! { <Timeline operation=operation entries=live.entries /> }.into_any()
    })
}

#[component]
pub fn Timeline(operation: Signal<OperationView>, entries: RwSignal<Vec<JournalEntry>>) -> impl IntoView {
    let state = memo(move |_| operation.with(|operation| operation.state));
    let error = memo(move |_| operation.with(|operation| operation.error.as_ref().map(i18n::operation_error)));
    let steps =
        memo(move |_| operation.with(|operation| operation.steps.iter().map(|step| step.name).collect::<Vec<_>>()));
    // What can be done about it comes and goes: a button that is gone leaves the focus to the whole, which has a name.
    let title =
        move || operation.with(|operation| with((t().operation_kind)(operation.kind), "name", &operation.target_name));
    view! {
        <section class="operation" role="group" aria-label=title>
            <header class="operation-head">
                <OperationBadge state=state />
                <p class="muted">
                    {t().operation.asked_by} " " {move || operation.with(|operation| operation.actor_name.clone())} " · "
                    <When at=Signal::derive(move || operation.with(|operation| operation.created_at.millis())) />
                    {move || operation.with(|operation| operation.started_at.clone()).map(|started| {
                        let ended = Signal::derive(move || {
                            operation.with(|operation| operation.finished_at.as_ref().map(DateTime::millis))
                        });
                        let word = move || if ended.get().is_some() { t().operation.took } else { t().operation.running_for };
                        view! { " · " {word} " " <Elapsed from=started.millis() to=ended /> }
                    })}
                </p>
                <div class="actions"><OperationActions operation=operation /></div>
            </header>
            <p class="visually-hidden" role="status">{move || (t().operation_state)(state.get())}</p>
            {move || error.get().map(|(sentence, next)| view! {
                <Alert tone=Tone::Error>
                    <p>{sentence}</p>
                    {(!next.is_empty()).then(|| view! { <p class="muted">{next}</p> })}
                </Alert>
            })}
            <ol class="timeline">
                <For each=move || steps.get() key=|name| *name let:name>
                    <Step operation=operation entries=entries name=name />
                </For>
            </ol>
        </section>
    }
}

#[component]
fn Step(operation: Signal<OperationView>, entries: RwSignal<Vec<JournalEntry>>, name: StepName) -> impl IntoView {
    let step =
        memo(move |_| operation.with(|operation| operation.steps.iter().find(|step| step.name == name).cloned()));
    let ended = memo(move |_| operation.with(|operation| !operation.state.is_open()));
    // What was under way when it was cancelled goes on no more.
    let state = memo(move |_| match step.with(|step| step.as_ref().map(|step| step.state)) {
        Some(StepState::Running) if ended.get() => StepState::Pending,
        state => state.unwrap_or(StepState::Pending),
    });
    let lines = memo(move |_| entries.with(|entries| lines_of(entries, name)));
    let chosen = RwSignal::new(None::<bool>);
    let open = memo(move |_| {
        chosen.get().unwrap_or_else(|| matches!(state.get(), StepState::Running | StepState::Failed))
            && lines.with(|lines| !lines.is_empty())
    });
    let journal = NodeRef::<leptos::html::Ol>::new();
    effect(move || {
        lines.track();
        let Some(journal) = journal.get().filter(|_| state.get() == StepState::Running) else { return };
        // What goes on now is at the end; whoever has scrolled back is left there.
        let at_end = journal.scroll_height() - journal.scroll_top() - journal.client_height() < 60;
        if at_end || journal.scroll_top() == 0 {
            request_animation_frame(move || journal.set_scroll_top(journal.scroll_height()));
        }
    });
    let list = crate::ui::unique("step");
    let controls = list.clone();
    let times = move || step.with(|step| step.as_ref().and_then(|step| times_of(step, state.get())));
    view! {
        <li class=move || format!("step {}", class_of(state.get(), ended.get())) data-state=move || state.get().as_str()>
            <span class="step-mark">{move || icon(shape_of(state.get()))}</span>
            <button
                type="button"
                class="step-head"
                aria-expanded=move || open.get().to_string()
                aria-controls=controls
                disabled=move || lines.with(Vec::is_empty)
                on:click=move |_| chosen.set(Some(!open.get_untracked()))
            >
                <span class="step-name">{(t().step)(name)}</span>
                <span class="visually-hidden">{move || word_of(state.get())}</span>
                {move || times().map(|(from, to)| view! { <Elapsed from=from to=to /> })}
                <span class="chevron" class:open=move || open.get() class:gone=move || lines.with(Vec::is_empty)>
                    {icon(Icon::ChevronRight)}
                </span>
            </button>
            <ol class="journal" node_ref=journal id=list tabindex="0" aria-label=(t().step)(name) hidden=move || !open.get()>
                <For each=move || if open.get() { lines.get() } else { Vec::new() } key=|entry| entry.seq let:entry>
                    <Line entry=entry />
                </For>
            </ol>
        </li>
    }
}

#[component]
fn Line(entry: JournalEntry) -> impl IntoView {
    let class = match entry.level {
        JournalLevel::Info => "info",
        JournalLevel::Warning => "warning",
        JournalLevel::Error => "error",
    };
    let output = entry.code == JournalCode::HelmOutput;
    let millis = entry.at.millis();
    view! {
        <li class=class class:output=output>
            <time title=i18n::exact(millis)>{i18n::clock_time(millis)}</time>
            <span>{i18n::journal(&entry)}</span>
        </li>
    }
}

/// The entries of a step, and those without a step that came right after them.
fn lines_of(entries: &[JournalEntry], name: StepName) -> Vec<JournalEntry> {
    let first = entries.iter().find_map(|entry| entry.step);
    let mut current = first;
    let mut lines = Vec::new();
    for entry in entries {
        current = entry.step.or(current);
        // The step's own mark and time say these already.
        let said = matches!(entry.code, JournalCode::StepStarted | JournalCode::StepDone);
        if current == Some(name) && !said {
            lines.push(entry.clone());
        }
    }
    lines
}

fn times_of(step: &OperationStep, state: StepState) -> Option<(f64, Option<f64>)> {
    let from = step.started_at.as_ref()?.millis();
    let to = step.finished_at.as_ref().map(DateTime::millis);
    // A step that has neither ended nor runs would count for ever.
    (to.is_some() || state == StepState::Running).then_some((from, to))
}

const fn class_of(state: StepState, ended: bool) -> &'static str {
    match state {
        StepState::Pending if ended => "skipped",
        StepState::Pending => "pending",
        StepState::Running => "running",
        StepState::Done => "done",
        StepState::Failed => "failed",
    }
}

const fn shape_of(state: StepState) -> Icon {
    match state {
        StepState::Pending => Icon::CircleDashed,
        StepState::Running => Icon::LoaderCircle,
        StepState::Done => Icon::Check,
        StepState::Failed => Icon::X,
    }
}

fn word_of(state: StepState) -> &'static str {
    let words = &t().operation;
    match state {
        StepState::Pending => words.step_pending,
        StepState::Running => words.step_running,
        StepState::Done => words.step_done,
        StepState::Failed => words.step_failed,
    }
}
