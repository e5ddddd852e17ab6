//! The words of a text, folded.

use std::ops::Range;

use crate::fold::fold_into;

/// A word of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Word {
    /// In lower case and without accents.
    pub folded: String,
    /// Where it stands in the text, in bytes.
    pub range: Range<usize>,
    /// Whether punctuation stands between the word before and this one.
    pub after_pause: bool,
}

/// Splits a text into folded words. Letters, digits, `+` and `#` are parts of words, so that "c++" and "c#" are words.
pub(crate) fn words(text: &str) -> Vec<Word> {
    let mut words = Vec::with_capacity(text.len() / 5);
    let mut current: Option<Word> = None;
    let mut after_pause = false;
    for (index, letter) in text.char_indices() {
        if letter.is_alphanumeric() || matches!(letter, '+' | '#' | '\u{300}'..='\u{36f}') {
            let word = current.get_or_insert_with(|| Word {
                folded: String::new(),
                range: index..index,
                after_pause: std::mem::take(&mut after_pause),
            });
            fold_into(&mut word.folded, letter);
            word.range.end = index + letter.len_utf8();
        } else {
            let is_in_number = matches!(letter, ',' | '.' | ':')
                && current
                    .as_ref()
                    .is_some_and(|word| word.folded.ends_with(|char: char| char.is_ascii_digit()))
                && text[index + 1..].starts_with(|char: char| char.is_ascii_digit());
            words.extend(current.take());
            after_pause |= !is_in_number
                && matches!(
                    letter,
                    ',' | ';' | '.' | ':' | '!' | '?' | '(' | ')' | '\n' | '–' | '—'
                );
        }
    }
    words.extend(current);
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_folded_and_know_the_pauses_before_them() {
        let found = words("Fußball, C++ & Matemáticas");
        let seen: Vec<(&str, bool)> = found
            .iter()
            .map(|word| (word.folded.as_str(), word.after_pause))
            .collect();
        assert_eq!(
            seen,
            [("fussball", false), ("c++", true), ("matematicas", false)]
        );
    }
}
