//! Tokens before the model has counted them: an estimate for people, and a bound for money.
//!
//! No tokenizer of the models is public. Theirs is byte-level, as all current ones are: a token covers at least one byte
//! of UTF-8, so the bytes of a text are a bound that no language, emoji or code can break. The estimate is near the truth
//! for ordinary text and can be under it.

/// Tokens that a provider adds around a message, tool or schema; generous against the few hundred that are documented
/// for tool use.
pub const OVERHEAD: u64 = 600;

/// About how many tokens a text has: four letters of Latin text, fewer in other scripts.
#[must_use]
pub fn estimate(text: &str) -> u64 {
    // In twentieths of a token, so that the sum is an integer.
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

/// The most tokens a text can have.
#[must_use]
pub fn upper_bound(text: &str) -> u64 {
    u64::try_from(text.len()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_estimate_is_near_published_counts_and_the_bound_above_them() {
        // Real counts of public tokenizers for these texts lie within the range given.
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
        fn an_estimate_never_passes_the_bound_by_more_than_rounding(text in ".{0,400}") {
            proptest::prop_assert!(estimate(&text) <= upper_bound(&text) + 1);
        }
    }
}
