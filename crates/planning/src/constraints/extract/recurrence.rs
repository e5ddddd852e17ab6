//! How often: "a week", "every other day", "three times a week", "on Tuesdays and Thursdays", "each".

use std::ops::Range;

use super::day_set::day_set_at;
use super::frequency::{Frequency, WEEKLY, of_unit, per};
use super::number::quantity_at;
use super::tag::{Tag, Unit};
use super::text::Text;
use chrono::WeekdaySet;

/// A frequency and the tokens that state it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Recurrence {
    pub(super) frequency: Frequency,
    pub(super) tokens: Range<usize>,
    /// Whether it is a recurrence only right behind what it counts: "a week".
    pub(super) bound: bool,
    /// Whether it is one day, which may as well be a date: "on Saturday".
    pub(super) once: bool,
}

/// Maximum plausible number of times, in hundredths.
const MAX_COUNT: u32 = 10_000;

/// Maximum number of tokens between "two evenings" and its "each".
const EACH_REACH: usize = 6;

/// Returns every recurrence outside the token ranges in `amounts`, in order.
pub(super) fn recurrences(text: &Text, amounts: &[Range<usize>]) -> Vec<Recurrence> {
    let mut found = Vec::new();
    let mut amounts = amounts.iter().peekable();
    let mut index = 0;
    while index < text.len() {
        if let Some(range) = amounts.next_if(|range| range.start <= index) {
            index = index.max(range.end);
            continue;
        }
        let limit = amounts.peek().map_or(text.len(), |range| range.start);
        match recurrence_at(text, index).filter(|recurrence| recurrence.tokens.end <= limit) {
            Some(recurrence) => {
                index = recurrence.tokens.end;
                found.push(recurrence);
            }
            None => index += 1,
        }
    }
    found
}

fn recurrence_at(text: &Text, index: usize) -> Option<Recurrence> {
    let plain = |frequency, end| Recurrence {
        frequency,
        tokens: index..end,
        bound: false,
        once: false,
    };
    if let Some((frequency, end)) = counted(text, index) {
        return Some(plain(frequency, end));
    }
    if let Some((frequency, end)) = every(text, index) {
        return Some(plain(frequency, end));
    }
    if let Some((frequency, end, bound)) = per(text, index) {
        return Some(Recurrence {
            bound,
            ..plain(frequency, end)
        });
    }
    match text.tag(index) {
        // "30 minutes each way"
        Tag::BothWays => return Some(plain(Frequency::Daily(2), index + 1)),
        Tag::EveryOtherDay => return Some(plain(Frequency::Sessions(WEEKLY * 7 / 2), index + 1)),
        Tag::Each => return Some(plain(Frequency::Each, index + 1)),
        Tag::Every if matches!(text.word(index), "each" | "cada") => {
            return Some(plain(Frequency::Each, index + 1));
        }
        _ => {}
    }
    let start = text.skip(index, |tag| {
        matches!(tag, Tag::On | Tag::In | Tag::Over | Tag::Article | Tag::Per)
    });
    if start <= index + 3
        && let Some(set) = day_set_at(text, start)
    {
        let frequency = if set.weekend {
            Frequency::Weekend
        } else {
            Frequency::On(set.days)
        };
        return Some(Recurrence {
            once: !set.habit && !set.parts,
            ..plain(frequency, set.tokens.end)
        });
    }
    let part =
        matches!(text.tag(start), Tag::Parts) || (start > index && text.tag(start) == Tag::Part);
    (part && start <= index + 3).then(|| match parts_with_days(text, start + 1) {
        Some((days, end)) => plain(Frequency::On(days), end),
        None => plain(Frequency::Parts, start + 1),
    })
}

/// "evenings Monday to Thursday": the days after a part of the day.
fn parts_with_days(text: &Text, index: usize) -> Option<(WeekdaySet, usize)> {
    let start = text.skip(index, |tag| {
        matches!(
            tag,
            Tag::On | Tag::Of | Tag::From | Tag::Comma | Tag::Article
        )
    });
    let set = day_set_at(text, start)?;
    (start <= index + 2).then_some((set.days, set.tokens.end))
}

/// "three times a week", "5 days/week", "twice daily", "two gym sessions a week".
fn counted(text: &Text, index: usize) -> Option<(Frequency, usize)> {
    let (count, mut end) = if let Tag::Often(times) = text.tag(index) {
        (u64::from(times) * 100, index + 1)
    } else {
        let quantity = quantity_at(text, index)?;
        let noun = text.skip(quantity.end, |tag| matches!(tag, Tag::Hyphen | Tag::Approx));
        let noun =
            noun + usize::from(text.tag(noun) == Tag::Other && is_countable(text.tag(noun + 1)));
        if !is_countable(text.tag(noun)) || quantity.hundredths > MAX_COUNT {
            return None;
        }
        (u64::from(quantity.hundredths), noun + 1)
    };
    if text.tag(end) == Tag::Over
        && let Tag::Num(days) = text.tag(end + 1)
        && days >= 100
    {
        // "un jour sur deux"
        return Some((
            Frequency::Sessions(WEEKLY * 7 * count / u64::from(days)),
            end + 2,
        ));
    }
    end = text.skip(end, |tag| {
        matches!(tag, Tag::Approx | Tag::Part | Tag::Parts)
    });
    let period = per(text, end).or_else(|| {
        let (frequency, end) = every(text, end)?;
        Some((frequency, end, false))
    });
    // "two evenings, one hour each": without a period, the evenings are those of a week.
    let weekly = || {
        let each = (end..text.len().min(end + EACH_REACH)).any(|near| {
            text.tag(near) == Tag::Each
                || matches!(text.word(near), "each" | "apiece" | "jeweils" | "cada")
        });
        (text.tag(end - 1) == Tag::Parts && each).then_some((Frequency::Period(WEEKLY), end, false))
    };
    let (period, end, _) = period.or_else(weekly)?;
    let frequency = match period {
        Frequency::Period(rate) => Frequency::Sessions(rate * count / 100),
        Frequency::Daily(times) => Frequency::Daily(times * count / 100),
        Frequency::On(days) => Frequency::Sessions(WEEKLY * u64::from(days.len()) * count / 100),
        Frequency::Weekend => Frequency::Sessions(WEEKLY * count / 100),
        other => other,
    };
    Some((frequency, end))
}

