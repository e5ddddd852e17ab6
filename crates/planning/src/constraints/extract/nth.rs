//! An ordinal and what it counts: "the third Saturday in May", "the second week of March", "1st quarter of 2027". It is read whole
//! or not at all: "the second draft" is no date.

use super::calendar::{InMonth, Nth, NthOf, Period, months, nth_of_month};
use super::date::{Mention, year_at};
use super::tag::{Tag, Unit};
use super::text::Text;
use chrono::NaiveDate;

/// What an ordinal counts.
enum Counted {
    OfMonth(NthOf),
    Quarter,
    HalfYear,
    CalendarWeek,
    /// "Märzwoche", "Maiwochenende": the month is part of the word.
    In(NthOf, u32),
}

/// Returns the date that starts with the ordinal at `index`.
pub(super) fn nth_at(text: &Text, index: usize) -> Option<Mention> {
    let (ordinal, noun) = ordinal_at(text, index)?;
    let (counted, end) = counted_at(text, noun)?;
    // "the second semester" alone may be any.
    let mention = |period, end| Mention {
        full: !matches!(period, Period::Quarter(_) | Period::HalfYear(_)),
        ..Mention::partial(period, index..end)
    };
    match counted {
        Counted::CalendarWeek => {
            let (period, end) = super::calendar_week::with_year(text, u32::from(ordinal), end)?;
            Some(mention(period, end))
        }
        Counted::Quarter => {
            let (period, end) = of_year(text, u32::from(ordinal), 3, end)?;
            Some(mention(period, end))
        }
        Counted::HalfYear => {
            let (period, end) = of_year(text, u32::from(ordinal), 6, end)?;
            Some(mention(period, end))
        }
        // "the first half of 2027"
        Counted::OfMonth(NthOf::Half) if year_at(text, end).0.is_some() => {
            let (period, end) = of_year(text, u32::from(ordinal), 6, end)?;
            Some(mention(period, end))
        }
        Counted::In(what, month) => {
            let (period, end) = of_named_month(text, Nth { ordinal, what }, month, end)?;
            Some(mention(period, end))
        }
        Counted::OfMonth(what) => {
            let (period, end) = of_month(text, Nth { ordinal, what }, end)?;
            Some(mention(period, end))
        }
    }
}

/// The part of a year that an ordinal counts, with `length` months: a quarter or a half. The year itself may be left out.
fn of_year(text: &Text, nth: u32, length: u32, end: usize) -> Option<(Period, usize)> {
    if !(1..=12 / length).contains(&nth) {
        return None;
    }
    let (year, end) = year_at(text, end);
    let period = match year {
        Some(year) => {
            let (first, last) = months(year, (nth - 1) * length + 1, length)?;
            Period::Fixed(first, last)
        }
        None if length == 3 => Period::Quarter(nth),
        None => Period::HalfYear(nth),
    };
    // "of the year", "del año"
    let unit = text.skip(end, |tag| matches!(tag, Tag::Of | Tag::Article | Tag::From));
    let is_of_year = year.is_none() && unit > end && text.tag(unit) == Tag::Unit(Unit::Year);
    Some((period, if is_of_year { unit + 1 } else { end }))
}

/// Returns the token after an ordinal and what it counts, where the two are a phrase of the calendar that names no month. Nothing
/// in it is a date by itself.
pub(super) fn end_of_counted(text: &Text, index: usize) -> Option<usize> {
    let (_, noun) = ordinal_at(text, index)?;
    counted_at(text, noun).map(|(_, end)| end)
}

/// Returns the token after an ordinal that is not read, and the month that it belongs to: "the penultimate Friday in January".
pub(super) fn end_of_unread(text: &Text, index: usize) -> Option<usize> {
    const STEMS: [&str; 6] = [
        "penultim",
        "antepenultim",
        "vorletz",
        "vorvorletz",
        "avant_derni",
        "secondtolast",
    ];
    let word = text.word(index);
    let is_last_but_one = matches!(text.tag(index), Tag::Alternate | Tag::Ordinal(_))
        && text.word(index + 2) == "to"
        && text.word(index + 4) == "last";
    let is_unread = is_last_but_one || STEMS.iter().any(|stem| word.starts_with(stem));
    is_unread.then(|| {
        let month = (index + 1..index + 9).find(|place| matches!(text.tag(*place), Tag::Month(_)));
        month.map_or(index + 1, |month| month + 1)
    })
}

