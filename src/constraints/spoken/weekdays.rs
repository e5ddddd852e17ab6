//! A set of days of the week, small enough to copy.

use std::ops::BitOr;

use chrono::Weekday;

/// The days in the order a plan shows them.
const ORDER: [Weekday; 7] = [
    Weekday::Mon,
    Weekday::Tue,
    Weekday::Wed,
    Weekday::Thu,
    Weekday::Fri,
    Weekday::Sat,
    Weekday::Sun,
];

/// A set of days of the week; listed Monday first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Weekdays(u8);

impl Weekdays {
    /// No day at all.
    pub const NONE: Self = Self(0);
    /// All seven days.
    pub const ALL: Self = Self(0b111_1111);
    /// Monday to Friday.
    pub const WORKING: Self = Self(0b001_1111);
    /// Saturday and Sunday.
    pub const WEEKEND: Self = Self(0b110_0000);

    /// The set that holds one day.
    #[must_use]
    pub fn only(day: Weekday) -> Self {
        Self(1 << day.num_days_from_monday())
    }

    /// The days from `first` to `last`, both included, across Sunday where needed.
    #[must_use]
    pub fn from_to(first: Weekday, last: Weekday) -> Self {
        let mut days = Self::only(first);
        let mut day = first;
        while day != last {
            day = day.succ();
            days = days | Self::only(day);
        }
        days
    }

    /// Whether `day` is in the set.
    #[must_use]
    pub fn contains(self, day: Weekday) -> bool {
        self.0 & Self::only(day).0 != 0
    }

    /// Whether the two sets share a day.
    #[must_use]
    pub fn meets(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    /// The days that are not in the set.
    #[must_use]
    pub fn others(self) -> Self {
        Self(!self.0 & Self::ALL.0)
    }

    /// Whether the set holds no day.
    #[must_use]
    pub fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// How many days are in the set, 0 to 7.
    #[must_use]
    pub fn len(self) -> u32 {
        self.0.count_ones()
    }

    /// The days in the set, Monday first.
    pub fn iter(self) -> impl Iterator<Item = Weekday> {
        ORDER.into_iter().filter(move |day| self.contains(*day))
    }

    /// The short names of the days in the set, `mon` to `sun`, Monday first.
    pub fn names(self) -> impl Iterator<Item = &'static str> {
        self.iter().map(|day| match day {
            Weekday::Mon => "mon",
            Weekday::Tue => "tue",
            Weekday::Wed => "wed",
            Weekday::Thu => "thu",
            Weekday::Fri => "fri",
            Weekday::Sat => "sat",
            Weekday::Sun => "sun",
        })
    }
}

impl BitOr for Weekdays {
    type Output = Self;

    fn bitor(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}

impl FromIterator<Weekday> for Weekdays {
    fn from_iter<I: IntoIterator<Item = Weekday>>(days: I) -> Self {
        days.into_iter()
            .fold(Self::NONE, |set, day| set | Self::only(day))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_set_lists_its_days_monday_first() {
        let days: Weekdays = [Weekday::Sun, Weekday::Tue].into_iter().collect();

        assert_eq!(days.names().collect::<Vec<_>>(), ["tue", "sun"]);
        assert_eq!(days.len(), 2);
        assert_eq!(days.others().len(), 5);
    }

    #[test]
    fn a_stretch_of_days_may_cross_sunday() {
        let days = Weekdays::from_to(Weekday::Fri, Weekday::Mon);

        assert_eq!(
            days.names().collect::<Vec<_>>(),
            ["mon", "fri", "sat", "sun"]
        );
    }
}
