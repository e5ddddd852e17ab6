//! A text as a sequence of tokens, each with one meaning, and the ways to read it.

use std::ops::Range;

use super::clock::time_of_day_at;
use super::clock_span::clock_span_at;
use super::lexicon;
use super::lexicon::{Entry, FOREIGN, Language, look_up};
use super::tag::Tag;
use super::token::{Token, Tokens, tokens};

/// A text ready to be read: its language is detected, its phrases are joined, and each token has its tag.
#[derive(Debug)]
pub(super) struct Text {
    tokens: Vec<Token>,
    folded: String,
    pub(super) language: Language,
}

/// Minimum length of a word, in bytes, that is read in a language other than the text's.
const UNMISTAKABLE: usize = 4;

/// Maximum number of tokens of a sentence on either side of a token: words further apart do not belong together.
const SENTENCE: usize = 60;

impl Text {
    /// Splits `source` into tokens and looks each one up.
    pub(super) fn new(source: &str) -> Self {
        let Tokens { mut list, folded } = tokens(source);
        let entries: Vec<Option<&'static Entry>> =
            list.iter().map(|token| entry_of(token, &folded)).collect();
        let mut spelled = [0; 5];
        for (token, _) in list
            .iter()
            .zip(&entries)
            .filter(|(_, entry)| entry.is_none())
        {
            let word = folded.get(token.folded.clone()).unwrap_or_default();
            if let Some(language) = lexicon::language_by_spelling(word) {
                spelled[language.index()] += 1;
            }
        }
        let language = language_of(&entries, spelled);
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

/// Returns the language that has most of the words; in a tie, the first of [`Language::ALL`]. It is [`Language::Foreign`] only if a
/// language that we cannot read has more of them than any other.
///
/// `spelled` are the votes of words that are not in the lexicon.
fn language_of(entries: &[Option<&'static Entry>], spelled: [usize; 5]) -> Language {
    let mut winner = (Language::English, 0);
    for language in Language::ALL {
        let known = entries
            .iter()
            .flatten()
            .filter(|entry| entry.is_in(language));
        let votes = known.map(|entry| entry.weight()).sum::<usize>()
            + spelled.get(language.index()).copied().unwrap_or(0);
        if votes > winner.1 {
            winner = (language, votes);
        }
    }
    let mut foreign = [0_usize; FOREIGN];
    for entry in entries.iter().flatten() {
        for language in entry.foreign() {
            if let Some(votes) = foreign.get_mut(language) {
                *votes += entry.weight();
            }
        }
    }
    match foreign.into_iter().max() {
        Some(votes) if votes > winner.1 => Language::Foreign,
        _ => winner.0,
    }
}

/// Returns the tag of the token at `index`, and the last token of its phrase. `before` is the token that precedes it.
fn resolve_tag(
    list: &[Token],
    folded: &str,
    entries: &[Option<&'static Entry>],
    (before, index): (Option<&Token>, usize),
    language: Language,
) -> (Tag, usize) {
    let Some(token) = list.get(index) else {
        return (Tag::Stop, index);
    };
    let glued = before.filter(|before| before.span.end == token.span.start);
    let after_hyphen = glued.is_some_and(|before| before.tag == Tag::Hyphen);
    let word = folded.get(token.folded.clone()).unwrap_or_default();
    let may_be_week = after_hyphen || token.upper;
    if let Some(week) = numbered_week(word, may_be_week, language) {
        return (Tag::WeekNumber(week), index);
    }
    let Some(entry) = entries.get(index).copied().flatten() else {
        let is_event = language == Language::German && lexicon::is_german_event(word);
        return (if is_event { Tag::Event } else { token.tag }, index);
    };
    for phrase in &entry.phrases {
        if phrase.language == language
            && let Some(last) = end_of_phrase(list, folded, index, &phrase.rest)
        {
            return (phrase.tag, last);
        }
    }
    let foreign = (token.folded.len() >= UNMISTAKABLE && language != Language::Foreign)
        .then(|| entry.any_sense())
        .flatten();
    let tag = entry
        .sense(language)
        .or(foreign.filter(|tag| is_of_time(*tag)));
    // "3dec" is the name of something.
    let is_glued = glued.is_some_and(|before| matches!(before.tag, Tag::Num(_)));
    let tag = tag.filter(|tag| !(is_glued && names_a_day_or_month(*tag)));
    (tag.unwrap_or(Tag::Other), index)
}

fn names_a_day_or_month(tag: Tag) -> bool {
    matches!(
        tag,
        Tag::Month(_)
            | Tag::MonthShort(_)
            | Tag::DayOrMonth(..)
            | Tag::Day(_)
            | Tag::Days(_)
            | Tag::DayShort(_)
            | Tag::Season(_)
            | Tag::Holiday(_)
    )
}

/// Whether the tag stands for a time and nothing else: only such a word is read in a text of another language.
fn is_of_time(tag: Tag) -> bool {
    names_a_day_or_month(tag)
        || matches!(
            tag,
            Tag::Unit(_)
                | Tag::Rate(_)
                | Tag::Minutes(_)
                | Tag::WeekHours
                | Tag::Workdays
                | Tag::Weekend
                | Tag::Num(_)
                | Tag::Per
                | Tag::Every
        )
}

/// Returns the number in "KW9", and in "W15" and the French "S14" if `may_be_week`: in "2027-W15", or in capitals with two digits.
fn numbered_week(word: &str, may_be_week: bool, language: Language) -> Option<u8> {
    let letter = if language == Language::French {
        's'
    } else {
        'w'
    };
    let digits = word.strip_prefix("kw").or_else(|| {
        let digits = word.strip_prefix(['w', letter])?;
        (may_be_week && digits.len() == 2).then_some(digits)
    })?;
    let is_number = (1..=2).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit());
    let number = digits.parse().ok().filter(|_| is_number)?;
    (1..=53).contains(&number).then_some(number)
}

/// Returns the last token of a phrase if its words follow `index`; hyphens between them do not count.
fn end_of_phrase(list: &[Token], folded: &str, index: usize, rest: &[&str]) -> Option<usize> {
    let mut place = index;
    for word in rest {
        place += 1;
        // "Hin- und Rückfahrt" has a hyphen with a space behind it.
        if matches!(list.get(place)?.tag, Tag::Hyphen | Tag::Dash) {
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
