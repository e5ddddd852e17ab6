//! The time that a person has in a week: every amount is joined to its recurrence, and one of them is the budget.

use std::ops::Range;

use super::amount::amounts;
use super::commitments::is_commitment;
use super::frequency::{Frequency, WEEKLY};
use super::recurrence::recurrences;
use super::statement::{AmountContext, Statement};
use super::tag::{Tag, Unit};
use super::text::Text;
use chrono::WeekdaySet;

/// The minutes of ten weeks: the maximum of a budget. More than a week has is read to be able to say that it cannot be kept.
const MAX: u64 = 10 * 7 * 24 * 60;

/// The time that a person has in a week.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Budget {
    pub(super) minutes: u32,
    pub(super) tokens: Range<usize>,
    /// The days it is tied to, if any: "90 minutes on Tuesdays".
    pub(super) days: Option<WeekdaySet>,
    /// Whether it is stated as the same amount for each session: "40 minutes a day".
    pub(super) is_each: bool,
}

/// Reads the budget.
///
/// `free` are the days that are not ruled out: "every day" means each of them. `denied` are the tokens of days that are
/// named only to rule them out, so that no amount belongs to them.
pub(super) fn read(text: &Text, free: WeekdaySet, denied: &[Range<usize>]) -> Option<Budget> {
    let amounts = amounts(text);
    if amounts.is_empty() {
        return hours_field(text);
    }
    let ranges: Vec<_> = amounts.iter().map(|amount| amount.tokens.clone()).collect();
    let mut recurrences = recurrences(text, &ranges);
    recurrences.retain(|recurrence| {
        denied
            .iter()
            .all(|days| recurrence.tokens.end <= days.start || recurrence.tokens.start >= days.end)
    });
    let mut statements: Vec<Statement> = Vec::new();
    let mut spent = 0;
    let mut spare = None;
    for (index, amount) in amounts.iter().enumerate() {
        let limit = ranges.get(index + 1).map_or(text.len(), |next| next.start);
        let context = AmountContext {
            text,
            amount,
            recurrences: &recurrences,
            spent,
            limit,
        };
        if let Some((statement, end)) = context.statement(free) {
            spent = end;
            if !is_commitment(text, amount, end.max(amount.tokens.end)) {
                statements.push(statement);
            } else if statement.whole {
                spare = spare.or_else(|| spare_hours(text, end));
            }
        }
    }
    choose(text, &statements)
        .or(spare)
        .or_else(|| hours_field(text))
}

/// Reads "I work 38 hours a week and can spare 4 for woodwork": the hours behind those that are taken, which end before `end`.
fn spare_hours(text: &Text, end: usize) -> Option<Budget> {
    let sentence = text.sentence(end.saturating_sub(1));
    let near = || end..sentence.end.min(end + 8);
    // "38 hours a week of work and 4 h for woodwork"
    let is_amount = |place: usize| {
        text.tag(place) == Tag::And
            && matches!(text.tag(place + 1), Tag::Num(_))
            && text.tag(place + 2) == Tag::Unit(Unit::Hour)
    };
    let verb = near()
        .find(|place| text.tag(*place) == Tag::Have)
        .or_else(|| near().find(|place| is_amount(*place)))?;
    let number = text.skip(verb, |tag| {
        matches!(
            tag,
            Tag::Have | Tag::And | Tag::Approx | Tag::Marker | Tag::Only
        )
    });
    let unit = usize::from(text.tag(number + 1) == Tag::Unit(Unit::Hour));
    let follows = text.tag(number + 1 + unit);
    match text.tag(number) {
        Tag::Num(hundredths @ 50..=8000)
            if follows.is_pause()
                || matches!(follows, Tag::For | Tag::To | Tag::Of | Tag::Hence) =>
        {
            Some(Budget {
                minutes: hundredths * 60 / 100,
                tokens: verb..number + 1 + unit,
                days: None,
                is_each: false,
            })
        }
        _ => None,
    }
}

/// The minutes of one session that "3 x 25 min" alone may tell: less is an exercise, and more a day's work.
const SESSION: std::ops::RangeInclusive<u32> = 10..=180;

/// Reads "3 sessions of 40 minutes", where only another text says that they are those of a week (`is_weekly`), or where they stand alone
/// as a clause: "get fit again, 3 x 25 min".
pub(super) fn read_sessions(text: &Text, is_weekly: bool) -> Option<Budget> {
    let amounts = amounts(text);
    let [amount] = amounts.as_slice() else {
        return None;
    };
    let stands_alone = text.back(amount.tokens.start, 1).is_pause()
        && text.tag(amount.tokens.end).is_pause()
        && SESSION.contains(&amount.minutes)
        && (2..=7).contains(&amount.times);
    if !is_weekly && !stands_alone {
        return None;
    }
    let has_sessions = text.any(amount.tokens.clone(), |tag| {
        matches!(tag, Tag::Session | Tag::Times | Tag::Cross)
    });
    let is_taken = is_commitment(text, amount, amount.tokens.end);
    (amount.times > 1 && has_sessions && !is_taken).then(|| Budget {
        minutes: amount.minutes.saturating_mul(amount.times),
        tokens: amount.tokens.clone(),
        days: None,
        is_each: true,
    })
}

