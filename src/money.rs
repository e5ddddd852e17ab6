//! Money as an integer count of nano-dollars, and prices as the catalogue states them.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Nano-dollars in a dollar.
const NANO: u64 = 1_000_000_000;
/// Prices are per this many tokens.
const PRICED_TOKENS: u128 = 1_000_000;

/// An amount of money in nano-dollars (10⁻⁹ USD); never negative.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Money(u64);

impl Money {
    /// Nothing.
    pub const ZERO: Self = Self(0);

    /// That many nano-dollars.
    #[must_use]
    pub const fn from_nano_usd(nano: u64) -> Self {
        Self(nano)
    }

    /// The amount in nano-dollars.
    #[must_use]
    pub const fn nano_usd(self) -> u64 {
        self.0
    }

    /// The amount in dollars, for people and for the wire; never computed with.
    #[must_use]
    #[expect(
        clippy::cast_precision_loss,
        reason = "for show: exact up to nine million dollars"
    )]
    pub fn as_usd(self) -> f64 {
        self.0 as f64 / NANO as f64
    }

    /// The sum; the greatest amount there is where it would overflow, so that a limit still refuses it.
    #[must_use]
    pub const fn saturating_add(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }

    /// What is left of this amount after taking the other; nothing where the other is greater.
    #[must_use]
    pub const fn saturating_sub(self, other: Self) -> Self {
        Self(self.0.saturating_sub(other.0))
    }

    /// The amount as a change to add to a counter; amounts beyond nine billion dollars stop there.
    #[must_use]
    pub fn as_change(self) -> i64 {
        i64::try_from(self.0).unwrap_or(i64::MAX)
    }

    /// Reads a decimal number of dollars exactly: digits, then at most nine digits after a point.
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
    /// As a number of dollars.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_f64(self.as_usd())
    }
}

impl<'de> Deserialize<'de> for Money {
    /// From a decimal text of dollars, so that no binary fraction gets in between.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse_usd(&text).ok_or_else(|| {
            serde::de::Error::custom(format!(
                "\"{text}\" is no amount of dollars such as \"0.125\""
            ))
        })
    }
}

/// Money as a whole number of nano-dollars, for what is read back by ourselves: `#[serde(with = "nano_usd")]`.
pub mod nano_usd {
    use serde::{Deserialize as _, Deserializer, Serializer};

    use super::Money;

    /// Writes the number.
    ///
    /// # Errors
    /// The serialiser's own.
    pub fn serialize<S: Serializer>(money: &Money, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_u64(money.0)
    }

    /// Reads the number.
    ///
    /// # Errors
    /// When it is none.
    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Money, D::Error> {
        u64::deserialize(deserializer).map(Money)
    }
}

/// Tokens of one or more calls, as the provider counts them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Tokens {
    /// Input tokens that were neither read from nor written to a cache.
    pub input: u64,
    /// Output tokens, thinking included.
    pub output: u64,
    /// Input tokens read from a prompt cache.
    pub cache_read: u64,
    /// Input tokens written to a prompt cache.
    pub cache_write: u64,
}

impl Tokens {
    /// Everything that went in.
    #[must_use]
    pub const fn all_input(self) -> u64 {
        self.input
            .saturating_add(self.cache_read)
            .saturating_add(self.cache_write)
    }

    /// Everything that went in or came out.
    #[must_use]
    pub const fn total(self) -> u64 {
        self.all_input().saturating_add(self.output)
    }

    /// The sum of both, kind by kind.
    #[must_use]
    pub const fn plus(self, other: Self) -> Self {
        Self {
            input: self.input.saturating_add(other.input),
            output: self.output.saturating_add(other.output),
            cache_read: self.cache_read.saturating_add(other.cache_read),
            cache_write: self.cache_write.saturating_add(other.cache_write),
        }
    }
}

