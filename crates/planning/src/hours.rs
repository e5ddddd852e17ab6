//! Hours as the plan counts them: whole tenths, so that sums are exact and "to 0.1" means what it says.

use serde::{Serialize, Serializer};

/// A span of work in tenths of an hour.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Hours(u32);

impl Hours {
    /// Hours of a whole week: no week can hold more.
    pub const WEEK: Self = Self(1680);
    /// The least a week of a plan may take.
    pub const LEAST: Self = Self(1);

    /// That many tenths of an hour.
    #[must_use]
    pub const fn from_tenths(tenths: u32) -> Self {
        Self(tenths)
    }

    /// The tenths of an hour that fit into these minutes, rounded down so that a limit stays a limit.
    #[must_use]
    pub const fn within_minutes(minutes: u32) -> Self {
        Self(minutes / 6)
    }

    /// The nearest tenth of a number of hours; `None` unless it is finite and within 0..=168.
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

    /// Whole tenths of an hour.
    #[must_use]
    pub const fn tenths(self) -> u32 {
        self.0
    }

    /// The span in hours, as the wire shows it.
    #[must_use]
    pub fn as_f64(self) -> f64 {
        f64::from(self.0) / 10.0
    }
}

impl std::iter::Sum for Hours {
    fn sum<I: Iterator<Item = Self>>(spans: I) -> Self {
        Self(spans.map(|hours| hours.0).sum())
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

#[cfg(test)]
mod tests {
    use super::Hours;

    #[test]
    fn a_limit_in_minutes_is_never_rounded_up() {
        assert_eq!(Hours::within_minutes(70).tenths(), 11);
        assert_eq!(Hours::within_minutes(5), Hours::from_tenths(0));
    }

    #[test]
    fn only_a_week_that_can_exist_is_read_from_a_number() {
        assert_eq!(Hours::nearest(7.26), Some(Hours::from_tenths(73)));
        for odd in [f64::NAN, f64::INFINITY, -1.0, 168.1] {
            assert_eq!(Hours::nearest(odd), None, "{odd}");
        }
    }
}
