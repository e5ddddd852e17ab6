//! Extracts the constraints of each text in a table and compares them with those a person finds in it.

#![expect(clippy::unwrap_used, reason = "a test may stop at the first failure")]

mod any_text;
mod kinds;
mod noise;

use chrono::NaiveDate;
use planning::constraints::extract::{ExtractedConstraints, extract};
use serde::Deserialize;

/// One line of a table: a text, the day on which the plan starts, and the constraints a person finds in the text.
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

/// Tolerance in hours: the expected hours are rounded to hundredths.
const ROUNDING: f64 = 0.011;

#[test]
fn every_text_of_the_table_is_read_as_expected() {
    check(include_str!("spoken.jsonl"));
}

#[test]
fn every_sample_text_is_read_as_expected() {
    check(include_str!("constraints_sample.jsonl"));
}

#[test]
fn the_table_is_broad() {
    assert!(rows(include_str!("spoken.jsonl")).len() >= 900);
}

fn check(table: &str) {
    let misread: Vec<String> = rows(table).iter().filter_map(mismatch).collect();

    assert!(
        misread.is_empty(),
        "{} misread:\n{}",
        misread.len(),
        misread.join("\n")
    );
}

fn mismatch(row: &Row) -> Option<String> {
    let extracted = extract(&row.goal, row.context.as_deref(), row.start_date);
    let expect = &row.expect;
    let mut wrong = Vec::new();

    let hours = extracted
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
    let weeks = extracted.weeks.as_ref().map(|found| f64::from(found.value));
    if weeks != expect.weeks {
        wrong.push(format!("weeks {weeks:?}, not {:?}", expect.weeks));
    }
    let deadline = extracted.deadline.as_ref().map(|found| found.value);
    if deadline != expect.deadline {
        wrong.push(format!("deadline {deadline:?}, not {:?}", expect.deadline));
    }
    let level = extracted
        .level
        .as_ref()
        .map(|found| found.value.as_str().to_owned());
    if level != expect.level {
        wrong.push(format!("level {level:?}, not {:?}", expect.level));
    }
    let off = days_off(&extracted);
    if off != expect.unavailable_days {
        wrong.push(format!(
            "days off {off:?}, not {:?}",
            expect.unavailable_days
        ));
    }
    (!wrong.is_empty()).then(|| format!("{}\n    {}", row.goal, wrong.join("; ")))
}

fn days_off(extracted: &ExtractedConstraints) -> Vec<String> {
    extracted
        .unavailable
        .iter()
        .flat_map(|found| planning::constraints::weekdays::names(found.value))
        .map(str::to_owned)
        .collect()
}
