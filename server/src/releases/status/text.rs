//! Takes apart what the cluster says in sentences. Where Kubernetes has no field for a cause, its words are all there is.

/// What stands between two words.
pub(super) fn between<'a>(text: &'a str, before: &str, after: &str) -> Option<&'a str> {
    let (_, rest) = text.split_once(before)?;
    rest.split_once(after).map(|(inner, _)| inner)
}

/// The name in `secret "web" not found`, for any of these words before it.
pub(super) fn named<'a>(text: &'a str, words: &[&str]) -> Option<&'a str> {
    words.iter().find_map(|word| between(text, &format!("{word} \""), "\""))
}

/// Whether any of these words stands in the text.
pub(super) fn has(text: &str, words: &[&str]) -> bool {
    words.iter().any(|word| text.contains(word))
}

/// The last lines of what a program said, which is where a reason stands.
pub(super) fn last_lines(text: &str) -> String {
    let lines: Vec<&str> = text.lines().map(str::trim_end).filter(|line| !line.is_empty()).collect();
    lines[lines.len().saturating_sub(LINES)..].join("\n")
}

/// So many of them.
const LINES: usize = 6;

#[cfg(test)]
mod tests {
    use super::{between, last_lines, named};

    #[test]
    fn sentences_are_taken_apart() {
        assert_eq!(between("exceeded quota: q, requested: a=1", "quota: ", ", "), Some("q"));
        assert_eq!(between("exceeded quota: q", "quota: ", ", "), None);
        assert_eq!(named("secret \"web\" not found", &["configmap", "secret"]), Some("web"));
        assert_eq!(named("secret \"web", &["secret"]), None);
    }

    #[test]
    fn the_last_lines_are_kept() {
        let said: Vec<String> = (0..9).map(|line| format!("line {line} ")).collect();
        assert_eq!(last_lines(&said.join("\n\n")), "line 3\nline 4\nline 5\nline 6\nline 7\nline 8");
        assert_eq!(last_lines(""), "");
    }
}
