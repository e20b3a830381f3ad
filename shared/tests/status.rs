//! The console's sentences about a status ask for no figure that never comes with it, and `docs/status.md` has a row for
//! each reason, in these words.

use shared::service::StatusReason;

/// Where the console's texts expect it.
mod i18n {
    pub mod texts {
        pub struct Explained {
            pub sentence: &'static str,
            pub next: &'static str,
        }
    }
}

// The console itself is built for WebAssembly only; its texts are plain Rust.
#[path = "../../app/src/i18n/en/status.rs"]
mod words;

const DOCUMENT: &str = include_str!("../../docs/status.md");

/// What the cluster or the program said is quoted apart from the sentence.
const QUOTES: [&str; 2] = [" {message}", " {output}"];

fn without_quote(sentence: &str) -> &str {
    QUOTES.iter().find_map(|quote| sentence.strip_suffix(quote)).unwrap_or(sentence)
}

/// The names in `{name}` and `{name|otherwise}`.
fn holes(text: &str) -> impl Iterator<Item = &str> {
    text.split('{').skip(1).map(|rest| rest.split(['}', '|']).next().unwrap_or_default())
}

/// As the document writes it: `{name|otherwise}` as *name*.
fn written(text: &str) -> String {
    let mut parts = text.split('{');
    let before = parts.next().unwrap_or_default().to_owned();
    parts.fold(before, |written, part| {
        let (hole, rest) = part.split_once('}').unwrap_or((part, ""));
        format!("{written}*{}*{rest}", hole.split('|').next().unwrap_or_default())
    })
}

/// The document's rows: reason, sentence, next step, how it is recognised.
fn rows() -> Vec<Vec<&'static str>> {
    let rows = DOCUMENT.lines().filter(|line| line.starts_with("| `"));
    rows.map(|row| row.trim_matches('|').split('|').map(str::trim).collect()).collect()
}

#[test]
fn each_hole_of_a_sentence_is_among_the_figures_of_its_reason() {
    for &reason in StatusReason::ALL {
        let explained = words::status(reason);
        for hole in holes(explained.sentence).chain(holes(explained.next)) {
            assert!(reason.params().contains(&hole), "{} has nothing for {{{hole}}}", reason.as_str());
        }
        let quote = QUOTES.iter().any(|quote| without_quote(explained.sentence).contains(quote.trim()));
        assert!(!quote, "{}: a quote stands at the end", reason.as_str());
    }
}

#[test]
fn what_does_not_pass_by_itself_has_a_next_step() {
    use StatusReason as R;
    // Somebody is at work, or all is as it should be.
    let at_rest = [R::CacheWarming, R::Queued, R::Launching, R::Deleting, R::Cancelling, R::Stopped, R::NoWorkloads];
    for &reason in StatusReason::ALL.iter().filter(|reason| !reason.is_passing() && !at_rest.contains(reason)) {
        assert!(!words::status(reason).next.is_empty(), "{} has no next step", reason.as_str());
    }
}

#[test]
fn the_document_has_a_row_for_each_reason_in_the_consoles_words() {
    let rows = rows();
    for &reason in StatusReason::ALL {
        let name = format!("`{}`", reason.as_str());
        let found: Vec<_> = rows.iter().filter(|row| row[0] == name).collect();
        let [row] = found[..] else { panic!("{name} has {} rows in docs/status.md", found.len()) };
        let explained = words::status(reason);
        assert_eq!(row.len(), 4, "{name}");
        assert_eq!(row[1], written(without_quote(explained.sentence)), "{name}");
        assert_eq!(row[2], written(explained.next), "{name}");
        assert!(!row[3].is_empty(), "{name}: how is it recognised?");
    }
    assert_eq!(rows.len(), StatusReason::ALL.len(), "rows of reasons that there are not");
}
