//! Reads a table of texts and holds what is understood against what a person understands.

#![expect(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

mod any_text;

use chrono::NaiveDate;
use planning::constraints::extract::{ExtractedConstraints, extract};
use serde::Deserialize;

/// A line of a table: a text, the day it is said on, and what a person understands.
#[derive(Deserialize)]
struct Row {
    goal: String,
    context: Option<String>,
    start_date: NaiveDate,
    expect: Expected,
}

#[derive(Deserialize)]
struct Expected {
    hours_per_week: Option<f64>,
    weeks: Option<f64>,
    deadline: Option<NaiveDate>,
    level: Option<String>,
    unavailable_days: Vec<String>,
}

fn rows(table: &str) -> Vec<Row> {
    table
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

/// Half a minute in an hour figure that is rounded to hundredths.
const ROUNDING: f64 = 0.011;

#[test]
fn every_text_of_the_table_is_understood() {
    check(include_str!("spoken.jsonl"));
}

#[test]
fn every_sample_text_is_understood() {
    check(include_str!("constraints_sample.jsonl"));
}

#[test]
fn the_table_is_broad() {
    assert!(rows(include_str!("spoken.jsonl")).len() >= 900);
}

fn check(table: &str) {
    let misread: Vec<String> = rows(table).iter().filter_map(complaint).collect();

    assert!(
        misread.is_empty(),
        "{} misread:\n{}",
        misread.len(),
        misread.join("\n")
    );
}

fn complaint(row: &Row) -> Option<String> {
    let spoken = extract(&row.goal, row.context.as_deref(), row.start_date);
    let expect = &row.expect;
    let mut wrong = Vec::new();

    let hours = spoken
        .minutes_per_week
        .as_ref()
        .map(|found| f64::from(found.value) / 60.0);
    let same = match (expect.hours_per_week, hours) {
        (Some(wanted), Some(found)) => (wanted - found).abs() < ROUNDING,
        (wanted, found) => wanted.is_none() && found.is_none(),
    };
    if !same {
        wrong.push(format!("hours {hours:?}, not {:?}", expect.hours_per_week));
    }
    let weeks = spoken.weeks.as_ref().map(|found| f64::from(found.value));
    if weeks != expect.weeks {
        wrong.push(format!("weeks {weeks:?}, not {:?}", expect.weeks));
    }
    let deadline = spoken.deadline.as_ref().map(|found| found.value);
    if deadline != expect.deadline {
        wrong.push(format!("deadline {deadline:?}, not {:?}", expect.deadline));
    }
    let level = spoken
        .level
        .as_ref()
        .map(|found| found.value.as_str().to_owned());
    if level != expect.level {
        wrong.push(format!("level {level:?}, not {:?}", expect.level));
    }
    let off = days_off(&spoken);
    if off != expect.unavailable_days {
        wrong.push(format!(
            "days off {off:?}, not {:?}",
            expect.unavailable_days
        ));
    }
    (!wrong.is_empty()).then(|| format!("{}\n    {}", row.goal, wrong.join("; ")))
}

fn days_off(spoken: &ExtractedConstraints) -> Vec<String> {
    spoken
        .unavailable
        .iter()
        .flat_map(|found| planning::constraints::weekdays::names(found.value))
        .map(str::to_owned)
        .collect()
}
