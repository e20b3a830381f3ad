//! Reads what a process prints, within bounds.

use tokio::io::{AsyncBufReadExt as _, AsyncRead, BufReader};

use super::process::Observer;
use super::redact::Redactor;

/// The most bytes of a line that are told.
const LINE_MAX: usize = 8 * 1024;

/// What was kept of an output.
#[derive(Default)]
pub(super) struct Kept {
    pub(super) bytes: Vec<u8>,
    /// How many bytes more there were.
    pub(super) dropped: u64,
}

impl Kept {
    fn push(&mut self, bytes: &[u8], limit: usize) {
        let room = limit.saturating_sub(self.bytes.len()).min(bytes.len());
        let (kept, rest) = bytes.split_at(room);
        self.bytes.extend_from_slice(kept);
        self.dropped += rest.len() as u64;
    }

    /// The text without secrets. Where it was cut, a secret may be cut in two: as much as that is left out.
    pub(super) fn clean(&self, redactor: &Redactor) -> String {
        let hidden = if self.dropped > 0 { redactor.longest() } else { 0 };
        let shown = self.bytes.get(..self.bytes.len().saturating_sub(hidden)).unwrap_or_default();
        redactor.clean(&String::from_utf8_lossy(shown)).into_owned()
    }
}

/// Reads to the end, keeps the beginning.
pub(super) async fn keep(source: impl AsyncRead + Unpin, limit: usize, kept: &mut Kept) {
    let mut reader = BufReader::with_capacity(64 * 1024, source);
    // An error is the end too: the process decides by its exit code whether it did its work.
    while let Ok(chunk) = reader.fill_buf().await {
        let read = chunk.len();
        if read == 0 {
            break;
        }
        kept.push(chunk, limit);
        reader.consume(read);
    }
}

/// Reads to the end, keeps the beginning and tells the first `lines` lines.
pub(super) async fn tell(
    source: impl AsyncRead + Unpin,
    limit: usize,
    mut lines: usize,
    redactor: &Redactor,
    observer: &dyn Observer,
    kept: &mut Kept,
) {
    let mut reader = BufReader::with_capacity(64 * 1024, source);
    let mut line = Kept::default();
    loop {
        let (used, ended, last) = match reader.fill_buf().await {
            Ok(chunk) if !chunk.is_empty() => {
                let end = chunk.iter().position(|&byte| byte == b'\n');
                let used = end.map_or(chunk.len(), |end| end + 1);
                let text = chunk.get(..end.unwrap_or(used)).unwrap_or_default();
                kept.push(chunk.get(..used).unwrap_or_default(), limit);
                if lines > 0 {
                    line.push(text, LINE_MAX);
                }
                (used, end.is_some(), false)
            }
            _ => (0, true, true),
        };
        reader.consume(used);
        if ended && lines > 0 {
            let text = std::mem::take(&mut line).clean(redactor);
            if worth_telling(&text) {
                observer.line(text.trim_end()).await;
                lines -= 1;
            }
        }
        if last {
            return;
        }
    }
}

/// Helm's notes to itself, such as where it followed a link, are kept but not told.
fn worth_telling(line: &str) -> bool {
    !line.trim().is_empty() && !line.starts_with("level=INFO") && !line.starts_with("level=DEBUG")
}
