//! Price factors: a model's price depends on the inference profile that it is called through.

use serde::{Deserialize, Deserializer};

use super::{Money, Price, Rates};

/// Factors are counted in thousandths, so that they are exact.
const UNIT: u64 = 1000;

/// A factor of a list price, exact to three decimals.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PriceFactor(u64);

impl<'de> Deserialize<'de> for PriceFactor {
    /// Reads a string with a decimal number, because a float could not represent it exactly.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let nano = Money::parse_usd(&text).map(Money::nano_usd);
        nano.filter(|nano| *nano > 0 && nano % 1_000_000 == 0 && *nano <= 100_000_000_000)
            .map(|nano| Self(nano / 1_000_000))
            .ok_or_else(|| {
                serde::de::Error::custom(format!(
                    "\"{text}\" must be a factor above 0 and up to 100 with at most three decimals, such as \"1.1\""
                ))
            })
    }
}

impl PriceFactor {
    fn of_money(self, money: Money) -> Money {
        let nano = u128::from(money.nano_usd()) * u128::from(self.0);
        Money::from_nano_usd(u64::try_from(nano.div_ceil(u128::from(UNIT))).unwrap_or(u64::MAX))
    }

    fn of_rates(self, rates: Rates) -> Rates {
        Rates {
            input: self.of_money(rates.input),
            output: self.of_money(rates.output),
            cache_write: self.of_money(rates.cache_write),
            cache_read: self.of_money(rates.cache_read),
        }
    }

    /// Returns the price times this factor. Rates are rounded up to a whole nano-dollar.
    #[must_use]
    pub fn of(self, price: Price) -> Price {
        Price {
            rates: self.of_rates(price.rates),
            long_prompt: price
                .long_prompt
                .map(|(above, rates)| (above, self.of_rates(rates))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_factor_is_exact_or_refused() {
        let parsed = |text: &str| serde_json::from_value::<PriceFactor>(text.into());
        let factor = parsed("1.1").unwrap();
        assert_eq!(
            factor.of_money(Money::parse_usd("0.01").unwrap()),
            Money::parse_usd("0.011").unwrap()
        );
        for bad in ["0", "1.0001", "-1", "one", "101"] {
            assert!(parsed(bad).is_err(), "{bad}");
        }
    }
}
