//! Periods counted from the current one: "next week", "the month after next", "übernächste Woche", "the Monday after next".

use chrono::Weekday;

use super::calendar::Period;
use super::date::Mention;
use super::length::length_at;
use super::tag::{Tag, Unit};
use super::text::Text;

/// Returns the period at `index`.
pub(super) fn coming_period_at(text: &Text, index: usize) -> Option<Mention> {
    let (period, end) = week_of_day(text, index)
        .map(|(day, end)| (Period::WeekdayAfter(day, 1), end))
        .or_else(|| day_of_coming_week(text, index))
        .or_else(|| period_of_unit(text, index))?;
    Some(Mention::partial(period, index..end))
}

/// A day of the week after the next one: "Friday week", "the Monday after next", "a week on Friday", "übernächsten Montag".
fn week_of_day(text: &Text, index: usize) -> Option<(Weekday, usize)> {
    let tags = [0, 1, 2].map(|ahead| text.tag(index + ahead));
    match tags {
        [Tag::Day(day), _, _] if text.word(index + 1) == "week" => Some((day, index + 2)),
        [Tag::Day(day), Tag::After, Tag::Next] => Some((day, index + 3)),
        [Tag::AfterNext, Tag::Day(day), _] => Some((day, index + 2)),
        [Tag::Unit(Unit::Week), Tag::On, Tag::Day(day)] if text.back_word(index, 1) == "a" => {
            Some((day, index + 3))
        }
        _ => None,
    }
}

/// "Thursday of next week", "jueves de la próxima semana", "Thursday in two weeks".
fn day_of_coming_week(text: &Text, index: usize) -> Option<(Period, usize)> {
    let Tag::Day(day) = text.tag(index) else {
        return None;
    };
    if text.tag(index + 1) == Tag::In
        && let Some((hundredths, Unit::Week, end, _)) = length_at(text, index + 2)
    {
        let weeks = u16::try_from(hundredths / 100).ok()?;
        return Some((Period::WeekdayAfter(day, weeks), end));
    }
    let place = text.skip(index + 1, |tag| {
        matches!(tag, Tag::Of | Tag::Article | Tag::In)
    });
    match [text.tag(place), text.tag(place + 1)] {
        [Tag::Next, Tag::Unit(Unit::Week)] | [Tag::Unit(Unit::Week), Tag::Next] => {
            Some((Period::WeekdayOfNextWeek(day), place + 2))
        }
        _ => None,
    }
}

/// "next week", "this month", "la semana que viene", "the week after next", "übernächste Woche".
fn period_of_unit(text: &Text, index: usize) -> Option<(Period, usize)> {
    let unit = |ahead: usize| calendar_unit(text, index + ahead);
    let tags = [0, 1, 2].map(|ahead| text.tag(index + ahead));
    match tags {
        [Tag::Next, _, _] => Some((Period::Next(unit(1)?), index + 2)),
        [Tag::This, _, _] => Some((Period::This(unit(1)?), index + 2)),
        [Tag::AfterNext, _, _] => Some((Period::AfterNext(unit(1)?), index + 2)),
        [Tag::Unit(_), Tag::After, Tag::Next] => Some((Period::AfterNext(unit(0)?), index + 3)),
        [Tag::Unit(_), Tag::Next, _] => Some((Period::Next(unit(0)?), index + 2)),
        _ => None,
    }
}

/// The unit at `index`, if it is one that the calendar divides into: a week, month, quarter or year. A single letter is none.
pub(super) fn calendar_unit(text: &Text, index: usize) -> Option<Unit> {
    match text.tag(index) {
        Tag::Unit(unit @ (Unit::Week | Unit::Month | Unit::Quarter | Unit::Year))
            if text.word(index).len() > 1 =>
        {
            Some(unit)
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn periods_are_counted_from_the_current_one() {
        for (source, period) in [
            ("next week", Period::Next(Unit::Week)),
            ("the month after next", Period::AfterNext(Unit::Month)),
            ("die übernächste Woche", Period::AfterNext(Unit::Week)),
            ("la semana que viene", Period::Next(Unit::Week)),
            (
                "the Monday after next",
                Period::WeekdayAfter(Weekday::Mon, 1),
            ),
            ("a week on Friday", Period::WeekdayAfter(Weekday::Fri, 1)),
            (
                "Thursday of next week",
                Period::WeekdayOfNextWeek(Weekday::Thu),
            ),
            (
                "Donnerstag nächster Woche",
                Period::WeekdayOfNextWeek(Weekday::Thu),
            ),
            (
                "Thursday in two weeks",
                Period::WeekdayAfter(Weekday::Thu, 2),
            ),
        ] {
            let text = Text::new(source);
            let found = (0..text.len()).find_map(|index| coming_period_at(&text, index));
            assert_eq!(
                found.map(|mention| mention.period),
                Some(period),
                "{source}"
            );
        }
    }
}
