//! The last lines of one container, shared by all its readers.

use super::{
    LogBatch,
    line::{LogCursor, LogLine, RawLine},
};
use crate::clock::Instant;
use shared::service::LogState;
use std::{
    collections::{HashMap, VecDeque},
    sync::Arc,
};

/// Lines that are kept.
pub(super) const MAX_LINES: usize = 5000;
/// Bytes that are kept.
const MAX_BYTES: usize = 4 * 1024 * 1024;
/// What goes into one batch.
pub(super) const BATCH_LINES: usize = 500;
pub(super) const BATCH_BYTES: usize = 256 * 1024;
/// What a line costs beyond its text.
const LINE_COST: usize = 64;
const SECOND: i64 = 1_000_000_000;

struct Entry {
    line: LogLine,
    /// Lines may be missing before this one.
    gap: bool,
}

/// The ring. Lines are counted from the first one ever, so a reader's place is a number.
pub(super) struct Ring {
    entries: VecDeque<Entry>,
    first: u64,
    bytes: usize,
    latest: i64,
    /// Whether the lines of before we began have been read.
    pub(super) caught_up: bool,
    pub(super) state: LogState,
}

impl Default for Ring {
    fn default() -> Self {
        Self { entries: VecDeque::new(), first: 0, bytes: 0, latest: 0, caught_up: false, state: LogState::Waiting }
    }
}

/// Lines that come again after a break: the cluster repeats from a whole second on.
#[derive(Default)]
pub(super) struct Replay {
    seen: HashMap<i64, u32>,
    /// Everything before this was seen.
    before: i64,
    /// The latest line that was seen.
    latest: i64,
    /// Whether the break may have swallowed lines, if none of the seen ones comes again.
    doubtful: bool,
}

impl Replay {
    /// Whether the line has been seen; else whether lines may be missing before it.
    fn check(&mut self, nanos: i64) -> Result<(), bool> {
        if let Some(count) = self.seen.get_mut(&nanos)
            && *count > 0
        {
            *count -= 1;
            self.doubtful = false;
            return Ok(());
        }
        if nanos < self.before {
            self.doubtful = false;
            return Ok(());
        }
        if nanos > self.latest.saturating_add(SECOND) {
            self.seen.clear();
        }
        Err(std::mem::take(&mut self.doubtful))
    }
}

impl Ring {
    /// From which time to ask for lines again; none when there were none. Whole seconds: the API takes no finer ones.
    pub(super) fn since(&self) -> Option<jiff::Timestamp> {
        (self.latest > 0).then(|| jiff::Timestamp::from_second(self.latest.div_euclid(SECOND)).ok())?
    }

    /// Whether the log is followed from its last line on. Else it is to be read as a whole, without a time to begin at.
    pub(super) fn has_begun(&self) -> bool {
        self.caught_up && self.latest > 0
    }

    /// Forgets the lines, unless somebody may have read them.
    pub(super) fn begin_anew(&mut self) {
        if !self.caught_up {
            *self = Self { state: self.state, ..Self::default() };
        }
    }

    /// What to expect of a stream that begins at `since`. `doubtful`: the log goes on where we stopped, so the last
    /// line that we know has to come again, or else the file was rotated away.
    pub(super) fn replay(&self, doubtful: bool) -> Replay {
        let since = self.latest.div_euclid(SECOND).saturating_mul(SECOND);
        let mut replay = Replay { before: since, latest: self.latest, ..Replay::default() };
        for entry in self.entries.iter().filter(|entry| entry.line.cursor.nanos >= since) {
            *replay.seen.entry(entry.line.cursor.nanos).or_default() += 1;
        }
        // More lines in that second than the ring holds: those before the oldest were seen as well.
        if let Some(oldest) = self.entries.front()
            && self.first > 0
            && oldest.line.cursor.nanos >= since
        {
            replay.before = oldest.line.cursor.nanos;
        }
        replay.doubtful = doubtful && !replay.seen.is_empty();
        replay
    }

    /// Takes a line in, unless it has been seen.
    pub(super) fn push(&mut self, raw: RawLine, replay: &mut Replay) {
        // Without a time of its own a line is as old as the one before.
        let nanos = raw.nanos.unwrap_or(self.latest);
        let gap = match replay.check(nanos) {
            Ok(()) => return,
            Err(gap) => gap,
        };
        let number = self.number(nanos);
        self.latest = self.latest.max(nanos);
        self.bytes += raw.text.len() + LINE_COST;
        let line = LogLine {
            cursor: LogCursor { nanos, number },
            at: Instant(nanos.div_euclid(1000)),
            text: Arc::from(raw.text),
            cut: raw.cut,
        };
        self.entries.push_back(Entry { line, gap });
        while self.entries.len() > MAX_LINES || self.bytes > MAX_BYTES {
            let Some(oldest) = self.entries.pop_front() else { break };
            self.bytes -= oldest.line.text.len() + LINE_COST;
            self.first += 1;
        }
    }

    /// Which of the lines of that time this is.
    fn number(&self, nanos: i64) -> u32 {
        if nanos > self.latest {
            return 0;
        }
        // Standard output and error are merged, so now and then a line is a little older than the one before.
        let cursors = self.entries.iter().rev().map(|entry| entry.line.cursor);
        cursors.filter(|cursor| cursor.nanos == nanos).map(|cursor| cursor.number + 1).next().unwrap_or(0)
    }

    fn end(&self) -> u64 {
        self.first + self.entries.len() as u64
    }

