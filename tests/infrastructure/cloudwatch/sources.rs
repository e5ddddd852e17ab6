//! Every figure that an alarm or the dashboard asks for has a source: a series of the running service that the collector passes on, a
//! line of its log that a metric filter matches, or a metric of AWS.

use std::collections::BTreeSet;

use super::emf::Declarations;
use super::filters;
use super::log_metrics::lines_for;
use super::references::{self, ANY, Reference};
use super::{aws, aws_dimensions};
use crate::environments;
use crate::live::{self, Labels, Observed};
use crate::terraform::Environment;

#[test]
fn every_alarm_and_every_widget_asks_for_a_metric_that_there_is() {
    for (name, environment) in environments::observable() {
        let observed = live::observed(name);
        let ours = ours(environment, observed);
        let references = references::all(environment);
        assert!(
            references.len() > 50,
            "{environment:?}: {}",
            references.len()
        );

        let missing: Vec<String> = references
            .iter()
            .filter(|reference| !is_published(environment, reference, &ours))
            .map(ToString::to_string)
            .collect();

        assert!(
            missing.is_empty(),
            "{environment:?} has no source of\n{}",
            missing.join("\n")
        );
    }
}

#[test]
fn errors_of_dynamodb_are_watched_for_all_that_the_service_does() {
    for environment in environments::all() {
        let references = references::all(environment);
        let of_errors = references
            .iter()
            .filter(|reference| reference.name == "SystemErrors");
        let watched: BTreeSet<String> = of_errors
            .filter_map(|reference| reference.dimensions.get("Operation").cloned())
            .collect();

        assert_eq!(watched, aws_dimensions::operations(), "{environment:?}");
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
            && aws_dimensions::exist(environment, reference);
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