/// Whether the text speaks of every week without an amount of time: "Every week, until I can swim a mile".
pub(super) fn is_of_every_week(text: &Text) -> bool {
    amounts(text).is_empty()
        && recurrences(text, &[]).iter().any(|recurrence| {
            recurrence.frequency == Frequency::Period(WEEKLY) && !recurrence.bound
        })
}

/// Adds up the statements that belong together, then returns the total, else the first one of a whole week, else the
/// first.
fn choose(text: &Text, statements: &[Statement]) -> Option<Budget> {
    let mut groups: Vec<Statement> = Vec::new();
    for statement in statements {
        match groups
            .last_mut()
            .filter(|last| adds_up(text, last, statement))
        {
            Some(last) => {
                last.minutes += statement.minutes;
                last.tokens.end = last.tokens.end.max(statement.tokens.end);
                last.days = last
                    .days
                    .zip(statement.days)
                    .map(|(one, other)| one.union(other));
                last.total |= statement.total;
            }
            None => groups.push(statement.clone()),
        }
    }
    let best = groups
        .iter()
        .find(|group| group.total)
        .or_else(|| groups.iter().find(|group| group.whole))
        .or_else(|| groups.first())?;
    let is_single = statements
        .iter()
        .any(|statement| statement.tokens == best.tokens);
    (1..=MAX).contains(&best.minutes).then_some(Budget {
        minutes: u32::try_from(best.minutes).ok()?,
        tokens: best.tokens.clone(),
        days: best.days,
        is_each: is_single && !best.whole && !best.total,
    })
}

/// Whether two statements add up: "30 minutes on weekdays, 2 hours on Saturdays", "an hour each morning and an hour each
/// evening".
fn adds_up(text: &Text, last: &Statement, next: &Statement) -> bool {
    let between = last.tokens.end..next.tokens.start;
    let disjoint = match (last.days, next.days) {
        (Some(one), Some(other)) => one.intersection(other).is_empty(),
        _ => false,
    };
    let and = text.any(between.clone(), |tag| tag == Tag::And) && between.len() <= 3;
    !next.total && !last.total && (disjoint || and)
}

/// Reads "Hours per week: 6", as in a form.
fn hours_field(text: &Text) -> Option<Budget> {
    let start = (0..text.len()).find(|place| {
        text.tag(*place) == Tag::Unit(Unit::Hour)
            && matches!(text.tag(place + 1), Tag::Per | Tag::Slash | Tag::Article)
            && text.tag(place + 2) == Tag::Unit(Unit::Week)
            && text.tag(place + 3) == Tag::Comma
    })?;
    match text.tag(start + 4) {
        Tag::Num(hundredths) if (50..=16_800).contains(&hundredths) => Some(Budget {
            minutes: hundredths * 60 / 100,
            tokens: start..start + 5,
            days: None,
            is_each: false,
        }),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::constraints::weekdays;

    fn minutes(source: &str) -> Option<u32> {
        read(&Text::new(source), WeekdaySet::ALL, &[]).map(|budget| budget.minutes)
    }

    #[test]
    fn sessions_are_multiplied_by_how_often_they_recur() {
        for (source, expected) in [
            ("6 hours a week", 360),
            ("45 minutes a day", 315),
            ("three times a week for 40 minutes", 120),
            ("two evenings a week, one hour each", 120),
            ("two evenings, one hour each", 120),
            ("every other day 30 min", 105),
            ("10 hours a month", 138),
            ("an hour a day, 5 days a week", 300),
        ] {
            assert_eq!(minutes(source), Some(expected), "{source}");
        }
    }

    #[test]
    fn a_total_wins_over_an_amount_per_session() {
        assert_eq!(
            minutes("6 hours a week in total, three evenings a week"),
            Some(360)
        );
        assert_eq!(
            minutes("three evenings a week, 2 hours each, 5 hours a week in total"),
            Some(300)
        );
    }

    #[test]
    fn statements_about_different_days_add_up() {
        assert_eq!(
            minutes("30 minutes on weekdays, 2 hours on Saturdays"),
            Some(270)
        );
    }

    #[test]
    fn every_day_means_every_day_that_is_free() {
        let text = Text::new("30 minutes a day");
        let budget = read(&text, weekdays::WORKDAYS, &[]).unwrap();

        assert_eq!(budget.minutes, 150);
    }

    #[test]
    fn sessions_that_stand_alone_are_those_of_a_week() {
        for (source, expected) in [
            ("get strong again after a baby, 3 x 25 min", Some(75)),
            ("3 x 25 min, at home", Some(75)),
            ("3 x 5 min of planks", None),
            ("intervals of 4 x 10 min up the hill", None),
        ] {
            let budget = read_sessions(&Text::new(source), false);
            assert_eq!(budget.map(|budget| budget.minutes), expected, "{source}");
        }
    }

    #[test]
    fn an_amount_without_a_recurrence_is_no_budget() {
        assert_eq!(minutes("finish the marathon in 4 hours"), None);
        assert_eq!(minutes("twice a week"), None);
    }
}
