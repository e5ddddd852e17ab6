//! The words we know, in five languages. One look-up of a word returns its meanings in all of them.
//!
//! Each language has a table of meanings and the words for each; `_` joins the words of a fixed phrase. The tables are
//! merged once, on first use.

mod de;
mod en;
mod es;
mod foreign;
mod fr;
mod pt;

use std::collections::HashMap;
use std::sync::LazyLock;

use foldhash::fast::FixedState;

use super::tag::Tag;

/// One row of a language's table: a meaning, and the words for it, separated by white space.
pub(super) type Row = (Tag, &'static str);

/// The languages we read, in the order that breaks ties.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Language {
    English,
    German,
    Spanish,
    French,
    Portuguese,
    /// Any language that we cannot read: no word of it means anything.
    Foreign,
}

impl Language {
    /// All languages that we read.
    pub(super) const ALL: [Self; 5] = [
        Self::English,
        Self::German,
        Self::Spanish,
        Self::French,
        Self::Portuguese,
    ];

    /// The code of the language (BCP 47); `None` for [`Self::Foreign`].
    pub(super) fn code(self) -> Option<&'static str> {
        ["en", "de", "es", "fr", "pt"].get(self.index()).copied()
    }

    /// The index of the language in [`Entry::senses`].
    pub(super) fn index(self) -> usize {
        match self {
            Self::English => 0,
            Self::German => 1,
            Self::Spanish => 2,
            Self::French => 3,
            Self::Portuguese => 4,
            Self::Foreign => 5,
        }
    }

    fn table(self) -> &'static [Row] {
        match self {
            Self::English => en::WORDS,
            Self::German => de::WORDS,
            Self::Spanish => es::WORDS,
            Self::French => fr::WORDS,
            Self::Portuguese => pt::WORDS,
            Self::Foreign => &[],
        }
    }
}

/// A fixed phrase; it belongs to the entry of its first word.
#[derive(Debug)]
pub(super) struct Phrase {
    pub(super) language: Language,
    /// The words after the first.
    pub(super) rest: Vec<&'static str>,
    pub(super) tag: Tag,
}

/// The meanings of one word.
#[derive(Debug, Default)]
pub(super) struct Entry {
    /// The meaning of the word alone, by [`Language::index`].
    senses: [Option<Tag>; 5],
    /// The phrases that start with the word, the longest first.
    pub(super) phrases: Vec<Phrase>,
    /// The languages that have the word, alone or as the first of a phrase: a bit for each, by [`Language::index`].
    languages: u8,
    /// The languages that we cannot read and that have the word, a bit for each of [`foreign::WORDS`].
    foreign: u16,
}

impl Entry {
    /// Returns the meaning of the word alone in `language`.
    pub(super) fn sense(&self, language: Language) -> Option<Tag> {
        self.senses.get(language.index()).copied().flatten()
    }

    /// Whether `language` has the word, alone or as the first of a phrase.
    pub(super) fn is_in(&self, language: Language) -> bool {
        self.languages & (1 << language.index()) != 0
    }

    /// Returns the language that has the word, if none of the others has it.
    pub(super) fn only_language(&self) -> Option<Language> {
        let is_alone = self.languages.is_power_of_two() && self.foreign == 0;
        let only = Language::ALL
            .into_iter()
            .find(|language| self.is_in(*language));
        only.filter(|_| is_alone)
    }

    /// Returns how much the word says about the language of a text: twice as much if at most one of those that we read has it.
    pub(super) fn weight(&self) -> usize {
        match (self.languages.count_ones(), self.foreign) {
            (1, 0) | (0, _) => 2,
            _ => 1,
        }
    }

    /// Returns which of the languages that we cannot read have the word, by their numbers from 0 on.
    pub(super) fn foreign(&self) -> impl Iterator<Item = usize> {
        let mut bits = self.foreign;
        std::iter::from_fn(move || {
            let index = bits.trailing_zeros();
            bits &= bits.wrapping_sub(1);
            usize::try_from(index).ok().filter(|index| *index < FOREIGN)
        })
    }

    /// Returns the meaning in the first language that has the word, in the order of [`Language::ALL`].
    pub(super) fn any_sense(&self) -> Option<Tag> {
        self.senses.iter().flatten().copied().next()
    }
}

