//! A text whose every token has one meaning, and the ways to walk it.

use std::ops::Range;

use super::lexicon::{Entry, Language, look_up};
use super::tag::Tag;
use super::token::{Token, Tokens, tokens};

/// A text ready to be read: its language decided, its phrases joined, its words understood.
#[derive(Debug)]
pub(super) struct Text {
    tokens: Vec<Token>,
    folded: String,
    pub(super) language: Language,
}

/// The shortest word that is understood in a language the text is not written in.
const UNMISTAKABLE: usize = 4;

/// How many tokens of a sentence count on either side: nobody binds a date and a word further apart.
const SENTENCE: usize = 60;

impl Text {
    /// Cuts, looks up and understands `source`.
    pub(super) fn new(source: &str) -> Self {
        let Tokens { mut list, folded } = tokens(source);
        let entries: Vec<Option<&'static Entry>> =
            list.iter().map(|token| entry_of(token, &folded)).collect();
        let language = language_of(&entries);
        let mut read = 0;
        let mut written = 0;
        while read < list.len() {
            let (tag, last) = understand(&list, &folded, &entries, read, language);
            let end = list.get(last).map_or(0, |token| token.span.end);
            let folded_end = list.get(last).map_or(0, |token| token.folded.end);
            if let Some(token) = list.get_mut(read) {
                token.tag = tag;
                token.span.end = end;
                token.folded.end = folded_end;
            }
            list.swap(read, written);
            read = last + 1;
            written += 1;
        }
        list.truncate(written);
        Self {
            tokens: list,
            folded,
            language,
        }
    }

    /// How many tokens there are.
    pub(super) fn len(&self) -> usize {
        self.tokens.len()
    }

    /// The meaning at `index`; past the end the text has stopped.
    pub(super) fn tag(&self, index: usize) -> Tag {
        self.tokens.get(index).map_or(Tag::Stop, |token| token.tag)
    }

    /// The meaning `steps` before `index`; before the start the text has stopped.
    pub(super) fn back(&self, index: usize, steps: usize) -> Tag {
        index
            .checked_sub(steps)
            .map_or(Tag::Stop, |place| self.tag(place))
    }

    /// Whether the token at `index` starts with a capital, as a name does.
    pub(super) fn is_capital(&self, index: usize) -> bool {
        self.tokens.get(index).is_some_and(|token| token.capital)
    }

    /// The folded word at `index`, empty when it is none.
    pub(super) fn word(&self, index: usize) -> &str {
        self.tokens
            .get(index)
            .and_then(|token| self.folded.get(token.folded.clone()))
            .unwrap_or_default()
    }

    /// Whether the tokens at `index` and before touch each other.
    pub(super) fn is_glued(&self, index: usize) -> bool {
        let end = |place: usize| self.tokens.get(place).map(|token| token.span.end);
        let start = self.tokens.get(index).map(|token| token.span.start);
        index
            .checked_sub(1)
            .is_some_and(|place| start.is_some() && end(place) == start)
    }

    /// The bytes of the source that `range` of tokens covers.
    pub(super) fn bytes(&self, range: &Range<usize>) -> Range<usize> {
        let start = self.tokens.get(range.start).map_or(0, |t| t.span.start);
        let end = range
            .end
            .checked_sub(1)
            .and_then(|last| self.tokens.get(last))
            .map_or(start, |token| token.span.end);
        start..end.max(start)
    }

    /// The first place at or after `index` whose meaning is not `skipped`.
    pub(super) fn skip(&self, mut index: usize, skipped: impl Fn(Tag) -> bool) -> usize {
        while index < self.len() && skipped(self.tag(index)) {
            index += 1;
        }
        index
    }

    /// Whether a token in `range` satisfies `wanted`.
    pub(super) fn any(&self, range: Range<usize>, wanted: impl Fn(Tag) -> bool) -> bool {
        range.into_iter().any(|index| wanted(self.tag(index)))
    }

    /// The sentence around `index`, from after the last full stop to before the next.
    pub(super) fn sentence(&self, index: usize) -> Range<usize> {
        let from = index.saturating_sub(SENTENCE);
        let start = (from..index)
            .rev()
            .find(|place| self.tag(*place) == Tag::Stop)
            .map_or(from, |place| place + 1);
        let to = self.len().min(index + SENTENCE);
        let end = (index..to)
            .find(|place| self.tag(*place) == Tag::Stop)
            .unwrap_or(to);
        start..end
    }
}

fn entry_of(token: &Token, folded: &str) -> Option<&'static Entry> {
    let word = folded
        .get(token.folded.clone())
        .filter(|word| !word.is_empty())?;
    look_up(word).or_else(|| look_up(word.strip_suffix("'s")?))
}

/// Every word votes for the languages that know it.
fn language_of(entries: &[Option<&'static Entry>]) -> Language {
    let mut winner = (Language::English, 0);
    for language in Language::ALL {
        let votes = entries
            .iter()
            .flatten()
            .filter(|entry| entry.speaks(language))
            .count();
        if votes > winner.1 {
            winner = (language, votes);
        }
    }
    winner.0
}

/// The meaning of the token at `index`, and the last token that belongs to it.
fn understand(
    list: &[Token],
    folded: &str,
    entries: &[Option<&'static Entry>],
    index: usize,
    language: Language,
) -> (Tag, usize) {
    let Some(token) = list.get(index) else {
        return (Tag::Stop, index);
    };
    let Some(entry) = entries.get(index).copied().flatten() else {
        return (token.tag, index);
    };
    for phrase in &entry.phrases {
        if phrase.language == language
            && let Some(last) = end_of_phrase(list, folded, index, &phrase.rest)
        {
            return (phrase.tag, last);
        }
    }
    let foreign = (token.folded.len() >= UNMISTAKABLE)
        .then(|| entry.any_sense())
        .flatten();
    let tag = entry.sense(language).or(foreign);
    (tag.unwrap_or(Tag::Other), index)
}

/// Where the phrase ends when its words follow `index`; hyphens between them do not count.
fn end_of_phrase(list: &[Token], folded: &str, index: usize, rest: &[&str]) -> Option<usize> {
    let mut place = index;
    for word in rest {
        place += 1;
        if list.get(place)?.tag == Tag::Hyphen {
            place += 1;
        }
        if folded.get(list.get(place)?.folded.clone())? != *word {
            return None;
        }
    }
    Some(place)
}

#[cfg(test)]
mod tests {
    use super::super::tag::{Cue, Unit};
    use super::*;

    #[test]
    fn the_same_word_is_understood_in_the_language_of_its_text() {
        let english = Text::new("an hour of the day");
        let french = Text::new("je voudrais finir en un an");

        assert_eq!(english.tag(0), Tag::Article);
        assert_eq!(french.tag(5), Tag::Unit(Unit::Year));
    }

    #[test]
    fn a_phrase_becomes_one_token_with_or_without_hyphens() {
        for source in ["piano from scratch", "piano, from-scratch"] {
            let text = Text::new(source);
            let last = text.len() - 1;
            assert_eq!(text.tag(last), Tag::Level(Cue::Novice), "{source}");
            assert_eq!(text.bytes(&(last..last + 1)).end, source.len());
        }
    }

    #[test]
    fn a_sentence_reaches_from_stop_to_stop() {
        let text = Text::new("Learn. Play the piano! Sing");

        assert_eq!(text.sentence(3), 2..5);
    }
}
