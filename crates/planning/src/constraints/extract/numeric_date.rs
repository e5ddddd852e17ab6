//! Numeric dates: which part is the day and which the month.

use chrono::NaiveDate;

use super::calendar::Period;
use super::lexicon::Language;
use super::tag::NumericDate;

/// Returns the day that a numeric date means, as [`of_day`] does.
///
/// A date that starts with its year has the month next. Of the others, a part over 12 is the day; if neither is, the day
/// comes first, except in an English date with slashes and a four-digit year, which is read the American way.
pub(super) fn numeric_date(date: NumericDate, language: Language) -> Option<Period> {
    let [first, second, third] = date.parts.map(u32::from);
    if date.iso {
        return of_day(i32::try_from(first).ok(), second, third);
    }
    let american = language == Language::English && date.separator == '/' && third >= 1000;
    let (day, month) = match (first, second) {
        // With points the day always comes first: "4.19.97" is a version.
        (1..=12, 13..=31) if date.separator != '.' => (second, first),
        (1..=12, 1..=12) if american => (second, first),
        _ => (first, second),
    };
    let year = match (date.count, third) {
        (3, 0..=99) => Some(2000 + third),
        (3, _) => Some(third),
        _ => None,
    };
    of_day(year.and_then(|year| i32::try_from(year).ok()), month, day)
}

/// Returns a day of the year, or a fixed day if `year` is given: [`Period::Impossible`] if the month does not have that day, `None` if
/// the numbers are no day and month at all.
pub(super) fn of_day(year: Option<i32>, month: u32, day: u32) -> Option<Period> {
    let is_written_as_day = (1..=12).contains(&month) && (1..=39).contains(&day);
    // 2000 is a leap year, so that 29 February counts as a day.
    let known = NaiveDate::from_ymd_opt(year.unwrap_or(2000), month, day);
    is_written_as_day.then_some(match (known, year) {
        (Some(day), Some(_)) => Period::Fixed(day, day),
        (Some(_), None) => Period::MonthDay(month, day),
        (None, _) => Period::Impossible,
    })
}
