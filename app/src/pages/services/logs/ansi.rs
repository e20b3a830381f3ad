//! Colours of terminals (ECMA-48, section 8.3.117; 256 and direct colours as xterm has them). All other control
//! sequences are left out.

use super::colour::{self, Rgb};
use std::borrow::Cow;

/// A stretch of text in one style.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Span {
    /// Its classes.
    pub class: String,
    /// Colours that no class has: of the text and of what is behind it.
    pub colours: Option<(String, Option<String>)>,
    /// Its text.
    pub text: String,
}

/// A colour of the sixteen, which each theme draws in its own way, or one that was said exactly.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Colour {
    Named(u8),
    Exact(Rgb),
}

impl Colour {
    fn exact(self) -> Rgb {
        match self {
            Self::Named(number) => colour::named(number),
            Self::Exact(rgb) => rgb,
        }
    }

    fn of_256(number: u8) -> Self {
        if number < 16 { Self::Named(number) } else { Self::Exact(colour::of_256(number)) }
    }
}

/// What is on.
#[derive(Default)]
struct Style {
    text: Option<Colour>,
    behind: Option<Colour>,
    /// In the order of [`MARKS`].
    marks: [bool; MARKS.len()],
    inverse: bool,
}

/// What else there is, with the codes that begin and end it.
const MARKS: [(u8, u8, &str); 5] = [
    (1, 22, "ansi-bold"),
    (2, 22, "ansi-dim"),
    (3, 23, "ansi-italic"),
    (4, 24, "ansi-underline"),
    (9, 29, "ansi-struck"),
];

impl Style {
    fn span(&self, text: &str) -> Span {
        let mut class = String::new();
        for ((.., name), on) in MARKS.iter().zip(self.marks) {
            if on {
                class.push_str(if class.is_empty() { "" } else { " " });
                class.push_str(name);
            }
        }
        let (front, behind) = if self.inverse { (self.behind, self.text) } else { (self.text, self.behind) };
        let colours = match (front, behind) {
            (None, None) if self.inverse => {
                class.push_str(" ansi-inverse");
                None
            }
            (None, None) => None,
            (Some(Colour::Named(number)), None) if !self.inverse => {
                class = if class.is_empty() { format!("ansi-{number}") } else { format!("ansi-{number} {class}") };
                None
            }
            (Some(front), None) if !self.inverse => Some((colour::on_themes(front.exact()), None)),
            // Behind the text is a colour of its own, the same in both themes, and the text keeps its distance to it.
            (front, behind) => {
                let behind = behind.map_or(colour::WHITE, Colour::exact);
                let front = colour::readable(front.map_or_else(|| colour::plain_on(behind), Colour::exact), behind);
                Some((front.css(), Some(behind.css())))
            }
        };
        Span { class: class.trim_start().to_owned(), colours, text: text.to_owned() }
    }

    fn apply(&mut self, parameters: &str) {
        // A colour may be written with colons, and then with an empty place for its colour space.
        let mut codes = parameters.split([';', ':']).map(|code| code.parse::<u8>().unwrap_or(0));
        while let Some(code) = codes.next() {
            match code {
                0 => *self = Self::default(),
                7 => self.inverse = true,
                27 => self.inverse = false,
                30..=37 => self.text = Some(Colour::Named(code - 30)),
                90..=97 => self.text = Some(Colour::Named(code - 82)),
                39 => self.text = None,
                40..=47 => self.behind = Some(Colour::Named(code - 40)),
                100..=107 => self.behind = Some(Colour::Named(code - 92)),
                49 => self.behind = None,
                38 | 48 => {
                    let mut next = || codes.next().unwrap_or(0);
                    let colour = match next() {
                        5 => Some(Colour::of_256(next())),
                        2 => Some(Colour::Exact(Rgb(next(), next(), next()))),
                        _ => None,
                    };
                    *(if code == 38 { &mut self.text } else { &mut self.behind }) = colour;
                }
                // The colour of underlining is passed over.
                58 => match codes.next() {
                    Some(5) => drop(codes.next()),
                    Some(2) => drop(codes.by_ref().take(3).count()),
                    _ => {}
                },
                _ => {
                    for ((begin, end, _), on) in MARKS.iter().zip(&mut self.marks) {
                        *on = (*on || code == *begin) && code != *end;
                    }
                }
            }
        }
    }
}

