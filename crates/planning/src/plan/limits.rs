//! How many hours each week of a draft may take.

use super::draft::DraftWeek;
use crate::constraints::Constraints;
use crate::hours::Hours;

/// Returns the maximum hours of each week.
///
/// Where no hours a week were asked for, a last week that is short or leads up to an event has its part of the busiest week before it.
pub(super) fn limits(weeks: &[DraftWeek], constraints: &Constraints) -> Vec<Hours> {
    let mut busiest = None;
    weeks
        .iter()
        .enumerate()
        .map(|(index, week)| {
            let limit = constraints.hours_limit(index);
            let whole = if constraints.minutes_per_week.is_some() {
                None
            } else {
                busiest
            };
            let limit = whole
                .filter(|_| limit < constraints.whole_week())
                .map_or(limit, |whole| constraints.part_of(whole, index));
            let hours = week.hours.and_then(Hours::nearest);
            busiest = busiest.max(hours.filter(|hours| *hours >= Hours::MIN));
            limit
        })
        .collect()
}
