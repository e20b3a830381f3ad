//! Every text of the console, and how figures, times and money are written.
//!
//! A locale is one value of [`Texts`] and three functions that word codes by exhaustive match, so that a new code or a
//! missing translation does not compile. The locale is chosen once, when the console starts.

mod agent;
mod en;
mod format;
mod texts;
mod words;

pub use agent::agent;
pub use format::{bytes, clock_time, duration, exact, grouped, log_time, money, relative, span};
pub use texts::{Explained, MemberTexts, Texts};
pub use words::{api_error, event_line, explain, field_error, journal, message, operation_error, pod_reason};

/// The texts of the locale in use.
pub fn t() -> &'static Texts {
    // English is the only locale so far; the next is another value here, by `navigator.languages`.
    &en::TEXTS
}

/// The locale's name (BCP 47), for the browser's Intl and the page's `lang`.
pub fn locale() -> &'static str {
    t().locale
}

/// Fills `{name}` in a text; `{name|otherwise}` stands in where there is no value.
pub fn fill<'a>(text: &str, value: impl Fn(&str) -> Option<&'a str>) -> String {
    let mut filled = String::with_capacity(text.len() + 32);
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('{') {
        let Some((hole, next)) = after.split_once('}') else { break };
        filled.push_str(before);
        let (name, otherwise) = hole.split_once('|').unwrap_or((hole, ""));
        filled.push_str(value(name).filter(|value| !value.is_empty()).unwrap_or(otherwise));
        rest = next;
    }
    filled.push_str(rest);
    filled
}

/// Fills a text with one value.
pub fn with(text: &str, name: &str, value: &str) -> String {
    fill(text, |hole| (hole == name).then_some(value))
}

/// One form for one, another for all else. Languages with more forms add them here.
pub fn count(forms: (&'static str, &'static str), number: usize) -> String {
    let text = if number == 1 { forms.0 } else { forms.1 };
    #[allow(clippy::cast_precision_loss, reason = "counts of things on a page")]
    let figure = grouped(number as f64);
    with(text, "n", &figure)
}

#[cfg(test)]
mod tests {
    use super::fill;

    #[test]
    fn holes_are_filled_or_stand_in() {
        let value = |name: &str| (name == "a").then_some("1");
        assert_eq!(fill("x {a} {b|two} {c}.", value), "x 1 two .");
        assert_eq!(fill("no end {a", value), "no end {a");
    }
}
