//! Takes secrets out of what Helm prints, in every form in which a chart or an error message may repeat them.

use std::borrow::Cow;
use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE, URL_SAFE_NO_PAD};
use secrecy::{ExposeSecret as _, SecretString, zeroize::Zeroizing};

/// Stands where a secret stood.
pub const MARK: &str = "••••";

/// Shorter secrets are replaced only where they stand as a word of their own: `1` is in everything.
const WORD_ONLY_BELOW: usize = 4;

/// Knows the secrets of one run.
pub struct Redactor {
    /// Longest first, so that no rest of a longer form is left by a shorter one.
    forms: Vec<Zeroizing<String>>,
    /// Places on this machine, and what is said instead.
    places: Vec<(String, String)>,
}

impl Redactor {
    /// A redactor for these secrets.
    pub fn new(secrets: &[SecretString]) -> Self {
        let mut forms: Vec<Zeroizing<String>> = Vec::new();
        for secret in secrets {
            let text = secret.expose_secret();
            forms.extend(spellings(text).into_iter().map(Zeroizing::new));
            // What is printed is read line by line.
            if text.contains(['\n', '\r']) {
                forms.extend(text.split(['\n', '\r']).flat_map(spellings).map(Zeroizing::new));
            }
        }
        forms.retain(|form| !form.trim().is_empty());
        forms.sort_by(|a, b| b.len().cmp(&a.len()).then_with(|| a.cmp(b)));
        forms.dedup();
        Self { forms, places: Vec::new() }
    }

    /// Says `name` where a place on this machine is named: it is nobody's business.
    #[must_use]
    pub fn calling(mut self, place: &Path, name: &str) -> Self {
        self.places.push((place.display().to_string(), name.to_owned()));
        self.places.sort_by_key(|(place, _)| std::cmp::Reverse(place.len()));
        self
    }

    /// The longest form's length: as much may be cut in two where an output is cut.
    pub fn longest(&self) -> usize {
        self.forms.first().map_or(0, |form| form.len())
    }

    /// The text without secrets.
    pub fn clean<'t>(&self, text: &'t str) -> Cow<'t, str> {
        let mut clean = Cow::Borrowed(text);
        for form in &self.forms {
            if !clean.contains(form.as_str()) {
                continue;
            }
            let replaced = if form.chars().count() < WORD_ONLY_BELOW {
                replace_words(&clean, form)
            } else {
                clean.replace(form.as_str(), MARK)
            };
            clean = Cow::Owned(replaced);
        }
        for (place, name) in &self.places {
            if clean.contains(place.as_str()) {
                clean = Cow::Owned(clean.replace(place.as_str(), name));
            }
        }
        clean
    }
}

/// The forms in which a text is written: as it is, in JSON, in Go (whose JSON also escapes `<`, `>` and `&`), in YAML's
/// quotes, percent-encoded (RFC 3986, section 2.1), in base64 (RFC 4648) and in hexadecimal.
fn spellings(text: &str) -> Vec<String> {
    let mut json = serde_json::Value::from(text).to_string();
    json.pop();
    json.drain(..1.min(json.len()));
    let go = json.replace('<', "\\u003c").replace('>', "\\u003e").replace('&', "\\u0026");
    let percent = |upper: bool| {
        text.bytes().fold(String::new(), |mut out, byte| {
            if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
                out.push(char::from(byte));
            } else {
                out.push('%');
                out.push_str(&if upper { hex::encode_upper([byte]) } else { hex::encode([byte]) });
            }
            out
        })
    };
    let mut forms = vec![
        text.to_owned(),
        // a log line repeats a message that is quoted already
        quoted_again(&json),
        quoted_again(&go),
        json,
        go,
        go_quoted(text, '"'),
        go_quoted(text, '\''),
        quoted_again(&go_quoted(text, '"')),
        quoted_again(&go_quoted(text, '\'')),
        text.replace('\'', "''"),
        percent(true),
        percent(false),
    ];
    // Short ones in base64 or hexadecimal would be found in anything.
    if text.len() >= WORD_ONLY_BELOW {
        forms.extend([STANDARD, STANDARD_NO_PAD, URL_SAFE, URL_SAFE_NO_PAD].iter().map(|engine| engine.encode(text)));
        forms.push(hex::encode(text));
        forms.extend((0..3).flat_map(|skip| inner_base64(text, skip)).filter(|form| form.len() >= 8));
    }
    forms
}

/// How Go's `%q` writes a text (<https://pkg.go.dev/strconv#Quote>); schema errors use single quotes.
fn go_quoted(text: &str, quote: char) -> String {
    text.chars().map(|letter| go_letter(letter, quote)).collect()
}

fn go_letter(letter: char, quote: char) -> String {
    let code = u32::from(letter);
    match letter {
        '\\' => "\\\\".to_owned(),
        '\u{7}' => "\\a".to_owned(),
        '\u{8}' => "\\b".to_owned(),
        '\u{c}' => "\\f".to_owned(),
        '\n' => "\\n".to_owned(),
        '\r' => "\\r".to_owned(),
        '\t' => "\\t".to_owned(),
        '\u{b}' => "\\v".to_owned(),
        _ if letter == quote => format!("\\{quote}"),
        _ if letter.is_ascii_control() => format!("\\x{code:02x}"),
        _ if letter.is_control() || (letter != ' ' && letter.is_whitespace()) => format!("\\u{code:04x}"),
        _ => letter.to_string(),
    }
}

