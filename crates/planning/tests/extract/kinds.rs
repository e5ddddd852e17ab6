//! Phrases by kind: times of the day, ordinals, calendar weeks, short days and months, days off, what cannot be kept. Each is resolved
//! as a request would be. Silence is a fault, a wrong value a worse one.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use planning::constraints::{Constraints, ExplicitConstraints, weekdays};
use planning::goal::Goal;
use planning::language::Language;
use planning::validation::FieldErrors;
use serde::Deserialize;
use serde_json::{Map, Value, json};

/// One text and the values that a person finds in it; names that are absent are not judged.
#[derive(Deserialize)]
struct Row {
    kind: String,
    goal: String,
    context: Option<String>,
    start_date: NaiveDate,
    expect: Map<String, Value>,
}

/// The texts of one kind: all, right, misread.
type Figures = [usize; 3];

/// How many of a hundred texts must be right.
const RIGHT: usize = 99;

#[test]
fn every_kind_of_phrase_is_read_right_and_none_is_misread() {
    let table = include_str!("kinds.jsonl");
    let mut kinds: BTreeMap<String, Figures> = BTreeMap::new();
    let mut faults = Vec::new();
    for line in table.lines() {
        let row: Row = serde_json::from_str(line).unwrap();
        let found = resolved(&row);
        let wrong: Vec<&String> = row
            .expect
            .iter()
            .filter(|(name, wanted)| !agrees(&found[*name], wanted))
            .map(|(name, _)| name)
            .collect();
        let misread = wrong.iter().any(|name| is_value(name, &found[*name]));
        let figures = kinds.entry(row.kind).or_default();
        figures[0] += 1;
        figures[1] += usize::from(wrong.is_empty());
        figures[2] += usize::from(misread);
        for name in wrong {
            let (found, wanted) = (&found[name], &row.expect[name]);
            faults.push(format!("{}\n    {name}: {found}, not {wanted}", row.goal));
        }
    }

    let sum = |index: usize| kinds.values().map(|figures| figures[index]).sum::<usize>();
    let shares = kinds.iter().map(|(kind, [all, right, misread])| {
        format!("{kind}: {right} of {all} right, {misread} misread")
    });
    let report = shares.chain(faults).collect::<Vec<_>>().join("\n");
    assert_eq!(sum(2), 0, "misread:\n{report}");
    assert!(100 * sum(1) >= RIGHT * sum(0), "{report}");
}

/// Returns the values that a plan would keep, by the names that the response gives them, and whether there is a warning.
fn resolved(row: &Row) -> Value {
    let mut errors = FieldErrors::default();
    let goal = Goal::parse(Some(&row.goal), row.context.as_deref(), &mut errors).unwrap();
    let explicit = ExplicitConstraints::default();
    let constraints = Constraints::resolve(
        &goal,
        explicit,
        row.start_date,
        |_| Language::english(),
        &mut errors,
    );
    let constraints = constraints.unwrap();
    let off = constraints
        .unavailable
        .map(|days| weekdays::names(days.value).collect::<Vec<_>>());
    json!({
        "hours_per_week": constraints.minutes_per_week.map(|minutes| f64::from(minutes.value) / 60.0),
        "weeks": constraints.weeks.map(|weeks| weeks.value),
        "deadline": constraints.deadline.map(|deadline| deadline.value),
        "unavailable_days": off.unwrap_or_default(),
        "level": constraints.level.map(|level| level.value),
        "warns": !constraints.warnings.is_empty(),
    })
}

/// Whether a value is the wanted one: equal, one of several, or a date in a span.
fn agrees(found: &Value, wanted: &Value) -> bool {
    if let Some(several) = wanted["any"].as_array() {
        return several.iter().any(|wanted| agrees(found, wanted));
    }
    if let (Some(from), Some(to)) = (wanted["from"].as_str(), wanted["to"].as_str()) {
        return found
            .as_str()
            .is_some_and(|found| (from..=to).contains(&found));
    }
    match (found.as_f64(), wanted.as_f64()) {
        (Some(found), Some(wanted)) => (found - wanted).abs() < super::ROUNDING,
        _ => found == wanted,
    }
}

/// Whether something was read: a wrong value, where silence would have been better.
fn is_value(name: &str, found: &Value) -> bool {
    name != "warns" && !found.is_null() && found.as_array().is_none_or(|days| !days.is_empty())
}
