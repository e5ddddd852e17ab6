//! Quantities in messages: a number with its noun in the right number.

use std::fmt::Display;

/// Returns a count with a noun, such as "1 week" and "3 weeks".
#[must_use]
pub fn quantity(count: impl Display, noun: &str) -> String {
    let count = count.to_string();
    let ending = if count == "1" { "" } else { "s" };
    format!("{count} {noun}{ending}")
}

/// Returns a number from 0 on with a tenth if it has one, such as "8" and "2.5".
#[must_use]
pub(crate) fn with_tenth(number: f64) -> String {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a conversion that saturates is right for amounts beyond reason"
    )]
    let tenths = (number * 10.0).round() as u64;
    if tenths.is_multiple_of(10) {
        (tenths / 10).to_string()
    } else {
        format!("{}.{}", tenths / 10, tenths % 10)
    }
}

#[cfg(test)]
mod tests {
    use super::{quantity, with_tenth};

    #[test]
    fn a_number_has_a_tenth_only_if_it_needs_one() {
        for (number, written) in [
            (8.0, "8"),
            (2.5, "2.5"),
            (9.96, "10"),
            (0.04, "0"),
            (0.0, "0"),
        ] {
            assert_eq!(with_tenth(number), written);
        }
    }

    #[test]
    fn only_one_is_singular() {
        assert_eq!(quantity(1_u8, "week"), "1 week");
        assert_eq!(quantity(0_u32, "week"), "0 weeks");
        assert_eq!(quantity(1.5, "hour"), "1.5 hours");
        assert_eq!(quantity(1.0, "hour"), "1 hour");
    }
}
