//! The pattern of a metric filter for lines of JSON: which lines it matches. The subset of the syntax that the filters use; anything
//! else is refused.
//!
//! ```text
//! { ($.event_type = "llm_call") && ($.latency_ms >= 0) && (($.outcome = "throttled") || ($.status EXISTS)) }
//! ```

use serde_json::Value;

use super::pattern_reader;

/// A pattern.
#[derive(Debug, Clone, PartialEq)]
pub struct Pattern(Test);

#[derive(Debug, Clone, PartialEq)]
pub enum Test {
    All(Vec<Test>),
    Any(Vec<Test>),
    Compare(String, Comparison, Operand),
    Exists(String, bool),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Comparison {
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

#[derive(Debug, Clone, PartialEq)]
pub enum Operand {
    /// Text with a star for any characters.
    Text(String),
    Number(f64),
    Flag(bool),
    /// A star alone: any value.
    Anything,
}

impl Pattern {
    /// Reads a pattern.
    pub fn parse(text: &str) -> Result<Self, String> {
        pattern_reader::read(text).map(Self)
    }

    /// Returns whether a line matches.
    ///
    /// # Errors
    /// What a comparison of a missing field with `!=` gives is not documented, so it is refused.
    pub fn matches(&self, line: &Value) -> Result<bool, String> {
        matches(&self.0, line)
    }

    /// Returns the fields that the pattern asks for.
    pub fn selectors(&self) -> Vec<&str> {
        fn collect<'a>(test: &'a Test, into: &mut Vec<&'a str>) {
            match test {
                Test::All(tests) | Test::Any(tests) => {
                    for test in tests {
                        collect(test, into);
                    }
                }
                Test::Compare(selector, ..) | Test::Exists(selector, _) => into.push(selector),
            }
        }
        let mut found = Vec::new();
        collect(&self.0, &mut found);
        found
    }
}

/// Returns the value of a selector such as `$.error.code` in a line.
pub fn select<'a>(selector: &str, line: &'a Value) -> Option<&'a Value> {
    let path = selector.strip_prefix("$.")?;
    path.split('.')
        .try_fold(line, |value, name| value.get(name))
}

fn matches(test: &Test, line: &Value) -> Result<bool, String> {
    match test {
        Test::All(tests) => {
            for test in tests {
                if !matches(test, line)? {
                    return Ok(false);
                }
            }
            Ok(true)
        }
        Test::Any(tests) => {
            for test in tests {
                if matches(test, line)? {
                    return Ok(true);
                }
            }
            Ok(false)
        }
        Test::Exists(selector, wanted) => Ok(select(selector, line).is_some() == *wanted),
        Test::Compare(selector, comparison, operand) => match select(selector, line) {
            Some(value) => Ok(compare(value, *comparison, operand)),
            None if *comparison == Comparison::NotEqual => {
                Err(format!("{selector} != ... of a line without it: {line}"))
            }
            None => Ok(false),
        },
    }
}

fn compare(value: &Value, comparison: Comparison, operand: &Operand) -> bool {
    let equals = match (operand, value) {
        (Operand::Anything, _) => true,
        (Operand::Text(pattern), Value::String(text)) => glob(pattern, text),
        (Operand::Flag(wanted), Value::Bool(flag)) => wanted == flag,
        (Operand::Number(wanted), Value::Number(number)) => {
            let number = number.as_f64().unwrap_or(f64::NAN);
            return match comparison {
                Comparison::Equal => number.total_cmp(wanted).is_eq(),
                Comparison::NotEqual => number.total_cmp(wanted).is_ne(),
                Comparison::Less => number < *wanted,
                Comparison::LessOrEqual => number <= *wanted,
                Comparison::Greater => number > *wanted,
                Comparison::GreaterOrEqual => number >= *wanted,
            };
        }
        _ => false,
    };
    match comparison {
        Comparison::Equal => equals,
        Comparison::NotEqual => !equals,
        _ => false,
    }
}

/// Returns whether a text has the form of the pattern, in which a star stands for any characters.
fn glob(pattern: &str, text: &str) -> bool {
    let Some((start, rest)) = pattern.split_once('*') else {
        return pattern == text;
    };
    let Some(after) = text.strip_prefix(start) else {
        return false;
    };
    let ends = after.char_indices().map(|(at, _)| at).chain([after.len()]);
    ends.into_iter().any(|at| glob(rest, &after[at..]))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn finds(pattern: &str, line: &Value) -> Result<bool, String> {
        Pattern::parse(pattern)?.matches(line)
    }

    #[test]
    fn a_pattern_matches_as_cloudwatch_documents_it() {
        let line = json!({"event": "done", "status": 503, "ms": 0.5, "ok": false, "error": {"code": "throttled"}, "none": null});
        for (pattern, expected) in [
            ("{ $.event = \"done\" }", true),
            ("{ $.event = \"do*\" }", true),
            ("{ $.event = \"*ne\" && $.event = \"*on*\" }", true),
            ("{ $.event = \"d*x\" }", false),
            ("{ $.event != \"done\" }", false),
            ("{ $.event = * }", true),
            ("{ $.absent = * }", false),
            ("{ $.status >= 500 && $.status <= 599 }", true),
            ("{ $.status > 503 }", false),
            ("{ $.status = 503 }", true),
            ("{ $.status = \"503\" }", false),
            ("{ $.status != 404 }", true),
            ("{ $.ms < 1 }", true),
            ("{ $.event > 1 }", false),
            ("{ $.ok IS FALSE }", true),
            ("{ $.ok IS TRUE }", false),
            ("{ $.error.code = \"throttled\" }", true),
            ("{ $.error EXISTS }", true),
            ("{ $.absent NOT EXISTS }", true),
            ("{ $.none EXISTS }", true),
            // `&&` binds more tightly than `||`.
            ("{ $.ok IS FALSE || $.absent = 1 && $.absent = 2 }", true),
            ("{ ($.ok IS FALSE || $.absent = 1) && $.absent = 2 }", false),
            ("{($.event=\"done\")&&($.status>=500)}", true),
        ] {
            assert_eq!(finds(pattern, &line), Ok(expected), "{pattern}");
        }
    }

    #[test]
    fn what_cannot_be_decided_is_refused() {
        let line = json!({"event": "done"});
        for (pattern, part) in [
            ("ERROR", "no pattern for JSON"),
            ("{ $.event = done }", "stand in quotes"),
            ("{ $.event = \"done }", "no end"),
            ("{ event = \"done\" }", "where a field"),
            ("{ $.event[0] = 1 }", "where a field"),
            ("{ $.event == \"done\" }", "where a comparison"),
            ("{ $.event > \"a\" }", "no order"),
            ("{ ($.event = \"done\" }", "too early"),
            ("{ $.event = \"done\" $.x = 1 }", "left over"),
            ("{ $.event IS NULL }", "not known"),
            ("{ $.absent != \"a\" }", "without it"),
        ] {
            let why = finds(pattern, &line).unwrap_err();
            assert!(why.contains(part), "{pattern}: {why}");
        }
    }

    #[test]
    fn the_fields_of_a_pattern_are_known() {
        let pattern = Pattern::parse("{ $.a = 1 && ($.b.c EXISTS || $.d = *) }").unwrap();

        assert_eq!(pattern.selectors(), ["$.a", "$.b.c", "$.d"]);
    }
}
