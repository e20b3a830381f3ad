//! Bytes into lines. With `timestamps=true` each begins with the runtime's time, RFC 3339 with nanoseconds.

use crate::clock::Instant;
use std::{fmt, num::ParseIntError, str::FromStr, sync::Arc};

/// Longer lines are cut.
pub(super) const MAX_LINE: usize = 16 * 1024;
/// Room for the timestamp before the text.
const MAX_STAMP: usize = 64;

/// A place in a log: the line's time, and which of the lines of that time it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LogCursor {
    /// Nanoseconds since 1970.
    pub nanos: i64,
    /// From 0.
    pub number: u32,
}

impl fmt::Display for LogCursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.nanos, self.number)
    }
}

impl FromStr for LogCursor {
    type Err = ParseIntError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (nanos, number) = text.split_once('.').unwrap_or((text, "0"));
        Ok(Self { nanos: nanos.parse()?, number: number.parse()? })
    }
}

/// One line of a log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogLine {
    /// Its place.
    pub cursor: LogCursor,
    /// When it was written.
    pub at: Instant,
    /// Its text, with what is not UTF-8 replaced.
    pub text: Arc<str>,
    /// Whether it was longer than 16 KiB and was cut.
    pub cut: bool,
}

/// A line as it came.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct RawLine {
    /// Its time; none where the line has none, as with a message of the kubelet itself.
    pub(super) nanos: Option<i64>,
    pub(super) text: String,
    pub(super) cut: bool,
}

/// Puts lines together from pieces, and keeps no more than one bounded line.
#[derive(Default)]
pub(super) struct Splitter {
    partial: Vec<u8>,
    cut: bool,
}

impl Splitter {
    /// Takes a piece in and hands out the lines that it completes.
    pub(super) fn feed(&mut self, mut bytes: &[u8], lines: &mut Vec<RawLine>) {
        while let Some(end) = bytes.iter().position(|byte| *byte == b'\n') {
            self.extend(&bytes[..end]);
            lines.extend(self.finish());
            bytes = &bytes[end + 1..];
        }
        self.extend(bytes);
    }

    /// The line that was begun: whole only where the container has ended, else the link broke in the middle of it.
    pub(super) fn finish(&mut self) -> Option<RawLine> {
        let bytes = std::mem::take(&mut self.partial);
        let cut = std::mem::take(&mut self.cut);
        (!bytes.is_empty()).then(|| parse(&bytes, cut))
    }

    fn extend(&mut self, bytes: &[u8]) {
        let room = (MAX_LINE + MAX_STAMP).saturating_sub(self.partial.len());
        self.cut |= bytes.len() > room;
        self.partial.extend_from_slice(&bytes[..bytes.len().min(room)]);
    }
}

fn parse(bytes: &[u8], cut: bool) -> RawLine {
    let stamp = bytes.iter().take(MAX_STAMP).position(|byte| *byte == b' ').unwrap_or(bytes.len().min(MAX_STAMP));
    let nanos = std::str::from_utf8(&bytes[..stamp])
        .ok()
        .and_then(|stamp| stamp.parse::<jiff::Timestamp>().ok())
        .and_then(|stamp| i64::try_from(stamp.as_nanosecond()).ok());
    let mut text = match nanos {
        Some(_) => bytes.get(stamp + 1..).unwrap_or_default(),
        None => bytes,
    };
    if let Some(shorter) = text.strip_suffix(b"\r") {
        text = shorter;
    }
    let cut = cut || text.len() > MAX_LINE;
    let mut text = String::from_utf8_lossy(&text[..text.len().min(MAX_LINE)]).into_owned();
    if cut && text.ends_with(char::REPLACEMENT_CHARACTER) {
        // The cut went through a character.
        text.pop();
    }
    RawLine { nanos, text, cut }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn split(pieces: &[&[u8]]) -> (Vec<RawLine>, Splitter) {
        let (mut splitter, mut lines) = (Splitter::default(), Vec::new());
        for piece in pieces {
            splitter.feed(piece, &mut lines);
        }
        (lines, splitter)
    }

    #[test]
    fn lines_come_together_from_any_pieces() {
        let (lines, mut rest) = split(&[b"2026-01-01T00:00:0", b"0.000000001Z a b\r\n", b"\xff plain\n2026-01"]);
        assert_eq!(lines[0], RawLine { nanos: Some(1_767_225_600_000_000_001), text: "a b".to_owned(), cut: false });
        assert_eq!(lines[1], RawLine { nanos: None, text: "\u{fffd} plain".to_owned(), cut: false });
        assert_eq!(rest.finish().unwrap().text, "2026-01");
        assert_eq!(rest.finish(), None);
    }

    #[test]
    fn a_line_without_end_costs_no_more_than_its_bound() {
        let long = "ä".repeat(MAX_LINE);
        let (lines, rest) =
            split(&[b"2026-01-01T00:00:00Z x", long.as_bytes(), long.as_bytes(), b"\n2026-01-01T00:00:01Z b\n"]);
        assert!(lines[0].cut && lines[0].text.len() <= MAX_LINE && lines[0].text.ends_with('ä'));
        assert_eq!((lines[1].text.as_str(), lines[1].cut), ("b", false));
        assert!(rest.partial.is_empty());
    }

    #[test]
    fn an_empty_line_is_a_line() {
        let (lines, _) = split(&[b"2026-01-01T00:00:00Z \n2026-01-01T00:00:01Z\n"]);
        assert_eq!(lines.iter().map(|line| line.text.as_str()).collect::<Vec<_>>(), ["", ""]);
        assert!(lines.iter().all(|line| line.nanos.is_some()));
    }

    #[test]
    fn a_cursor_is_read_as_it_is_written() {
        let cursor = LogCursor { nanos: 1_767_225_600_000_000_001, number: 3 };
        assert_eq!(cursor.to_string().parse(), Ok(cursor));
        assert!("x.1".parse::<LogCursor>().is_err());
    }
}
