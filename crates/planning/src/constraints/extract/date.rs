//! Dates as people write them: "14 March", "March 14th, 2027", "the end of May", "3/14", "next Friday".

use std::ops::Range;

use chrono::Weekday;

use super::calendar::{Edge, Period, holiday_date, months};
use super::calendar_week::numbered_week_at;
use super::coming_period::{calendar_unit, coming_period_at};
use super::day_set::{is_portuguese_ordinal, short_is_a_day};
use super::lexicon::Language;
use super::nth::nth_at;
use super::numeric_date::{numeric_date, of_day};
use super::tag::{Holiday, Tag, Unit};
use super::text::Text;

/// A date in the text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Mention {
    pub(super) period: Period,
    /// Which day of the period is meant, if the words say so: "the end of".
    pub(super) edge: Option<Edge>,
    pub(super) tokens: Range<usize>,
    /// Whether the words cannot be anything but a date: a day with its month, or the edge of a period.
    pub(super) full: bool,
}

impl Mention {
    /// A mention without an edge that is not [`full`](Self::full).
    pub(super) fn partial(period: Period, tokens: Range<usize>) -> Self {
        Self {
            period,
            edge: None,
            tokens,
            full: false,
        }
    }
}

/// The greatest number that is read as a day in front of a month, to be able to say that there is no such day.
const MOST_WRITTEN: u32 = 39;

/// Returns the date that starts at `index`.
pub(super) fn mention_at(text: &Text, index: usize) -> Option<Mention> {
    let edge = match text.tag(index) {
        Tag::End => Some(Edge::Last),
        Tag::Mid => Some(Edge::Middle),
        Tag::Begin => Some(Edge::First),
        _ => None,
    };
    if let Some(edge) = edge {
        let next = text.skip(index + 1, |tag| {
            matches!(
                tag,
                Tag::Of | Tag::Article | Tag::Hyphen | Tag::From | Tag::In
            )
        });
        // "the end of the week after next" says more than "the end of the week".
        let inner =
            bare_at(text, next).filter(|inner| !inner.full || is_several_days(inner.period));
        let inner = inner.or_else(|| {
            let unit = calendar_unit(text, next)?;
            Some(Mention::partial(Period::This(unit), next..next + 1))
        })?;
        return Some(Mention {
            edge: Some(edge),
            tokens: index..inner.tokens.end,
            full: true,
            ..inner
        });
    }
    if let Tag::EndOf(unit) = text.tag(index) {
        return Some(Mention {
            period: Period::This(unit),
            edge: Some(Edge::Last),
            tokens: index..index + 1,
            full: true,
        });
    }
    bare_at(text, index)
}

/// Whether the period has an end of its own, so that "the end of" it is another day than it.
fn is_several_days(period: Period) -> bool {
    match period {
        Period::Fixed(first, last) => first < last,
        Period::Nth(_, _) | Period::CalendarWeek(_) | Period::Quarter(_) | Period::HalfYear(_) => {
            true
        }
        _ => false,
    }
}

/// The date that starts at `index`, without an edge such as "the end of".
fn bare_at(text: &Text, index: usize) -> Option<Mention> {
    let phrase = nth_at(text, index)
        .or_else(|| numbered_week_at(text, index))
        .or_else(|| coming_period_at(text, index));
    if phrase.is_some() {
        return phrase;
    }
    match text.tag(index) {
        Tag::NumericDate(date) => Some(Mention {
            full: date.iso || date.count == 3,
            ..Mention::partial(numeric_date(date, text.language)?, index..index + 1)
        }),
        Tag::Ordinal(_) | Tag::Num(_) => day_first(text, index),
        Tag::Month(month) => month_first(text, index, u32::from(month)),
        Tag::Quarter(quarter) => Some(quarter_at(text, index, u32::from(quarter))),
        Tag::Season(season) => Some(Mention::partial(Period::Season(season), index..index + 1)),
        Tag::Holiday(holiday) => Some(holiday_at(text, index, holiday)),
        Tag::MonthShort(month) => {
            let mention = month_first(text, index, u32::from(month))?;
            // Without a year the word may be another: "out", "set".
            matches!(mention.period, Period::Fixed(_, _)).then_some(mention)
        }
        Tag::Day(day) if !is_portuguese_ordinal(text, index) => Some(weekday_at(text, index, day)),
        Tag::DayShort(day) | Tag::DayOrMonth(day, _) => {
            let mention = weekday_at(text, index, day);
            (mention.full || short_is_a_day(text, index)).then_some(mention)
        }
        Tag::Weekend => Some(Mention::partial(
            Period::Weekday(Weekday::Sat),
            index..index + 1,
        )),
        _ => None,
    }
}

/// "Q2", "Q2 2027".
fn quarter_at(text: &Text, index: usize, quarter: u32) -> Mention {
    let (year, end) = year_at(text, index + 1);
    let period = year
        .and_then(|year| months(year, quarter * 3 - 2, 3))
        .map_or(Period::Quarter(quarter), |(first, last)| {
            Period::Fixed(first, last)
        });
    Mention::partial(period, index..end)
}

