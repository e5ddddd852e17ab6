//! Finds keywords in a text. They are read where they stand in the binary, because a process that copied those of all languages would hold
//! ten megabytes of them.

use fst::Map;
use fst::raw::Output;

use super::packed::{PackedEntry, PackedKeywords, STEM};
use crate::lexicon::{Match, Rest};
use crate::words::Word;

/// The lower half of a number.
const HALF: u64 = 0xffff_ffff;

/// The keywords of a language, each with what it says.
#[derive(Debug)]
pub struct Keywords<T: 'static> {
    keys: Map<&'static [u8]>,
    entries: Vec<PackedEntry<'static, T>>,
}

impl<T: Copy + serde::Deserialize<'static>> Keywords<T> {
    /// Reads keywords that the build packed.
    ///
    /// # Errors
    /// Why they are invalid.
    pub fn read(packed: &'static [u8]) -> Result<Self, String> {
        let PackedKeywords { keys, entries } =
            postcard::from_bytes(packed).map_err(|error| error.to_string())?;
        let keys = Map::new(keys).map_err(|error| error.to_string())?;
        Ok(Self { keys, entries })
    }

    /// Calls `found` with every keyword that begins with the first of `words`.
    pub fn matches(&self, words: &[Word], mut found: impl FnMut(Match<T>)) {
        self.beginning_with(words, |part, rest, after, value| {
            if let Some(size) = rest.matches(after) {
                found(size.with(part, value));
            }
        });
    }

    /// Does the same also with a few words between those of a keyword, and tells with each whether its words stand together.
    pub fn matches_loosely(&self, words: &[Word], mut found: impl FnMut(Match<T>, bool)) {
        self.beginning_with(words, |part, rest, after, value| {
            if let Some(size) = rest.matches(after) {
                found(size.with(part, value), true);
            } else if let Some(size) = rest.matches_loosely(after) {
                found(size.with(part, value), false);
            }
        });
    }

    /// Calls `found` with every keyword whose first word or stem the first of `words` has: this part of it, the rest of the keyword, the
    /// words after it, and what the keyword says.
    fn beginning_with(&self, words: &[Word], mut found: impl FnMut(&str, Rest<'_>, &[Word], T)) {
        let Some((first, after)) = words.split_first() else {
            return;
        };
        let first = first.folded.as_str();
        self.stems_and_word(first, |len, entries| {
            for entry in entries {
                let rest = Rest {
                    words: entry.rest,
                    is_stem: entry.is_stem,
                };
                found(&first[..len], rest, after, entry.value);
            }
        });
    }

    /// Calls `found` with the entries of every stem of a word and of the word itself, and how much of it they cover.
    fn stems_and_word(&self, word: &str, mut found: impl FnMut(usize, &[PackedEntry<'static, T>])) {
        let mut at = |len, output: Output| {
            let place = output.value();
            let (first, count) = ((place >> 32) as usize, (place & HALF) as usize);
            found(
                len,
                self.entries.get(first..first + count).unwrap_or_default(),
            );
        };
        let keys = self.keys.as_fst();
        let mut node = keys.root();
        let mut output = Output::zero();
        for len in 0..=word.len() {
            if let Some(stem) = node.find_input(STEM) {
                let transition = node.transition(stem);
                let end = keys.node(transition.addr);
                if end.is_final() {
                    at(len, output.cat(transition.out).cat(end.final_output()));
                }
            }
            let Some(byte) = word.as_bytes().get(len) else {
                break;
            };
            let Some(next) = node.find_input(*byte) else {
                return;
            };
            let transition = node.transition(next);
            output = output.cat(transition.out);
            node = keys.node(transition.addr);
        }
        if node.is_final() {
            at(word.len(), output.cat(node.final_output()));
        }
    }
}
