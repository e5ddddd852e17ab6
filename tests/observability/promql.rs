//! As much of PromQL as it takes to find the series that an expression reads.

use std::collections::BTreeSet;

/// A selector of series: a metric and its matchers.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Selector {
    pub metric: String,
    /// The matchers as they are written, without braces.
    pub matchers: Vec<String>,
    /// The range in brackets, such as `5m`.
    pub range: Option<String>,
    /// The function that the selector is the argument of, such as `rate`.
    pub function: Option<String>,
}

impl Selector {
    /// Returns the selector as an instant query.
    pub fn instant(&self) -> String {
        format!("{}{{{}}}", self.metric, self.matchers.join(","))
    }

    /// Returns whether the selector has exactly this matcher.
    pub fn has(&self, matcher: &str) -> bool {
        self.matchers.iter().any(|own| own == matcher)
    }
}

/// Words that stand before a list of labels.
const BEFORE_LABELS: [&str; 6] = [
    "by",
    "without",
    "on",
    "ignoring",
    "group_left",
    "group_right",
];
/// Other words that are no metrics.
const WORDS: [&str; 17] = [
    "and", "or", "unless", "bool", "offset", "inf", "nan", "sum", "min", "max", "avg", "count",
    "topk", "bottomk", "group", "stddev", "quantile",
];

/// Returns the selectors of an expression.
pub fn selectors(expression: &str) -> Vec<Selector> {
    let mut found = Vec::new();
    let mut functions: Vec<Option<String>> = Vec::new();
    let mut before = None;
    let mut rest = expression;
    while let Some(first) = rest.chars().next() {
        if first == '"' || first == '\'' {
            rest = after_string(rest);
            before = None;
            continue;
        }
        let length = rest
            .find(|c: char| !(c.is_ascii_alphanumeric() || c == '_' || c == ':'))
            .unwrap_or(rest.len());
        if length == 0 {
            match first {
                '(' => functions.push(before.take()),
                ')' => drop(functions.pop()),
                ' ' | '\n' => {}
                _ => before = None,
            }
            rest = &rest[first.len_utf8()..];
            continue;
        }
        let (word, after) = rest.split_at(length);
        rest = after;
        before = None;
        if first.is_ascii_digit() {
            continue;
        }
        if BEFORE_LABELS.contains(&word) {
            rest = after_labels(rest);
        } else if rest.trim_start().starts_with('(') {
            before = Some(word.to_owned());
        } else if !WORDS.contains(&word) {
            let (matchers, after) = matchers(rest);
            let (range, after) = range(after);
            rest = after;
            found.push(Selector {
                metric: word.to_owned(),
                matchers,
                range,
                function: functions.last().cloned().flatten(),
            });
        }
    }
    found
}

/// Returns the names of the metrics that an expression reads.
pub fn metrics(expression: &str) -> BTreeSet<String> {
    let selectors = selectors(expression).into_iter();
    selectors.map(|selector| selector.metric).collect()
}

/// Returns what follows the string at the beginning of a text.
fn after_string(text: &str) -> &str {
    let quote = text.chars().next().unwrap_or('"');
    let mut escaped = false;
    for (index, c) in text.char_indices().skip(1) {
        match c {
            '\\' if !escaped => escaped = true,
            _ if c == quote && !escaped => return &text[index + 1..],
            _ => escaped = false,
        }
    }
    ""
}

/// Returns what follows the list of labels at the beginning of a text, if there is one.
fn after_labels(text: &str) -> &str {
    let list = text.trim_start();
    if list.starts_with('(') {
        list.find(')').map_or("", |end| &list[end + 1..])
    } else {
        text
    }
}

/// Returns the matchers in braces at the beginning of a text, and what follows.
fn matchers(text: &str) -> (Vec<String>, &str) {
    let Some(mut rest) = text.strip_prefix('{') else {
        return (Vec::new(), text);
    };
    let (mut all, mut current) = (Vec::new(), String::new());
    loop {
        match rest.chars().next() {
            Some('"') => {
                let after = after_string(rest);
                current.push_str(&rest[..rest.len() - after.len()]);
                rest = after;
            }
            Some(end @ (',' | '}')) => {
                if !current.trim().is_empty() {
                    all.push(current.trim().to_owned());
                }
                current.clear();
                rest = &rest[1..];
                if end == '}' {
                    return (all, rest);
                }
            }
            Some(c) => {
                current.push(c);
                rest = &rest[c.len_utf8()..];
            }
            None => panic!("no closing brace in {text}"),
        }
    }
}

/// Returns the range in brackets at the beginning of a text, and what follows.
fn range(text: &str) -> (Option<String>, &str) {
    match text.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        Some((range, after)) => (Some(range.to_owned()), after),
        None => (None, text),
    }
}

#[test]
fn selectors_are_found_with_their_matchers_range_and_function() {
    let expression = r#"1 - sum by (le, job) (rate(a_total{job="x",path=~"/[a-z],}+"}[5m])) / on (job) group_left () (max(b) > 0) or vector(1e3) and absent(up{})"#;

    let found = selectors(expression);

    let selector =
        |metric: &str, matchers: &[&str], range: Option<&str>, function: Option<&str>| Selector {
            metric: metric.to_owned(),
            matchers: matchers.iter().map(|&matcher| matcher.to_owned()).collect(),
            range: range.map(str::to_owned),
            function: function.map(str::to_owned),
        };
    assert_eq!(
        found,
        [
            selector(
                "a_total",
                &[r#"job="x""#, r#"path=~"/[a-z],}+""#],
                Some("5m"),
                Some("rate")
            ),
            selector("b", &[], None, Some("max")),
            selector("up", &[], None, Some("absent")),
        ]
    );
    assert_eq!(found[0].instant(), r#"a_total{job="x",path=~"/[a-z],}+"}"#);
}
