//! Finds words in a line, whatever the size of their letters.

use std::ops::Range;

/// What is looked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Needle {
    /// In small letters.
    text: String,
    letters: Vec<char>,
}

fn small(letter: char) -> char {
    if letter.is_ascii() { letter.to_ascii_lowercase() } else { letter.to_lowercase().next().unwrap_or(letter) }
}

impl Needle {
    /// What is looked for; nothing is none.
    pub fn new(text: &str) -> Option<Self> {
        let letters: Vec<char> = text.chars().map(small).collect();
        (!letters.is_empty()).then(|| Self { text: letters.iter().collect(), letters })
    }

    /// Whether it is in a text.
    pub fn is_in(&self, text: &str) -> bool {
        self.next(text, 0).is_some()
    }

    /// Where it is in a text, from left to right, without overlaps.
    pub fn places(&self, text: &str) -> Vec<Range<usize>> {
        let mut places: Vec<Range<usize>> = Vec::new();
        while let Some(place) = self.next(text, places.last().map_or(0, |place| place.end)) {
            places.push(place);
        }
        places
    }

    fn next(&self, text: &str, from: usize) -> Option<Range<usize>> {
        if self.text.is_ascii() { self.next_plain(text.as_bytes(), from) } else { self.next_lettered(text, from) }
    }

    /// Letters of ASCII are never a part of another letter (UTF-8), so bytes can be compared.
    fn next_plain(&self, text: &[u8], from: usize) -> Option<Range<usize>> {
        let needle = self.text.as_bytes();
        let (first, large) = (needle[0], needle[0].to_ascii_uppercase());
        let end = (text.len() + 1).checked_sub(needle.len()).filter(|end| from < *end)?;
        let starts = text[from..end].iter().enumerate().filter(|(_, byte)| **byte == first || **byte == large);
        let mut starts = starts.map(|(index, _)| from + index..from + index + needle.len());
        starts.find(|place| text[place.clone()].eq_ignore_ascii_case(needle))
    }

    fn next_lettered(&self, text: &str, from: usize) -> Option<Range<usize>> {
        let tail = text.get(from..)?;
        tail.char_indices().find_map(|(start, _)| {
            let mut letters = tail[start..].char_indices();
            let mut end = start;
            for wanted in &self.letters {
                let (index, letter) = letters.next().filter(|(_, letter)| small(*letter) == *wanted)?;
                end = start + index + letter.len_utf8();
            }
            Some(from + start..from + end)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn places(needle: &str, text: &str) -> Vec<String> {
        Needle::new(needle).unwrap().places(text).into_iter().map(|place| text[place].to_owned()).collect()
    }

    #[test]
    fn letters_may_be_large_or_small() {
        assert_eq!(places("error", "ERROR: an Error, no erro"), ["ERROR", "Error"]);
        assert_eq!(places("Größe", "GRÖSSE GRÖßE größe"), ["GRÖßE", "größe"]);
        assert_eq!(places("x", "ÄxÖXü"), ["x", "X"]);
        assert_eq!(places("日本", "一日本語 日本"), ["日本", "日本"]);
    }

    #[test]
    fn places_do_not_overlap_and_nothing_is_in_nothing() {
        assert_eq!(places("aa", "aaaaa"), ["aa", "aa"]);
        assert_eq!(Needle::new(""), None);
        for (needle, text) in [("a", ""), ("abc", "ab"), ("é", ""), ("éa", "é")] {
            assert!(!Needle::new(needle).unwrap().is_in(text), "{needle} in {text}");
        }
    }
}
