//! The metrics that alarms and dashboards ask for.

use std::collections::BTreeSet;
use std::fmt;

use serde_json::Value;

use super::{dashboard, math};
use crate::live::Labels;
use crate::terraform::Environment;

/// Stands for every value of a dimension.
pub const ANY: &str = "*";

/// A metric that an alarm or a widget asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reference {
    /// The alarm or the widget.
    pub place: String,
    pub namespace: String,
    pub name: String,
    pub dimensions: Labels,
    pub statistic: String,
}

impl fmt::Display for Reference {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            place,
            namespace,
            name,
            dimensions,
            statistic,
        } = self;
        write!(
            formatter,
            "{place}: {statistic} of {namespace} {name} {dimensions:?}"
        )
    }
}

/// Returns everything that the alarms and dashboards of an environment ask for.
pub fn all(environment: &Environment) -> Vec<Reference> {
    let mut references = Vec::new();
    for alarm in environment.resources("aws_cloudwatch_metric_alarm") {
        let place = alarm.address();
        let given = alarm.all_given();
        let queries = given["metric_query"].as_array();
        match queries {
            None => references.push(reference(&place, &given, "statistic")),
            Some(queries) => {
                let metrics = queries.iter().flat_map(|query| list(&query["metric"]));
                references.extend(metrics.map(|metric| reference(&place, metric, "stat")));
                check_queries(&place, queries);
            }
        }
    }
    for board in environment.resources("aws_cloudwatch_dashboard") {
        let body = board.get("dashboard_body");
        let body = serde_json::from_str(body.as_str().unwrap()).unwrap();
        references.extend(dashboard::references(&board.address(), &body));
    }
    references
}

/// Reads the fields of an alarm, or of a metric in a query of it.
fn reference(place: &str, of: &Value, statistic: &str) -> Reference {
    let text = |field: &str| {
        let text = of[field].as_str();
        text.unwrap_or_else(|| panic!("{place} has no {field}"))
            .to_owned()
    };
    let extended = of["extended_statistic"].as_str().map(str::to_owned);
    let dimensions = of["dimensions"].as_object().into_iter().flatten();
    Reference {
        place: place.to_owned(),
        namespace: text("namespace"),
        name: text("metric_name"),
        dimensions: dimensions
            .map(|(name, value)| (name.clone(), value.as_str().unwrap().to_owned()))
            .collect(),
        statistic: extended.unwrap_or_else(|| text(statistic)),
    }
}

/// Checks the expressions of an alarm: they name what is there, and one result is returned.
fn check_queries(place: &str, queries: &[Value]) {
    let id = |query: &Value| query["id"].as_str().unwrap().to_owned();
    let expressions = queries.iter().filter_map(|query| {
        let expression = query["expression"].as_str()?;
        Some((id(query), expression.to_owned()))
    });
    let metrics = queries.iter().filter(|query| query["expression"].is_null());
    let metrics: BTreeSet<String> = metrics.map(id).collect();
    let used = math::used(place, &metrics, &expressions.collect());
    // One metric alone needs no expression.
    let unused: Vec<_> = metrics.difference(&used).collect();
    assert!(
        unused.is_empty() || queries.len() == 1,
        "{place}: {unused:?} is used nowhere"
    );
    let results = queries.iter().filter(|query| query["return_data"] == true);
    assert_eq!(results.count(), 1, "{place} returns one result");
}

fn list(of: &Value) -> &[Value] {
    of.as_array().map_or(&[], Vec::as_slice)
}
