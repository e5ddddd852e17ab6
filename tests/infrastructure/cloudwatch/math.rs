//! Metric math: which metrics an expression names.

use std::collections::{BTreeMap, BTreeSet};

/// The functions that are used, of those that CloudWatch has.
const FUNCTIONS: [&str; 15] = [
    "ABS",
    "AVG",
    "CEIL",
    "DIFF",
    "EPOCH",
    "FILL",
    "FLOOR",
    "IF",
    "MAX",
    "METRICS",
    "MIN",
    "PERIOD",
    "RATE",
    "RUNNING_SUM",
    "SUM",
];
const OPERATORS: [&str; 3] = ["AND", "OR", "NOT"];
/// Words that `FILL` takes.
const WORDS: [&str; 2] = ["REPEAT", "LINEAR"];

/// Returns what expressions name, and checks that it is there.
pub fn used(
    place: &str,
    metrics: &BTreeSet<String>,
    expressions: &BTreeMap<String, String>,
) -> BTreeSet<String> {
    let mut used = BTreeSet::new();
    for (id, expression) in expressions {
        let names = names(expression).unwrap_or_else(|why| panic!("{place}: {expression}: {why}"));
        for name in names {
            let is_there = metrics.contains(&name) || expressions.contains_key(&name);
            assert!(is_there && name != *id, "{place}: {expression}: no {name}");
            used.insert(name);
        }
    }
    used
}

/// Returns the names in an expression.
pub fn names(expression: &str) -> Result<BTreeSet<String>, String> {
    let mut names = BTreeSet::new();
    let is_word = |sign: char| sign.is_ascii_alphanumeric() || sign == '_';
    let mut depth = 0_i32;
    let mut rest = expression;
    while let Some(first) = rest.chars().next() {
        if !is_word(first) {
            depth += match first {
                '(' | '[' => 1,
                ')' | ']' => -1,
                '+' | '-' | '*' | '/' | '^' | '<' | '>' | '=' | '!' | ',' | ' ' | '.' => 0,
                other => return Err(format!("`{other}` is not known")),
            };
            if depth < 0 {
                return Err("a bracket closes that was not opened".to_owned());
            }
            rest = &rest[first.len_utf8()..];
            continue;
        }
        let end = rest.find(|sign| !is_word(sign)).unwrap_or(rest.len());
        let (word, after) = rest.split_at(end);
        let is_call = after.starts_with('(');
        let is_known = word.bytes().all(|byte| byte.is_ascii_digit())
            || OPERATORS.contains(&word)
            || is_call && FUNCTIONS.contains(&word)
            || !is_call && WORDS.contains(&word);
        if !is_call && first.is_ascii_lowercase() {
            names.insert(word.to_owned());
        } else if !is_known {
            return Err(format!("`{word}` is not known"));
        }
        rest = after;
    }
    if depth == 0 {
        Ok(names)
    } else {
        Err("a bracket is not closed".to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_expression_names_the_metrics_that_it_needs() {
        let names =
            |expression| names(expression).map(|names| names.into_iter().collect::<Vec<_>>());

        let found = names("IF(calls >= 20 AND SUM([a, b1]) == 0, 100 * failed / calls, 0.5)");
        assert_eq!(
            found,
            Ok(["a", "b1", "calls", "failed"].map(str::to_owned).to_vec())
        );
        assert_eq!(names("FILL(m1, REPEAT)"), Ok(vec!["m1".to_owned()]));
        for (wrong, why) in [
            ("SUMM([a])", "`SUMM`"),
            ("Errors / 2", "`Errors`"),
            ("sum(a)", "`sum`"),
            ("(a", "not closed"),
            ("a)", "not opened"),
            ("a % b", "`%`"),
        ] {
            assert!(names(wrong).unwrap_err().contains(why), "{wrong}");
        }
    }

    #[test]
    #[should_panic(expected = "no b")]
    fn a_name_that_is_not_there_is_found() {
        let expressions = BTreeMap::from([("r".to_owned(), "a / b".to_owned())]);
        used("here", &BTreeSet::from(["a".to_owned()]), &expressions);
    }
}