/// Returns the language that a word which is not in the lexicon is spelled like, where its ending is that of one language alone.
pub(super) fn language_by_spelling(word: &str) -> Option<Language> {
    const ENDINGS: [(Language, &[&str]); 4] = [
        (
            Language::Portuguese,
            &[
                "cao", "coes", "amento", "imento", "agem", "inho", "inha", "lho", "lha",
            ],
        ),
        (
            Language::Spanish,
            &["cion", "ciones", "miento", "mientos", "illo", "illa"],
        ),
        (
            Language::German,
            &["ung", "ungen", "keit", "heit", "schaft", "lich", "ieren"],
        ),
        (
            Language::French,
            &["eux", "euse", "aux", "ique", "iques", "oir", "ement"],
        ),
    ];
    if word.len() <= 5 {
        return None;
    }
    let found = ENDINGS
        .iter()
        .find(|(_, endings)| endings.iter().any(|ending| word.ends_with(ending)));
    found.map(|(language, _)| *language)
}

/// Whether a German word that is not in the lexicon is a compound that ends with an event: "Meisterprüfung".
pub(super) fn is_german_event(word: &str) -> bool {
    const ENDINGS: [&str; 14] = [
        "prufung",
        "pruefung",
        "konzert",
        "klausur",
        "wettkampf",
        "turnier",
        "auftritt",
        "gesprach",
        "termin",
        "examen",
        "hochzeit",
        "marathon",
        "auffuhrung",
        "meisterschaft",
    ];
    ENDINGS.iter().any(|ending| word.ends_with(ending))
}

/// The number of languages that we only recognise, so as to leave their words alone.
pub(super) const FOREIGN: usize = foreign::WORDS.len();

/// The seed is fixed, since all keys are ours and cannot be chosen to collide.
type Words = HashMap<&'static str, Entry, FixedState>;

static LEXICON: LazyLock<Words> = LazyLock::new(build);

/// Returns the entry of a word; the word must be folded already.
pub(super) fn look_up(word: &str) -> Option<&'static Entry> {
    LEXICON.get(word)
}

fn build() -> Words {
    let mut words = Words::default();
    for language in Language::ALL {
        for (tag, list) in language.table() {
            for lexeme in list.split_whitespace() {
                let mut parts = lexeme.split('_');
                let first = parts.next().unwrap_or(lexeme);
                let rest: Vec<&'static str> = parts.collect();
                let entry = words.entry(first).or_default();
                entry.languages |= 1 << language.index();
                if rest.is_empty() {
                    if let Some(sense) = entry.senses.get_mut(language.index()) {
                        *sense = Some(*tag);
                    }
                } else {
                    entry.phrases.push(Phrase {
                        language,
                        rest,
                        tag: *tag,
                    });
                }
            }
        }
    }
    for (index, list) in foreign::WORDS.iter().enumerate() {
        for word in list.split_whitespace() {
            words.entry(word).or_default().foreign |= 1 << index;
        }
    }
    for entry in words.values_mut() {
        entry
            .phrases
            .sort_by_key(|phrase| std::cmp::Reverse(phrase.rest.len()));
    }
    words
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;
    use crate::fold::fold_into;

    #[test]
    fn every_word_of_every_table_is_folded() {
        for language in Language::ALL {
            for (tag, list) in language.table() {
                for word in list.split_whitespace() {
                    let mut folded = String::new();
                    word.chars().for_each(|c| fold_into(&mut folded, c));
                    assert_eq!(folded, word, "{language:?} {tag:?}");
                }
            }
        }
    }

    #[test]
    fn no_language_gives_one_word_two_meanings() {
        for language in Language::ALL {
            let mut seen = HashSet::new();
            for (tag, list) in language.table() {
                for word in list.split_whitespace() {
                    assert!(seen.insert(word), "{language:?} {word} again as {tag:?}");
                }
            }
        }
    }

    #[test]
    fn one_word_may_mean_different_things_in_different_languages() {
        let entry = look_up("an").unwrap();

        assert_eq!(entry.sense(Language::English), Some(Tag::Article));
        assert_ne!(entry.sense(Language::French), Some(Tag::Article));
    }
}
