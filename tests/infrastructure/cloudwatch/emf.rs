//! The metrics that the collector makes of the service's series, as its configuration declares them.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::files;
use crate::live::Labels;
use crate::live::Series;

const COLLECTOR: &str = "otel-collector.yaml";

/// A declaration of the exporter `awsemf`.
#[derive(Debug)]
struct Declaration {
    names: Vec<String>,
    /// Each a set of labels whose values tell the metrics apart.
    dimensions: Vec<BTreeSet<String>>,
    /// Of the route, if the declaration is for some only.
    route: Option<String>,
}

/// The declarations.
#[derive(Debug)]
pub struct Declarations(Vec<Declaration>);

impl Declarations {
    /// Reads those of the collector beside the service.
    pub fn read() -> Self {
        let config = files::yaml(COLLECTOR);
        Self::of(&config["exporters"]["awsemf"]["metric_declarations"])
    }

    fn of(declarations: &Value) -> Self {
        let all = declarations.as_array().unwrap().iter();
        Self(all.map(Declaration::of).collect())
    }

    /// Returns the metrics of these series: name and dimensions, as CloudWatch has them.
    pub fn metrics<'a>(
        &'a self,
        series: &'a Series,
    ) -> impl Iterator<Item = (&'a str, Labels)> + 'a {
        self.0.iter().flat_map(move |declaration| {
            let names = declaration.names.iter();
            let named = names.flat_map(move |name| {
                let found = series.get(name).into_iter().flatten();
                found.map(move |labels| (name.as_str(), labels))
            });
            let matching = named.filter(|(_, labels)| declaration.is_for(labels));
            matching.flat_map(|(name, labels)| {
                let sets = declaration.dimensions.iter();
                // Without one of its labels, a series has no metric with this set.
                let kept = sets.filter_map(move |set| {
                    let pairs = set.iter().map(|name| {
                        let value = labels.get(name)?;
                        Some((name.clone(), value.clone()))
                    });
                    pairs.collect::<Option<Labels>>()
                });
                kept.map(move |dimensions| (name, dimensions))
            })
        })
    }
}

impl Declaration {
    fn of(declaration: &Value) -> Self {
        let exact = |pattern: &str| {
            let name = pattern
                .strip_prefix('^')
                .and_then(|rest| rest.strip_suffix("$$"));
            name.unwrap_or_else(|| panic!("{pattern} is not ^exact$$"))
                .to_owned()
        };
        let names = files::strings(&declaration["metric_name_selectors"]);
        let matchers = declaration["label_matchers"].as_array();
        let route = matchers.map(|matchers| {
            assert_eq!(matchers.len(), 1, "{matchers:?}");
            assert_eq!(files::strings(&matchers[0]["label_names"]), ["route"]);
            exact(matchers[0]["regex"].as_str().unwrap())
        });
        Self {
            names: names.into_iter().map(exact).collect(),
            dimensions: serde_json::from_value(declaration["dimensions"].clone()).unwrap(),
            route,
        }
    }

    fn is_for(&self, labels: &Labels) -> bool {
        let route = self.route.as_ref();
        route.is_none_or(|route| labels.get("route") == Some(route))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn labels(pairs: &[(&str, &str)]) -> Labels {
        let pairs = pairs.iter();
        pairs
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect()
    }

    #[test]
    fn a_declaration_makes_one_metric_of_each_combination_that_the_series_have() {
        let declarations = Declarations::of(&json!([
            {
                "dimensions": [["status"]],
                "metric_name_selectors": ["^requests$$"],
                "label_matchers": [{"label_names": ["route"], "regex": "^/plan$$"}],
            },
            {"dimensions": [["model"], []], "metric_name_selectors": ["^cost$$"]},
        ]));
        let series = Series::from([
            (
                "requests".to_owned(),
                BTreeSet::from([
                    labels(&[("route", "/plan"), ("status", "200")]),
                    labels(&[("route", "/other"), ("status", "404")]),
                ]),
            ),
            (
                "cost".to_owned(),
                BTreeSet::from([labels(&[("scope", "day")])]),
            ),
            ("hidden".to_owned(), BTreeSet::from([labels(&[])])),
        ]);

        let metrics: Vec<_> = declarations.metrics(&series).collect();

        assert_eq!(
            metrics,
            [
                ("requests", labels(&[("status", "200")])),
                ("cost", labels(&[]))
            ]
        );
    }
}
