//! Token prices: rates per million tokens, with separate rates for long prompts.

use serde::Deserialize;

use super::{Money, Tokens};

/// Rates are per this number of tokens.
const PRICED_TOKENS: u128 = 1_000_000;
/// A cache write that is kept for an hour costs 1.6 times one that is kept for five minutes, at all models of the catalogue: in
/// fifths.
const ONE_HOUR_FIFTHS: u128 = 8;

/// A model's rates, in dollars per million tokens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rates {
    /// Uncached input.
    pub input: Money,
    /// Output, including thinking.
    pub output: Money,
    /// Input written to a prompt cache that keeps it for five minutes.
    pub cache_write: Money,
    /// Input read from a prompt cache.
    pub cache_read: Money,
}

/// A model's price: its rates, and optionally other rates for calls with a long prompt.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Price {
    /// The rates of an ordinary call.
    pub rates: Rates,
    /// The long-prompt tier: if a call has more input tokens than this number, these rates apply to all of its tokens.
    pub long_prompt: Option<(u64, Rates)>,
}

impl Price {
    /// The price of a model that costs nothing.
    pub const FREE: Self = Self {
        rates: Rates {
            input: Money::ZERO,
            output: Money::ZERO,
            cache_write: Money::ZERO,
            cache_read: Money::ZERO,
        },
        long_prompt: None,
    };

    /// Returns the cost of one call, rounded up to a whole nano-dollar.
    #[must_use]
    pub fn cost(&self, tokens: Tokens) -> Money {
        self.cost_with_one_hour_writes(tokens, 0)
    }

    /// Returns the cost of one call, of whose cache writes `one_hour` are kept for an hour instead of five minutes.
    #[must_use]
    pub fn cost_with_one_hour_writes(&self, tokens: Tokens, one_hour: u64) -> Money {
        let rates = match self.long_prompt {
            Some((above, rates)) if tokens.all_input() > above => rates,
            _ => self.rates,
        };
        let cost = |count: u64, rate: Money| u128::from(count) * u128::from(rate.nano_usd());
        let (one_hour, five_minutes) = (
            tokens.cache_write.min(one_hour),
            tokens.cache_write.saturating_sub(one_hour),
        );
        let list_price = cost(tokens.input, rates.input)
            .saturating_add(cost(tokens.output, rates.output))
            .saturating_add(cost(five_minutes, rates.cache_write))
            .saturating_add(cost(tokens.cache_read, rates.cache_read));
        // In fifths of a nano-dollar per priced tokens, so that the sum stays exact.
        let fifths = list_price
            .saturating_mul(5)
            .saturating_add(cost(one_hour, rates.cache_write).saturating_mul(ONE_HOUR_FIFTHS));
        let total = fifths.div_ceil(PRICED_TOKENS * 5);
        Money::from_nano_usd(u64::try_from(total).unwrap_or(u64::MAX))
    }

    /// Returns the maximum cost of a call with at most `input` and `output` tokens, in either tier and with any use of the
    /// five-minute cache. The service asks for no cache that keeps prompts longer.
    #[must_use]
    pub fn worst_case(&self, input: u64, output: u64) -> Money {
        let most_expensive = |rates: Rates| {
            let highest_input_rate = rates.input.max(rates.cache_write).max(rates.cache_read);
            Self {
                rates: Rates {
                    input: highest_input_rate,
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
        let ordinary = most_expensive(self.rates);
        self.long_prompt
            .filter(|(above, _)| input > *above)
            .map_or(ordinary, |(_, rates)| ordinary.max(most_expensive(rates)))
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
    fn the_price_lists_example_matches_to_the_nano_dollar() {
        let tokens = Tokens {
            input: 1500,
            output: 4000,
            ..Tokens::default()
        };

        assert_eq!(haiku().cost(tokens), usd("0.00215"));
    }

    #[test]
    fn a_long_prompt_costs_more_for_every_token() {
        let tokens = Tokens {
            input: 60_000,
            cache_read: 50_000,
            output: 1000,
            cache_write: 0,
        };

        assert_eq!(haiku().cost(tokens), usd("0.035"));
    }

    proptest::proptest! {
        #[test]
        fn no_call_costs_more_than_its_worst_case(input in 0_u64..200_000, read in 0_u64..200_000, write in 0_u64..200_000, output in 0_u64..50_000) {
            let tokens = Tokens { input, output, cache_read: read, cache_write: write };
            proptest::prop_assert!(haiku().cost(tokens) <= haiku().worst_case(tokens.all_input(), output));
        }
    }
}
