//! What is booked for one call: what the provider says, as far as it says it, and never more than was held.

use super::{Money, Price, Tokens};

/// What a provider says about the tokens of one call. `None` is a count that it does not tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ReportedUsage {
    /// Input tokens that were neither read from nor written to a cache.
    pub input: Option<u64>,
    /// Output tokens, including thinking.
    pub output: Option<u64>,
    /// Input tokens read from a prompt cache.
    pub cache_read: u64,
    /// Input tokens written to a prompt cache, however long it keeps them.
    pub cache_write: u64,
    /// The part of `cache_write` that the cache keeps for an hour, which costs more.
    pub cache_write_one_hour: u64,
}

/// The most tokens that one call can have, which its hold covers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MaxTokens {
    /// Input tokens.
    pub input: u64,
    /// Output tokens, including thinking.
    pub output: u64,
}

/// What is booked for one call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Booking {
    /// The tokens that the provider told, at most those that were held. Zero where it told none.
    pub tokens: Tokens,
    /// The cost; at most the worst case of the call.
    pub cost: Money,
    /// Whether the provider told more tokens than the call can have.
    pub exceeds_hold: bool,
}

impl ReportedUsage {
    /// Returns the count of input tokens, cached or not. Every call has some, so zero means that the provider does not count.
    fn all_input(&self) -> Option<u64> {
        let cached = self.cache_read.saturating_add(self.cache_write);
        self.input
            .map(|input| input.saturating_add(cached))
            .filter(|all| *all > 0)
    }

    /// Cuts every count to what is left of the maximum, the most expensive kind of input first.
    fn cut_to(&self, max: MaxTokens) -> Tokens {
        let cache_write = self.cache_write.min(max.input);
        let input = self.input.unwrap_or_default().min(max.input - cache_write);
        Tokens {
            input,
            output: self.output.unwrap_or_default().min(max.output),
            cache_read: self.cache_read.min(max.input - cache_write - input),
            cache_write,
        }
    }
}

impl Price {
    /// Returns what is booked for a call that may have been billed: the cost of the tokens told, with the maximum for a count that
    /// is unknown.
    #[must_use]
    pub fn book(&self, usage: &ReportedUsage, max: MaxTokens) -> Booking {
        let worst_case = self.worst_case(max.input, max.output);
        let tokens = usage.cut_to(max);
        let all_input = usage.all_input();
        // A provider that counts no input and no output does not count.
        let is_output_told = usage
            .output
            .is_some_and(|output| output > 0 || all_input.is_some());
        let output = if is_output_told {
            tokens.output
        } else {
            max.output
        };
        let cost = if all_input.is_some() {
            let one_hour = usage.cache_write_one_hour.min(tokens.cache_write);
            self.cost_with_one_hour_writes(Tokens { output, ..tokens }, one_hour)
        } else {
            self.worst_case(max.input, output)
        };
        Booking {
            tokens,
            cost: cost.min(worst_case),
            exceeds_hold: all_input.is_some_and(|all| all > max.input)
                || usage.output.is_some_and(|output| output > max.output),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::money::Rates;

    const MAX: MaxTokens = MaxTokens {
        input: 6000,
        output: 4000,
    };

    /// A dollar in and ten dollars out per million tokens.
    fn price() -> Price {
        let usd = |text| Money::parse_usd(text).unwrap();
        Price {
            rates: Rates {
                input: usd("1"),
                output: usd("10"),
                cache_write: usd("1.25"),
                cache_read: usd("0.1"),
            },
            long_prompt: None,
        }
    }

    fn usage(input: Option<u64>, output: Option<u64>) -> ReportedUsage {
        ReportedUsage {
            input,
            output,
            ..ReportedUsage::default()
        }
    }

    #[test]
    fn told_tokens_are_booked_and_unknown_ones_at_their_maximum() {
        let worst_case = price().worst_case(6000, 4000).nano_usd();
        for (usage, tokens, nano) in [
            (usage(Some(1000), Some(500)), 1500, 6_000_000),
            (usage(Some(1000), None), 1000, 41_000_000),
            (usage(None, Some(500)), 500, 6000 * 1250 + 5_000_000),
            (usage(Some(0), Some(0)), 0, worst_case),
            (usage(Some(1000), Some(0)), 1000, 1_000_000),
            (usage(None, None), 0, worst_case),
        ] {
            let booking = price().book(&usage, MAX);
            assert_eq!(
                (booking.tokens.total(), booking.cost.nano_usd()),
                (tokens, nano),
                "{usage:?}"
            );
            assert!(!booking.exceeds_hold, "{usage:?}");
        }
    }

    #[test]
    fn a_count_above_the_hold_is_cut_to_it_and_reported() {
        for told in [4001, 1_000_000_000, 2_000_000_000_000_000, u64::MAX] {
            let booking = price().book(&usage(Some(1000), Some(told)), MAX);
            assert_eq!(
                (booking.tokens.output, booking.cost.nano_usd()),
                (4000, 41_000_000)
            );
            assert!(booking.exceeds_hold, "{told}");
        }
        let booking = price().book(&usage(Some(u64::MAX), Some(u64::MAX)), MAX);
        assert_eq!(booking.tokens.total(), 10_000);
    }

    #[test]
    fn a_cache_write_for_an_hour_costs_eight_fifths_of_one_for_five_minutes() {
        let five_minutes = ReportedUsage {
            input: Some(0),
            output: Some(0),
            cache_write: 1000,
            ..ReportedUsage::default()
        };
        let one_hour = ReportedUsage {
            cache_write_one_hour: 1000,
            ..five_minutes
        };

        let cost = |usage| price().book(&usage, MAX).cost.nano_usd();
        assert_eq!((cost(five_minutes), cost(one_hour)), (1_250_000, 2_000_000));
    }

    proptest::proptest! {
        #[test]
        fn no_report_books_more_than_the_worst_case(
            input: Option<u64>, output: Option<u64>, cache_read: u64, cache_write: u64, cache_write_one_hour: u64,
        ) {
            let usage = ReportedUsage { input, output, cache_read, cache_write, cache_write_one_hour };
            let booking = price().book(&usage, MAX);
            proptest::prop_assert!(booking.cost <= price().worst_case(MAX.input, MAX.output));
            proptest::prop_assert!(booking.tokens.all_input() <= MAX.input && booking.tokens.output <= MAX.output);
        }
    }
}
