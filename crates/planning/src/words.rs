//! The words of a text, folded, for lexicons that match words, stems and phrases.

use std::collections::HashMap;
use std::ops::Range;

use foldhash::fast::RandomState;

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

/// Entries of a lexicon, each with a value: words, stems that end in `*`, and phrases of several words.
#[derive(Debug)]
pub(crate) struct Lexicon<T> {
    by_first_word: HashMap<String, Vec<Entry<T>>, RandomState>,
    by_stem: HashMap<String, Vec<T>, RandomState>,
}

#[derive(Debug)]
struct Entry<T> {
    /// The words after the first.
    rest: Vec<String>,
    /// Whether the last word is a stem.
    is_stem: bool,
    value: T,
}

/// A match of an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Match<T> {
    /// The value of the entry.
    pub value: T,
    /// The number of words.
    pub words: usize,
    /// The length of the entry in bytes, without spaces.
    pub len: usize,
}

/// Minimum length of a stem, in bytes.
const MIN_STEM_LEN: usize = 2;

impl<T: Copy> Lexicon<T> {
    /// Creates an empty lexicon.
    pub fn new() -> Self {
        Self {
            by_first_word: HashMap::default(),
            by_stem: HashMap::default(),
        }
    }

    /// Adds an entry.
    pub fn add(&mut self, entry: &str, value: T) {
        let is_stem = entry.ends_with('*');
        let mut parts = words(entry).into_iter().map(|word| word.folded);
        let Some(first) = parts.next() else {
            return;
        };
        let rest: Vec<String> = parts.collect();
        if is_stem && rest.is_empty() {
            self.by_stem.entry(first).or_default().push(value);
        } else {
            let entry = Entry {
                rest,
                is_stem,
                value,
            };
            self.by_first_word.entry(first).or_default().push(entry);
        }
    }

    /// Calls `found` with every entry that matches from the first of `words` on.
    pub fn matches(&self, words: &[Word], mut found: impl FnMut(Match<T>)) {
        let Some((first, after)) = words.split_first() else {
            return;
        };
        let first = first.folded.as_str();
        for entry in self.by_first_word.get(first).into_iter().flatten() {
            if entry.matches(after) {
                found(Match {
                    value: entry.value,
                    words: 1 + entry.rest.len(),
                    len: first.len() + entry.rest.iter().map(String::len).sum::<usize>(),
                });
            }
        }
        for (start, letter) in first.char_indices() {
            let end = start + letter.len_utf8();
            if end < MIN_STEM_LEN {
                continue;
            }
            for value in self.by_stem.get(&first[..end]).into_iter().flatten() {
                found(Match {
                    value: *value,
                    words: 1,
                    len: end,
                });
            }
        }
    }

    /// Calls `found` with every entry that matches from the first of `words` on, also with a few words between its own: "sew a coat" is in
    /// "sew a lined winter coat". Tells with each whether its words stand together.
    pub fn matches_loosely(&self, words: &[Word], mut found: impl FnMut(Match<T>, bool)) {
        self.matches(words, |exact| found(exact, true));
        let Some((first, after)) = words.split_first() else {
            return;
        };
        for entry in self.by_first_word.get(&first.folded).into_iter().flatten() {
            if entry.rest.is_empty() || entry.matches(after) {
                continue;
            }
            if let Some(words) = entry.matches_loosely(after) {
                let len = entry
                    .rest
                    .iter()
                    .filter(|word| !is_small(word))
                    .map(String::len);
                let found_loosely = Match {
                    value: entry.value,
                    words,
                    len: first.folded.len() + len.sum::<usize>(),
                };
                found(found_loosely, false);
            }
        }
    }

    /// Returns the match of most words from the first of `words` on.
    pub fn longest(&self, words: &[Word]) -> Option<Match<T>> {
        let mut longest: Option<Match<T>> = None;
        self.matches(words, |found| {
            if longest.is_none_or(|longest| (found.words, found.len) > (longest.words, longest.len))
            {
                longest = Some(found);
            }
        });
        longest
    }
}

/// Maximum number of words between two of an entry that is matched loosely.
const MAX_GAP: usize = 3;

/// Whether a word of an entry may be missing where it is matched loosely.
fn is_small(word: &str) -> bool {
    const SMALL: [&str; 24] = [
        "a", "an", "the", "my", "our", "to", "of", "in", "ein", "eine", "einen", "den", "die",
        "das", "un", "una", "el", "la", "le", "les", "um", "uma", "de", "mi",
    ];
    SMALL.contains(&word)
}

impl<T> Entry<T> {
    /// Returns the number of its words that are no small ones, if `words` have them in their order with small gaps and no pause between.
    fn matches_loosely(&self, words: &[Word]) -> Option<usize> {
        let mut from = 0;
        let mut count = 1;
        for (index, part) in self.rest.iter().enumerate() {
            if is_small(part) {
                continue;
            }
            let is_stem = self.is_stem && index + 1 == self.rest.len();
            let gap = words.get(from..)?.iter().take(MAX_GAP + 1);
            let place = gap.take_while(|word| !word.after_pause).position(|word| {
                if is_stem {
                    word.folded.starts_with(part.as_str())
                } else {
                    word.folded == *part
                }
            })?;
            from += place + 1;
            count += 1;
        }
        (count > 1).then_some(count)
    }

    /// Returns whether `words`, which follow the first word of the entry, begin with the rest of it.
    fn matches(&self, words: &[Word]) -> bool {
        words.len() >= self.rest.len()
            && self.rest.iter().enumerate().all(|(index, part)| {
                let word = words[index].folded.as_str();
                if self.is_stem && index + 1 == self.rest.len() {
                    word.starts_with(part.as_str())
                } else {
                    word == part
                }
            })
    }
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

    #[test]
    fn a_phrase_matches_loosely_with_words_between() {
        let mut lexicon = Lexicon::new();
        lexicon.add("sew a coat*", 1);
        for (text, is_found) in [
            ("sew a lined winter coat", true),
            ("sew coats", true),
            ("sew, then buy a coat", false),
            ("sew on buttons of the old coat", false),
        ] {
            let mut found = None;
            lexicon.matches_loosely(&words(text), |matched, is_exact| {
                found = Some((matched.value, is_exact));
            });
            assert_eq!(found, is_found.then_some((1, false)), "{text}");
        }
    }

    #[test]
    fn words_stems_and_phrases_match_and_the_longest_wins() {
        let mut lexicon = Lexicon::new();
        for (entry, value) in [("run*", 1), ("half marathon*", 2), ("half", 3), ("c++", 4)] {
            lexicon.add(entry, value);
        }
        for (text, value) in [
            ("Running", Some(1)),
            ("half-marathons in May", Some(2)),
            ("half a year", Some(3)),
            ("C++ now", Some(4)),
            ("学游泳 ✨", None),
        ] {
            assert_eq!(
                lexicon.longest(&words(text)).map(|found| found.value),
                value,
                "{text}"
            );
        }
    }
}
