//! The features of goal and context for the gate, each as a hash: words, their beginnings, groups of letters, and what words stand
//! near each other.
//!
//! Training and serving share this code, so any change to the hashes requires retraining.

use std::collections::HashSet;
use std::ops::Range;

use foldhash::fast::FixedState;

use super::concepts::{WordConcepts, concepts_of};
use super::words::Words;
use crate::classifier::features::{SEED, is_spaceless, mix, step};

/// The sizes of groups of letters inside a word.
const NGRAM_SIZES: std::ops::RangeInclusive<usize> = 3..=5;
/// Words of a script without spaces are single letters: groups of two and three of them make up for that.
const SPACELESS_SIZES: std::ops::RangeInclusive<usize> = 2..=4;
/// Letters of a word's beginning that stand for the word whatever its ending.
const STEM_LETTERS: usize = 5;
/// Words looked back for pairs of words that stand near each other.
const PAIR_DISTANCE: usize = 6;

/// Words with concepts looked back for pairs of concepts.
const CONCEPT_DISTANCE: usize = 6;
/// Words with concepts looked back for groups of three.
const TRIPLE_DISTANCE: usize = 4;

/// The kinds of features. The kind is part of the hash.
#[derive(Clone, Copy)]
enum Kind {
    Word = 101,
    Stem = 102,
    Ngram = 103,
    Bigram = 104,
    Trigram = 105,
    Near = 106,
    Concept = 107,
    ConceptPair = 108,
    ConceptTriple = 109,
    ConceptWord = 110,
}

/// The hashes of one word that its neighbours' features refer to.
#[derive(Debug, Clone, Copy, Default)]
struct Hashed {
    word: u64,
    stem: u64,
}

/// Extracts features word by word, so that any range of words can be scored by itself.
#[derive(Debug, Default)]
pub struct Features {
    words: Vec<Hashed>,
    concepts: Vec<WordConcepts>,
    /// The words of the current sentence that have concepts.
    meaningful: Vec<usize>,
    /// Pairs of neighbours in the current sentence, and whole sentences. What is said again and again says nothing more.
    seen: HashSet<u64, FixedState>,
    sentences: HashSet<u64, FixedState>,
}

impl Features {
    /// Calls `feature` with the index of a word and the hash of each feature that it and the words before it in its sentence make.
    /// The indexes never fall.
    pub fn each(&mut self, words: &Words, mut feature: impl FnMut(usize, u64)) {
        self.words.clear();
        self.sentences.clear();
        self.words
            .extend((0..words.len()).map(|index| hashed(words.word(index))));
        self.concepts.clear();
        self.concepts
            .extend((0..words.len()).map(|index| concepts_of(words, index)));
        for sentence in words.sentences() {
            self.meaningful.clear();
            self.seen.clear();
            if self.is_repeated(sentence) {
                continue;
            }
            for index in sentence.clone() {
                let mut emit = |kind: Kind, hash: u64| feature(index, mix(step(hash, kind as u64)));
                let this = self.words[index];
                let previous = index
                    .checked_sub(1)
                    .filter(|place| *place >= sentence.start);
                let previous = previous.map_or(SEED, |place| self.words[place].word);
                if !self.seen.insert(step(previous, this.word)) {
                    continue;
                }
                emit(Kind::Word, this.word);
                emit(Kind::Stem, this.stem);
                let letters = words.word(index);
                if letters.len() == 1 && is_spaceless(letters[0]) {
                    spaceless_groups(words, sentence.start, index, |hash| {
                        emit(Kind::Ngram, hash);
                    });
                } else {
                    word_groups(letters, |hash| emit(Kind::Ngram, hash));
                }
                self.pairs(sentence.start, index, &mut emit);
                self.concepts(sentence.start, index, &mut emit);
                if !self.concepts[index].as_slice().is_empty() {
                    self.meaningful.push(index);
                }
            }
        }
    }

    /// Returns whether an earlier sentence has the same words.
    fn is_repeated(&mut self, sentence: &Range<usize>) -> bool {
        let words = self.words[sentence.clone()].iter();
        let hash = words.fold(SEED, |hash, word| step(hash, word.word));
        !self.sentences.insert(hash)
    }

    fn pairs(&self, start: usize, index: usize, emit: &mut impl FnMut(Kind, u64)) {
        let before = &self.words[start..index];
        let this = self.words[index];
        if let Some(previous) = before.last() {
            let pair = step(previous.word, this.word);
            emit(Kind::Bigram, pair);
            if let [.., first, _] = before {
                emit(Kind::Trigram, step(step(first.word, pair), 3));
            }
        }
        for other in before.iter().rev().take(PAIR_DISTANCE) {
            // The order does not matter: "end my life", "my life must end".
            let (one, two) = (other.stem.min(this.stem), other.stem.max(this.stem));
            emit(Kind::Near, step(one, two));
        }
    }
}

