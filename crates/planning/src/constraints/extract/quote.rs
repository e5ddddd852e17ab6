//! Whether words that somebody quotes agree with what they say about them: the quote's own numbers have to give the value.

use chrono::{NaiveDate, WeekdaySet};

use super::amount::amounts;
use super::calendar::{Edge, day};
use super::date::mention_at;
use super::day_set::day_set_at;
use super::length::length_at;
use super::tag::{Tag, Unit};
use super::text::Text;
use crate::constraints::weekdays;

/// Words that say of a day that it is not free, beside those that have a tag.
const ABSENT: [&str; 12] = [
    "taken", "out", "gone", "full", "away", "weg", "voll", "pris", "prise", "complet", "fora",
    "fuera",
];

/// Words quoted from a goal or its context.
pub struct Quote(Text);

impl Quote {
    /// Reads the quoted words.
    #[must_use]
    pub fn new(words: &str) -> Self {
        Self(Text::new(words))
    }

    /// Returns the minutes a week nearest to `minutes`, at most one away, that an amount of time in the quote gives: alone, or times
    /// another number of the quote.
    #[must_use]
    pub fn minutes(&self, minutes: u32) -> Option<u32> {
        let text = &self.0;
        amounts(text)
            .into_iter()
            .flat_map(|amount| {
                let others = (0..text.len()).filter(move |place| !amount.tokens.contains(place));
                let factors = others.filter_map(|place| self.factor(place));
                let factors = factors.chain([1, amount.times]).collect::<Vec<_>>();
                let each = amount.minutes;
                factors
                    .into_iter()
                    .filter_map(move |factor| each.checked_mul(factor))
            })
            .filter(|found| found.abs_diff(minutes) <= 1)
            .min_by_key(|found| found.abs_diff(minutes))
    }

    /// Returns the whole number that the token gives, as a number of sessions a week.
    fn factor(&self, place: usize) -> Option<u32> {
        match self.0.tag(place) {
            Tag::Num(hundredths) if hundredths % 100 == 0 => Some(hundredths / 100),
            Tag::Often(times) => Some(u32::from(times)),
            Tag::Rate(Unit::Day) => Some(7),
            Tag::Unit(Unit::Day) if matches!(self.0.back(place, 1), Tag::Every | Tag::Per) => {
                Some(7)
            }
            _ => None,
        }
    }

    /// Returns whether a length of time in the quote is this number of weeks; a month is from four weeks to 31 days.
    #[must_use]
    pub fn is_weeks(&self, weeks: u32) -> bool {
        (0..self.0.len())
            .filter_map(|place| length_at(&self.0, place))
            .filter(|(hundredths, _, _, article)| !article && hundredths % 100 == 0)
            .any(|(hundredths, unit, _, _)| {
                let count = hundredths / 100;
                let (least, most) = match unit {
                    Unit::Week => (count, count),
                    Unit::Fortnight => (2 * count, 2 * count),
                    Unit::Day => (count / 7, count.div_ceil(7)),
                    Unit::Month => (4 * count, (31 * count).div_ceil(7)),
                    _ => return false,
                };
                (least.max(1)..=most).contains(&weeks)
            })
    }

    /// Returns whether the quote names this day with its month, for a plan that begins on `start`.
    #[must_use]
    pub fn is_day(&self, wanted: NaiveDate, start: NaiveDate) -> bool {
        (0..self.0.len())
            .filter_map(|place| mention_at(&self.0, place))
            .filter(|mention| {
                let is_number = |place: usize| {
                    matches!(
                        self.0.tag(place),
                        Tag::Num(_) | Tag::Ordinal(_) | Tag::NumericDate(_)
                    )
                };
                mention.edge.is_none() && mention.tokens.clone().any(is_number)
            })
            .filter(|mention| mention.tokens.len() > 1 || mention.full)
            .any(|mention| day(mention.period, Edge::First, start) == Some(wanted))
    }

    /// Returns whether the quote names these days of the week, which its sentence says are not free, or the others, if only they are.
    #[must_use]
    pub fn are_days_off(&self, wanted: WeekdaySet, sentence: &Self) -> bool {
        let text = &self.0;
        let named = (0..text.len())
            .filter_map(|place| day_set_at(text, place))
            .fold(WeekdaySet::EMPTY, |all, set| all.union(set.days));
        let around = &sentence.0;
        let says = |wanted: fn(Tag) -> bool| around.any(0..around.len(), wanted);
        if named.is_empty() {
            false
        } else if says(|tag| tag == Tag::Only) {
            wanted == weekdays::complement(named)
        } else {
            let denies = |tag| {
                matches!(
                    tag,
                    Tag::Not | Tag::Except | Tag::Off | Tag::Busy | Tag::Work
                )
            };
            let is_absent = (0..around.len()).any(|place| ABSENT.contains(&around.word(place)));
            wanted == named && (says(denies) || is_absent)
        }
    }
}

#[cfg(test)]
mod tests {
    use chrono::Weekday;

    use super::*;

    #[test]
    fn the_numbers_of_a_quote_give_its_hours() {
        for (quote, minutes) in [
            ("6 hours a week", 360),
            ("4 gym sessions of 50 minutes", 200),
            ("three runs, 45 min", 135),
            ("zwei Abende zu je 90 Minuten", 180),
            ("20 minutos cada día", 140),
        ] {
            assert_eq!(Quote::new(quote).minutes(minutes), Some(minutes), "{quote}");
            assert_eq!(Quote::new(quote).minutes(minutes + 60), None, "{quote}");
        }
        assert_eq!(Quote::new("10k").minutes(600), None, "no unit of time");
    }

    #[test]
    fn weeks_days_and_days_off_have_to_be_those_of_the_quote() {
        let start = NaiveDate::from_ymd_opt(2026, 11, 25).unwrap();
        let sixth = NaiveDate::from_ymd_opt(2026, 12, 6).unwrap();
        for quote in [
            "6 December",
            "am 6. Dezember 2026",
            "2026-12-06",
            "le 6 décembre",
        ] {
            assert!(Quote::new(quote).is_day(sixth, start), "{quote}");
            assert!(!Quote::new(quote).is_day(start, start), "{quote}");
        }
        assert!(!Quote::new("December").is_day(sixth, start));

        for quote in ["eight weeks", "8 Wochen", "two months", "56 days"] {
            assert!(Quote::new(quote).is_weeks(8), "{quote}");
            assert!(!Quote::new(quote).is_weeks(12), "{quote}");
        }

        let monday = WeekdaySet::single(Weekday::Mon);
        let are_off = |quote: &str, sentence: &str, days| {
            Quote::new(quote).are_days_off(days, &Quote::new(sentence))
        };
        assert!(are_off("Mondays", "Mondays are taken", monday));
        assert!(!are_off("Mondays", "I am free on Mondays only", monday));
        assert!(!are_off("Mondays", "I play on Mondays", monday));
        assert!(are_off(
            "Mondays",
            "Mondays only",
            weekdays::complement(monday)
        ));
    }
}
