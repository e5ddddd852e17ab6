//! What of a goal the classifier looks at: words, pairs of words and letter groups, each as a hash.
//!
//! Training and serving share this file; changing it means training anew.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// Shortest and longest group of letters inside a word.
const GROUP: std::ops::RangeInclusive<usize> = 3..=5;
/// Most characters looked at of goal and context together.
const MAX_CHARS: usize = 1600;

const SEED: u64 = 0xcbf2_9ce4_8422_2325;
const PRIME: u64 = 0x0000_0100_0000_01b3;

/// Kinds of features, kept apart in the hash.
#[derive(Clone, Copy)]
enum Kind {
    Word = 1,
    Pair = 2,
    Group = 3,
    ContextWord = 4,
    Sign = 5,
    FirstWord = 6,
}

/// Goes through a goal's features, and counts them.
#[derive(Debug, Default)]
pub struct Features {
    count: u32,
    letters: Vec<char>,
}

impl Features {
    /// How many features there were.
    #[must_use]
    pub const fn count(&self) -> u32 {
        self.count
    }

    /// The features that tell a goal's category.
    pub fn each_of_goal(
        &mut self,
        text: &str,
        context: Option<&str>,
        mut feature: impl FnMut(u64),
    ) {
        self.each_of_text(text, false, &mut feature);
        if let Some(context) = context {
            self.each_of_text(context, true, &mut feature);
            self.emit(Kind::Sign, 1, &mut feature);
        }
    }

    /// The features that tell a goal's language: short groups of letters, accents kept.
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
            // Scripts without spaces: every letter begins a word of its own, and its groups reach over the next ones.
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
                self.groups_across(&letters[start..], feature);
            } else if end - start > 3 {
                self.groups_within(&letters[start..end], feature);
            }
            start = end;
        }
        self.letters = letters;
    }

    /// Groups of letters of a word, with its edges marked.
    fn groups_within(&mut self, word: &[char], feature: &mut impl FnMut(u64)) {
        let at = |place: usize| {
            if place == 0 || place == word.len() + 1 {
                '^'
            } else {
                word[place - 1]
            }
        };
        let length = word.len() + 2;
        for start in 0..length {
            let mut hash = SEED;
            for size in 1..=*GROUP.end() {
                let place = start + size - 1;
                if place >= length {
                    break;
                }
                hash = step(hash, u64::from(u32::from(at(place))));
                if size >= *GROUP.start() {
                    self.emit(Kind::Group, hash, feature);
                }
            }
        }
    }

    /// Groups of two and three letters from here on, in scripts without spaces.
    fn groups_across(&mut self, letters: &[char], feature: &mut impl FnMut(u64)) {
        let mut hash = SEED;
        for (place, letter) in letters
            .iter()
            .take(3)
            .take_while(|letter| is_spaceless(**letter))
            .enumerate()
        {
            hash = step(hash, u64::from(u32::from(*letter)));
            if place > 0 {
                self.emit(Kind::Group, hash, feature);
            }
        }
    }

    fn emit(&mut self, kind: Kind, value: u64, feature: &mut impl FnMut(u64)) {
        self.count += 1;
        feature(mix(step(value, kind as u64)));
    }
}

const fn step(hash: u64, value: u64) -> u64 {
    (hash ^ value).wrapping_mul(PRIME)
}

/// Spreads a hash's bits, so that its upper ones choose a bucket evenly.
const fn mix(hash: u64) -> u64 {
    let hash = (hash ^ (hash >> 32)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    hash ^ (hash >> 29)
}

/// Numbers look alike by their length: it matters that there is one, seldom which.
const fn shape(char: char) -> char {
    if char.is_ascii_digit() { '0' } else { char }
}

fn is_word(char: char) -> bool {
    char.is_alphanumeric()
        || matches!(char, '\'' | '+')
        || is_combining_mark(char)
        || u32::from(char) >= 0x1f300
}

/// Accents of Latin letters, which people leave out; marks of other scripts are letters.
const fn is_latin_mark(char: char) -> bool {
    matches!(char, '\u{300}'..='\u{36f}')
}

const fn is_spaceless(char: char) -> bool {
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
