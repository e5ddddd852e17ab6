//! What one word means in a text of a language: a phrase that starts with it, its meaning in that language, or that of a word of time in
//! another.

use super::lexicon::{Entry, Language, is_german_event};
use super::tag::Tag;
use super::token::Token;

/// Minimum length of a word, in bytes, that is read in a language other than the text's.
const UNMISTAKABLE: usize = 4;

/// Returns the tag of the token at `index`, and the last token of its phrase. `before` is the token that precedes it.
pub(super) fn resolve_tag(
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
        let is_event = language == Language::German && is_german_event(word);
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
