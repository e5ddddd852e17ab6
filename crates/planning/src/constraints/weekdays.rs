//! Sets of days of the week ([`chrono::WeekdaySet`]): the usual ones, their names, ranges and complements.

use chrono::{Weekday, WeekdaySet};

/// Monday to Friday.
pub const WORKDAYS: WeekdaySet = WeekdaySet::from_array([
    Weekday::Mon,
    Weekday::Tue,
    Weekday::Wed,
    Weekday::Thu,
    Weekday::Fri,
]);

/// Saturday and Sunday.
pub const WEEKEND: WeekdaySet = WeekdaySet::from_array([Weekday::Sat, Weekday::Sun]);

/// Returns the days from `first` to `last`, both included, across Sunday where needed.
#[must_use]
pub fn range(first: Weekday, last: Weekday) -> WeekdaySet {
    let mut days = WeekdaySet::single(last);
    let mut day = first;
    while day != last {
        days.insert(day);
        day = day.succ();
    }
    days
}

/// Returns the days that are not in the set.
#[must_use]
pub const fn complement(days: WeekdaySet) -> WeekdaySet {
    WeekdaySet::ALL.difference(days)
}

/// Returns the short names of the days in the set, `mon` to `sun`, Monday first.
pub fn names(days: WeekdaySet) -> impl Iterator<Item = &'static str> {
    days.iter(Weekday::Mon).map(name)
}

/// Returns the day with a short name, `mon` to `sun`.
#[must_use]
pub fn by_name(wanted: &str) -> Option<Weekday> {
    WeekdaySet::ALL
        .iter(Weekday::Mon)
        .find(|day| name(*day) == wanted)
}

const fn name(day: Weekday) -> &'static str {
    match day {
        Weekday::Mon => "mon",
        Weekday::Tue => "tue",
        Weekday::Wed => "wed",
        Weekday::Thu => "thu",
        Weekday::Fri => "fri",
        Weekday::Sat => "sat",
        Weekday::Sun => "sun",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_set_lists_its_days_monday_first() {
        let days: WeekdaySet = [Weekday::Sun, Weekday::Tue].into_iter().collect();

        assert_eq!(names(days).collect::<Vec<_>>(), ["tue", "sun"]);
        assert_eq!(days.len(), 2);
        assert_eq!(complement(days).len(), 5);
        assert_eq!(by_name("sun"), Some(Weekday::Sun));
        assert_eq!(by_name("Sun"), None);
    }

    #[test]
    fn a_range_of_days_may_cross_sunday() {
        let days = range(Weekday::Fri, Weekday::Mon);

        assert_eq!(
            names(days).collect::<Vec<_>>(),
            ["mon", "fri", "sat", "sun"]
        );
    }
}
