//! The JSON values in a text, wherever they begin.

use serde_json::Value;

use super::loose_json::{FailedAt, read_at, read_whole};

/// How many times the length of a text may be read again after values that could not be read. It keeps the time linear: without a
/// bound, a text of opening brackets would be read once from each.
const READ_AGAIN: usize = 1;

/// Returns the values in a text, in order: the whole text, else each object and array in it that is complete. Linear in the length of
/// the text.
#[must_use]
pub fn values(text: &str) -> Vec<Value> {
    match whole(text) {
        Some(value) => vec![value],
        None => Search::of(text).map(|(value, _)| value).collect(),
    }
}

/// Returns the value with which a text ends, but for the fence or the tag around it.
pub(super) fn at_end(text: &str) -> Option<Value> {
    whole(text).or_else(|| {
        let (value, end) = Search::of(text).last()?;
        let rest = text.get(end..)?.trim();
        let is_end =
            rest.is_empty() || rest == "```" || (rest.starts_with("</") && rest.len() < 20);
        is_end.then_some(value)
    })
}

/// Reads a text that is nothing but a value, also one whose quotes are escaped as in a string.
fn whole(text: &str) -> Option<Value> {
    let trimmed = text.trim();
    let opening = trimmed.trim_start_matches(['{', '[', ' ', '\u{feff}']);
    if opening.starts_with("\\\"") || opening.starts_with("\\n") {
        let unescaped = read_whole(&format!("\"{trimmed}\""))?;
        return whole(unescaped.as_str()?);
    }
    read_whole(trimmed).filter(|value| !value.is_number() && !value.is_boolean())
}

/// A search for values in a text.
struct Search<'a> {
    text: &'a str,
    at: usize,
    /// How many bytes may still be read again.
    left: usize,
}

impl<'a> Search<'a> {
    const fn of(text: &'a str) -> Self {
        Self {
            text,
            at: 0,
            left: text.len().saturating_mul(READ_AGAIN),
        }
    }
}

impl Iterator for Search<'_> {
    type Item = (Value, usize);

    fn next(&mut self) -> Option<(Value, usize)> {
        loop {
            let start = self.at + self.text.get(self.at..)?.find(['{', '['])?;
            match read_at(self.text, start) {
                Ok((value, end)) => {
                    self.at = end;
                    return Some((value, end));
                }
                Err(FailedAt(failed)) => {
                    let read = failed - start;
                    self.at = match self.left.checked_sub(read) {
                        Some(left) => {
                            self.left = left;
                            start + 1
                        }
                        None => failed.max(start + 1),
                    };
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    #[test]
    fn every_complete_object_and_array_in_prose_is_found_in_order() {
        for (text, wanted) in [
            ("{a} [b] {\"c\": 1} and {", vec![json!({"c": 1})]),
            (
                "[one {\"a\": [1]}, {\"b\": 2}",
                vec![json!({"a": [1]}), json!({"b": 2})],
            ),
            (
                "```json\n[1, 2,]\n``` {\"a\": {\"b\": 1}} {\"c\"",
                vec![json!([1, 2]), json!({"a": {"b": 1}})],
            ),
            ("She said: { \"hm {\"a\": 1}", vec![json!({"a": 1})]),
            ("\"{\\\"a\\\": 1}\"", vec![json!("{\"a\": 1}")]),
            ("{\\\"a\\\": \\\"b\\n\\\"}", vec![json!({"a": "b\n"})]),
            ("no JSON, 5 of 7", vec![]),
            ("5", vec![]),
        ] {
            assert_eq!(values(text), wanted, "{text}");
        }
    }

    #[test]
    fn a_value_ends_a_text_only_if_no_words_follow_it() {
        for (text, ends) in [
            ("hm {\"a\": 1}", true),
            ("```json\n{\"a\": 1}\n```", true),
            ("{\"a\": 1} no, longer.", false),
            ("{\"a\": 1} {\"a\": ", false),
        ] {
            assert_eq!(at_end(text).is_some(), ends, "{text}");
        }
    }

    #[test]
    fn the_time_is_linear_in_the_length_of_the_text() {
        for unit in [
            "{",
            "[",
            "{\"a\":",
            "[\"",
            "[{\"a\": [",
            "{}",
            "[1,",
            "{\"",
            "[' ",
            "{a:",
            "[/*",
            "{\"a\": \"\\",
            "[[[[[[[[[[[[[[[[ {\"a\": 1}, ",
        ] {
            let time = |length: usize| {
                let text = unit.repeat(length / unit.len());
                let started = Instant::now();
                drop(values(&text));
                started.elapsed()
            };
            let (short, long) = (time(100_000), time(1_000_000));
            // Ten times the text may take about ten times as long; a quadratic reader would take a hundred times.
            let most = (short * 40).max(Duration::from_millis(200));
            assert!(long < most, "{unit}: {short:?} and {long:?}");
        }
    }

    proptest! {
        #[test]
        fn an_object_is_found_in_any_prose_around_it(
            before in "[a-zA-Z .,\\n]{0,60}",
            after in "\\PC{0,60}",
        ) {
            let object = json!({"weeks": [{"tasks": ["Say \"hi\"", "b"]}]});
            let text = format!("{before}{object}{after}");
            let found = values(&text);
            prop_assert_eq!(found.first(), Some(&object));
        }

        #[test]
        fn any_text_is_searched(text in "([\\[\\]{}\"',:\\\\ ]|[a-z]|\\PC){0,200}") {
            let _ = values(&text);
            let _ = at_end(&text);
        }
    }
}
