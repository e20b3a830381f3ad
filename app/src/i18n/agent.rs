//! What a browser says about itself, in words. The names of browsers and systems are the same in every language.

use super::{fill, t};

/// What is looked for, the more special first: most browsers name those that they resemble too.
const BROWSERS: [(&str, &str); 6] = [
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser/", "Samsung Internet"),
    ("Firefox/", "Firefox"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
];
const SYSTEMS: [(&str, &str); 7] = [
    ("Windows", "Windows"),
    ("Android", "Android"),
    ("iPhone", "iOS"),
    ("iPad", "iPadOS"),
    ("Mac OS X", "macOS"),
    ("CrOS", "ChromeOS"),
    ("Linux", "Linux"),
];

fn named(agent: &str, names: &[(&str, &'static str)]) -> Option<&'static str> {
    names.iter().find(|(sign, _)| agent.contains(sign)).map(|(_, name)| *name)
}

/// A browser in words: "Firefox on Linux".
pub fn agent(text: Option<&str>) -> String {
    let texts = &t().sessions;
    let text = text.unwrap_or_default();
    match (named(text, &BROWSERS), named(text, &SYSTEMS)) {
        (Some(browser), Some(system)) => fill(texts.on, |hole| Some(if hole == "browser" { browser } else { system })),
        (Some(one), None) | (None, Some(one)) => one.to_owned(),
        // A program's first word says most: "curl/8.5.0".
        (None, None) => match text.split_whitespace().next() {
            Some(word) => word.chars().take(40).collect(),
            None => texts.unknown.to_owned(),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::agent;

    #[test]
    fn browsers_are_told_by_what_is_theirs_alone() {
        for (text, words) in [
            ("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", "Firefox on Linux"),
            (
                "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/139.0 Safari/537.36 Edg/139.0",
                "Edge on Windows",
            ),
            (
                "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1 Version/18.5 Safari/605.1",
                "Safari on macOS",
            ),
            (
                "Mozilla/5.0 (Linux; Android 16) AppleWebKit/537.36 Chrome/139.0 Mobile Safari/537.36",
                "Chrome on Android",
            ),
            ("curl/8.5.0", "curl/8.5.0"),
            ("", "Unknown browser"),
        ] {
            assert_eq!(agent(Some(text)), words);
        }
        assert_eq!(agent(None), "Unknown browser");
    }
}
