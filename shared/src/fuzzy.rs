//! Finds by a few letters: each letter of what is typed has to come up in order, and the fewer holes the better.

/// How well `typed` fits `text`; more is better, none where it does not. Nothing typed fits everything alike.
pub fn score(text: &str, typed: &str) -> Option<u32> {
    let text: Vec<char> = text.chars().flat_map(char::to_lowercase).collect();
    let mut total = 0;
    for word in typed.split_whitespace() {
        let word: Vec<char> = word.chars().flat_map(char::to_lowercase).collect();
        total += whole(&text, &word).or_else(|| scattered(&text, &word))?;
    }
    // Of two that fit alike, the shorter is nearer to what was typed.
    let length = u32::try_from(text.len()).unwrap_or(u32::MAX).min(99);
    Some(if total == 0 { 0 } else { total * 100 + (99 - length) })
}

/// Whether a word begins here.
fn begins(text: &[char], at: usize) -> bool {
    at.checked_sub(1).and_then(|before| text.get(before)).is_none_or(|before| !before.is_alphanumeric())
}

/// The word as it stands: best at the start, then where a word begins.
fn whole(text: &[char], word: &[char]) -> Option<u32> {
    let places: Vec<usize> = (0..text.len()).filter(|at| text[*at..].starts_with(word)).collect();
    let best = places
        .iter()
        .map(|at| {
            if *at == 0 {
                90
            } else if begins(text, *at) {
                80
            } else {
                60
            }
        })
        .max()?;
    Some(best)
}

/// Its letters in order with others between them: where words begin counts most.
fn scattered(text: &[char], word: &[char]) -> Option<u32> {
    let (mut at, mut good) = (0, 0_u32);
    for letter in word {
        let rest = text.get(at..)?;
        // Rather at the beginning of a word, if one is still to come.
        let first = rest.iter().position(|other| other == letter)? + at;
        let begun = (first..text.len()).find(|place| text[*place] == *letter && begins(text, *place));
        let found = begun.unwrap_or(first);
        good += u32::from(begun.is_some());
        at = found + 1;
    }
    Some(10 + (good * 30 / u32::try_from(word.len()).unwrap_or(u32::MAX).max(1)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn order<'a>(mut texts: Vec<&'a str>, typed: &str) -> Vec<&'a str> {
        texts.retain(|text| score(text, typed).is_some());
        texts.sort_by_key(|text| std::cmp::Reverse(score(text, typed)));
        texts
    }

    #[test]
    fn the_beginning_is_better_than_the_middle_and_that_than_scattered_letters() {
        let texts = vec!["Sales flows", "Workflows", "Flows", "First low shelf", "Data"];
        assert_eq!(order(texts, "flow"), ["Flows", "Sales flows", "Workflows", "First low shelf"]);
    }

    #[test]
    fn initials_case_and_several_words_are_enough() {
        assert!(score("Uptime Kuma", "uk").is_some());
        assert!(score("Uptime Kuma", "KUMA up").is_some());
        assert!(score("Größe", "GRÖ").is_some());
        assert_eq!(score("Uptime Kuma", "ku up x"), None);
        assert_eq!(score("Uptime Kuma", "mk"), score("Uptime Kuma", "mk"));
        assert_eq!(score("anything", "  "), Some(0));
        assert_eq!(score("", "a"), None);
    }
}
