//! Days named together: "Tue/Thu", "Monday to Thursday", "weekend mornings", "Mondays, Wednesdays and Fridays".

use std::ops::Range;

use chrono::Weekday;

use super::letters::lettered_days_at;
use super::tag::{Tag, Unit};
use super::text::Text;
use crate::constraints::weekdays;
use chrono::WeekdaySet;

/// The days of the week that one mention in the text names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct DaySet {
    pub(super) days: WeekdaySet,
    pub(super) tokens: Range<usize>,
    /// Whether the days are a habit ("Tuesdays", "weekdays"), or several.
    pub(super) habit: bool,
    /// Whether a habitual part of the day follows: "Saturday mornings".
    pub(super) parts: bool,
    /// Whether it is "the weekend" as a whole and not as two days.
    pub(super) weekend: bool,
}

#[derive(Clone, Copy)]
enum Item {
    One { day: Weekday, habit: bool },
    Short(Weekday),
    Many(WeekdaySet),
}

/// Returns the set of days that starts at `index`.
pub(super) fn day_set_at(text: &Text, index: usize) -> Option<DaySet> {
    if let Some((days, end)) = lettered_days_at(text, index) {
        let tokens = index..end;
        return Some(DaySet {
            days,
            tokens,
            habit: true,
            parts: false,
            weekend: false,
        });
    }
    let first = item_at(text, index)?;
    let mut set = DaySet {
        days: WeekdaySet::EMPTY,
        tokens: index..index + 1,
        habit: false,
        parts: false,
        weekend: false,
    };
    let mut doubtful = matches!(first, Item::Short(_)) && !short_is_a_day(text, index);
    let mut members = 0;
    let mut item = Some(first);
    while let Some(current) = item.take() {
        members += 1;
        add(&mut set, current);
        add_part(text, &mut set);
        if let Some(from) = single(current)
            && let Some((to, end)) = range_end(text, set.tokens.end)
        {
            set.days = set.days.union(weekdays::range(from, to));
            set.tokens.end = end;
            set.habit = true;
            members += 1;
            add_part(text, &mut set);
        }
        if let Some(next) = joined(text, set.tokens.end) {
            item = item_at(text, next);
            set.tokens.end = next + 1;
        }
    }
    set.habit |= members > 1;
    set.weekend = members == 1
        && matches!(text.tag(index), Tag::Weekend)
        && !set.parts
        && set.tokens.len() == 1;
    doubtful &= members == 1;
    (!doubtful).then_some(set)
}

fn item_at(text: &Text, index: usize) -> Option<Item> {
    match text.tag(index) {
        Tag::Day(_) if is_portuguese_ordinal(text, index) => None,
        Tag::Day(day) => Some(Item::One { day, habit: false }),
        Tag::Days(day) => Some(Item::One { day, habit: true }),
        Tag::DayShort(day) | Tag::DayOrMonth(day, _) => Some(Item::Short(day)),
        Tag::Workdays => Some(Item::Many(weekdays::WORKDAYS)),
        Tag::Weekend => Some(Item::Many(weekdays::WEEKEND)),
        _ => None,
    }
}

/// "na segunda fase": the Portuguese days from Monday on are ordinals as well, before what they count.
pub(super) fn is_portuguese_ordinal(text: &Text, index: usize) -> bool {
    matches!(
        text.word(index),
        "segunda" | "terca" | "quarta" | "quinta" | "sexta"
    ) && text.tag(index + 1) == Tag::Other
}

fn single(item: Item) -> Option<Weekday> {
    match item {
        Item::One { day, .. } | Item::Short(day) => Some(day),
        Item::Many(_) => None,
    }
}

fn add(set: &mut DaySet, item: Item) {
    match item {
        Item::One { day, habit } => {
            set.days = set.days.union(WeekdaySet::single(day));
            set.habit |= habit;
        }
        Item::Short(day) => set.days = set.days.union(WeekdaySet::single(day)),
        Item::Many(days) => {
            set.days = set.days.union(days);
            set.habit = true;
        }
    }
}

/// Adds the part of the day after a day: "mornings", "days" after "weekend".
fn add_part(text: &Text, set: &mut DaySet) {
    match text.tag(set.tokens.end) {
        Tag::Parts => {
            set.parts = true;
            set.tokens.end += 1;
        }
        Tag::Part => set.tokens.end += 1,
        Tag::Unit(Unit::Day) if text.back(set.tokens.end, 1) == Tag::Weekend => set.tokens.end += 1,
        _ => {}
    }
}