/// "Easter", "Christmas 2027".
fn holiday_at(text: &Text, index: usize, holiday: Holiday) -> Mention {
    let (year, end) = year_at(text, index + 1);
    let period = year
        .and_then(|year| holiday_date(holiday, year))
        .map_or(Period::Holiday(holiday), |day| Period::Fixed(day, day));
    Mention::partial(period, index..end)
}

/// "Friday"; in "Friday, 13 March" the date says more than the weekday, so the date counts.
fn weekday_at(text: &Text, index: usize, day: Weekday) -> Mention {
    let next = text.skip(index + 1, |tag| {
        matches!(tag, Tag::Comma | Tag::Article | Tag::On | Tag::Of)
    });
    match bare_at(text, next).filter(|date| date.full) {
        Some(date) => Mention {
            // "Freitag KW 10"
            edge: matches!(date.period, Period::CalendarWeek(_)).then_some(Edge::Last),
            tokens: index..date.tokens.end,
            ..date
        },
        None => match day_behind(text, index + 1) {
            Some((number, end)) => Mention::partial(Period::DayOfMonth(number), index..end),
            None => Mention::partial(Period::Weekday(day), index..index + 1),
        },
    }
}

/// "Friday the 18th", "Freitag, dem 18.", "viernes 18": the number of the day behind its name, and the token after it.
fn day_behind(text: &Text, index: usize) -> Option<(u32, usize)> {
    let place = text.skip(index, |tag| {
        matches!(tag, Tag::Comma | Tag::Article | Tag::Unit(Unit::Day))
    });
    if place > index + 2
        || text.tag(place + 1).is_count()
        || month_behind_day(text, place + 1, true).is_some()
    {
        return None;
    }
    match text.tag(place) {
        Tag::Ordinal(day @ 1..=31) => Some((u32::from(day), place + 1)),
        Tag::Num(hundredths @ 100..=3100)
            if hundredths % 100 == 0 && text.word(place).is_empty() =>
        {
            let is_dotted = text.tag(place + 1) == Tag::Stop && text.is_glued(place + 1);
            let is_written = match text.language {
                Language::German => is_dotted,
                Language::English => false,
                _ => place <= index + 1,
            };
            let ends = text.tag(place + 1).is_pause() || place + 1 == text.len();
            (is_written && ends).then_some((hundredths / 100, place + 1 + usize::from(is_dotted)))
        }
        _ => None,
    }
}

/// "14 March", "14th of March 2027", "14. März", "14 de marzo", "the 14th".
fn day_first(text: &Text, index: usize) -> Option<Mention> {
    let (day, ordinal) = match text.tag(index) {
        Tag::Ordinal(day) => (u32::from(day), true),
        Tag::Num(hundredths) if hundredths % 100 == 0 => (hundredths / 100, false),
        _ => return None,
    };
    if !ordinal && (1900..=2199).contains(&day) {
        // "by 2026-11", or "by 2027": the year alone.
        if let (Tag::Hyphen, Tag::Num(month @ 100..=1200)) =
            (text.tag(index + 1), text.tag(index + 2))
        {
            let (first, last) = months(i32::try_from(day).ok()?, month / 100, 1)?;
            return Some(Mention::partial(
                Period::Fixed(first, last),
                index..index + 3,
            ));
        }
        let (first, last) = months(i32::try_from(day).ok()?, 1, 12)?;
        return Some(Mention::partial(
            Period::Fixed(first, last),
            index..index + 1,
        ));
    }
    if !(1..=MOST_WRITTEN).contains(&day) {
        return None;
    }
    let is_digits = text.word(index).is_empty();
    let dotted = is_digits && text.tag(index + 1) == Tag::Stop && text.is_glued(index + 1);
    let after = index + 1 + usize::from(dotted);
    let next = text.skip(after, |tag| {
        matches!(tag, Tag::Of | Tag::Hyphen | Tag::Article | Tag::Slash)
    });
    if let Some(month) = month_behind_day(text, next, is_digits)
        && next <= after + 2
    {
        if is_historic(text, next + 1) {
            return None;
        }
        let (year, end) = year_at(text, next + 1);
        return Some(Mention {
            period: of_day(year, u32::from(month), day)?,
            edge: None,
            tokens: index..end,
            // "8 set points"
            full: year.is_some() || matches!(text.tag(next), Tag::Month(_)),
        });
    }
    // "6." is an ordinal in German; elsewhere a sentence ends there.
    let is_day = (ordinal || (dotted && text.language == Language::German)) && day <= 31;
    is_day.then_some(Mention::partial(Period::DayOfMonth(day), index..after))
}