/// What a model's tokens cost, each in dollars per million tokens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rates {
    /// Input.
    pub input: Money,
    /// Output.
    pub output: Money,
    /// Input written to a prompt cache.
    pub cache_write: Money,
    /// Input read from a prompt cache.
    pub cache_read: Money,
}

/// A model's price: its rates, and others for every token of a call whose prompt is longer than the tier's bound.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Price {
    /// The rates of an ordinary call.
    pub rates: Rates,
    /// The longer tier: input tokens above which its rates hold for all tokens of the call.
    pub long_prompt: Option<(u64, Rates)>,
}

impl Price {
    /// A price of nothing.
    pub const FREE: Self = Self {
        rates: Rates {
            input: Money::ZERO,
            output: Money::ZERO,
            cache_write: Money::ZERO,
            cache_read: Money::ZERO,
        },
        long_prompt: None,
    };

    /// What one call costs, rounded up to a whole nano-dollar.
    #[must_use]
    pub fn cost(&self, tokens: Tokens) -> Money {
        let rates = match self.long_prompt {
            Some((above, rates)) if tokens.all_input() > above => rates,
            _ => self.rates,
        };
        let parts = [
            (tokens.input, rates.input),
            (tokens.output, rates.output),
            (tokens.cache_write, rates.cache_write),
            (tokens.cache_read, rates.cache_read),
        ];
        let total: u128 = parts
            .iter()
            .map(|(count, rate)| u128::from(*count) * u128::from(rate.0))
            .sum();
        Money(u64::try_from(total.div_ceil(PRICED_TOKENS)).unwrap_or(u64::MAX))
    }

    /// The most that a call can cost with at most so many tokens in and out, whichever tier and cache it meets.
    #[must_use]
    pub fn worst_case(&self, input: u64, output: u64) -> Money {
        let dearest = |rates: Rates| {
            let dearest_input = rates.input.max(rates.cache_write).max(rates.cache_read);
            Self {
                rates: Rates {
                    input: dearest_input,
                    ..rates
                },
                long_prompt: None,
            }
            .cost(Tokens {
                input,
                output,
                ..Tokens::default()
            })
        };
        let ordinary = dearest(self.rates);
        self.long_prompt
            .filter(|(above, _)| input > *above)
            .map_or(ordinary, |(_, rates)| ordinary.max(dearest(rates)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn usd(text: &str) -> Money {
        Money::parse_usd(text).unwrap()
    }

    fn haiku() -> Price {
        let rates = Rates {
            input: usd("0.10"),
            output: usd("0.50"),
            cache_write: usd("0.125"),
            cache_read: usd("0.01"),
        };
        let long = Rates {
            input: usd("0.50"),
            output: usd("2.50"),
            cache_write: usd("0.625"),
            cache_read: usd("0.05"),
        };
        Price {
            rates,
            long_prompt: Some((100_000, long)),
        }
    }

    #[test]
    fn the_worked_example_of_the_price_list_comes_out_to_the_nano_dollar() {
        let tokens = Tokens {
            input: 1500,
            output: 4000,
            ..Tokens::default()
        };

        assert_eq!(haiku().cost(tokens), usd("0.00215"));
    }

    #[test]
    fn a_long_prompt_is_dearer_on_every_token() {
        let tokens = Tokens {
            input: 60_000,
            cache_read: 50_000,
            output: 1000,
            cache_write: 0,
        };

        assert_eq!(haiku().cost(tokens), usd("0.035"));
    }

    #[test]
    fn dollars_are_read_exactly_or_not_at_all() {
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

    proptest::proptest! {
        #[test]
        fn no_call_costs_more_than_its_worst_case(input in 0_u64..200_000, read in 0_u64..200_000, write in 0_u64..200_000, output in 0_u64..50_000) {
            let tokens = Tokens { input, output, cache_read: read, cache_write: write };
            proptest::prop_assert!(haiku().cost(tokens) <= haiku().worst_case(tokens.all_input(), output));
        }
    }
}
