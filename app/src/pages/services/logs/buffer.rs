//! The lines of a log that are kept, and where each stands when long ones are wrapped.

use std::{collections::VecDeque, sync::Arc};

/// Most lines that are kept.
pub const MOST_LINES: usize = 100_000;
/// Most bytes of text that are kept. No browser can scroll much further than they reach on a phone.
const MOST_BYTES: usize = 32 * 1024 * 1024;

/// A line of the log.
#[derive(Debug, Clone, PartialEq)]
pub struct Line {
    /// When it was written, in milliseconds since 1970.
    pub at: f64,
    /// Its text.
    pub text: Arc<str>,
    /// Whether it was longer and was cut.
    pub cut: bool,
}

/// A mark between lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mark {
    /// The stream was interrupted; lines may be missing.
    Gap,
    /// So many lines were left out.
    Dropped(u32),
    /// The connection was lost and came back; nothing is missing.
    Reconnected,
    /// It went on after a wait for the container or the cluster.
    WentOn,
    /// The container has ended.
    Ended,
}

/// A row of the log.
#[derive(Debug, Clone, PartialEq)]
pub enum Row {
    /// A line.
    Line(Line),
    /// A mark.
    Mark(Mark),
}

impl Row {
    /// What it takes.
    pub fn bytes(&self) -> usize {
        match self {
            Self::Line(line) => line.text.len(),
            Self::Mark(_) => 0,
        }
    }
}

/// A row that is on the screen: its number, its height in screen lines, and what it is.
pub type Shown = (u64, u64, Row);

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

    /// The number of the first row that is kept.
    pub const fn first(&self) -> u64 {
        self.first
    }

    /// The number that the next row will have.
    pub fn next(&self) -> u64 {
        self.first + self.rows.len() as u64
    }

    /// A row by its number.
    pub fn row(&self, number: u64) -> Option<&Row> {
        let index = usize::try_from(number.checked_sub(self.first)?).ok()?;
        self.rows.get(index).map(|(row, _)| row)
    }

    /// All rows.
    pub fn rows(&self) -> impl DoubleEndedIterator<Item = &Row> {
        self.rows.iter().map(|(row, _)| row)
    }

    /// When the newest line was written.
    pub fn newest(&self) -> Option<f64> {
        self.rows().rev().find_map(|row| match row {
            Row::Line(line) => Some(line.at),
            Row::Mark(_) => None,
        })
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
        self.bytes += row.bytes();
        let end = self.end() + self.lines_of(width);
        self.rows.push_back((row, width));
        self.ends.push_back(end);
        let before = self.start;
        while self.rows.len() > MOST_LINES || self.bytes > MOST_BYTES {
            let Some((row, _)) = self.rows.pop_front() else { break };
            self.bytes -= row.bytes();
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

    /// The screen line at which a row begins.
    pub fn place(&self, number: u64) -> Option<u64> {
        let index = usize::try_from(number.checked_sub(self.first)?).ok().filter(|index| *index < self.rows.len())?;
        Some(if index == 0 { 0 } else { self.ends[index - 1] - self.start })
    }

    /// The number of the row at a screen line.
    pub fn at(&self, line: u64) -> u64 {
        self.first + self.ends.partition_point(|end| *end <= self.start + line) as u64
    }

    /// The rows on the screen lines from `top` on, `count` of them; and the line at which the first begins.
    pub fn visible(&self, top: u64, count: u64) -> (u64, Vec<Shown>) {
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

/// How wide a line is in a fixed-width face: letters of East Asia take two places, control sequences none.
fn width(text: &str) -> u32 {
    if text.is_ascii() && !text.contains('\u{1b}') {
        return u32::try_from(text.len()).unwrap_or(u32::MAX);
    }
    super::ansi::plain(text).chars().map(|letter| if u32::from(letter) >= 0x1100 { 2 } else { 1 }).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(text: &str) -> Row {
        Row::Line(Line { at: 0.0, text: Arc::from(text), cut: false })
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
        assert_eq!((buffer.place(0), buffer.place(1), buffer.place(2)), (Some(0), Some(2), None));
        assert_eq!([0, 1, 2].map(|line| buffer.at(line)), [0, 0, 1]);
    }

    #[test]
    fn the_oldest_lines_go() {
        let mut buffer = Buffer::default();
        let gone: u64 = (0..MOST_LINES + 10).map(|_| buffer.push(line("x"))).sum();
        assert_eq!((gone, buffer.len(), buffer.height()), (10, MOST_LINES, MOST_LINES as u64));
        assert_eq!(buffer.visible(0, 1).1[0].0, 10);
        assert_eq!((buffer.first(), buffer.next()), (10, MOST_LINES as u64 + 10));
        assert_eq!((buffer.place(9), buffer.place(10)), (None, Some(0)));
        assert!(buffer.row(9).is_none() && buffer.row(10).is_some());
    }

    #[test]
    fn long_lines_count_by_their_bytes() {
        let mut buffer = Buffer::default();
        let long = "x".repeat(16 * 1024);
        for _ in 0..3000 {
            buffer.push(line(&long));
        }
        assert_eq!(buffer.len(), MOST_BYTES / long.len());
    }

    #[test]
    fn letters_have_their_width() {
        assert_eq!((width("abc"), width("\u{1b}[31mä\u{1b}[0m"), width("日本")), (3, 1, 4));
    }
}
