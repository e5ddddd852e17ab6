//! The body of a dashboard: the metrics that its widgets ask for.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};

use super::references::Reference;
use super::{math, search_expression};

/// Returns the metrics of all widgets.
pub fn references(place: &str, body: &Value) -> Vec<Reference> {
    let widgets = body["widgets"].as_array().unwrap();
    let all = widgets.iter().flat_map(|widget| {
        let properties = &widget["properties"];
        let title = properties["title"].as_str().unwrap_or_default();
        of_widget(&format!("{place}: {title}"), properties)
    });
    all.collect()
}

/// Returns the metrics of a widget. `.` stands for the same as in the row before, and `...` for all of it but the last.
fn of_widget(place: &str, properties: &Value) -> Vec<Reference> {
    let rows = properties["metrics"]
        .as_array()
        .map_or(&[][..], Vec::as_slice);
    let mut found = Vec::new();
    let (mut ids, mut expressions) = (BTreeSet::new(), BTreeMap::new());
    let mut is_hidden = BTreeMap::new();
    let mut before: Vec<String> = Vec::new();
    for row in rows {
        let mut parts = row.as_array().unwrap().clone();
        let options = if parts.last().is_some_and(Value::is_object) {
            parts.pop().unwrap()
        } else {
            Value::Object(Map::new())
        };
        let id = options["id"].as_str().map(str::to_owned);
        if let Some(expression) = options["expression"].as_str() {
            assert!(parts.is_empty(), "{place}: {row}");
            let id = id.unwrap_or_else(|| expression.to_owned());
            let (left, searches) = search_expression::take(place, expression)
                .unwrap_or_else(|why| panic!("{place}: {expression}: {why}"));
            found.extend(searches);
            is_hidden.insert(id.clone(), options["visible"] == false);
            expressions.insert(id, left);
            continue;
        }
        before = full(place, &parts, &before);
        if let Some(id) = id {
            is_hidden.insert(id.clone(), options["visible"] == false);
            ids.insert(id);
        }
        let statistic = options["stat"].as_str().or(properties["stat"].as_str());
        let (names, dimensions) = before.split_at(2);
        found.push(Reference {
            place: place.to_owned(),
            namespace: names[0].clone(),
            name: names[1].clone(),
            dimensions: dimensions
                .chunks(2)
                .map(|pair| (pair[0].clone(), pair[1].clone()))
                .collect(),
            statistic: statistic.unwrap_or("Average").to_owned(),
        });
    }
    let used = math::used(place, &ids, &expressions);
    for (id, _) in is_hidden.into_iter().filter(|(_, is_hidden)| *is_hidden) {
        assert!(
            used.contains(&id),
            "{place}: {id} is neither shown nor used"
        );
    }
    found
}

/// Returns a row with what it takes over from the one before.
fn full(place: &str, parts: &[Value], before: &[String]) -> Vec<String> {
    let parts: Vec<&str> = parts.iter().map(|part| part.as_str().unwrap()).collect();
    let whole: Vec<String> = match parts.as_slice() {
        ["...", last @ ..] => {
            let kept = before.len() - last.len();
            let kept = before[..kept].iter().map(String::as_str);
            kept.chain(last.iter().copied())
                .map(str::to_owned)
                .collect()
        }
        parts => parts
            .iter()
            .enumerate()
            .map(|(at, part)| {
                if *part == "." {
                    before[at].clone()
                } else {
                    (*part).to_owned()
                }
            })
            .collect(),
    };
    assert!(
        whole.len() >= 2 && whole.len().is_multiple_of(2),
        "{place}: {parts:?}"
    );
    whole
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::environments;

    use super::*;

    #[test]
    fn questions_are_asked_of_a_log_that_there_is() {
        for environment in environments::all() {
            let board = environment.resource("aws_cloudwatch_dashboard", "main");
            let body: Value =
                serde_json::from_str(board.get("dashboard_body").as_str().unwrap()).unwrap();
            let widgets = body["widgets"].as_array().unwrap().iter();
            let queries: Vec<&str> = widgets
                .filter_map(|widget| widget["properties"]["query"].as_str())
                .collect();
            let service = environment
                .resource("aws_cloudwatch_log_group", "service")
                .get("name");
            let source = format!("SOURCE '{}' | ", service.as_str().unwrap());

            assert!(!queries.is_empty());
            for query in queries {
                assert!(query.starts_with(&source), "{environment:?}: {query}");
            }
        }
    }

    #[test]
    fn a_row_takes_over_what_it_leaves_out() {
        let body = json!({"widgets": [{"properties": {"title": "Errors", "stat": "Sum", "metrics": [
            ["AWS/ECS", "CPUUtilization", "ClusterName", "a", "ServiceName", "b", {"id": "m1", "stat": "p90"}],
            [".", "MemoryUtilization", ".", ".", ".", "c"],
            ["...", "d"],
            [{"expression": "m1 * 2"}],
        ]}}]});

        let found = references("board", &body);

        let shown: Vec<String> = found.iter().map(ToString::to_string).collect();
        assert_eq!(
            shown,
            [
                "board: Errors: p90 of AWS/ECS CPUUtilization {\"ClusterName\": \"a\", \"ServiceName\": \"b\"}",
                "board: Errors: Sum of AWS/ECS MemoryUtilization {\"ClusterName\": \"a\", \"ServiceName\": \"c\"}",
                "board: Errors: Sum of AWS/ECS MemoryUtilization {\"ClusterName\": \"a\", \"ServiceName\": \"d\"}",
            ]
        );
    }

    #[test]
    #[should_panic(expected = "m1 is neither shown nor used")]
    fn a_hidden_metric_that_nothing_uses_is_found() {
        let row = json!(["AWS/ECS", "CPUUtilization", {"id": "m1", "visible": false}]);
        references(
            "board",
            &json!({"widgets": [{"properties": {"metrics": [row]}}]}),
        );
    }

    #[test]
    #[should_panic(expected = "no m2")]
    fn an_expression_of_a_widget_that_names_nothing_is_found() {
        let row = json!([{"expression": "m2 * 2"}]);
        references(
            "board",
            &json!({"widgets": [{"properties": {"metrics": [row]}}]}),
        );
    }
}
