//! Money as an integer number of nano-dollars.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Nano-dollars per dollar.
const NANO: u64 = 1_000_000_000;

/// An amount of money in nano-dollars (10⁻⁹ USD); never negative.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Money(u64);

impl Money {
    /// Zero.
    pub const ZERO: Self = Self(0);

    /// Creates an amount from nano-dollars.
    #[must_use]
    pub const fn from_nano_usd(nano: u64) -> Self {
        Self(nano)
    }

    /// Returns the amount in nano-dollars.
    #[must_use]
    pub const fn nano_usd(self) -> u64 {
        self.0
    }

    /// Returns the amount in dollars, for display and the wire. Do not compute with it.
    #[must_use]
    #[expect(
        clippy::cast_precision_loss,
        reason = "for display: exact up to nine million dollars"
    )]
    pub fn as_usd(self) -> f64 {
        self.0 as f64 / NANO as f64
    }

    /// Returns the sum, or the maximum amount on overflow, so that a limit still refuses it.
    #[must_use]
    pub const fn saturating_add(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }

    /// Returns the difference, or zero if `other` is greater.
    #[must_use]
    pub const fn saturating_sub(self, other: Self) -> Self {
        Self(self.0.saturating_sub(other.0))
    }

    /// Returns the amount as a signed number of nano-dollars to add to a counter, capped at about nine billion dollars.
    #[must_use]
    pub fn as_change(self) -> i64 {
        i64::try_from(self.0).unwrap_or(i64::MAX)
    }

    /// Parses a decimal number of dollars exactly: digits, then at most nine digits after a point.
    #[must_use]
    pub fn parse_usd(text: &str) -> Option<Self> {
        let (whole, fraction) = text.trim().split_once('.').unwrap_or((text.trim(), ""));
        let digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
        if (whole.is_empty() && fraction.is_empty())
            || fraction.len() > 9
            || !digits(whole)
            || !digits(fraction)
        {
            return None;
        }
        let whole: u64 = if whole.is_empty() {
            0
        } else {
            whole.parse().ok()?
        };
        let fraction: u64 = format!("{fraction:0<9}").parse().ok()?;
        whole.checked_mul(NANO)?.checked_add(fraction).map(Self)
    }
}

impl fmt::Display for Money {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let fraction = format!("{:09}", self.0 % NANO);
        let fraction = fraction.trim_end_matches('0');
        if fraction.is_empty() {
            write!(out, "{}", self.0 / NANO)
        } else {
            write!(out, "{}.{fraction}", self.0 / NANO)
        }
    }
}

impl Serialize for Money {
    /// Writes a number of dollars.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_f64(self.as_usd())
    }
}

impl<'de> Deserialize<'de> for Money {
    /// Reads a string with a decimal number of dollars, because a float could not represent it exactly.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse_usd(&text).ok_or_else(|| {
            serde::de::Error::custom(format!(
                "\"{text}\" must be an amount in dollars with at most nine decimals, such as \"0.125\""
            ))
        })
    }
}

/// Serialises money as an integer number of nano-dollars, for our own storage: `#[serde(with = "nano_usd")]`.
pub mod nano_usd {
    use serde::{Deserialize as _, Deserializer, Serializer};

    use super::Money;

    /// Writes the integer.
    ///
    /// # Errors
    /// The serialiser's errors.
    pub fn serialize<S: Serializer>(money: &Money, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_u64(money.0)
    }

    /// Reads the integer.
    ///
    /// # Errors
    /// When the value is not an unsigned integer.
    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Money, D::Error> {
        u64::deserialize(deserializer).map(Money)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn usd(text: &str) -> Money {
        Money::parse_usd(text).unwrap()
    }

    #[test]
    fn dollars_are_parsed_exactly_or_refused() {
        assert_eq!(
            usd("0.1").nano_usd() + usd("0.2").nano_usd(),
            usd("0.3").nano_usd()
        );
        assert_eq!(usd("5").to_string(), "5");
        assert_eq!(usd(".000000001").to_string(), "0.000000001");
        for bad in [
            "",
            ".",
            "-1",
            "1e3",
            "0.0000000001",
            "5 USD",
            "99999999999999999999",
        ] {
            assert_eq!(Money::parse_usd(bad), None, "{bad}");
        }
    }
}
