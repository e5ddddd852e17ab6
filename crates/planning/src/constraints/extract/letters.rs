//! Days named by letters: "M/W/F", "MWF", "Tu/Th", "L/X/V", "2ª, 4ª e 6ª". One letter alone is no day.

use chrono::{Weekday, WeekdaySet};

use super::lexicon::Language;
use super::tag::Tag;
use super::text::Text;

use Weekday::{Fri, Mon, Sat, Sun, Thu, Tue, Wed};

/// The letters of English, longer ones first. "S" is no day, since it may be either of two.
const ENGLISH: [(&str, Weekday); 13] = [
    ("th", Thu),
    ("tu", Tue),
    ("sa", Sat),
    ("su", Sun),
    ("mo", Mon),
    ("we", Wed),
    ("fr", Fri),
    ("m", Mon),
    ("t", Tue),
    ("w", Wed),
    ("r", Thu),
    ("f", Fri),
    ("u", Sun),
];
const SPANISH: [(&str, Weekday); 7] = [
    ("l", Mon),
    ("m", Tue),
    ("x", Wed),
    ("j", Thu),
    ("v", Fri),
    ("s", Sat),
    ("d", Sun),
];
/// French has one letter for two days, so that only days with a letter of their own are read.
const FRENCH: [(&str, Weekday); 5] = [("l", Mon), ("j", Thu), ("v", Fri), ("s", Sat), ("d", Sun)];

/// Words of letters without signs between them that are written for days.
const WRITTEN_TOGETHER: [&str; 6] = ["mwf", "tth", "tuth", "mtwthf", "mtwtf", "mtwth"];

/// Returns the days named by letters at `index`, and the token after them.
pub(super) fn lettered_days_at(text: &Text, index: usize) -> Option<(WeekdaySet, usize)> {
    together(text, index)
        .or_else(|| with_signs(text, index))
        .or_else(|| by_ordinals(text, index))
}

fn letters(language: Language) -> &'static [(&'static str, Weekday)] {
    match language {
        Language::English => &ENGLISH,
        Language::Spanish => &SPANISH,
        Language::French => &FRENCH,
        _ => &[],
    }
}

/// "MWF", "TTh": capital letters.
fn together(text: &Text, index: usize) -> Option<(WeekdaySet, usize)> {
    let word = text.word(index);
    if !WRITTEN_TOGETHER.contains(&word) || !text.is_english() || !text.starts_upper(index) {
        return None;
    }
    let mut days = WeekdaySet::EMPTY;
    let mut rest = word;
    while !rest.is_empty() {
        // In "MTWTF" the second "T" is Thursday.
        let (letter, mut day) = *ENGLISH
            .iter()
            .find(|(letter, _)| rest.starts_with(letter))?;
        if day == Tue && days.contains(Tue) {
            day = Thu;
        }
        days = days.union(WeekdaySet::single(day));
        rest = rest.get(letter.len()..)?;
    }
    Some((days, index + 1))
}

/// "M/W/F", "L-X-V", "Tu/Th": at least two letters in the order of the week, and not the pair "M/F", which stands for sexes.
fn with_signs(text: &Text, index: usize) -> Option<(WeekdaySet, usize)> {
    let day_at = |place: usize| {
        let word = text.word(place);
        let is_upper = text.starts_upper(place);
        let known = letters(text.language)
            .iter()
            .find(|(letter, _)| *letter == word);
        known.filter(|_| is_upper).map(|(_, day)| *day)
    };
    let first = day_at(index)?;
    let sign = text.tag(index + 1);
    if !matches!(sign, Tag::Slash | Tag::Hyphen | Tag::And)
        || !text.is_glued(index + 1)
        || text.is_glued(index)
    {
        return None;
    }
    let mut days = WeekdaySet::single(first);
    let mut last = first;
    let mut end = index + 1;
    while text.tag(end) == sign
        && let Some(day) = day_at(end + 1)
        && day.num_days_from_monday() > last.num_days_from_monday()
    {
        days = days.union(WeekdaySet::single(day));
        last = day;
        end += 2;
    }
    let is_range = sign == Tag::Hyphen && days.len() == 2;
    if is_range {
        // "L-V" is from Monday to Friday.
        days = crate::constraints::weekdays::range(first, last);
    }
    let is_whole = !matches!(text.tag(end), Tag::Slash | Tag::Hyphen) || !text.is_glued(end);
    let is_sexes = [first, last] == [Mon, Fri] && sign == Tag::Slash && days.len() == 2;
    let is_initials = sign == Tag::And;
    (days.len() >= 2 && is_whole && !is_sexes && !is_initials).then_some((days, end))
}

/// "2ª, 4ª e 6ª": in Portuguese the days from Monday on are the second to the sixth.
fn by_ordinals(text: &Text, index: usize) -> Option<(WeekdaySet, usize)> {
    let day_at = |place: usize| match text.tag(place) {
        // "2ª" is three bytes, as no other ordinal of one digit but "2º" is.
        Tag::Ordinal(nth @ 2..=6) if text.bytes(&(place..place + 1)).len() == 3 => {
            Some([Mon, Tue, Wed, Thu, Fri][usize::from(nth) - 2])
        }
        _ => None,
    };
    if text.language != Language::Portuguese {
        return None;
    }
    let mut days = WeekdaySet::single(day_at(index)?);
    let mut end = index + 1;
    loop {
        let next = text.skip(end, |tag| {
            matches!(tag, Tag::Comma | Tag::And | Tag::Slash | Tag::Article)
        });
        match day_at(next).filter(|_| next > end && next <= end + 2) {
            Some(day) => {
                days = days.union(WeekdaySet::single(day));
                end = next + 1;
            }
            None => break,
        }
    }
    (days.len() >= 2).then_some((days, end))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::constraints::weekdays;

    fn read(source: &str) -> String {
        let text = Text::new(source);
        let found = (0..text.len()).find_map(|index| lettered_days_at(&text, index));
        found.map_or_else(String::new, |(days, _)| {
            weekdays::names(days).collect::<Vec<_>>().join(" ")
        })
    }

    #[test]
    fn letters_in_the_order_of_the_week_are_days() {
        for (source, days) in [
            ("I swim M/W/F", "mon wed fri"),
            ("the piano MWF", "mon wed fri"),
            ("drawing Tu/Th for me", "tue thu"),
            ("Quiero natación L/X/V", "mon wed fri"),
            ("Quiero natación L-V", "mon tue wed thu fri"),
            ("Quero aulas 2ª, 4ª e 6ª", "mon wed fri"),
        ] {
            assert_eq!(read(source), days, "{source}");
        }
    }

    #[test]
    fn other_letters_are_none() {
        for source in [
            "the M/F ratio",
            "sizes S/M/L",
            "R&M",
            "learn w/f",
            "the F/M keys",
            "M/W/Q",
            "T",
        ] {
            assert_eq!(read(source), "", "{source}");
        }
    }
}
