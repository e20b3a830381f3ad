//! The times of lines, and how they are shown.

use crate::api::DateTime;

/// How the times of lines are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Times {
    /// Not at all.
    Off,
    /// In the viewer's zone.
    Local,
    /// In UTC.
    Utc,
    /// How long ago.
    Relative,
}

impl Times {
    /// All of them, in the order shown.
    pub const ALL: [Self; 4] = [Self::Local, Self::Utc, Self::Relative, Self::Off];

    /// The word in the address.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Off => "off",
            Self::Local => "local",
            Self::Utc => "utc",
            Self::Relative => "relative",
        }
    }

    /// What this word means.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|times| times.as_str() == word)
    }
}

/// Milliseconds since 1970. The server's own way of writing is read here: asking the browser for each of many thousand
/// lines a second would be slow.
pub fn millis(at: &DateTime) -> f64 {
    let millis = parse(at.0.as_bytes()).unwrap_or_else(|| at.millis());
    // The browser's own functions refuse what is no time.
    if millis.is_finite() { millis } else { 0.0 }
}

/// Reads `2026-11-02T09:30:00.000000Z`.
fn parse(text: &[u8]) -> Option<f64> {
    let fits = text.len() == 27 && text[10] == b'T' && text[19] == b'.' && text[26] == b'Z';
    let number = |from: usize, to: usize| {
        text[from..to]
            .iter()
            .try_fold(0_u32, |number, digit| digit.is_ascii_digit().then(|| number * 10 + u32::from(*digit - b'0')))
    };
    if !fits {
        return None;
    }
    let (year, month, day) = (number(0, 4)?, number(5, 7)?, number(8, 10)?);
    let (hour, minute, second, micros) = (number(11, 13)?, number(14, 16)?, number(17, 19)?, number(20, 26)?);
    // Days since the beginning of March of the year 0, as leap days are at the end then.
    let (year, month) = if month > 2 { (year, month - 3) } else { (year.checked_sub(1)?, month + 9) };
    let days = 365 * year + year / 4 - year / 100 + year / 400 + (153 * month + 2) / 5 + day.checked_sub(1)?;
    let seconds = f64::from(days) * 86_400.0 + f64::from(hour * 3600 + minute * 60 + second);
    Some((seconds - 719_468.0 * 86_400.0) * 1000.0 + f64::from(micros) / 1000.0)
}

/// `2026-11-02T09:30:00.000Z`, for a file.
pub fn written(millis: f64) -> String {
    js_sys::Date::new(&wasm_bindgen::JsValue::from_f64(millis)).to_iso_string().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_read_as_the_server_writes_them() {
        for (text, expected) in [
            ("1970-01-01T00:00:00.000000Z", 0.0),
            ("2000-02-29T12:00:00.000001Z", 951_825_600_000.001),
            ("2026-01-01T00:00:00.250000Z", 1_767_225_600_250.0),
            ("2026-12-31T23:59:59.999000Z", 1_798_761_599_999.0),
        ] {
            let found = parse(text.as_bytes()).unwrap();
            assert!((found - expected).abs() < 0.000_5, "{text}: {found}");
        }
        assert_eq!(parse(b"2026-01-01T00:00:00Z"), None);
        assert_eq!(parse(b"2026-01-01T00:00:00.25000xZ"), None);
    }
}
