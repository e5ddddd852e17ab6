//! Chooses the days of a week's sessions among those that are free.

use chrono::{Datelike as _, NaiveDate, Weekday};

/// The choice of days of the week before, which most weeks repeat.
#[derive(Debug, Default)]
pub struct Spread {
    /// The first day's weekday, the offsets of the days from it, and the number of sessions.
    key: Option<(Weekday, u32, usize)>,
    choice: u32,
}

impl Spread {
    /// Returns `count` of the days: those with the longest pauses between them, a weekend day among them where it costs nothing.
    pub fn choose(&mut self, days: &[NaiveDate], count: usize) -> Vec<NaiveDate> {
        if count >= days.len() {
            return days.to_vec();
        }
        let offset = |day: &NaiveDate| 1_u32 << (*day - days[0]).num_days().clamp(0, 6);
        let key = (days[0].weekday(), days.iter().map(offset).sum(), count);
        if self.key != Some(key) {
            self.key = Some(key);
            let places: Vec<(i64, bool)> = days
                .iter()
                .map(|day| ((*day - days[0]).num_days(), is_weekend(*day)))
                .collect();
            self.choice = (1_u32..1 << days.len().min(7))
                .filter(|choice| choice.count_ones() as usize == count)
                .max_by_key(|choice| (evenness(&places, *choice), std::cmp::Reverse(*choice)))
                .unwrap_or(1);
        }
        chosen(days, self.choice).collect()
    }
}

fn chosen<T: Copy>(days: &[T], chosen: u32) -> impl Iterator<Item = T> + '_ {
    days.iter()
        .enumerate()
        .filter(move |(index, _)| chosen & (1 << index) != 0)
        .map(|(_, day)| *day)
}

/// Returns how well the chosen days, each with its number and whether it is one of a weekend, are spread: less for days close to each other, also across the end of the week, more with a weekend.
fn evenness(days: &[(i64, bool)], choice: u32) -> i64 {
    let mut cost = 0;
    let mut first = None;
    let mut last: Option<i64> = None;
    let mut has_weekend = false;
    for (day, is_weekend) in chosen(days, choice) {
        if let Some(last) = last {
            let gap = (day - last).max(1);
            cost += 100 / (gap * gap);
        }
        first = first.or(Some(day));
        last = Some(day);
        has_weekend |= is_weekend;
    }
    if let (Some(first), Some(last)) = (first, last)
        && first != last
    {
        let gap = (7 - (last - first)).max(1);
        cost += 100 / (gap * gap);
    }
    i64::from(has_weekend) * 10 - cost
}

pub(super) fn is_weekend(day: NaiveDate) -> bool {
    matches!(day.weekday(), Weekday::Sat | Weekday::Sun)
}
