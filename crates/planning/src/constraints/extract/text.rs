//! A text as a sequence of tokens, each with one meaning, and the ways to read it.

use std::ops::Range;

use super::clock::time_of_day_at;
use super::clock_span::clock_span_at;
use super::lexicon::{Entry, Language, look_up};
use super::meaning::resolve_tag;
use super::tag::Tag;
use super::text_language::language_of;
use super::token::{Token, Tokens, tokens};

/// A text ready to be read: its language is detected, its phrases are joined, and each token has its tag.
#[derive(Debug)]
pub(super) struct Text {
    tokens: Vec<Token>,
    folded: String,
    pub(super) language: Language,
}

/// Maximum number of tokens of a sentence on either side of a token: words further apart do not belong together.
const SENTENCE: usize = 60;

impl Text {
    /// Splits `source` into tokens and looks each one up.
    pub(super) fn new(source: &str) -> Self {
        let Tokens { mut list, folded } = tokens(source);
        let entries: Vec<Option<&'static Entry>> =
            list.iter().map(|token| entry_of(token, &folded)).collect();
        let unknown = list
            .iter()
            .zip(&entries)
            .filter(|(_, entry)| entry.is_none());
        let unknown = unknown.filter_map(|(token, _)| folded.get(token.folded.clone()));
        let language = language_of(&entries, unknown);
        let mut read = 0;
        let mut written = 0_usize;
        while read < list.len() {
            let before = written.checked_sub(1).and_then(|place| list.get(place));
            let (tag, last) = resolve_tag(&list, &folded, &entries, (before, read), language);
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
        let text = Self {
            tokens: list,
            folded,
            language,
        };
        text.with_times_joined()
    }

    /// Joins the tokens of each time of the day, and of each span from one time to another, into one.
    fn with_times_joined(mut self) -> Self {
        let is_number = |token: &Token| matches!(token.tag, Tag::Num(_) | Tag::Clock(_));
        if !self.tokens.iter().any(is_number) {
            return self;
        }
        let mut joined = Vec::new();
        let mut index = 0;
        while index < self.len() {
            match clock_span_at(&self, index).or_else(|| time_of_day_at(&self, index)) {
                Some((tag, end)) => {
                    joined.push((index..end, tag));
                    index = end;
                }
                None => index += 1,
            }
        }
        for (range, tag) in joined.into_iter().rev() {
            let span = self.bytes(&range);
            self.tokens.drain(range.start + 1..range.end);
            if let Some(token) = self.tokens.get_mut(range.start) {
                *token = Token {
                    span,
                    folded: 0..0,
                    tag,
                    capital: false,
                    upper: false,
                };
            }
        }
        self
    }

    /// Returns the number of tokens.
    pub(super) fn len(&self) -> usize {
        self.tokens.len()
    }

    /// Returns the tag at `index`; past the end it is [`Tag::Stop`].
    pub(super) fn tag(&self, index: usize) -> Tag {
        self.tokens.get(index).map_or(Tag::Stop, |token| token.tag)
    }

    /// Returns the tag `steps` before `index`; before the start it is [`Tag::Stop`].
    pub(super) fn back(&self, index: usize, steps: usize) -> Tag {
        index
            .checked_sub(steps)
            .map_or(Tag::Stop, |place| self.tag(place))
    }

    /// Whether the token at `index` starts with a capital letter, as a name does.
    pub(super) fn is_capital(&self, index: usize) -> bool {
        self.tokens.get(index).is_some_and(|token| token.capital)
    }

    /// Returns the folded word at `index`; empty if the token is no word.
    pub(super) fn word(&self, index: usize) -> &str {
        self.tokens
            .get(index)
            .and_then(|token| self.folded.get(token.folded.clone()))
            .unwrap_or_default()
    }

    /// Returns the folded word `steps` before `index`; empty if there is none.
    pub(super) fn back_word(&self, index: usize, steps: usize) -> &str {
        index
            .checked_sub(steps)
            .map_or("", |place| self.word(place))
    }

    /// Whether the token at `index` is a word that starts with a capital letter, even if all its letters are.
    pub(super) fn starts_upper(&self, index: usize) -> bool {
        self.tokens.get(index).is_some_and(|token| token.upper)
    }

    /// Whether the text is in English.
    pub(super) fn is_english(&self) -> bool {
        self.language == Language::English
    }

    /// Whether nothing stands between the token at `index` and the one before it.
    pub(super) fn is_glued(&self, index: usize) -> bool {
        let end = |place: usize| self.tokens.get(place).map(|token| token.span.end);
        let start = self.tokens.get(index).map(|token| token.span.start);
        index
            .checked_sub(1)
            .is_some_and(|place| start.is_some() && end(place) == start)
    }

    /// Returns the bytes of the source that `range` of tokens covers.
    pub(super) fn bytes(&self, range: &Range<usize>) -> Range<usize> {
        let start = self.tokens.get(range.start).map_or(0, |t| t.span.start);
        let end = range
            .end
            .checked_sub(1)
            .and_then(|last| self.tokens.get(last))
            .map_or(start, |token| token.span.end);
        start..end.max(start)
    }

    /// Returns the code of the language that the words in `range` are in, if one of them is in no other.
    pub(super) fn language_of_phrase(&self, range: Range<usize>) -> Option<&'static str> {
        let entry = |index| look_up(self.word(index)).and_then(Entry::only_language);
        range.into_iter().find_map(entry).and_then(Language::code)
    }

    /// Returns the first place at or after `index` whose tag is not `skipped`.
    pub(super) fn skip(&self, mut index: usize, skipped: impl Fn(Tag) -> bool) -> usize {
        while index < self.len() && skipped(self.tag(index)) {
            index += 1;
        }
        index
    }

    /// Whether the tag of a token in `range` satisfies `wanted`.
    pub(super) fn any(&self, range: Range<usize>, wanted: impl Fn(Tag) -> bool) -> bool {
        range.into_iter().any(|index| wanted(self.tag(index)))
    }

    /// Returns the sentence around `index`: from after the last stop to before the next, at most [`SENTENCE`] tokens to
    /// either side.
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

#[cfg(test)]
mod tests {
    use super::super::tag::{Cue, Unit};
    use super::*;

    #[test]
    fn a_word_has_its_meaning_in_the_language_of_the_text() {
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
