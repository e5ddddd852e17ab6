//! The metrics that metric filters make of the service's log.

use std::collections::BTreeSet;

use serde_json::Value;

use super::pattern::{self, Pattern};
use crate::live::Labels;
use crate::terraform::Environment;

/// A metric filter.
#[derive(Debug)]
pub struct Filter {
    pub place: String,
    pub pattern: Pattern,
    pub log_group: String,
    pub namespace: String,
    pub metric: String,
    /// A number, or a selector.
    pub value: String,
    /// The selector of each dimension.
    pub dimensions: Labels,
    pub has_default: bool,
}

/// Returns the filters of an environment.
pub fn all(environment: &Environment) -> Vec<Filter> {
    let filters = environment.resources("aws_cloudwatch_log_metric_filter");
    let filters = filters.iter().map(|resource| {
        let given = resource.all_given();
        let place = format!("{environment:?}: {resource:?}");
        let text = |of: &Value| {
            of.as_str()
                .unwrap_or_else(|| panic!("{place}: {of}"))
                .to_owned()
        };
        let pattern = text(&given["pattern"]);
        let transformations = given["metric_transformation"].as_array().unwrap();
        let [transformation] = transformations.as_slice() else {
            panic!("{place} has not one transformation");
        };
        let dimensions = transformation["dimensions"]
            .as_object()
            .into_iter()
            .flatten();
        Filter {
            pattern: Pattern::parse(&pattern).unwrap_or_else(|why| panic!("{place}: {why}")),
            log_group: text(&given["log_group_name"]),
            namespace: text(&transformation["namespace"]),
            metric: text(&transformation["name"]),
            value: text(&transformation["value"]),
            dimensions: dimensions
                .map(|(name, value)| (name.clone(), text(value)))
                .collect(),
            has_default: !transformation["default_value"].is_null(),
            place,
        }
    });
    filters.collect()
}

impl Filter {
    /// Returns the lines that match.
    pub fn matching<'a>(&self, lines: &'a [Value]) -> Vec<&'a Value> {
        let matching = lines.iter().filter(|line| {
            let matches = self.pattern.matches(line);
            matches.unwrap_or_else(|why| panic!("{}: {why}", self.place))
        });
        matching.collect()
    }

    /// Returns the dimensions of the metrics that the lines give.
    pub fn metrics(&self, lines: &[Value]) -> BTreeSet<Labels> {
        let matching = self.matching(lines).into_iter();
        matching
            .filter_map(|line| self.dimensions_of(line))
            .collect()
    }

    /// Returns the dimensions of the value that a line gives; none if a field is missing, for then the line counts nowhere.
    pub fn dimensions_of(&self, line: &Value) -> Option<Labels> {
        let dimensions = self.dimensions.iter();
        dimensions
            .map(|(name, selector)| {
                let value = match pattern::select(selector, line)? {
                    Value::String(text) => text.clone(),
                    Value::Number(number) => number.to_string(),
                    _ => return None,
                };
                Some((name.clone(), value))
            })
            .collect()
    }

    /// Returns the value that a line gives.
    pub fn value_of(&self, line: &Value) -> Option<f64> {
        match self.value.parse() {
            Ok(number) => Some(number),
            Err(_) => pattern::select(&self.value, line)?.as_f64(),
        }
    }
}
