//! The features of a goal: words, pairs of words and character n-grams, each as a hash.
//!
//! Training and serving share this code, so any change to the hashes requires retraining.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// The sizes of n-grams inside a word.
const NGRAM_SIZES: std::ops::RangeInclusive<usize> = 3..=5;
/// Maximum number of characters read of the goal, and of the context.
const MAX_CHARS: usize = 1600;

/// The start of every hash. It and [`step`] are FNV-1a.
pub(crate) const SEED: u64 = 0xcbf2_9ce4_8422_2325;
const PRIME: u64 = 0x0000_0100_0000_01b3;

/// The kinds of features. The kind is part of the hash.
#[derive(Clone, Copy)]
enum Kind {
    Word = 1,
    Pair = 2,
    Ngram = 3,
    ContextWord = 4,
    HasContext = 5,
    FirstWord = 6,
}

/// Extracts and counts features. The buffer can be reused.
#[derive(Debug, Default)]
pub struct Features {
    count: u32,
    letters: Vec<char>,
}

impl Features {
    /// Returns the number of features extracted.
    #[must_use]
    pub const fn count(&self) -> u32 {
        self.count
    }

    /// Calls `feature` with the hash of each feature for the category.
    pub fn each_of_goal(
        &mut self,
        text: &str,
        context: Option<&str>,
        mut feature: impl FnMut(u64),
    ) {
        self.each_of_text(text, false, &mut feature);
        if let Some(context) = context {
            self.each_of_text(context, true, &mut feature);
            self.emit(Kind::HasContext, 1, &mut feature);
        }
    }

    /// Calls `feature` with the hash of each feature for the language: words, and n-grams of one to four letters, with their accents.
    pub fn each_of_language(
        &mut self,
        text: &str,
        context: Option<&str>,
        mut feature: impl FnMut(u64),
    ) {
        for part in [Some(text), context].into_iter().flatten() {
            self.letters.clear();
            self.letters.push(' ');
            for char in part.chars().take(MAX_CHARS / 4) {
                if char.is_alphabetic() || is_combining_mark(char) {
                    self.letters.extend(char.to_lowercase());
                } else if self.letters.last() != Some(&' ') {
                    self.letters.push(' ');
                }
            }
            self.letters.push(' ');
            for start in 0..self.letters.len() {
                let mut hash = SEED;
                for letter in self.letters[start..].iter().take(4) {
                    hash = step(hash, u64::from(u32::from(*letter)));
                    self.count += 1;
                    feature(mix(hash));
                }
            }
            // The n-grams already contain words of one or two letters.
            let words = self.letters.split(|letter| *letter == ' ');
            for word in words.filter(|word| word.len() > 2) {
                let hash = word.iter().fold(SEED, |hash, letter| {
                    step(hash, u64::from(u32::from(*letter)))
                });
                self.count += 1;
                feature(mix(step(hash, Kind::Word as u64)));
            }
        }
    }

    fn each_of_text(&mut self, text: &str, context: bool, feature: &mut impl FnMut(u64)) {
        self.letters.clear();
        if text.is_ascii() {
            self.letters.extend(
                text.bytes()
                    .take(MAX_CHARS)
                    .map(|byte| char::from(byte.to_ascii_lowercase())),
            );
        } else {
            self.letters.extend(
                text.nfkd()
                    .filter(|char| !is_latin_mark(*char))
                    .flat_map(char::to_lowercase)
                    .take(MAX_CHARS),
            );
        }
        let mut previous = None;
        let mut start = 0;
        let mut first = true;
        let letters = std::mem::take(&mut self.letters);
        while start < letters.len() {
            if !is_word(letters[start]) {
                start += 1;
                continue;
            }
            // In scripts without spaces, every letter is a word, and its n-grams extend over the letters that follow.
            let spaceless = is_spaceless(letters[start]);
            let end = if spaceless {
                start + 1
            } else {
                letters[start..]
                    .iter()
                    .position(|char| !is_word(*char) || is_spaceless(*char))
                    .map_or(letters.len(), |length| start + length)
            };
            let word = letters[start..end]
                .iter()
                .filter(|char| **char != '\'')
                .fold(SEED, |hash, char| {
                    step(hash, u64::from(u32::from(shape(*char))))
                });
            self.emit(Kind::Word, word, feature);
            if context {
                self.emit(Kind::ContextWord, word, feature);
            }
            if first && !context {
                self.emit(Kind::FirstWord, word, feature);
            }
            first = false;
            if let Some(previous) = previous {
                self.emit(Kind::Pair, step(previous, word), feature);
            }
            previous = Some(word);
            if spaceless {
                self.spaceless_ngrams(&letters[start..], feature);
            } else if end - start > 3 {
                self.word_ngrams(&letters[start..end], feature);
            }
            start = end;
        }
        self.letters = letters;
    }

