//! Reads what providers send as JSON, as far as it can be read: an answer is paid for, whatever its bookkeeping looks like.

use planning::answer::read_whole;
use serde_json::Value;

use crate::money::ReportedUsage;

/// Parses a document. If it is not JSON, it is read once more without invalid UTF-8 and as models write JSON: with `null` for `NaN`,
/// infinities and numbers that no float can hold, which some servers write.
pub(super) fn parse(bytes: &[u8]) -> Option<Value> {
    serde_json::from_slice(bytes)
        .ok()
        .or_else(|| read_whole(&String::from_utf8_lossy(bytes)))
}

/// Reads a count of tokens: a number, or a string with one. A fraction is rounded up. Returns `None` for anything else.
pub(super) fn count(value: &Value) -> Option<u64> {
    match value {
        Value::Number(number) => number.as_u64().or_else(|| rounded_up(number.as_f64()?)),
        Value::String(text) => {
            let text = text.trim();
            text.parse().ok().or_else(|| rounded_up(text.parse().ok()?))
        }
        _ => None,
    }
}

fn rounded_up(number: f64) -> Option<u64> {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "not negative, and a number that is too great becomes the greatest"
    )]
    (number.is_finite() && number >= 0.0).then(|| number.ceil() as u64)
}

/// The counts of one call, as the provider wrote them.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Counts {
    /// All input, cached or not.
    pub input: Option<u64>,
    pub output: Option<u64>,
    pub total: Option<u64>,
    /// Thinking, which is part of `output` at most providers, and beside it at some.
    pub thinking: Option<u64>,
    pub cache_read: u64,
    pub cache_write: u64,
    pub cache_write_one_hour: u64,
}

impl Counts {
    /// Returns what they say together: what is missing in one is in another.
    pub fn usage(self) -> ReportedUsage {
        let counted = |count: Option<u64>| count.filter(|count| *count > 0);
        let input = counted(self.input).or_else(|| {
            let total = counted(self.total)?;
            counted(total.checked_sub(self.output?))
        });
        let beside_input = self.total.zip(input);
        let beside_input = beside_input.and_then(|(total, input)| total.checked_sub(input));
        // Thinking that is more than the output cannot be a part of it.
        let with_thinking = self.thinking.map(|thinking| {
            let output = self.output.unwrap_or_default();
            if thinking > output {
                output.saturating_add(thinking)
            } else {
                output
            }
        });
        let output = self.output.max(beside_input);
        ReportedUsage {
            input: input.map(|input| {
                input
                    .saturating_sub(self.cache_read)
                    .saturating_sub(self.cache_write)
            }),
            output: output.map(|output| output.max(with_thinking.unwrap_or_default())),
            cache_read: self.cache_read,
            cache_write: self.cache_write,
            cache_write_one_hour: self.cache_write_one_hour,
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn counts_are_read_from_numbers_fractions_and_strings() {
        for (value, wanted) in [
            (json!(500), Some(500)),
            (json!(500.0), Some(500)),
            (json!(499.2), Some(500)),
            (json!("500"), Some(500)),
            (json!(" 5e2 "), Some(500)),
            (json!(2e15), Some(2_000_000_000_000_000)),
            (json!(1e300), Some(u64::MAX)),
            (json!(-1), None),
            (json!(-0.5), None),
            (json!("NaN"), None),
            (json!("inf"), None),
            (json!("many"), None),
            (json!(null), None),
            (json!([500]), None),
            (json!(true), None),
        ] {
            assert_eq!(count(&value), wanted, "{value}");
        }
    }

    #[test]
    fn numbers_that_json_does_not_know_become_null_and_strings_stay() {
        let read = parse(
            br#"{"text": "NaN, \"Infinity\" \\", "usage": {"a": NaN, "b": -Infinity, "c": 1e999, "d": 5}, "ok": true}"#,
        );
        assert_eq!(
            read,
            Some(
                json!({"text": "NaN, \"Infinity\" \\", "usage": {"a": null, "b": null, "c": null, "d": 5}, "ok": true})
            )
        );
        assert_eq!(
            parse(b"\xef\xbb\xbf{\"a\": \"\xff\"}"),
            Some(json!({"a": "\u{fffd}"}))
        );
        assert_eq!(parse(b"{\"a\": infinite}"), None);
    }

    #[test]
    fn a_missing_count_is_found_in_the_others() {
        let counts = |input, output, total, thinking| Counts {
            input,
            output,
            total,
            thinking,
            ..Counts::default()
        };
        for (counts, input, output) in [
            (
                counts(Some(1000), Some(500), Some(4500), Some(3000)),
                Some(1000),
                Some(3500),
            ),
            (
                counts(Some(1000), Some(500), Some(1500), Some(300)),
                Some(1000),
                Some(500),
            ),
            (
                counts(Some(1000), Some(500), None, Some(3000)),
                Some(1000),
                Some(3500),
            ),
            (
                counts(Some(1000), None, Some(1500), None),
                Some(1000),
                Some(500),
            ),
            (
                counts(None, Some(500), Some(1500), None),
                Some(1000),
                Some(500),
            ),
            (
                counts(Some(1000), Some(500), Some(3), None),
                Some(1000),
                Some(500),
            ),
            (counts(Some(1000), None, None, None), Some(1000), None),
            (counts(None, None, Some(1500), None), None, None),
            (counts(Some(0), Some(0), Some(0), None), None, Some(0)),
        ] {
            let usage = counts.usage();
            assert_eq!((usage.input, usage.output), (input, output), "{counts:?}");
        }
    }
}
