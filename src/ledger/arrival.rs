//! Arrival times: unique among the requests of this process, so that two requests with the same id never have the same key, neither in
//! one write batch nor in the spool.

use std::sync::atomic::{AtomicI64, Ordering};

use chrono::{DateTime, Utc};

use super::usage_row::to_key_precision;

/// A time that is further behind the last one than this many microseconds means that the clock was set back.
const MAX_BEHIND: i64 = 1_000_000;

/// Hands out arrival times.
#[derive(Debug, Default)]
pub(super) struct ArrivalTimes {
    /// Microseconds since the Unix epoch.
    last: AtomicI64,
}

impl ArrivalTimes {
    /// Returns `now` to the microsecond, or the next free microsecond if it was handed out before.
    pub fn next(&self, now: DateTime<Utc>) -> DateTime<Utc> {
        let now = to_key_precision(now);
        let micros = now.timestamp_micros();
        let next = |last: i64| {
            Some(if (0..MAX_BEHIND).contains(&last.saturating_sub(micros)) {
                last.saturating_add(1)
            } else {
                micros
            })
        };
        let last = self
            .last
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, next);
        // It never fails, because there always is a next one.
        let arrived = last.ok().and_then(next);
        arrived
            .and_then(DateTime::from_timestamp_micros)
            .unwrap_or(now)
    }
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;

    use super::*;

    #[test]
    fn no_time_is_handed_out_twice_and_a_clock_that_was_set_back_is_followed() {
        let times = ArrivalTimes::default();
        let moment = DateTime::from_timestamp(1_800_000_000, 123_456_789).unwrap();

        let first = times.next(moment);
        let same_microsecond = times.next(moment + TimeDelta::nanoseconds(200));
        let later = times.next(moment + TimeDelta::seconds(5));
        let set_back = times.next(moment);

        assert_eq!(
            first,
            DateTime::from_timestamp_micros(1_800_000_000_123_456).unwrap()
        );
        assert_eq!(same_microsecond, first + TimeDelta::microseconds(1));
        assert_eq!(later, first + TimeDelta::seconds(5));
        assert_eq!(set_back, first);
    }
}