/// Takes the text apart: pieces without control sequences, and what sets the style.
fn walk<'a>(text: &'a str, mut piece: impl FnMut(&'a str), mut set: impl FnMut(&'a str)) {
    // Only one of the two is called at a time; both may look at the same style.
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('\u{1b}') {
        piece(before);
        let Some(sequence) = after.strip_prefix('[') else {
            rest = operating_system_command(after);
            continue;
        };
        let Some(end) = sequence.find(|letter: char| ('@'..='~').contains(&letter)) else { return };
        let (parameters, tail) = sequence.split_at(end);
        if tail.starts_with('m') {
            set(parameters);
        }
        rest = &tail[1..];
    }
    piece(rest);
}

/// What follows a title or a link (`ESC ] … BEL`, or `ESC ] … ESC \`); else the text as it is.
fn operating_system_command(after: &str) -> &str {
    let Some(command) = after.strip_prefix(']') else { return after };
    match command.find(['\u{7}', '\u{1b}']) {
        Some(end) => command[end..].trim_start_matches(['\u{7}', '\u{1b}']).trim_start_matches('\\'),
        None => "",
    }
}

/// The text in its styles.
pub fn spans(text: &str) -> Vec<Span> {
    let spans = std::cell::RefCell::new(Vec::new());
    let style = std::cell::RefCell::new(Style::default());
    walk(
        text,
        |piece| {
            if !piece.is_empty() {
                spans.borrow_mut().push(style.borrow().span(piece));
            }
        },
        |parameters| style.borrow_mut().apply(parameters),
    );
    spans.into_inner()
}

/// The text alone.
pub fn plain(text: &str) -> Cow<'_, str> {
    if !text.contains('\u{1b}') {
        return Cow::Borrowed(text);
    }
    let mut plain = String::with_capacity(text.len());
    walk(text, |piece| plain.push_str(piece), |_| {});
    Cow::Owned(plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn span(class: &str, text: &str) -> Span {
        Span { class: class.to_owned(), colours: None, text: text.to_owned() }
    }

    #[test]
    fn colours_become_classes_and_the_rest_is_left_out() {
        assert_eq!(
            spans("a\u{1b}[1;31mb\u{1b}[0mc\u{1b}[2Kd\u{1b}[38;5;9me\u{1b}[39;4;3mf\u{1b}[24mg"),
            vec![
                span("", "a"),
                span("ansi-1 ansi-bold", "b"),
                span("", "c"),
                span("", "d"),
                span("ansi-9", "e"),
                span("ansi-italic ansi-underline", "f"),
                span("ansi-italic", "g"),
            ]
        );
        assert_eq!(spans("cut \u{1b}[3"), vec![span("", "cut ")]);
        assert_eq!(spans("\u{1b}[7mx\u{1b}[27my"), vec![span("ansi-inverse", "x"), span("", "y")]);
    }

    #[test]
    fn exact_colours_are_kept_and_can_be_read() {
        let colours = |text: &str| spans(text)[0].colours.clone().unwrap();
        let (text, behind) = colours("\u{1b}[38;2;255;0;0mx");
        assert!(text.starts_with("light-dark(") && behind.is_none(), "{text}");
        let (text, behind) = colours("\u{1b}[48;5;226mx");
        assert_eq!((text.as_str(), behind.as_deref()), ("rgb(0 0 0)", Some("rgb(255 255 0)")));
        // Blue on blue, as nobody could read it.
        let (text, behind) = colours("\u{1b}[34;44mx");
        assert_ne!(Some(text), behind);
        assert_eq!(colours("\u{1b}[38:5:196mx"), colours("\u{1b}[38;5;196mx"));
    }

    #[test]
    fn text_alone_has_no_sequences() {
        assert_eq!(plain("a\u{1b}[31mb\u{1b}]8;;https://example.org\u{7}link\u{1b}]8;;\u{1b}\\c"), "ablinkc");
        assert!(matches!(plain("plain"), Cow::Borrowed("plain")));
    }
}
