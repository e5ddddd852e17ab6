//! The objectives on AWS are those of Prometheus: bounds, windows, burn rates and least numbers of requests.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::environments;
use crate::files;
use crate::terraform::Environment;

/// A window of an alarm: how long it is, the burn rate above which it alarms, and the least requests in it.
type Window = (String, String, Option<u64>);

/// The name of an alert in Prometheus, and its windows there.
fn in_prometheus() -> Vec<(String, BTreeSet<Window>)> {
    let rules = files::yaml("deploy/prometheus/rules/alerts.yaml");
    let groups = rules["groups"].as_array().unwrap().iter();
    let rules = groups.flat_map(|group| group["rules"].as_array().unwrap());
    let alerts = rules.filter_map(|rule| {
        let name = rule["alert"].as_str()?.strip_prefix("GoalRouter")?;
        name.contains("Burn")
            .then(|| (name.to_owned(), windows(rule["expr"].as_str().unwrap())))
    });
    alerts.collect()
}

/// Reads `ratio_rate1h... > on (...) 14.4 * slo:error_budget:ratio` and `increase1h >= 50` out of an expression.
fn windows(expression: &str) -> BTreeSet<Window> {
    let least = |window: &str| {
        let (_, rest) = expression.split_once(&format!("slo:sli_requests:increase{window} >= "))?;
        rest.split_whitespace().next()?.parse().ok()
    };
    let parts = expression
        .split("slo:sli_error:ratio_rate")
        .skip(1)
        .map(|part| {
            let (window, rest) = part.split_once('{').unwrap();
            let (_, rest) = rest.split_once("slo) ").unwrap();
            let rate = rest.split_whitespace().next().unwrap();
            let rate = if rate.starts_with("slo:") { "1" } else { rate };
            (window.to_owned(), rate.to_owned(), least(window))
        });
    parts.collect()
}

/// The windows of the same alarm in CloudWatch.
fn in_cloudwatch(environment: &Environment, name: &str) -> BTreeSet<Window> {
    let alarms = environment.resources("aws_cloudwatch_metric_alarm");
    let named = alarms.iter().filter_map(|alarm| {
        let alarm_name = alarm.get("alarm_name");
        let (_, window) = alarm_name.as_str().unwrap().split_once(name)?;
        Some((window.to_owned(), alarm))
    });
    let windows = named.map(|(window, alarm)| {
        let queries = alarm.get("metric_query");
        let queries = queries.as_array().unwrap();
        let periods: BTreeSet<u64> = queries
            .iter()
            .filter_map(|query| query["metric"][0]["period"].as_u64())
            .collect();
        assert_eq!(periods, [seconds(&window)].into(), "{alarm:?}");
        let expression = queries
            .iter()
            .find_map(|query| query["expression"].as_str())
            .unwrap();
        let (_, least) = expression.split_once("requests >= ").unwrap();
        let least: u64 = least.split(',').next().unwrap().parse().unwrap();
        (
            window,
            alarm.get("threshold").to_string(),
            Some(least).filter(|least| *least > 1),
        )
    });
    windows.collect()
}

fn seconds(window: &str) -> u64 {
    let (number, unit) = window.split_at(window.len() - 1);
    let unit = match unit {
        "m" => 60,
        "h" => 3600,
        "d" => 86400,
        other => panic!("{other}"),
    };
    number.parse::<u64>().unwrap() * unit
}

#[test]
fn burn_rates_have_the_windows_of_prometheus() {
    let alerts = in_prometheus();
    assert_eq!(alerts.len(), 4, "{alerts:?}");
    for environment in environments::all() {
        for (name, windows) in &alerts {
            assert_eq!(windows.len(), 4, "{name}: {windows:?}");
            assert_eq!(
                in_cloudwatch(environment, name),
                *windows,
                "{environment:?}: {name}"
            );
        }
    }
}

#[test]
fn the_error_budgets_are_those_of_prometheus() {
    let rules = files::yaml("deploy/prometheus/rules/slo.yaml");
    let groups = rules["groups"].as_array().unwrap().iter();
    let rules: Vec<&Value> = groups
        .flat_map(|group| group["rules"].as_array().unwrap())
        .collect();
    let objectives = environments::of("prod").local("objectives");
    for (name, objective) in objectives.as_object().unwrap() {
        let slo = name.to_lowercase();
        let promised = rules.iter().find(|rule| {
            rule["record"] == "slo:objective:ratio" && rule["labels"]["slo"] == slo.as_str()
        });
        let promised = promised.unwrap_or_else(|| panic!("{slo}"))["expr"]
            .as_str()
            .unwrap();
        let promised = promised.trim_start_matches("vector(").trim_end_matches(')');
        let promised: f64 = promised.parse().unwrap();
        let budget = objective["budget"].as_f64().unwrap();
        assert!(
            (promised + budget - 1.0).abs() < 1e-9,
            "{name}: {promised}, {budget}"
        );
    }
}