/// Returns the ordinal at `index`, 0 for "last", and the token after it.
fn ordinal_at(text: &Text, index: usize) -> Option<(u8, usize)> {
    let word = text.word(index);
    let ordinal = match text.tag(index) {
        Tag::Ordinal(nth) => nth,
        Tag::Num(hundredths)
            if hundredths % 100 == 0
                && text.tag(index + 1) == Tag::Stop
                && text.is_glued(index + 1) =>
        {
            // "11. Kalenderwoche"
            return Some((u8::try_from(hundredths / 100).ok()?, index + 2));
        }
        Tag::Last
            if ["last", "letzt", "derni", "ultim"]
                .iter()
                .any(|stem| word.starts_with(stem)) =>
        {
            0
        }
        Tag::Alternate
            if word.starts_with("second") || word.starts_with("zweit") || word == "2nd" =>
        {
            2
        }
        // "segunda", "quarta" and "quinta" are days as well; so is "cuarto" a quarter of an hour.
        Tag::Day(_) | Tag::Fourth => match word {
            "segunda" => 2,
            "quarta" | "cuarto" | "cuarta" => 4,
            "quinta" => 5,
            _ => return None,
        },
        _ => return None,
    };
    Some((ordinal, index + 1))
}

fn counted_at(text: &Text, index: usize) -> Option<(Counted, usize)> {
    let counted = match text.tag(index) {
        Tag::Day(day) | Tag::DayShort(day) => Counted::OfMonth(NthOf::Weekday(day)),
        Tag::Unit(Unit::Week) => Counted::OfMonth(NthOf::Week),
        Tag::Weekend => Counted::OfMonth(NthOf::Weekend),
        Tag::Half => Counted::OfMonth(NthOf::Half),
        Tag::Unit(Unit::Quarter) => Counted::Quarter,
        Tag::HalfYear => Counted::HalfYear,
        Tag::CalendarWeek => Counted::CalendarWeek,
        Tag::MonthWeek(month) => Counted::In(NthOf::Week, u32::from(month)),
        Tag::MonthWeekend(month) => Counted::In(NthOf::Weekend, u32::from(month)),
        _ => return None,
    };
    Some((counted, index + 1))
}

/// The month behind what is counted: "in May", "of March 2027", "of next month", "del mes que viene".
fn of_month(text: &Text, nth: Nth, end: usize) -> Option<(Period, usize)> {
    let place = text.skip(end, is_link);
    if place > end + 3 {
        return None;
    }
    let ahead = |months, end| Some((Period::Nth(nth, InMonth::Ahead(months)), end));
    match (text.tag(place), text.tag(place + 1)) {
        (Tag::Month(month) | Tag::MonthShort(month), _) => {
            of_named_month(text, nth, u32::from(month), place + 1)
        }
        (Tag::Next, Tag::Unit(Unit::Month)) | (Tag::Unit(Unit::Month), Tag::Next) => {
            ahead(1, place + 2)
        }
        (Tag::AfterNext, Tag::Unit(Unit::Month)) => ahead(2, place + 2),
        (Tag::This, Tag::Unit(Unit::Month)) => ahead(0, place + 2),
        (Tag::Unit(Unit::Month), _) if place > end => ahead(0, place + 1),
        _ => None,
    }
}

fn of_named_month(text: &Text, nth: Nth, month: u32, end: usize) -> Option<(Period, usize)> {
    match year_at(text, end) {
        (Some(year), end) => {
            let (first, last) = nth_of_month(nth, NaiveDate::from_ymd_opt(year, month, 1)?)?;
            Some((Period::Fixed(first, last), end))
        }
        (None, _) => Some((Period::Nth(nth, InMonth::Named(month)), end)),
    }
}

fn is_link(tag: Tag) -> bool {
    matches!(tag, Tag::Of | Tag::In | Tag::Article | Tag::From | Tag::On)
}