/// Whether the tag names something that can happen a number of times a week.
fn is_countable(tag: Tag) -> bool {
    matches!(
        tag,
        Tag::Times
            | Tag::Cross
            | Tag::Session
            | Tag::Part
            | Tag::Parts
            | Tag::Unit(Unit::Day)
            | Tag::Workdays
    )
}

/// "every day", "every other day", "alle zwei Tage", "each Tuesday", "todos los días".
fn every(text: &Text, index: usize) -> Option<(Frequency, usize)> {
    if text.tag(index) != Tag::Every {
        return None;
    }
    let mut next = text.skip(index + 1, |tag| {
        matches!(tag, Tag::Article | Tag::Approx | Tag::Of)
    });
    let mut every_nth = 1;
    match text.tag(next) {
        Tag::Alternate => {
            every_nth = 2;
            next += 1;
        }
        Tag::Ordinal(nth @ 1..) => {
            every_nth = u64::from(nth);
            next += 1;
        }
        Tag::Num(hundredths @ 100..) => {
            every_nth = u64::from(hundredths / 100);
            next += 1;
        }
        _ => {}
    }
    if let Some(set) = day_set_at(text, next) {
        let frequency = match (set.weekend, every_nth) {
            (true, 1) => Frequency::Weekend,
            (true, nth) => Frequency::Period(WEEKLY / nth),
            (false, 1) => Frequency::On(set.days),
            (false, nth) => Frequency::Sessions(WEEKLY * u64::from(set.days.len()) / nth),
        };
        return Some((frequency, set.tokens.end));
    }
    match text.tag(next) {
        Tag::Unit(Unit::Day) | Tag::Part | Tag::Parts => {
            let after = if text.tag(next) == Tag::Unit(Unit::Day) {
                next + 1
            } else if let Some((days, end)) = parts_with_days(text, next + 1) {
                return Some((Frequency::On(days), end));
            } else {
                next + 1
            };
            let frequency = if every_nth == 1 {
                Frequency::Daily(1)
            } else {
                Frequency::Sessions(WEEKLY * 7 / every_nth)
            };
            Some((frequency, after))
        }
        Tag::Unit(unit) => match of_unit(unit)? {
            Frequency::Period(rate) => Some((Frequency::Period(rate / every_nth), next + 1)),
            other => Some((other, next + 1)),
        },
        Tag::Times | Tag::Session => Some((Frequency::Each, next + 1)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::constraints::weekdays;

    fn read(source: &str) -> Option<Frequency> {
        recurrences(&Text::new(source), &[])
            .first()
            .map(|recurrence| recurrence.frequency)
    }

    #[test]
    fn recurrences_are_read_in_many_shapes() {
        let tue_thu = WeekdaySet::from_array([chrono::Weekday::Tue, chrono::Weekday::Thu]);
        for (source, frequency) in [
            ("per week", Frequency::Period(WEEKLY)),
            ("weekly", Frequency::Period(WEEKLY)),
            ("/month", Frequency::Period(230_150)),
            ("every day", Frequency::Daily(1)),
            ("each evening", Frequency::Daily(1)),
            ("every other day", Frequency::Sessions(3_500_000)),
            ("every 2 days", Frequency::Sessions(3_500_000)),
            ("three times a week", Frequency::Sessions(3_000_000)),
            ("2-3x per week", Frequency::Sessions(2_000_000)),
            ("5 days/week", Frequency::Sessions(5_000_000)),
            ("twice daily", Frequency::Daily(2)),
            ("every weekday", Frequency::On(weekdays::WORKDAYS)),
            ("on Tuesdays and Thursdays", Frequency::On(tue_thu)),
            ("each weekend", Frequency::Weekend),
            ("weekend days", Frequency::On(weekdays::WEEKEND)),
            ("jeden zweiten Tag", Frequency::Sessions(3_500_000)),
            ("un jour sur deux", Frequency::Sessions(3_500_000)),
            ("trois fois par semaine", Frequency::Sessions(3_000_000)),
            ("todos los días", Frequency::Daily(1)),
        ] {
            assert_eq!(read(source), Some(frequency), "{source}");
        }
    }
}
