//! Every figure that an alarm or the dashboard asks for has a source: a series of the running service that the collector passes on, a
//! line of its log that a metric filter matches, or a metric of AWS.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::aws;
use super::emf::Declarations;
use super::filters::{self, Filter};
use super::references::{self, ANY, Reference};
use crate::environments;
use crate::live::{self, Labels, Observed};
use crate::terraform::Environment;

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

#[test]
fn every_alarm_and_every_widget_asks_for_a_metric_that_there_is() {
    for name in environments::NAMES {
        let environment = environments::of(name);
        let observed = live::observed(name);
        let ours = ours(environment, observed);
        let references = references::all(environment);
        assert!(references.len() > 50, "{name}: {}", references.len());

        let missing: Vec<String> = references
            .iter()
            .filter(|reference| !is_published(environment, reference, &ours))
            .map(ToString::to_string)
            .collect();

        assert!(
            missing.is_empty(),
            "{name} has no source of\n{}",
            missing.join("\n")
        );
    }
}

/// The metrics in our namespace, with their dimensions.
fn ours(environment: &Environment, observed: &Observed) -> BTreeSet<(String, Labels)> {
    let namespace = environment.local("metrics_namespace");
    let declarations = Declarations::read();
    let of_series = declarations.metrics(&observed.series);
    let mut metrics: BTreeSet<_> = of_series
        .map(|(name, labels)| (name.to_owned(), labels))
        .collect();
    for filter in filters::all(environment) {
        assert_eq!(namespace, filter.namespace, "{}", filter.place);
        let made = filter.metrics(&lines_for(&filter, observed));
        metrics.extend(
            made.into_iter()
                .map(|labels| (filter.metric.clone(), labels)),
        );
    }
    metrics
}

fn is_published(
    environment: &Environment,
    reference: &Reference,
    ours: &BTreeSet<(String, Labels)>,
) -> bool {
    if aws::has(&reference.namespace) {
        let dimensions: Vec<&str> = reference.dimensions.keys().map(String::as_str).collect();
        return aws::publishes(&reference.namespace, &reference.name, &dimensions)
            && reference.dimensions.values().all(|value| !value.is_empty());
    }
    let has_dimensions = |labels: &Labels| {
        labels.len() == reference.dimensions.len()
            && reference.dimensions.iter().all(|(name, wanted)| {
                let value = labels.get(name);
                value.is_some_and(|value| wanted == ANY || wanted == value)
            })
    };
    environment.local("metrics_namespace") == reference.namespace.as_str()
        && ours
            .iter()
            .any(|(name, labels)| *name == reference.name && has_dimensions(labels))
}

/// The lines of the service, for one filter with a time that cannot be waited for.
fn lines_for(filter: &Filter, observed: &Observed) -> Vec<Value> {
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
    let rules = crate::files::text("deploy/prometheus/rules/slo.yaml");
    assert!(
        rules.contains("le=\"30.5\""),
        "the objective has another bound"
    );
}
