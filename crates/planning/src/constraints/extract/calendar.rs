//! Days and periods of the calendar by name, and their next occurrence.

use chrono::{Datelike, Days, Months, NaiveDate, Weekday};

use super::tag::{Holiday, Season, Unit};

/// A range of days that a text names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Period {
    /// A range whose first and last day are known.
    Fixed(NaiveDate, NaiveDate),
    /// A day of the year: month, day.
    MonthDay(u32, u32),
    /// A day of any month.
    DayOfMonth(u32),
    Month(u32),
    Quarter(u32),
    /// The first or the second half of a year.
    HalfYear(u32),
    Season(Season),
    Holiday(Holiday),
    Weekday(Weekday),
    /// A part of a month by its ordinal: "the third Saturday in May".
    Nth(Nth, InMonth),
    /// A week of the year by its number (ISO 8601).
    CalendarWeek(u32),
    /// The current week, month, quarter or year.
    This(Unit),
    /// The week, month, quarter or year after the current one.
    Next(Unit),
    /// The one after that.
    AfterNext(Unit),
    /// A day of the week, so many weeks after its next occurrence.
    WeekdayAfter(Weekday, u16),
    /// A day of the next calendar week.
    WeekdayOfNextWeek(Weekday),
    /// A day that the calendar does not have: "31 February".
    Impossible,
}

/// A day or days of a month, by an ordinal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Nth {
    /// From 1; 0 is the last.
    pub(super) ordinal: u8,
    pub(super) what: NthOf,
}

/// What an ordinal counts in a month.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum NthOf {
    Weekday(Weekday),
    /// A week from Monday to Sunday, by the month that its Monday is in.
    Week,
    /// Saturday and Sunday, by the month that the Saturday is in.
    Weekend,
    Half,
}

/// The month that an ordinal counts in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum InMonth {
    Named(u32),
    /// So many months after the current one.
    Ahead(u32),
}

/// Which day of a period is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Edge {
    DayBefore,
    First,
    Middle,
    Last,
}

/// Returns the day at `edge` of `period`: of a fixed period that day, else the first such day after `start`.
pub(super) fn day(period: Period, edge: Edge, start: NaiveDate) -> Option<NaiveDate> {
    if let Period::Fixed(first, last) = period {
        return at(edge, first, last);
    }
    if period == Period::Impossible {
        return None;
    }
    // Far enough for every period: the longest gap is eight years, between two leap days across 2100.
    (0..=108)
        .filter_map(|step| nth(period, step, start))
        .filter_map(|(first, last)| at(edge, first, last))
        .find(|day| *day > start)
}

fn at(edge: Edge, first: NaiveDate, last: NaiveDate) -> Option<NaiveDate> {
    match edge {
        Edge::DayBefore => first.pred_opt(),
        Edge::First => Some(first),
        Edge::Middle => {
            let half = u64::try_from((last - first).num_days() / 2).ok()?;
            let half = if (last - first).num_days() >= 27 && first.month() == last.month() {
                14
            } else {
                half
            };
            first.checked_add_days(Days::new(half))
        }
        Edge::Last => Some(last),
    }
}

