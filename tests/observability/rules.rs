//! Recording rules and alerts: promtool finds nothing wrong, and each alert has unit tests in which it fires and is quiet.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::process::Command;

use serde_json::Value;

use crate::dashboards::{self, Dashboard, items, text};
use crate::promql;

/// A recording rule or an alert.
pub struct Rule {
    /// The recorded series or the alert.
    pub name: String,
    pub is_alert: bool,
    pub expression: String,
    /// Its labels, and for an alert its annotations, as they are in the file.
    pub labels: Value,
    pub annotations: Value,
}

/// Returns the YAML files of a folder under `deploy/prometheus`.
pub fn files(folder: &str) -> Vec<PathBuf> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("deploy/prometheus")
        .join(folder);
    let entries = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path());
    let mut files: Vec<_> = entries
        .filter(|path| {
            path.extension()
                .is_some_and(|extension| extension == "yaml")
        })
        .collect();
    files.sort();
    files
}

fn read(path: &PathBuf) -> Value {
    serde_saphyr::from_str(&std::fs::read_to_string(path).unwrap())
        .unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// Returns all rules.
pub fn all() -> Vec<Rule> {
    let mut rules = Vec::new();
    for file in files("rules").iter().map(read) {
        for rule in items(&file["groups"]).flat_map(|group| items(&group["rules"])) {
            let is_alert = rule.get("alert").is_some();
            rules.push(Rule {
                name: text(rule, if is_alert { "alert" } else { "record" }).to_owned(),
                is_alert,
                expression: text(rule, "expr").to_owned(),
                labels: rule["labels"].clone(),
                annotations: rule["annotations"].clone(),
            });
        }
    }
    rules
}

/// Runs promtool, and returns what it says; panics if it finds something.
pub fn promtool(arguments: &[&str], files: &[PathBuf]) -> String {
    let output = Command::new("promtool")
        .args(arguments)
        .args(files)
        .output()
        .expect("promtool is missing: run `make prometheus`");
    let said = String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned();
    assert!(output.status.success(), "{arguments:?}: {said}");
    said
}

#[test]
fn promtool_finds_nothing_wrong_with_the_rules() {
    let said = promtool(&["check", "rules"], &files("rules"));

    let found: usize = said
        .split_whitespace()
        .zip(said.split_whitespace().skip(1))
        .filter(|(_, word)| *word == "rules")
        .filter_map(|(number, _)| number.parse::<usize>().ok())
        .sum();
    assert_eq!(found, all().len(), "{said}");
}

#[test]
fn each_alert_fires_when_it_should_and_only_then() {
    // Each file has a process of its own, so that they run at the same time.
    std::thread::scope(|scope| {
        for file in files("tests") {
            scope.spawn(move || {
                let said = promtool(&["test", "rules"], std::slice::from_ref(&file));
                assert!(said.contains("SUCCESS"), "{}: {said}", file.display());
            });
        }
    });
}

#[test]
fn each_alert_has_a_unit_test_in_which_it_fires_and_one_in_which_it_is_quiet() {
    let (mut fires, mut quiet) = (BTreeSet::new(), BTreeSet::new());
    for file in files("tests").iter().map(read) {
        for case in items(&file["tests"]).flat_map(|test| items(&test["alert_rule_test"])) {
            let alert = text(case, "alertname").to_owned();
            let fired = items(&case["exp_alerts"]).next().is_some();
            if fired {
                fires.insert(alert)
            } else {
                quiet.insert(alert)
            };
        }
    }

    let alerts: BTreeSet<_> = all()
        .into_iter()
        .filter(|rule| rule.is_alert)
        .map(|rule| rule.name)
        .collect();
    assert!(alerts.len() > 20);
    assert_eq!(fires, alerts);
    assert_eq!(quiet, alerts);
}

#[test]
fn every_recorded_series_is_read_by_an_alert_or_by_a_dashboard() {
    let rules = all();
    let boards = dashboards::all();
    let of_boards = boards.iter().flat_map(Dashboard::queries);
    let read: BTreeSet<String> = of_boards
        .flat_map(|query| promql::metrics(&query.expression))
        .chain(
            rules
                .iter()
                .flat_map(|rule| promql::metrics(&rule.expression)),
        )
        .collect();

    let recorded = rules.iter().filter(|rule| !rule.is_alert);
    let unread: Vec<_> = recorded
        .filter(|rule| !read.contains(&rule.name))
        .map(|rule| &rule.name)
        .collect();

    assert!(unread.is_empty(), "{unread:?}");
}

#[test]
fn alerts_and_recorded_series_read_the_service_only_and_keep_its_job() {
    let recorded: BTreeMap<_, _> = all()
        .into_iter()
        .map(|rule| (rule.name, rule.labels))
        .collect();
    for rule in all() {
        for selector in promql::selectors(&rule.expression) {
            assert!(
                selector.has(r#"job="goal-router""#) || recorded.contains_key(&selector.metric),
                "{}: {}",
                rule.name,
                selector.instant()
            );
        }
    }
}