fn quoted_again(text: &str) -> String {
    text.replace('\\', "\\\\").replace('"', "\\\"")
}

/// How the text looks in the middle of something longer in base64, `skip` bytes after a group of three began: without
/// the first and last letters, which its neighbours share.
fn inner_base64(text: &str, skip: usize) -> [String; 2] {
    let mut bytes = Zeroizing::new(vec![0; skip]);
    bytes.extend_from_slice(text.as_bytes());
    let whole = bytes.len() / 3 * 3;
    bytes.truncate(whole);
    let shared = if skip == 0 { 0 } else { skip + 1 };
    [STANDARD_NO_PAD, URL_SAFE_NO_PAD].map(|engine| engine.encode(&*bytes).chars().skip(shared).collect())
}

/// Replaces a short secret where no letter or digit stands beside it.
fn replace_words(text: &str, word: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(word) {
        let (before, from) = rest.split_at(at);
        let after = from.get(word.len()..).unwrap_or_default();
        let joined = |letter: Option<char>| letter.is_some_and(char::is_alphanumeric);
        let last = before.chars().next_back().or_else(|| out.chars().next_back());
        out.push_str(before);
        out.push_str(if joined(last) || joined(after.chars().next()) { word } else { MARK });
        rest = after;
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn redactor(secrets: &[&str]) -> Redactor {
        Redactor::new(&secrets.iter().map(|&secret| secret.to_owned().into()).collect::<Vec<_>>())
    }

    #[test]
    fn every_spelling_is_taken_out() {
        let secret = r#"can<ary>"4711'&\ä"#;
        let redactor = redactor(&[secret]);
        let json = serde_json::Value::from(secret).to_string();
        for text in [
            format!("at '/password': '{secret}' is too short"),
            format!("{{\"password\":{json}}}"),
            format!("msg={:?}", format!("value {json}")),
            format!("password: '{}'", secret.replace('\'', "''")),
            format!("data: {}", STANDARD.encode(secret)),
            format!("data: {}", STANDARD_NO_PAD.encode(secret)),
            "?p=can%3Cary%3E%224711%27%26%5C%C3%A4".to_owned(),
            r#"'can<ary>"4711\'&\\ä' does not match"#.to_owned(),
            r#""can\u003cary\u003e\"4711'\u0026\\ä""#.to_owned(),
        ] {
            let clean = redactor.clean(&text);
            assert!(clean.contains(MARK) && !clean.contains("4711") && !clean.contains("NDcxM"), "{text} -> {clean}");
        }
    }

    #[test]
    fn what_cannot_be_seen_is_taken_out_as_go_writes_it() {
        let redactor = redactor(&["canary\u{1}\t\u{a0}4711"]);
        assert_eq!(redactor.clean(r"at '/p': 'canary\x01\t\u00a04711' is"), format!("at '/p': '{MARK}' is"));
    }

    #[test]
    fn lines_of_a_long_secret_are_taken_out_one_by_one() {
        let redactor = redactor(&["-----BEGIN KEY-----\nMIIEowIBAAKCAQEA\n-----END KEY-----"]);
        assert_eq!(redactor.clean("  MIIEowIBAAKCAQEA"), format!("  {MARK}"));
    }

    #[test]
    fn a_secret_inside_of_something_in_base64_is_taken_out() {
        let redactor = redactor(&["canary-4711-canary"]);
        for before in ["", "a", "ab", "abc"] {
            let encoded = STANDARD.encode(format!("{before}PASSWORD=canary-4711-canary;"));
            let clean = redactor.clean(&encoded).into_owned();
            assert!(clean.contains(MARK), "{encoded} -> {clean}");
        }
    }

    #[test]
    fn places_are_called_by_a_name() {
        let redactor = redactor(&["secret"]).calling(Path::new("/data"), "~").calling(Path::new("/data/charts/a"), "a");
        assert_eq!(redactor.clean("/data/charts/a/x.yaml /data/b secret"), format!("a/x.yaml ~/b {MARK}"));
    }

    #[test]
    fn short_secrets_only_as_words_and_empty_ones_never() {
        let redactor = redactor(&["ab", "", " "]);
        assert_eq!(redactor.clean("ab cab 'ab' abc a b"), format!("{MARK} cab '{MARK}' abc a b"));
    }

    proptest! {
        #[test]
        fn nothing_of_a_secret_is_left(secret in "[!-~]{8,40}", before in "[a-z ]{0,10}", after in "[a-z ]{0,10}") {
            let redactor = redactor(&[&secret]);
            for form in spellings(&secret) {
                let clean = redactor.clean(&format!("{before}{form}{after}")).into_owned();
                prop_assert!(!clean.contains(&secret), "{}", clean);
                prop_assert!(clean.contains(MARK));
            }
        }
    }
}
