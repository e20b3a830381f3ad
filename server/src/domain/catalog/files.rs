//! Reads a chart's files within bounds.

use std::io::Read as _;
use std::path::Path;

/// The most bytes of a file of a chart.
pub(super) const BYTES_MAX: u64 = 1024 * 1024;

/// Reads a text of at most so many bytes.
pub(super) fn read(path: &Path, max: u64) -> Result<String, String> {
    let name = path.file_name().unwrap_or_default().display().to_string();
    let file = std::fs::File::open(path).map_err(|error| format!("{name}: {error}"))?;
    let mut text = String::new();
    let read = file.take(max + 1).read_to_string(&mut text).map_err(|error| format!("{name}: {error}"))?;
    if read as u64 > max {
        return Err(format!("{name} has more than {max} bytes"));
    }
    Ok(text)
}
