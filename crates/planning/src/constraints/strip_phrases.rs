//! What is left of a text once its constraints are taken out: what the goal is about.

use std::ops::Range;

/// Words that lead to a constraint: what is cut takes them along.
const LEADING: &str = "by|in|on|until|before|within|for|with|at|over|till|due|bis|vor|innerhalb|für|ab|am|en|dans|avant|pour|\
    antes de|hasta|para|por|até|em|durante|pendant|jusqu'à|until the|by the|before the|the|over the next|in the next|within the next|\
    for the next|the next|up to|no more than|at least|at most|about|around";

/// A text without the byte ranges that state constraints, and without the words that led to them.
#[must_use]
pub fn strip_phrases(text: &str, ranges: &[Range<usize>]) -> String {
    let mut kept = String::with_capacity(text.len());
    for (place, char) in text.char_indices() {
        let Some(range) = ranges.iter().find(|range| range.contains(&place)) else {
            kept.push(char);
            continue;
        };
        if range.start == place {
            let led = kept.trim_end();
            let lower = led.to_lowercase();
            let leading = LEADING
                .split('|')
                .filter(|word| lower.ends_with(*word) && lower.len() == led.len())
                .filter(|word| {
                    let before = led[..led.len() - word.len()].chars().next_back();
                    before.is_none_or(char::is_whitespace)
                })
                .map(str::len)
                .max();
            kept.truncate(led.len() - leading.unwrap_or(0));
        }
        if !kept.ends_with(' ') {
            kept.push(' ');
        }
    }
    kept
}
