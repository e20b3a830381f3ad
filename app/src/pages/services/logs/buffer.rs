//! The lines of a log that are kept, and where each stands when long ones are wrapped.

use crate::api::subscriptions::LogLine;
use std::collections::VecDeque;

/// Most lines that are kept.
pub const MOST_LINES: usize = 100_000;
/// Most bytes of text that are kept.
const MOST_BYTES: usize = 48 * 1024 * 1024;

/// A mark between lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mark {
    /// The stream was interrupted; lines may be missing.
    Gap,
    /// So many lines were left out.
    Dropped(u32),
    /// The container has ended.
    Ended,
}

/// A row of the log.
#[derive(Debug, Clone, PartialEq)]
pub enum Row {
    /// A line.
    Line(LogLine),
    /// A mark.
    Mark(Mark),
}

/// The rows, oldest first.
#[derive(Default)]
pub struct Buffer {
    rows: VecDeque<(Row, u32)>,
    /// Where each row ends, in screen lines since the log was opened.
    ends: VecDeque<u64>,
    /// Where the first row begins.
    start: u64,
    /// The number of the first row, counted since the log was opened.
    first: u64,
    bytes: usize,
    /// Letters in a screen line; none where long lines are not wrapped.
    columns: Option<u32>,
}

impl Buffer {
    /// How many rows are kept.
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// The height of all rows, in screen lines.
    pub fn height(&self) -> u64 {
        self.end() - self.start
    }

    fn end(&self) -> u64 {
        self.ends.back().copied().unwrap_or(self.start)
    }

    /// Forgets everything.
    pub fn clear(&mut self) {
        *self = Self { columns: self.columns, ..Self::default() };
    }

    /// Adds a row; the oldest go when there are too many. Tells how many screen lines went.
    pub fn push(&mut self, row: Row) -> u64 {
        let width = match &row {
            Row::Line(line) => width(&line.text),
            Row::Mark(_) => 0,
        };
        self.bytes += bytes(&row);
        let end = self.end() + self.lines_of(width);
        self.rows.push_back((row, width));
        self.ends.push_back(end);
        let before = self.start;
        while self.rows.len() > MOST_LINES || self.bytes > MOST_BYTES {
            let Some((row, _)) = self.rows.pop_front() else { break };
            self.bytes -= bytes(&row);
            self.start = self.ends.pop_front().unwrap_or(self.start);
            self.first += 1;
        }
        self.start - before
    }

    const fn lines_of(&self, width: u32) -> u64 {
        match self.columns {
            Some(columns) if width > columns => width.div_ceil(columns) as u64,
            _ => 1,
        }
    }

    /// Wraps at so many letters, or not at all.
    pub fn wrap(&mut self, columns: Option<u32>) -> bool {
        let columns = columns.map(|columns| columns.max(8));
        if columns == self.columns {
            return false;
        }
        self.columns = columns;
        let mut end = self.start;
        for index in 0..self.rows.len() {
            end += self.lines_of(self.rows[index].1);
            self.ends[index] = end;
        }
        true
    }

    /// The rows on the screen lines from `top` on, `count` of them: number, height, row; and the line the first begins at.
    pub fn visible(&self, top: u64, count: u64) -> (u64, Vec<(u64, u64, Row)>) {
        let (from, to) = (self.start + top, self.start + top + count);
        let first = self.ends.partition_point(|end| *end <= from);
        let mut begin = if first == 0 { self.start } else { self.ends[first - 1] };
        let offset = begin - self.start;
        let mut rows = Vec::new();
        for index in first..self.rows.len() {
            if begin >= to {
                break;
            }
            let end = self.ends[index];
            rows.push((self.first + index as u64, end - begin, self.rows[index].0.clone()));
            begin = end;
        }
        (offset, rows)
    }
}

fn bytes(row: &Row) -> usize {
    match row {
        Row::Line(line) => line.text.len() + line.cursor.len() + line.at.0.len(),
        Row::Mark(_) => 0,
    }
}

/// How wide a line is in a fixed-width face: letters of East Asia take two places, control sequences none.
fn width(text: &str) -> u32 {
    let plain = |text: &str| text.chars().map(|letter| if u32::from(letter) >= 0x1100 { 2 } else { 1 }).sum();
    if text.contains('\u{1b}') {
        super::ansi::spans(text).iter().map(|span| plain(&span.text)).sum()
    } else {
        plain(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::DateTime;

    fn line(text: &str) -> Row {
        Row::Line(LogLine { cursor: String::new(), at: DateTime(String::new()), text: text.to_owned(), cut: false })
    }

    #[test]
    fn wrapped_lines_take_more_room() {
        let mut buffer = Buffer::default();
        buffer.push(line("1234567890123"));
        buffer.push(line("x"));
        assert_eq!(buffer.height(), 2);
        assert!(buffer.wrap(Some(10)));
        assert_eq!(buffer.height(), 3);
        let (offset, rows) = buffer.visible(2, 5);
        assert_eq!((offset, rows.len(), rows[0].0), (2, 1, 1));
        let (offset, rows) = buffer.visible(1, 1);
        assert_eq!((offset, rows[0].1), (0, 2));
    }

    #[test]
    fn the_oldest_lines_go() {
        let mut buffer = Buffer::default();
        let gone: u64 = (0..MOST_LINES + 10).map(|_| buffer.push(line("x"))).sum();
        assert_eq!((gone, buffer.len(), buffer.height()), (10, MOST_LINES, MOST_LINES as u64));
        assert_eq!(buffer.visible(0, 1).1[0].0, 10);
    }
}
