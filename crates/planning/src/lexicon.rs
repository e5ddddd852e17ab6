//! Lexicons: words, stems and phrases, each with a value, and how they are found in a text.

use std::collections::HashMap;

use foldhash::fast::RandomState;

use crate::words::{Word, words};

/// A lexicon of words, stems that end in `*`, and phrases of several words.
#[derive(Debug)]
pub(crate) struct Lexicon<T> {
    by_first_word: HashMap<String, Vec<Entry<T>>, RandomState>,
    by_stem: HashMap<String, Vec<T>, RandomState>,
}

#[derive(Debug)]
struct Entry<T> {
    /// The words after the first, with spaces between.
    rest: String,
    /// Whether the last word is a stem.
    is_stem: bool,
    value: T,
}

/// What follows the first word of an entry.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Rest<'a> {
    /// The words, with spaces between.
    pub words: &'a str,
    /// Whether the last one is a stem.
    pub is_stem: bool,
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
        let rest = parts.collect::<Vec<_>>().join(" ");
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
            let rest = Rest {
                words: &entry.rest,
                is_stem: entry.is_stem,
            };
            if let Some(size) = rest.matches(after) {
                found(size.with(first, entry.value));
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

/// How much of a text an entry covers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Size {
    words: usize,
    len: usize,
}

impl Size {
    /// Returns the match of an entry whose rest has this size.
    pub const fn with<T>(self, first: &str, value: T) -> Match<T> {
        Match {
            value,
            words: 1 + self.words,
            len: first.len() + self.len,
        }
    }
}

impl Rest<'_> {
    /// Returns its size if `words`, which follow the first word of the entry, begin with it.
    pub fn matches(self, words: &[Word]) -> Option<Size> {
        let mut size = Size { words: 0, len: 0 };
        if self.words.is_empty() {
            return Some(size);
        }
        let mut parts = self.words.split(' ').peekable();
        while let Some(part) = parts.next() {
            let word = words.get(size.words)?;
            if !self.is_part(part, parts.peek().is_none(), word) {
                return None;
            }
            size.words += 1;
            size.len += part.len();
        }
        Some(size)
    }

    /// Returns the size of its words that are no small ones, if `words` have them in their order with small gaps and no pause between:
    /// "sew a coat" is in "sew a lined winter coat".
    pub fn matches_loosely(self, words: &[Word]) -> Option<Size> {
        let mut size = Size { words: 0, len: 0 };
        let mut from = 0;
        let mut parts = self.words.split(' ').peekable();
        while let Some(part) = parts.next() {
            if is_small(part) {
                continue;
            }
            let is_last = parts.peek().is_none();
            let gap = words.get(from..)?.iter().take(MAX_GAP + 1);
            let place = gap
                .take_while(|word| !word.after_pause)
                .position(|word| self.is_part(part, is_last, word))?;
            from += place + 1;
            size.words += 1;
            size.len += part.len();
        }
        (size.words > 0).then_some(size)
    }

    fn is_part(self, part: &str, is_last: bool, word: &Word) -> bool {
        if self.is_stem && is_last {
            word.folded.starts_with(part)
        } else {
            word.folded == part
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::words::words;

    #[test]
    fn a_phrase_matches_loosely_with_words_between() {
        let rest = Rest {
            words: "a coat",
            is_stem: true,
        };
        for (text, is_found) in [
            ("sew a lined winter coat", true),
            ("sew coats", true),
            ("sew, then buy a coat", false),
            ("sew on buttons of the old coat", false),
        ] {
            let words = words(text);
            let found = rest.matches_loosely(&words[1..]);
            assert_eq!(found.is_some(), is_found, "{text}");
            assert_eq!(rest.matches(&words[1..]), None, "{text}");
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