impl Features {
    /// Emits the concepts of a word: by themselves, with the words next to it, and with the concepts before it.
    fn concepts(&self, start: usize, index: usize, emit: &mut impl FnMut(Kind, u64)) {
        let of = |place: usize| self.concepts[place].as_slice();
        let near = start.max(index.saturating_sub(2))..index;
        for place in near {
            for id in of(place) {
                emit(
                    Kind::ConceptWord,
                    step(u64::from(*id), self.words[index].stem),
                );
            }
            for id in of(index) {
                emit(
                    Kind::ConceptWord,
                    step(u64::from(*id), self.words[place].stem),
                );
            }
        }
        for this in of(index) {
            let this = u64::from(*this);
            emit(Kind::Concept, this);
            let before = || self.meaningful.iter().rev();
            for (distance, one) in before().take(CONCEPT_DISTANCE).enumerate() {
                for first in of(*one) {
                    let first = u64::from(*first);
                    let pair = step(first.min(this), first.max(this));
                    emit(Kind::ConceptPair, pair);
                    if distance >= TRIPLE_DISTANCE {
                        continue;
                    }
                    for other in before().take(TRIPLE_DISTANCE).skip(distance + 1) {
                        for second in of(*other) {
                            let mut ids = [this, first, u64::from(*second)];
                            ids.sort_unstable();
                            emit(Kind::ConceptTriple, step(step(ids[0], ids[1]), ids[2]));
                        }
                    }
                }
            }
        }
    }
}

fn hashed(letters: &[char]) -> Hashed {
    let bounded = number_class(letters);
    if let Some(class) = bounded {
        let hash = step(SEED, class);
        return Hashed {
            word: hash,
            stem: hash,
        };
    }
    let word = letters
        .iter()
        .fold(SEED, |hash, letter| step_letter(hash, *letter));
    let stem = letters
        .iter()
        .take(STEM_LETTERS)
        .fold(SEED, |hash, letter| step_letter(hash, *letter));
    Hashed { word, stem }
}

/// Returns the class of a number: how large it is matters ("lose 20 kg"), but rarely its exact value.
fn number_class(letters: &[char]) -> Option<u64> {
    if letters.len() > 4 || !letters.iter().all(char::is_ascii_digit) {
        return None;
    }
    let value = letters
        .iter()
        .filter_map(|letter| letter.to_digit(10))
        .fold(0, |value, digit| value * 10 + digit);
    let bounds = [
        2, 3, 5, 8, 10, 13, 16, 20, 26, 31, 41, 61, 101, 201, 501, 1001,
    ];
    let class = bounds.iter().filter(|bound| value >= **bound).count();
    Some(1 + class as u64)
}

/// Emits the groups of letters of a word, with its boundaries marked and doubled letters counted once.
fn word_groups(word: &[char], mut emit: impl FnMut(u64)) {
    if word.len() < 3 {
        return;
    }
    // Boundaries at both ends; a long word is cut, since no real one is longer.
    let mut letters = ['^'; 34];
    let mut length = 1;
    for (index, letter) in word.iter().enumerate() {
        if index > 0 && word[index - 1] == *letter {
            continue;
        }
        if length > 32 {
            break;
        }
        letters[length] = *letter;
        length += 1;
    }
    length += 1;
    for start in 0..length {
        let mut hash = SEED;
        for (size, letter) in letters[start..length]
            .iter()
            .take(*NGRAM_SIZES.end())
            .enumerate()
        {
            hash = step_letter(hash, *letter);
            if size + 1 >= *NGRAM_SIZES.start() {
                emit(hash);
            }
        }
    }
}

/// Emits the groups of letters that end at this word, in a script without spaces.
fn spaceless_groups(words: &Words, start: usize, index: usize, mut emit: impl FnMut(u64)) {
    for size in SPACELESS_SIZES {
        let Some(first) = (index + 1)
            .checked_sub(size)
            .filter(|first| *first >= start)
        else {
            break;
        };
        let hash = (first..=index)
            .flat_map(|place| words.word(place))
            .fold(SEED, |hash, letter| step_letter(hash, *letter));
        emit(hash);
    }
}

fn step_letter(hash: u64, letter: char) -> u64 {
    let letter = if letter.is_ascii_digit() { '0' } else { letter };
    step(hash, u64::from(u32::from(letter)))
}
