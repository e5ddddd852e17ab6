//! How many hours each week of a draft may take.

use super::draft::DraftWeek;
use crate::constraints::Constraints;
use crate::hours::Hours;

/// Returns the maximum hours of each week.
///
/// Where no hours a week were asked for, a last week that is short or leads up to an event has its part of the busiest week before it.
pub(super) fn limits(weeks: &[DraftWeek], constraints: &Constraints) -> Vec<Hours> {
    let whole = constraints.whole_week();
    let mut busiest = None;
    let mut limits = Vec::with_capacity(weeks.len());
    for (index, week) in weeks.iter().enumerate() {
        let limit = constraints.hours_limit(index);
        if limit == whole {
            let hours = week.hours.and_then(Hours::nearest);
            busiest = busiest.max(hours.filter(|hours| *hours >= Hours::MIN));
            limits.push(limit);
        } else {
            let measure = busiest.filter(|_| constraints.minutes_per_week.is_none());
            limits.push(measure.map_or(limit, |hours| constraints.part_of(hours, index)));
        }
    }
    limits
}