    /// Emits the n-grams of a word, with its boundaries marked.
    fn word_ngrams(&mut self, word: &[char], feature: &mut impl FnMut(u64)) {
        let letter_at = |index: usize| {
            if index == 0 || index == word.len() + 1 {
                '^'
            } else {
                word[index - 1]
            }
        };
        let length = word.len() + 2;
        for start in 0..length {
            let mut hash = SEED;
            for size in 1..=*NGRAM_SIZES.end() {
                let index = start + size - 1;
                if index >= length {
                    break;
                }
                hash = step(hash, u64::from(u32::from(letter_at(index))));
                if size >= *NGRAM_SIZES.start() {
                    self.emit(Kind::Ngram, hash, feature);
                }
            }
        }
    }

    /// Emits the n-grams of two and three letters at the start of `letters`, in a script without spaces.
    fn spaceless_ngrams(&mut self, letters: &[char], feature: &mut impl FnMut(u64)) {
        let mut hash = SEED;
        for (index, letter) in letters
            .iter()
            .take(3)
            .take_while(|letter| is_spaceless(**letter))
            .enumerate()
        {
            hash = step(hash, u64::from(u32::from(*letter)));
            if index > 0 {
                self.emit(Kind::Ngram, hash, feature);
            }
        }
    }

    fn emit(&mut self, kind: Kind, value: u64, feature: &mut impl FnMut(u64)) {
        self.count += 1;
        feature(mix(step(value, kind as u64)));
    }
}

/// Adds a value to a hash.
pub(crate) const fn step(hash: u64, value: u64) -> u64 {
    (hash ^ value).wrapping_mul(PRIME)
}

/// Mixes the bits of a hash, so that the upper bits choose a bucket evenly.
pub(crate) const fn mix(hash: u64) -> u64 {
    let hash = (hash ^ (hash >> 32)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    hash ^ (hash >> 29)
}

/// Maps all digits to `0`: that there is a number matters, but rarely which one.
const fn shape(char: char) -> char {
    if char.is_ascii_digit() { '0' } else { char }
}

fn is_word(char: char) -> bool {
    char.is_alphanumeric()
        || matches!(char, '\'' | '+')
        || is_combining_mark(char)
        || u32::from(char) >= 0x1f300
}

/// Returns whether a character is a Latin accent. People omit those; the marks of other scripts count as letters.
const fn is_latin_mark(char: char) -> bool {
    matches!(char, '\u{300}'..='\u{36f}')
}

/// Returns whether a character belongs to a script without spaces, or is a pictograph: it is a word of its own.
pub(crate) const fn is_spaceless(char: char) -> bool {
    matches!(char, '\u{3040}'..='\u{30ff}' | '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{1f300}'..='\u{1faff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hashes(text: &str) -> Vec<u64> {
        let mut all = Vec::new();
        Features::default().each_of_goal(text, None, |hash| all.push(hash));
        all
    }

    #[test]
    fn case_accents_and_digits_make_no_difference() {
        assert_eq!(hashes("Café 12 Répertoire"), hashes("cafe 34 repertoire"));
        assert_ne!(hashes("learn"), hashes("earn"));
    }

    #[test]
    fn every_script_has_features() {
        for text in ["学游泳", "ピアノ", "한국어", "हर दिन योग", "تعلم", "🎹🎹"]
        {
            assert!(!hashes(text).is_empty(), "{text}");
        }
    }
}