/// The month at `index`, behind the number of its day: behind digits a short name is no other word, while "un set" is.
fn month_behind_day(text: &Text, index: usize, is_digits: bool) -> Option<u8> {
    match text.tag(index) {
        Tag::Month(month) => Some(month),
        _ if !is_digits => None,
        Tag::MonthShort(month) | Tag::DayOrMonth(_, month) => Some(month),
        // In Portuguese "dez" is ten as well.
        Tag::Num(_) if text.word(index) == "dez" => Some(12),
        // And in French "sept" is seven as well.
        Tag::Num(_) if text.word(index) == "sept" => Some(9),
        _ => None,
    }
}

/// "March 14th, 2027", "March 2027", "March".
fn month_first(text: &Text, index: usize, month: u32) -> Option<Mention> {
    if is_historic(text, index + 1) || is_historic(text, index + 3) {
        return None;
    }
    let next = text.skip(index + 1, |tag| matches!(tag, Tag::Article | Tag::Hyphen));
    let day = match text.tag(next) {
        Tag::Ordinal(day) => Some(u32::from(day)),
        // Other languages have the day first: "Mit Jan 10 Lieder üben".
        Tag::Num(hundredths @ 100..=3100)
            if text.is_english()
                && hundredths % 100 == 0
                && next == index + 1
                && text.word(next).is_empty() =>
        {
            Some(hundredths / 100)
        }
        _ => None,
    };
    // "in March 5 hours a week": the number counts hours and is no day.
    let counts = text.tag(next + 1).is_count() || text.tag(next + 1) == Tag::Piece;
    if let Some(day) = day.filter(|_| !counts) {
        let comma = next + 1 + usize::from(text.tag(next + 1) == Tag::Comma);
        let (year, end) = match year_at(text, comma) {
            (Some(year), end) => (Some(year), end),
            (None, _) => (None, next + 1),
        };
        return Some(Mention {
            period: of_day(year, month, day)?,
            edge: None,
            tokens: index..end,
            full: true,
        });
    }
    let (year, end) = year_at(text, index + 1);
    let period = match year {
        Some(year) => months(year, month, 1).map(|(first, last)| Period::Fixed(first, last))?,
        None => Period::Month(month),
    };
    Some(Mention::partial(period, index..end))
}

/// Whether a year before 1900 stands at `index`: the date is in a book of history.
fn is_historic(text: &Text, index: usize) -> bool {
    let place = text.skip(index, |tag| matches!(tag, Tag::Of));
    matches!(text.tag(place), Tag::Num(hundredths @ 100_000..190_000) if hundredths % 100 == 0)
        && !text.tag(place + 1).is_count()
}

/// Returns the year at `index` and the token after it; `None` and `index` if there is no year.
pub(super) fn year_at(text: &Text, index: usize) -> (Option<i32>, usize) {
    let next = if matches!(text.tag(index), Tag::Hyphen | Tag::Slash) && text.is_glued(index + 1) {
        index + 1
    } else {
        text.skip(index, |tag| tag == Tag::Of)
    };
    match text.tag(next) {
        Tag::Num(hundredths)
            if hundredths % 100 == 0 && (1900..=2199).contains(&(hundredths / 100)) =>
        {
            (i32::try_from(hundredths / 100).ok(), next + 1)
        }
        _ => (None, index),
    }
}

#[cfg(test)]
mod tests {
    use chrono::NaiveDate;

    use super::*;

    fn read(source: &str) -> Option<Period> {
        let text = Text::new(source);
        (0..text.len())
            .find_map(|index| mention_at(&text, index))
            .map(|mention| mention.period)
    }

    #[test]
    fn day_and_month_are_found_in_either_order() {
        for source in [
            "14 March",
            "March 14th",
            "the 14th of March",
            "14. März",
            "14 de marzo",
            "le 14 mars",
            "14 de março",
            "14/03",
            "3/14",
            "14.3.",
        ] {
            assert_eq!(read(source), Some(Period::MonthDay(3, 14)), "{source}");
        }
    }

    #[test]
    fn an_ambiguous_numeric_date_is_read_as_the_language_writes_it() {
        let fixed = |year, month, day| {
            NaiveDate::from_ymd_opt(year, month, day).map(|day| Period::Fixed(day, day))
        };

        assert_eq!(read("due by 3/4"), Some(Period::MonthDay(4, 3)));
        assert_eq!(read("due by 3/4/2026"), fixed(2026, 3, 4));
        assert_eq!(read("fertig bis zum 3.4.2026"), fixed(2026, 4, 3));
        assert_eq!(read("listo para el 3/4/2026"), fixed(2026, 4, 3));
        assert_eq!(read("2026-04-03"), fixed(2026, 4, 3));
    }

    #[test]
    fn a_day_that_no_month_has_is_impossible() {
        for source in ["31 February", "30 de febrero", "31.4.2027", "2027-02-30"] {
            assert_eq!(read(source), Some(Period::Impossible), "{source}");
        }
        assert_eq!(read("by 45/13"), None);
    }

    #[test]
    fn a_number_behind_a_month_may_count_something_else() {
        assert_eq!(read("in March 5 hours a week"), Some(Period::Month(3)));
    }
}