/// Returns the last day of a range whose link ("to") is at `index`, and the token after it.
fn range_end(text: &Text, index: usize) -> Option<(Weekday, usize)> {
    let link = text.tag(index);
    let is_link = matches!(link, Tag::To | Tag::By | Tag::Hyphen | Tag::Dash)
        || (matches!(link, Tag::Per | Tag::On) && text.word(index) == "a");
    if !is_link {
        return None;
    }
    let next = text.skip(index + 1, |tag| tag == Tag::Article);
    let day = item_at(text, next).and_then(single)?;
    Some((day, next + 1))
}

/// Returns the place of the next day of a list whose link ("and") is at `index`.
fn joined(text: &Text, index: usize) -> Option<usize> {
    if matches!(item_at(text, index), Some(Item::Short(_)))
        && matches!(text.back(index, 1), Tag::DayShort(_) | Tag::DayOrMonth(..))
        // "the sun sat so low", "Sa mi ist"
        && text.starts_upper(index) == text.starts_upper(index - 1)
        && (text.starts_upper(index) || (!text.is_english() && is_one_of_three(text, index)))
    {
        return Some(index);
    }
    let is_link = matches!(
        text.tag(index),
        Tag::And | Tag::Or | Tag::Comma | Tag::Slash
    );
    if !is_link {
        return None;
    }
    let next = text.skip(index + 1, |tag| {
        matches!(
            tag,
            Tag::And | Tag::Or | Tag::On | Tag::In | Tag::Article | Tag::Every
        )
    });
    item_at(text, next).map(|_| next)
}

/// "mo mi fr": in small letters two short words side by side are other words as well.
fn is_one_of_three(text: &Text, index: usize) -> bool {
    let is_short = |place: usize| matches!(item_at(text, place), Some(Item::Short(_)));
    is_short(index + 1) || index.checked_sub(2).is_some_and(is_short)
}

/// Whether "sat" or "mon", standing alone, is the day and no other word.
pub(super) fn short_is_a_day(text: &Text, index: usize) -> bool {
    let follows = matches!(
        text.back(index, 1),
        Tag::On | Tag::Not | Tag::Except | Tag::Only | Tag::Every | Tag::Unit(_)
    );
    let leads = matches!(
        text.tag(index + 1),
        Tag::Off | Tag::Only | Tag::Parts | Tag::Part
    );
    let named = text.is_capital(index) && follows;
    // "Ter ou não ter": right behind "not" a small word is another.
    let is_small_behind_not = text.back(index, 1) == Tag::Not && !text.starts_upper(index);
    let closes = !is_small_behind_not
        && (text.tag(index + 1).is_pause() || matches!(text.tag(index + 1), Tag::And | Tag::Or));
    // "Sun 2h"
    let timed = matches!(
        (text.tag(index + 1), text.tag(index + 2)),
        (Tag::Num(_), Tag::Unit(Unit::Hour | Unit::Minute))
    );
    leads || named || (text.is_capital(index) && timed) || (follows && closes)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(source: &str) -> Option<String> {
        let text = Text::new(source);
        (0..text.len())
            .find_map(|index| day_set_at(&text, index))
            .map(|set| weekdays::names(set.days).collect::<Vec<_>>().join(" "))
    }

    #[test]
    fn days_are_named_in_lists_and_in_ranges() {
        for (source, days) in [
            ("Tue/Thu", "tue thu"),
            ("Tuesdays and Thursdays", "tue thu"),
            ("Mon, Wed and Fri", "mon wed fri"),
            ("Monday to Thursday", "mon tue wed thu"),
            ("Mon-Fri", "mon tue wed thu fri"),
            ("Friday through Sunday", "fri sat sun"),
            ("weekend mornings", "sat sun"),
            ("weekdays", "mon tue wed thu fri"),
            ("Saturday mornings and Wednesday evenings", "wed sat"),
        ] {
            assert_eq!(read(source).as_deref(), Some(days), "{source}");
        }
    }

    #[test]
    fn a_short_name_alone_may_be_another_word() {
        assert_eq!(read("the SAT 1500"), None);
        assert_eq!(read("never sat a hands-on exam"), None);
        assert_eq!(read("I wed in June"), None);
        assert_eq!(read("not on Sat").as_deref(), Some("sat"));
    }
}
