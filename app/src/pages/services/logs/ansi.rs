//! Colours of terminals (ECMA-48, section 8.3.117) as classes; all other control sequences are left out.

/// A stretch of text in one style.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Span {
    /// Its classes.
    pub class: String,
    /// Its text.
    pub text: String,
}

#[derive(Default)]
struct Style {
    colour: Option<u8>,
    bold: bool,
    dim: bool,
}

impl Style {
    fn class(&self) -> String {
        let mut class = self.colour.map(|colour| format!("ansi-{colour}")).unwrap_or_default();
        for (on, name) in [(self.bold, "ansi-bold"), (self.dim, "ansi-dim")] {
            if on {
                class.push(' ');
                class.push_str(name);
            }
        }
        class
    }

    fn apply(&mut self, parameters: &str) {
        let mut codes = parameters.split(';').map(|code| code.parse::<u8>().unwrap_or(0));
        while let Some(code) = codes.next() {
            match code {
                0 => *self = Self::default(),
                1 => self.bold = true,
                2 => self.dim = true,
                22 => (self.bold, self.dim) = (false, false),
                30..=37 => self.colour = Some(code - 30),
                90..=97 => self.colour = Some(code - 82),
                39 => self.colour = None,
                // Colours beyond the sixteen: their parameters are passed over.
                38 | 48 => match codes.next() {
                    Some(5) => drop(codes.next()),
                    Some(2) => drop(codes.by_ref().take(3).count()),
                    _ => {}
                },
                _ => {}
            }
        }
    }
}

/// The text in its styles.
pub fn spans(text: &str) -> Vec<Span> {
    let mut spans = Vec::new();
    let mut style = Style::default();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('\u{1b}') {
        push(&mut spans, &style, before);
        let Some(sequence) = after.strip_prefix('[') else {
            rest = after;
            continue;
        };
        let Some(end) = sequence.find(|letter: char| ('@'..='~').contains(&letter)) else {
            rest = "";
            break;
        };
        let (parameters, tail) = sequence.split_at(end);
        if tail.starts_with('m') {
            style.apply(parameters);
        }
        rest = &tail[1..];
    }
    push(&mut spans, &style, rest);
    spans
}

fn push(spans: &mut Vec<Span>, style: &Style, text: &str) {
    if !text.is_empty() {
        spans.push(Span { class: style.class(), text: text.to_owned() });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours_become_classes_and_the_rest_is_left_out() {
        let span = |class: &str, text: &str| Span { class: class.to_owned(), text: text.to_owned() };
        assert_eq!(
            spans("a\u{1b}[1;31mb\u{1b}[0mc\u{1b}[2Kd\u{1b}[38;5;200me"),
            vec![span("", "a"), span("ansi-1 ansi-bold", "b"), span("", "c"), span("", "d"), span("", "e")]
        );
        assert_eq!(spans("cut \u{1b}[3"), vec![span("", "cut ")]);
    }
}
