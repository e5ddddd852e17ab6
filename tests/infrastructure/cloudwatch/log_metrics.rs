//! Metric filters: they match lines that the service writes, and what they take from them is there and is bounded.

use serde_json::{Value, json};

use super::filters::{self, Filter};
use crate::live::{self, Observed};
use crate::{environments, files};

/// What values a field may have that becomes a dimension. Each value is a metric that costs money, so they are few: the names of the
/// code's own sets, and the configured models.
const BOUNDED: [&str; 5] = [
    "$.category",
    "$.error_type",
    "$.model_id",
    "$.outcome",
    "$.status",
];

/// A request that takes longer than the objective cannot be waited for. So a real line is given this time.
const SLOW: (&str, f64) = ("plans_slow", 30_501.0);

/// The lines of the service, for one filter with a time that cannot be waited for.
pub fn lines_for(filter: &Filter, observed: &Observed) -> Vec<Value> {
    let mut lines = observed.lines.clone();
    if filter.metric == SLOW.0 {
        for line in lines
            .iter_mut()
            .filter(|line| !line["latency_ms"].is_null())
        {
            line["latency_ms"] = json!(SLOW.1);
        }
    }
    lines
}

#[test]
fn every_metric_filter_matches_real_lines_and_finds_its_values_in_them() {
    for name in environments::NAMES {
        let environment = environments::of(name);
        let observed = live::observed(name);
        let filters = filters::all(environment);
        assert!(filters.len() > 3);
        for filter in filters {
            let place = &filter.place;
            assert_eq!(
                filter.log_group,
                environment
                    .resource("aws_cloudwatch_log_group", "service")
                    .get("name")
                    .as_str()
                    .unwrap()
            );
            let lines = lines_for(&filter, observed);
            let matching = filter.matching(&lines);
            assert!(!matching.is_empty(), "{place} matches no line");
            assert!(matching.len() < lines.len(), "{place} matches every line");
            for line in matching {
                assert!(
                    filter.value_of(line).is_some(),
                    "{place}: no {} in {line}",
                    filter.value
                );
                assert!(
                    filter.dimensions_of(line).is_some(),
                    "{place}: no {:?} in {line}",
                    filter.dimensions
                );
            }
        }
    }
}

#[test]
fn dimensions_of_metric_filters_are_few_and_have_few_values() {
    for environment in environments::variants() {
        for filter in filters::all(environment) {
            let place = &filter.place;
            assert!(filter.dimensions.len() <= 3, "{place}");
            for selector in filter.dimensions.values() {
                assert!(BOUNDED.contains(&selector.as_str()), "{place}: {selector}");
            }
            // CloudWatch refuses the two together.
            assert!(
                filter.dimensions.is_empty() || !filter.has_default,
                "{place}"
            );
            // A default would be a value of every minute without a line, which is in the percentiles.
            assert!(
                !filter.value.starts_with("$.") || !filter.has_default,
                "{place}"
            );
        }
    }
}

#[test]
fn the_bound_of_slow_plans_is_that_of_the_objective() {
    let environment = environments::of("prod");
    let observed = live::observed("prod");
    let filters = filters::all(environment);
    let slow = filters
        .iter()
        .find(|filter| filter.metric == SLOW.0)
        .unwrap();
    let line = lines_for(slow, observed);
    let mut line = slow.matching(&line)[0].clone();

    line["latency_ms"] = json!(30_500.0);

    assert_eq!(slow.pattern.matches(&line), Ok(false));
    let rules = files::text("deploy/prometheus/rules/slo.yaml");
    assert!(
        rules.contains("le=\"30.5\""),
        "the objective has another bound"
    );
}
