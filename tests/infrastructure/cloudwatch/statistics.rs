//! Statistics: CloudWatch computes each of every metric, whether or not it means something.

use super::{filters, references};
use crate::{environments, live};

#[test]
fn every_statistic_is_one_that_means_something() {
    for (name, environment) in environments::observable() {
        let observed = live::observed(name);
        let namespace = environment.local("metrics_namespace");
        let filters = filters::all(environment);
        for reference in references::all(environment) {
            let of_filter = filters
                .iter()
                .find(|filter| filter.metric == reference.name);
            let kind = observed.kinds.get(&reference.name).map(String::as_str);
            let statistic = reference.statistic.as_str();
            let is_meant = match (kind, of_filter) {
                _ if namespace != reference.namespace.as_str() => true,
                // Each report is what was added since the last one.
                (Some("counter"), _) => statistic == "Sum",
                // Each task reports its own once a minute.
                (Some("gauge"), _) => ["Maximum", "Minimum", "SampleCount"].contains(&statistic),
                // The collector passes on their number and their sum only.
                (Some("histogram"), _) => ["SampleCount", "Sum", "Average"].contains(&statistic),
                // A measured value has percentiles, and a count of lines has a sum.
                (_, Some(filter)) => filter.value.starts_with("$.") != (statistic == "Sum"),
                other => panic!("{reference}: {other:?}"),
            };
            assert!(is_meant, "{environment:?}: {reference}");
        }
    }
}
