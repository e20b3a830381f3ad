//! The stream of a log into a bounded buffer.

use super::{
    address::Source,
    buffer::{Buffer, Line, Mark, Row},
    time,
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
use std::{collections::VecDeque, sync::Arc};

/// Lines that the log begins with.
const TAIL: i32 = 1000;
/// Lines of a run that has ended: the most that the server sends.
const TAIL_OF_ENDED: i32 = 2000;
/// Most that waits while the log is paused; older lines are left out with a count.
const MOST_WAITING: usize = 20_000;
const MOST_BYTES_WAITING: usize = 8 * 1024 * 1024;

/// Rows that wait while the log is paused.
#[derive(Default)]
struct Waiting {
    rows: VecDeque<Row>,
    bytes: usize,
    left_out: u32,
}

impl Waiting {
    fn push(&mut self, row: Row) {
        self.bytes += row.bytes();
        self.rows.push_back(row);
        while self.rows.len() > MOST_WAITING || self.bytes > MOST_BYTES_WAITING {
            let Some(row) = self.rows.pop_front() else { break };
            self.bytes -= row.bytes();
            match row {
                Row::Line(_) => self.left_out += 1,
                Row::Mark(Mark::Dropped(lines)) => self.left_out += lines,
                Row::Mark(_) => {}
            }
        }
    }
}

/// A log that is read.
#[derive(Clone, Copy)]
pub struct Feed {
    /// The lines; not a signal, because copying 100,000 lines for each new one would stutter.
    pub buffer: StoredValue<Buffer>,
    /// Grows when the buffer has changed, once a frame: however fast lines come, the page is drawn no more often.
    pub version: RwSignal<u64>,
    /// Screen lines that went at the top since the view last asked.
    pub gone: StoredValue<u64>,
    /// How many rows there are.
    pub lines: RwSignal<usize>,
    /// When the newest line was written.
    pub newest: RwSignal<Option<f64>>,
    /// Lines that were left out since the log was opened.
    pub left_out: RwSignal<u64>,
    /// How the stream is; none until it has said so.
    pub state: RwSignal<Option<LogState>>,
    /// Why it cannot be read now.
    pub error: RwSignal<Option<ApiError>>,
    /// Whether the view stays at the newest line.
    pub following: RwSignal<bool>,
    /// A row that is to be shown.
    pub revealed: RwSignal<Option<u64>>,
    /// Whether new lines wait.
    pub paused: RwSignal<bool>,
    /// How many lines wait.
    pub waiting: RwSignal<usize>,
    pending: StoredValue<Waiting>,
    cursor: StoredValue<Option<String>>,
    /// The stream was asked for again, and has not brought anything yet.
    reconnected: StoredValue<bool>,
    /// A frame is asked for.
    scheduled: StoredValue<bool>,
}

impl Feed {
    /// Reads the log that `source` names, and another when that changes.
    pub fn follow(service: Id, source: Memo<Option<Source>>) -> Self {
        let feed = Self {
            buffer: StoredValue::new(Buffer::default()),
            version: RwSignal::new(0),
            gone: StoredValue::new(0),
            lines: RwSignal::new(0),
            newest: RwSignal::new(None),
            left_out: RwSignal::new(0),
            state: RwSignal::new(None),
            error: RwSignal::new(None),
            following: RwSignal::new(true),
            revealed: RwSignal::new(None),
            paused: RwSignal::new(false),
            waiting: RwSignal::new(0),
            pending: StoredValue::new(Waiting::default()),
            cursor: StoredValue::new(None),
            reconnected: StoredValue::new(false),
            scheduled: StoredValue::new(false),
        };
        let running = StoredValue::new_local(None::<Subscription>);
        effect(move || {
            let source = source.get();
            running.set_value(None);
            feed.reset();
            feed.state.set(None);
            feed.error.set(None);
            feed.following.set(true);
            feed.paused.set(false);
            running.set_value(source.map(|source| feed.listen(service.clone(), source)));
        });
        feed
    }

    fn reset(self) {
        self.buffer.update_value(Buffer::clear);
        self.pending.set_value(Waiting::default());
        self.cursor.set_value(None);
        self.reconnected.set_value(false);
        self.left_out.set(0);
        self.waiting.set(0);
        self.changed();
    }

    fn listen(self, service_id: Id, source: Source) -> Subscription {
        let request = move || {
            let Source { pod, container, previous } = source.clone();
            let mut after = self.cursor.try_get_value().flatten();
            if previous && after.take().is_some() {
                // It does not grow: read anew from its beginning.
                self.reset();
            }
            self.reconnected.try_set_value(after.is_some());
            let most = if previous { TAIL_OF_ENDED } else { TAIL };
            let tail = after.is_none().then_some(most);
            let previous = previous.then_some(true);
            LogStream(ServiceLogsInput { service_id: service_id.clone(), pod, container, previous, after, tail })
                .request()
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

    /// Takes what has come. All of it is done here and now, so that a page that cannot keep up takes less from the
    /// socket, and the server leaves lines out with a count.
    fn take(self, batch: LogBatch) {
        if self.error.try_with_untracked(Option::is_some) == Some(true) {
            self.error.set(None);
        }
        let (mut resumed, mut waited) = (false, false);
        if let Some(last) = batch.lines.last() {
            self.cursor.try_set_value(Some(last.cursor.clone()));
            resumed = self.reconnected.try_update_value(std::mem::take) == Some(true);
            waited = self.state.try_get_untracked().flatten() == Some(LogState::Waiting) && self.has_lines();
        }
        let dropped = u32::try_from(batch.dropped).ok().filter(|dropped| *dropped > 0);
        if let Some(dropped) = dropped {
            self.left_out.try_update(|all| *all += u64::from(dropped));
        }
        let began_again = match (batch.gap, resumed, waited) {
            (true, ..) => Some(Mark::Gap),
            (false, true, _) => dropped.is_none().then_some(Mark::Reconnected),
            (false, false, true) => Some(Mark::WentOn),
            _ => None,
        };
        let marks = dropped.map(Mark::Dropped).into_iter().chain(began_again);
        let lines = batch.lines.into_iter().map(|line| {
            let at = time::millis(&line.at);
            // A tab is as wide as its place in the line says; four blanks are as wide everywhere.
            let text =
                if line.text.contains('\t') { line.text.replace('\t', "    ").into() } else { Arc::from(line.text) };
            Row::Line(Line { at, text, cut: line.cut })
        });
        self.add(marks.map(Row::Mark).chain(lines));
        if batch.state == LogState::Ended {
            self.ended();
        } else if self.state.try_get_untracked().flatten() != Some(batch.state) {
            self.state.try_set(Some(batch.state));
        }
    }

    fn has_lines(self) -> bool {
        self.buffer.try_with_value(|buffer| buffer.len() > 0) == Some(true)
    }

    fn add(self, rows: impl IntoIterator<Item = Row>) {
        if self.paused.try_get_untracked() == Some(true) {
            let waiting = self.pending.try_update_value(|pending| {
                rows.into_iter().for_each(|row| pending.push(row));
                pending.rows.len()
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

    /// Tells of a change with the next frame.
    pub fn changed(self) {
        if self.scheduled.try_update_value(|scheduled| std::mem::replace(scheduled, true)) != Some(false) {
            return;
        }
        request_animation_frame(move || {
            if self.scheduled.try_set_value(false).is_some() {
                return;
            }
            let Some((lines, newest)) = self.buffer.try_with_value(|buffer| (buffer.len(), buffer.newest())) else {
                return;
            };
            self.lines.set(lines);
            self.newest.set(newest);
            self.version.update(|version| *version += 1);
        });
    }

    /// Lets new lines wait, or shows those that have waited.
    pub fn set_paused(self, paused: bool) {
        self.paused.set(paused);
        if paused {
            return;
        }
        let waiting = self.pending.try_update_value(std::mem::take).unwrap_or_default();
        let mark = (waiting.left_out > 0).then_some(Row::Mark(Mark::Dropped(waiting.left_out)));
        if mark.is_some() {
            self.left_out.update(|all| *all += u64::from(waiting.left_out));
        }
        self.waiting.set(0);
        self.add(mark.into_iter().chain(waiting.rows));
    }
}