/// Returns the first and last day of the period's occurrence number `step`. Occurrence 0 is early enough that no
/// occurrence after `start` is missed.
fn nth(period: Period, step: u16, start: NaiveDate) -> Option<(NaiveDate, NaiveDate)> {
    let year = start.year().checked_add(i32::from(step) - 1)?;
    let one = |day: Option<NaiveDate>| day.map(|day| (day, day));
    match period {
        Period::Fixed(first, last) => Some((first, last)),
        Period::MonthDay(month, day) => one(NaiveDate::from_ymd_opt(year, month, day)),
        Period::DayOfMonth(day) => {
            let month = start
                .with_day(1)?
                .checked_add_months(Months::new(u32::from(step)))?;
            one(month.with_day(day))
        }
        Period::Month(month) => months(year, month, 1),
        Period::Quarter(quarter) => months(year, quarter.checked_mul(3)?.checked_sub(2)?, 3),
        Period::HalfYear(half) => months(year, half.checked_mul(6)?.checked_sub(5)?, 6),
        Period::Season(Season::Spring) => months(year, 3, 3),
        Period::Season(Season::Summer) => months(year, 6, 3),
        Period::Season(Season::Autumn) => months(year, 9, 3),
        Period::Season(Season::Winter) => months(year, 12, 3),
        Period::Holiday(holiday) => one(holiday_date(holiday, year)),
        Period::WeekdayAfter(weekday, weeks) => {
            let next = day(Period::Weekday(weekday), Edge::First, start)?;
            one(next.checked_add_days(Days::new(7 * (u64::from(weeks) + u64::from(step)))))
        }
        Period::WeekdayOfNextWeek(weekday) => {
            let (monday, _) = current(Unit::Week, u32::from(step) + 1, start)?;
            let days = u64::from(weekday.num_days_from_monday());
            one(monday.checked_add_days(Days::new(days)))
        }
        Period::Weekday(weekday) => {
            let ahead =
                (7 + weekday.num_days_from_monday() - start.weekday().num_days_from_monday()) % 7;
            let days = u64::from(ahead) + 7 * u64::from(step);
            one(start.checked_add_days(Days::new(days)))
        }
        Period::Nth(nth, InMonth::Named(month)) => {
            nth_of_month(nth, NaiveDate::from_ymd_opt(year, month, 1)?)
        }
        Period::Nth(nth, InMonth::Ahead(months)) => {
            let months = Months::new(months + u32::from(step));
            nth_of_month(nth, start.with_day(1)?.checked_add_months(months)?)
        }
        Period::CalendarWeek(week) => calendar_week(year, week),
        Period::This(unit) => current(unit, u32::from(step), start),
        Period::Next(unit) => current(unit, u32::from(step) + 1, start),
        Period::AfterNext(unit) => current(unit, u32::from(step) + 2, start),
        Period::Impossible => None,
    }
}

/// Returns the days of a week of the year, by ISO 8601.
pub(super) fn calendar_week(year: i32, week: u32) -> Option<(NaiveDate, NaiveDate)> {
    let monday = NaiveDate::from_isoywd_opt(year, week, Weekday::Mon)?;
    Some((monday, monday.checked_add_days(Days::new(6))?))
}

/// Returns the part of the month of `first` that an ordinal counts; `None` where the month has fewer.
pub(super) fn nth_of_month(nth: Nth, first: NaiveDate) -> Option<(NaiveDate, NaiveDate)> {
    let (_, last) = month_range(first, 1)?;
    let weekday = |weekday: Weekday| {
        let day = if nth.ordinal == 0 {
            let back =
                (7 + last.weekday().num_days_from_monday() - weekday.num_days_from_monday()) % 7;
            last.checked_sub_days(Days::new(u64::from(back)))?
        } else {
            NaiveDate::from_weekday_of_month_opt(first.year(), first.month(), weekday, nth.ordinal)?
        };
        (day <= last).then_some(day)
    };
    let days_from = |day: NaiveDate, count| Some((day, day.checked_add_days(Days::new(count))?));
    match nth.what {
        NthOf::Weekday(day) => weekday(day).map(|day| (day, day)),
        NthOf::Week if nth.ordinal == 0 => Some((last.checked_sub_days(Days::new(6))?, last)),
        NthOf::Week => days_from(weekday(Weekday::Mon)?, 6),
        NthOf::Weekend => days_from(weekday(Weekday::Sat)?, 1),
        NthOf::Half if nth.ordinal == 1 => days_from(first, 14),
        NthOf::Half if matches!(nth.ordinal, 0 | 2) => {
            Some((first.checked_add_days(Days::new(15))?, last))
        }
        NthOf::Half => None,
    }
}

/// Returns the week, month, quarter or year that is `step` units after the one around `start`.
fn current(unit: Unit, step: u32, start: NaiveDate) -> Option<(NaiveDate, NaiveDate)> {
    match unit {
        Unit::Week => {
            let monday = start
                .checked_sub_days(Days::new(u64::from(start.weekday().num_days_from_monday())))?;
            let first = monday.checked_add_days(Days::new(7 * u64::from(step)))?;
            Some((first, first.checked_add_days(Days::new(6))?))
        }
        Unit::Month => month_range(start.with_day(1)?.checked_add_months(Months::new(step))?, 1),
        Unit::Quarter => {
            let first = NaiveDate::from_ymd_opt(start.year(), start.month0() / 3 * 3 + 1, 1)?;
            month_range(first.checked_add_months(Months::new(3 * step))?, 3)
        }
        Unit::Year => month_range(
            NaiveDate::from_ymd_opt(start.year(), 1, 1)?
                .checked_add_months(Months::new(12 * step))?,
            12,
        ),
        Unit::Minute | Unit::Hour | Unit::Day | Unit::Fortnight => None,
    }
}

