//! Quantities in messages: a number with its noun in the right number.

use std::fmt::Display;

/// Returns a count with a noun, such as "1 week" and "3 weeks".
#[must_use]
pub fn quantity(count: impl Display, noun: &str) -> String {
    let count = count.to_string();
    let ending = if count == "1" { "" } else { "s" };
    format!("{count} {noun}{ending}")
}

#[cfg(test)]
mod tests {
    use super::quantity;

    #[test]
    fn only_one_is_singular() {
        assert_eq!(quantity(1_u8, "week"), "1 week");
        assert_eq!(quantity(0_u32, "week"), "0 weeks");
        assert_eq!(quantity(1.5, "hour"), "1.5 hours");
        assert_eq!(quantity(1.0, "hour"), "1 hour");
    }
}
