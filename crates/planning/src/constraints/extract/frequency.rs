//! The frequency of a recurrence, and the plainest words for it: "a week", "per day", "monthly".

use super::tag::{Tag, Unit};
use super::text::Text;
use crate::constraints::weekdays;
use chrono::WeekdaySet;

/// The rate of once a week. Rates are in millionths a week.
pub(super) const WEEKLY: u64 = 1_000_000;

/// The rate of once a month: a month has 4.345 weeks.
const MONTHLY: u64 = 230_150;

/// The rate of once a year.
const YEARLY: u64 = 19_165;

/// How often an amount of time recurs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Frequency {
    /// The amount is for a whole period, at this rate of periods.
    Period(u64),
    /// The amount is for one session, at this rate of sessions.
    Sessions(u64),
    /// This many times on every day that is free.
    Daily(u64),
    /// "evenings": every day, unless another recurrence is near.
    Parts,
    /// On each of these days.
    On(WeekdaySet),
    /// Once a weekend.
    Weekend,
    /// For each of the sessions named elsewhere.
    Each,
}

/// Reads "a week", "per day", "/month", "weekly", "in der Woche".
///
/// Returns the frequency, the token after it, and whether it is [bound](super::recurrence::Recurrence::bound).
pub(super) fn per(text: &Text, index: usize) -> Option<(Frequency, usize, bool)> {
    let (unit, bound) = match text.tag(index) {
        Tag::Rate(unit) => return Some((of_unit(unit)?, index + 1, false)),
        Tag::Per | Tag::Slash => (
            text.skip(index + 1, |tag| matches!(tag, Tag::Article | Tag::Slash)),
            false,
        ),
        Tag::Article if text.word(index) != "the" => (index + 1, true),
        // "on a good week"
        Tag::In | Tag::On => {
            let unit = text.skip(index + 1, |tag| tag == Tag::Article);
            (unit + usize::from(is_good(text, unit)), true)
        }
        _ => return None,
    };
    if bound && unit > index + 2 + usize::from(is_good(text, unit.saturating_sub(1))) {
        return None;
    }
    match text.tag(unit) {
        Tag::Unit(unit_tag) => Some((of_unit(unit_tag)?, unit + 1, bound)),
        Tag::Part if !bound || text.tag(index) == Tag::Article => {
            Some((Frequency::Daily(1), unit + 1, bound))
        }
        Tag::Workdays if !bound || text.tag(index) == Tag::Article => {
            Some((Frequency::On(weekdays::WORKDAYS), unit + 1, bound))
        }
        Tag::Weekend if !bound || text.tag(index) == Tag::Article => {
            Some((Frequency::Weekend, unit + 1, bound))
        }
        Tag::Session if !bound => Some((Frequency::Each, unit + 1, false)),
        _ => None,
    }
}

/// "a good": how a week is that is the best of all.
fn is_good(text: &Text, index: usize) -> bool {
    text.tag(index) == Tag::Approx && text.word(index).ends_with("good")
}

/// Returns the frequency of once a `unit`; `None` for a unit shorter than a day.
pub(super) fn of_unit(unit: Unit) -> Option<Frequency> {
    match unit {
        Unit::Day => Some(Frequency::Daily(1)),
        Unit::Week => Some(Frequency::Period(WEEKLY)),
        Unit::Fortnight => Some(Frequency::Period(WEEKLY / 2)),
        Unit::Month => Some(Frequency::Period(MONTHLY)),
        Unit::Quarter => Some(Frequency::Period(MONTHLY / 3)),
        Unit::Year => Some(Frequency::Period(YEARLY)),
        Unit::Minute | Unit::Hour => None,
    }
}