/// Returns the range of `count` months from the first day of `month`.
pub(super) fn months(year: i32, month: u32, count: u32) -> Option<(NaiveDate, NaiveDate)> {
    month_range(NaiveDate::from_ymd_opt(year, month, 1)?, count)
}

fn month_range(first: NaiveDate, count: u32) -> Option<(NaiveDate, NaiveDate)> {
    let last = first.checked_add_months(Months::new(count))?.pred_opt()?;
    Some((first, last))
}

/// Returns the day of a holiday in a year.
pub(super) fn holiday_date(holiday: Holiday, year: i32) -> Option<NaiveDate> {
    let date = |month, day| NaiveDate::from_ymd_opt(year, month, day);
    match holiday {
        Holiday::NewYear => date(1, 1),
        Holiday::Valentine => date(2, 14),
        Holiday::Easter => easter(year),
        Holiday::Pentecost => easter(year)?.checked_add_days(Days::new(49)),
        Holiday::Halloween => date(10, 31),
        Holiday::Thanksgiving => NaiveDate::from_weekday_of_month_opt(year, 11, Weekday::Thu, 4),
        Holiday::BlackFriday => holiday_date(Holiday::Thanksgiving, year)?.succ_opt(),
        Holiday::ChristmasEve => date(12, 24),
        Holiday::Christmas => date(12, 25),
        Holiday::NewYearsEve => date(12, 31),
    }
}

/// Returns Easter Sunday, by the anonymous Gregorian computus.
fn easter(year: i32) -> Option<NaiveDate> {
    let golden = year.rem_euclid(19);
    let century = year.div_euclid(100);
    let of_century = year.rem_euclid(100);
    let moon_shift = (century - (century + 8) / 25 + 1) / 3;
    let epact = (19 * golden + century - century / 4 - moon_shift + 15) % 30;
    let to_sunday = (32 + 2 * (century % 4) + 2 * (of_century / 4) - epact - of_century % 4) % 7;
    let late = (golden + 11 * epact + 22 * to_sunday) / 451;
    let count = epact + to_sunday - 7 * late + 114;
    let month = u32::try_from(count / 31).ok()?;
    let day = u32::try_from(count % 31 + 1).ok()?;
    NaiveDate::from_ymd_opt(year, month, day)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn date(year: i32, month: u32, day: u32) -> NaiveDate {
        NaiveDate::from_ymd_opt(year, month, day).unwrap()
    }

    #[test]
    fn easter_is_computed_for_each_year() {
        for (year, month, day) in [
            (2024, 3, 31),
            (2025, 4, 20),
            (2026, 4, 5),
            (2027, 3, 28),
            (2038, 4, 25),
        ] {
            assert_eq!(easter(year), NaiveDate::from_ymd_opt(year, month, day));
        }
    }

    #[test]
    fn a_day_of_the_year_is_the_next_one_strictly_after_the_start() {
        let start = date(2026, 9, 1);

        assert_eq!(
            day(Period::Month(9), Edge::First, start),
            Some(date(2027, 9, 1))
        );
        assert_eq!(
            day(Period::Month(9), Edge::Last, start),
            Some(date(2026, 9, 30))
        );
        assert_eq!(
            day(Period::MonthDay(2, 29), Edge::First, start),
            Some(date(2028, 2, 29))
        );
        assert_eq!(
            day(Period::DayOfMonth(31), Edge::First, start),
            Some(date(2026, 10, 31))
        );
        assert_eq!(
            day(Period::Weekday(Weekday::Fri), Edge::First, start),
            Some(date(2026, 9, 4))
        );
        assert_eq!(
            day(Period::Weekday(Weekday::Tue), Edge::First, start),
            Some(date(2026, 9, 8))
        );
    }

    #[test]
    fn the_edges_of_a_period_are_its_days() {
        let start = date(2026, 1, 12);

        assert_eq!(
            day(Period::Month(9), Edge::DayBefore, start),
            Some(date(2026, 8, 31))
        );
        assert_eq!(
            day(Period::Month(3), Edge::Middle, start),
            Some(date(2026, 3, 15))
        );
        assert_eq!(
            day(Period::Quarter(2), Edge::Last, start),
            Some(date(2026, 6, 30))
        );
        assert_eq!(
            day(Period::This(Unit::Year), Edge::Last, start),
            Some(date(2026, 12, 31))
        );
        assert_eq!(
            day(Period::Next(Unit::Month), Edge::First, start),
            Some(date(2026, 2, 1))
        );
        assert_eq!(
            day(Period::This(Unit::Week), Edge::Last, start),
            Some(date(2026, 1, 18))
        );
    }
}