    /// Where a reader begins, and whether lines may be missing before.
    pub(super) fn place(&self, after: Option<LogCursor>, tail: usize) -> (u64, bool) {
        let Some(after) = after else {
            return (self.end() - tail.min(self.entries.len()) as u64, false);
        };
        if let Some(index) = self.entries.iter().rposition(|entry| entry.line.cursor == after) {
            return (self.first + index as u64 + 1, false);
        }
        let later = self.entries.iter().position(|entry| entry.line.cursor > after);
        let index = later.unwrap_or(self.entries.len());
        (self.first + index as u64, index == 0 && later.is_some())
    }

    /// Takes what comes next for a reader; its place moves on.
    pub(super) fn take(&self, next: &mut u64) -> LogBatch {
        let dropped = self.first.saturating_sub(*next);
        *next += dropped;
        let start = usize::try_from(*next - self.first).unwrap_or(usize::MAX);
        let mut batch = LogBatch { lines: Vec::new(), dropped, gap: false, state: LogState::Following };
        let mut bytes = 0;
        for entry in self.entries.iter().skip(start) {
            bytes += entry.line.text.len();
            let full = batch.lines.len() >= BATCH_LINES || bytes > BATCH_BYTES;
            if !batch.lines.is_empty() && (full || entry.gap) {
                break;
            }
            batch.gap |= entry.gap;
            batch.lines.push(entry.line.clone());
        }
        *next += batch.lines.len() as u64;
        // The end is told with the last line and not before.
        batch.state = if *next < self.end() { LogState::Following } else { self.state };
        batch
    }

    /// Whether a reader has to wait.
    pub(super) fn is_read(&self, next: u64) -> bool {
        next >= self.end()
    }

    /// Whether a batch is full already.
    pub(super) fn is_plenty(&self, next: u64) -> bool {
        self.end().saturating_sub(next) >= BATCH_LINES as u64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn raw(nanos: i64, text: &str) -> RawLine {
        RawLine { nanos: Some(nanos), text: text.to_owned(), cut: false }
    }

    fn texts(ring: &Ring) -> Vec<String> {
        ring.entries.iter().map(|entry| entry.line.text.to_string()).collect()
    }

    fn ring(lines: &[(i64, &str)]) -> Ring {
        let mut ring = Ring::default();
        for (nanos, text) in lines {
            ring.push(raw(*nanos, text), &mut Replay::default());
        }
        ring
    }

    #[test]
    fn what_comes_again_is_skipped_and_what_is_new_is_not() {
        // Two lines of one moment, and one that came late.
        let mut ring = ring(&[(SECOND, "a"), (SECOND + 5, "b"), (SECOND + 5, "c"), (SECOND + 3, "late")]);
        let mut replay = ring.replay(true);
        for (nanos, text) in [
            (SECOND, "a"),
            (SECOND + 5, "b"),
            (SECOND + 5, "c"),
            (SECOND + 3, "late"),
            (SECOND + 5, "d"),
            (SECOND + 4, "late too"),
        ] {
            ring.push(raw(nanos, text), &mut replay);
        }
        assert_eq!(texts(&ring), ["a", "b", "c", "late", "d", "late too"]);
        assert!(ring.entries.iter().all(|entry| !entry.gap));
        let cursors: std::collections::HashSet<_> = ring.entries.iter().map(|entry| entry.line.cursor).collect();
        assert_eq!(cursors.len(), 6);
    }

    #[test]
    fn a_log_that_begins_later_has_a_gap() {
        let mut ring = ring(&[(SECOND, "a")]);
        let mut replay = ring.replay(true);
        ring.push(raw(9 * SECOND, "b"), &mut replay);
        ring.push(raw(9 * SECOND, "c"), &mut replay);
        assert_eq!(ring.entries.iter().map(|entry| entry.gap).collect::<Vec<_>>(), [false, true, false]);
        let mut next = 0;
        assert_eq!((ring.take(&mut next).lines.len(), next), (1, 1));
        let batch = ring.take(&mut next);
        assert!(batch.gap && batch.lines.len() == 2);
    }

    #[test]
    fn a_second_of_more_lines_than_fit_is_not_repeated() {
        let mut ring = Ring::default();
        let all = 0..i64::try_from(MAX_LINES).unwrap() + 100;
        for number in all.clone() {
            ring.push(raw(SECOND + number, "x"), &mut Replay::default());
        }
        let mut replay = ring.replay(true);
        let end = ring.end();
        for number in all {
            ring.push(raw(SECOND + number, "x"), &mut replay);
        }
        assert_eq!(ring.end(), end);
    }

    #[test]
    fn a_slow_reader_loses_lines_with_a_count() {
        let mut ring = ring(&[]);
        let (mut next, _) = ring.place(None, 10);
        for number in 0..i64::try_from(MAX_LINES).unwrap() + 7 {
            ring.push(raw(number + 1, "x"), &mut Replay::default());
        }
        let batch = ring.take(&mut next);
        assert_eq!((batch.dropped, batch.lines.len(), batch.lines[0].cursor.nanos), (7, BATCH_LINES, 8));
        assert_eq!(ring.take(&mut next).dropped, 0);
    }

    #[test]
    fn a_reader_goes_on_after_its_cursor() {
        let ring = ring(&[(5, "a"), (5, "b"), (7, "c")]);
        let at = |nanos, number| ring.place(Some(LogCursor { nanos, number }), 0);
        assert_eq!(at(5, 0), (1, false));
        assert_eq!(at(7, 0), (3, false));
        assert_eq!(at(6, 0), (2, false));
        assert_eq!(at(2, 0), (0, true));
        assert_eq!(ring.place(None, 2), (1, false));
        assert_eq!(ring.place(None, 9), (0, false));
    }
}
