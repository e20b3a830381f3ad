//! The stream of a log into a bounded buffer.

use super::{
    Source,
    buffer::{Buffer, Mark, Row},
};
use crate::api::{
    ApiError,
    socket::{self, Event, Subscription},
    subscriptions::{LogBatch, LogStream, ServiceLogsInput, Stream},
};
use crate::lean::effect;
use cynic::Id;
use leptos::prelude::*;
use shared::service::LogState;
use std::collections::VecDeque;

/// Lines that the log begins with.
const TAIL: i32 = 1000;
/// Most lines that wait while the log is paused; older ones are left out with a count.
const MOST_WAITING: usize = 20_000;

/// A log that is read.
#[derive(Clone, Copy)]
pub struct Feed {
    /// The lines; not a signal, because copying 100,000 lines for each new one would stutter.
    pub buffer: StoredValue<Buffer>,
    /// Grows with each change of the buffer.
    pub version: RwSignal<u64>,
    /// Screen lines that went at the top since the view last asked.
    pub gone: StoredValue<u64>,
    /// How many rows there are.
    pub lines: RwSignal<usize>,
    /// How the stream is; none until it has said so.
    pub state: RwSignal<Option<LogState>>,
    /// Why it cannot be read now.
    pub error: RwSignal<Option<ApiError>>,
    /// Whether the view stays at the newest line.
    pub following: RwSignal<bool>,
    /// Whether long lines are wrapped.
    pub wrap: RwSignal<bool>,
    /// Whether new lines wait.
    pub paused: RwSignal<bool>,
    /// How many lines wait.
    pub waiting: RwSignal<usize>,
    pending: StoredValue<VecDeque<Row>>,
    left_out: StoredValue<u32>,
    cursor: StoredValue<Option<String>>,
}

impl Feed {
    /// Reads the log that `source` names, and another when that changes.
    pub fn follow(service: Id, source: Memo<Option<Source>>) -> Self {
        let feed = Self {
            buffer: StoredValue::new(Buffer::default()),
            version: RwSignal::new(0),
            gone: StoredValue::new(0),
            lines: RwSignal::new(0),
            state: RwSignal::new(None),
            error: RwSignal::new(None),
            following: RwSignal::new(true),
            wrap: RwSignal::new(true),
            paused: RwSignal::new(false),
            waiting: RwSignal::new(0),
            pending: StoredValue::new(VecDeque::new()),
            left_out: StoredValue::new(0),
            cursor: StoredValue::new(None),
        };
        let running = StoredValue::new_local(None::<Subscription>);
        effect(move || {
            let source = source.get();
            running.set_value(None);
            feed.reset();
            running.set_value(source.map(|source| feed.listen(service.clone(), source)));
        });
        feed
    }

    fn reset(self) {
        self.buffer.update_value(Buffer::clear);
        self.pending.set_value(VecDeque::new());
        self.left_out.set_value(0);
        self.cursor.set_value(None);
        self.state.set(None);
        self.error.set(None);
        self.waiting.set(0);
        self.changed();
    }

    fn listen(self, service_id: Id, (pod, container): Source) -> Subscription {
        let request = move || {
            let after = self.cursor.try_get_value().flatten();
            let tail = after.is_none().then_some(TAIL);
            let (pod, container) = (pod.clone(), container.clone());
            LogStream(ServiceLogsInput { service_id: service_id.clone(), pod, container, after, tail }).request()
        };
        socket::subscribe(request, move |event| match event {
            Event::Next(data) => match socket::read::<<LogStream as Stream>::Wire>(data) {
                Ok(wire) => self.take(LogStream::item(wire)),
                Err(error) => drop(self.error.try_set(Some(error))),
            },
            Event::Failed(error) => drop(self.error.try_set(Some(error))),
            Event::Complete => self.ended(),
        })
    }

    fn ended(self) {
        let before = self.state.try_update(|state| state.replace(LogState::Ended));
        if before.is_some_and(|before| before != Some(LogState::Ended)) {
            self.add([Row::Mark(Mark::Ended)]);
        }
    }

    fn take(self, batch: LogBatch) {
        if self.error.try_with_untracked(Option::is_some) == Some(true) {
            self.error.set(None);
        }
        if let Some(last) = batch.lines.last() {
            self.cursor.try_set_value(Some(last.cursor.clone()));
        }
        let dropped = u32::try_from(batch.dropped).ok().filter(|dropped| *dropped > 0);
        let marks = dropped.map(Mark::Dropped).into_iter().chain(batch.gap.then_some(Mark::Gap));
        let lines = batch.lines.into_iter().map(|mut line| {
            // A tab is as wide as its place in the line says; four blanks are as wide everywhere.
            if line.text.contains('\t') {
                line.text = line.text.replace('\t', "    ");
            }
            Row::Line(line)
        });
        self.add(marks.map(Row::Mark).chain(lines));
        if batch.state == LogState::Ended {
            self.ended();
        } else {
            self.state.try_update(|state| *state = Some(batch.state));
        }
    }

    fn add(self, rows: impl IntoIterator<Item = Row>) {
        if self.paused.try_get_untracked() == Some(true) {
            let waiting = self.pending.try_update_value(|pending| {
                pending.extend(rows);
                while pending.len() > MOST_WAITING {
                    if let Some(Row::Line(_)) = pending.pop_front() {
                        self.left_out.update_value(|count| *count += 1);
                    }
                }
                pending.len()
            });
            if let Some(waiting) = waiting {
                self.waiting.set(waiting);
            }
            return;
        }
        let gone = self.buffer.try_update_value(|buffer| rows.into_iter().map(|row| buffer.push(row)).sum::<u64>());
        if let Some(gone) = gone {
            self.gone.update_value(|all| *all += gone);
            self.changed();
        }
    }

    fn changed(self) {
        self.lines.set(self.buffer.with_value(Buffer::len));
        self.version.update(|version| *version += 1);
    }

    /// Lets new lines wait, or shows those that have waited.
    pub fn set_paused(self, paused: bool) {
        self.paused.set(paused);
        if paused {
            return;
        }
        let rows = self.pending.try_update_value(std::mem::take).unwrap_or_default();
        let left_out = self.left_out.try_update_value(std::mem::take).unwrap_or_default();
        let mark = (left_out > 0).then_some(Row::Mark(Mark::Dropped(left_out)));
        self.waiting.set(0);
        self.add(mark.into_iter().chain(rows));
    }
}
