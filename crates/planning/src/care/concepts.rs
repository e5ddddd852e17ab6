//! Words of like meaning in several languages. What the gate learns about one word of a concept holds for all of them.

use std::collections::HashMap;
use std::sync::LazyLock;

use foldhash::fast::FixedState;

use super::words::Words;
use crate::classifier::features::{SEED, is_spaceless, step};

/// The concepts and their words. The file explains its form.
const LEXICON: &str = include_str!("../../data/care/concepts.txt");
/// Maximum number of concepts that one word has.
const MAX_CONCEPTS: usize = 4;
/// Letters of the longest word in a script without spaces that is looked up.
const MAX_SPACELESS: usize = 8;

static CONCEPTS: LazyLock<Concepts> = LazyLock::new(|| Concepts::read(LEXICON));

/// The concepts of one word, ascending.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct WordConcepts {
    ids: [u8; MAX_CONCEPTS],
    count: u8,
}

impl WordConcepts {
    pub(super) fn as_slice(&self) -> &[u8] {
        &self.ids[..usize::from(self.count)]
    }

    fn add(&mut self, id: u8) {
        let count = usize::from(self.count);
        if count < MAX_CONCEPTS && !self.ids[..count].contains(&id) {
            self.ids[count] = id;
            self.count += 1;
        }
    }
}

/// What a sequence of letters stands for.
#[derive(Debug, Clone, Copy, Default)]
struct Entry {
    /// Concepts of the word with exactly these letters.
    exact: WordConcepts,
    /// Concepts of every word that begins with these letters.
    prefix: WordConcepts,
}

/// The lexicon.
struct Concepts {
    entries: HashMap<u64, Entry, FixedState>,
}

/// Reads the lexicon, so that no request has to wait for it.
pub(super) fn load() {
    LazyLock::force(&CONCEPTS);
}

/// Returns the concepts of a word; in a script without spaces, of the longest words that begin there.
pub(super) fn concepts_of(words: &Words, index: usize) -> WordConcepts {
    CONCEPTS.of(words, index)
}

impl Concepts {
    fn read(lexicon: &str) -> Self {
        let mut concepts = Self {
            entries: HashMap::default(),
        };
        let mut id = 0_u8;
        for line in lexicon.lines().filter(|line| !line.starts_with('#')) {
            match line.strip_prefix(' ') {
                // The first word of an indented line names the language.
                Some(words) => {
                    for word in words.split_whitespace().skip(1) {
                        concepts.insert(word, id);
                    }
                }
                None if line.is_empty() => {}
                None => id = id.saturating_add(1),
            }
        }
        concepts
    }

    fn insert(&mut self, written: &str, id: u8) {
        let stem = written.trim_end_matches('*');
        let words = Words::of(stem, None);
        let letters = (0..words.len()).flat_map(|index| words.word(index));
        let hash = letters.fold(SEED, |hash, letter| {
            step(hash, u64::from(u32::from(*letter)))
        });
        let entry = self.entries.entry(hash).or_default();
        if stem == written {
            entry.exact.add(id);
        } else {
            entry.prefix.add(id);
        }
    }

    fn of(&self, words: &Words, index: usize) -> WordConcepts {
        let mut found = WordConcepts::default();
        let first = words.word(index);
        if first.len() == 1 && is_spaceless(first[0]) {
            let mut hash = SEED;
            for place in index..(index + MAX_SPACELESS).min(words.len()) {
                let [letter] = words.word(place) else { break };
                hash = step(hash, u64::from(u32::from(*letter)));
                let entry = self.entries.get(&hash);
                for id in entry.into_iter().flat_map(|entry| entry.exact.as_slice()) {
                    found.add(*id);
                }
            }
        } else {
            let mut hash = SEED;
            for (count, letter) in first.iter().enumerate() {
                hash = step(hash, u64::from(u32::from(*letter)));
                if let Some(entry) = self.entries.get(&hash) {
                    for id in entry.prefix.as_slice() {
                        found.add(*id);
                    }
                    if count + 1 == first.len() {
                        for id in entry.exact.as_slice() {
                            found.add(*id);
                        }
                    }
                }
            }
        }
        found.ids[..usize::from(found.count)].sort_unstable();
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn concepts(text: &str) -> Vec<WordConcepts> {
        let words = Words::of(text, None);
        (0..words.len())
            .map(|index| concepts_of(&words, index))
            .collect()
    }

    #[test]
    fn words_of_like_meaning_share_their_concepts_across_languages() {
        assert_eq!(concepts("sister"), concepts("Schwester"));
        assert!(
            concepts("pregnant")[0]
                .as_slice()
                .iter()
                .all(|id| concepts("schwangeren")[0].as_slice().contains(id))
        );
        assert_eq!(concepts("xyzzy")[0], WordConcepts::default());
    }
}
