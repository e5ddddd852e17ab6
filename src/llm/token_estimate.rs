//! Token counts before the call: an estimate for messages and size limits, and an upper bound for the cost guard.
//!
//! The models' tokenizers are not public. Current tokenizers are byte-level: a token covers at least one byte of UTF-8. The
//! number of bytes is therefore an upper bound for any language, emoji or code. The estimate is close for ordinary text, but it
//! can be too low.

/// Tokens that a provider adds around the messages, tools and schema of a call. Generous: providers document a few hundred for
/// tool use.
pub const OVERHEAD: u64 = 600;

/// Returns about how many tokens a text has: four ASCII characters per token, fewer in other scripts.
#[must_use]
pub fn estimate(text: &str) -> u64 {
    // Counted in twentieths of a token, so that the sum is an integer.
    let twentieths: u64 = text
        .chars()
        .map(|char| match char {
            '\0'..='\u{7f}' => 5,
            '\u{80}'..='\u{24f}' => 9,
            '\u{250}'..='\u{1fff}' => 12,
            '\u{2000}'..='\u{2bff}' => 20,
            '\u{2c00}'..='\u{ffff}' => 26,
            _ => 50,
        })
        .sum();
    twentieths.div_ceil(20)
}

/// Returns the maximum number of tokens that a text can have.
#[must_use]
pub fn upper_bound(text: &str) -> u64 {
    u64::try_from(text.len()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_estimate_is_near_published_counts_and_the_bound_above_them() {
        // The counts of public tokenizers for these texts lie within the given ranges.
        for (text, low, high) in [
            ("Prepare for AWS Solutions Architect certification", 7, 14),
            ("学会做几道地道的川菜", 9, 20),
            ("👩‍💻🎹", 3, 14),
        ] {
            assert!(
                (low..=high).contains(&estimate(text)),
                "{text}: {}",
                estimate(text)
            );
            assert!(upper_bound(text) >= high, "{text}");
        }
    }

    proptest::proptest! {
        #[test]
        fn an_estimate_exceeds_the_bound_only_by_rounding(text in ".{0,400}") {
            proptest::prop_assert!(estimate(&text) <= upper_bound(&text) + 1);
        }
    }
}
