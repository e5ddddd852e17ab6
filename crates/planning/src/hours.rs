//! Hours of work as an integer number of tenths, so that sums are exact.

use serde::{Serialize, Serializer};

/// A duration of work, in tenths of an hour.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Hours(u32);

impl Hours {
    /// The 168 hours of a whole week: the maximum for any week.
    pub const MAX_PER_WEEK: Self = Self(1680);
    /// The minimum for a week of a plan: 0.1 hours.
    pub const MIN: Self = Self(1);

    /// Creates a duration from tenths of an hour.
    #[must_use]
    pub const fn from_tenths(tenths: u32) -> Self {
        Self(tenths)
    }

    /// Converts minutes, rounded down to a tenth of an hour, so that a limit is never exceeded.
    #[must_use]
    pub const fn within_minutes(minutes: u32) -> Self {
        Self(minutes / 6)
    }

    /// Rounds a number of hours to the nearest tenth. Returns `None` unless it is finite and within 0..=168.
    #[must_use]
    pub fn nearest(hours: f64) -> Option<Self> {
        if !hours.is_finite() || !(0.0..=168.0).contains(&hours) {
            return None;
        }
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "0..=1680 by the check above"
        )]
        let tenths = (hours * 10.0).round() as u32;
        Some(Self(tenths))
    }

    /// Returns the duration in tenths of an hour.
    #[must_use]
    pub const fn tenths(self) -> u32 {
        self.0
    }

    /// Returns the duration in hours, as it is sent on the wire.
    #[must_use]
    pub fn as_f64(self) -> f64 {
        f64::from(self.0) / 10.0
    }
}

impl std::iter::Sum for Hours {
    fn sum<I: Iterator<Item = Self>>(durations: I) -> Self {
        Self(durations.map(|hours| hours.0).sum())
    }
}

impl std::fmt::Display for Hours {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if self.0.is_multiple_of(10) {
            write!(out, "{}", self.0 / 10)
        } else {
            write!(out, "{}.{}", self.0 / 10, self.0 % 10)
        }
    }
}

impl Serialize for Hours {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_f64(self.as_f64())
    }
}

/// Returns the whole minutes in a decimal number of hours. It counts with the digits as they were written: 4.1 hours are 246 minutes,
/// although the binary fraction next to 4.1 is a little less. `None` unless the number is within 0..=168.
#[must_use]
pub fn whole_minutes(hours: f64) -> Option<u32> {
    /// More digits than a number of this size can have, so that cutting there changes nothing that counts.
    const DIGITS: usize = 15;
    if !(0.0..=168.0).contains(&hours) {
        return None;
    }
    // The shortest digits that mean this number: those that the person wrote.
    let written = hours.to_string();
    let (whole, fraction) = written.split_once('.').unwrap_or((&written, ""));
    let fraction = format!("{fraction:0<DIGITS$.DIGITS$}");
    let minutes = fraction.parse::<u64>().ok()? * 60 / 10_u64.pow(15);
    whole
        .parse::<u32>()
        .ok()?
        .checked_mul(60)?
        .checked_add(u32::try_from(minutes).ok()?)
}

#[cfg(test)]
mod tests {
    use super::{Hours, whole_minutes};

    #[test]
    fn every_tenth_of_an_hour_is_six_minutes_and_back() {
        for tenths in 0..=1680_u32 {
            for written in [
                format!("{}.{}", tenths / 10, tenths % 10),
                (f64::from(tenths) / 10.0).to_string(),
            ] {
                let minutes = whole_minutes(written.parse().unwrap()).unwrap();
                assert_eq!(minutes, tenths * 6, "{written}");
                assert_eq!(Hours::within_minutes(minutes).tenths(), tenths, "{written}");
            }
        }
        assert_eq!(whole_minutes(0.55), Some(33));
        assert_eq!(whole_minutes(4.099_999_999_999_999), Some(245));
        assert_eq!(whole_minutes(168.1), None);
        assert_eq!(whole_minutes(f64::NAN), None);
    }

    #[test]
    fn a_limit_in_minutes_is_never_rounded_up() {
        assert_eq!(Hours::within_minutes(70).tenths(), 11);
        assert_eq!(Hours::within_minutes(5), Hours::from_tenths(0));
    }

    #[test]
    fn a_number_outside_a_week_is_refused() {
        assert_eq!(Hours::nearest(7.26), Some(Hours::from_tenths(73)));
        for odd in [f64::NAN, f64::INFINITY, -1.0, 168.1] {
            assert_eq!(Hours::nearest(odd), None, "{odd}");
        }
    }
}
